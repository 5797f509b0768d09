// The transactions of one application, as tests of locks need them: something happens before each statement, and those are counted
// that the database gave up because two of them met.
import { isRetryable, type Tx } from '../../src/db/client.js';
import type { TestApp } from '../support/app.js';

export interface WatchedTransactions {
  /** How many were given up. On PostgreSQL each was a deadlock. */
  readonly conflicts: number;
  /** Leaves the application as it was. */
  restore(): void;
}

/**
 * Watches until `restore`.
 * @param before is awaited before each statement, such as `member.updateMany`
 */
export function watchTransactions(
  { db }: TestApp,
  before: (statement: string) => Promise<unknown> | undefined = () => undefined,
): WatchedTransactions {
  const transaction = db.$transaction.bind(db) as (work: unknown, options?: object) => Promise<unknown>;
  const watched = { conflicts: 0, restore: () => void Object.assign(db, { $transaction: transaction }) };
  const telling = (model: object, name: string) =>
    new Proxy(model, {
      get(target, method) {
        const statement = Reflect.get(target, method);
        if (typeof statement !== 'function') return statement;
        return async (...given: unknown[]) => {
          await before(`${name}.${String(method)}`);
          return statement.apply(target, given);
        };
      },
    });
  const tellingAll = (tx: Tx) =>
    new Proxy(tx, {
      get(target, name) {
        const model = Reflect.get(target, name);
        if (typeof model === 'function') return model.bind(target);
        return typeof model === 'object' && model !== null ? telling(model, String(name)) : model;
      },
    });
  Object.assign(db, {
    $transaction: async (work: (tx: Tx) => Promise<unknown>, options?: object) => {
      try {
        return await transaction((tx: Tx) => work(tellingAll(tx)), options);
      } catch (error) {
        if (isRetryable(error)) watched.conflicts += 1;
        throw error;
      }
    },
  });
  return watched;
}

/** Has the database give up every transaction once, when all of it is done, as it does with one of two that wait for each other. */
export function givingUpOnce({ db }: TestApp): { restore(): void } {
  const transaction = db.$transaction.bind(db) as (work: unknown, options?: object) => Promise<unknown>;
  let isAgain = true;
  Object.assign(db, {
    async $transaction(work: (tx: Tx) => Promise<unknown>, options?: object) {
      isAgain = !isAgain;
      if (isAgain) return transaction(work, options);
      return transaction(async (tx: Tx) => {
        await work(tx);
        throw Object.assign(new Error('Two transactions waited for each other.'), { code: 'P2034' });
      }, options);
    },
  });
  return { restore: () => void Object.assign(db, { $transaction: transaction }) };
}
