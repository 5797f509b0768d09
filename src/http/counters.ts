// Where it is counted for all processes alike: in the database, or in Redis when there is one. Failures on SQLite too, rather than
// in the memory of its one process: a restart must forget no lockout. When the store does not answer, each process counts in its own
// memory, so that guessing is never free and nobody is turned away because of it.
import type { Logger } from 'pino';
import { RateLimiterPrisma } from 'rate-limiter-flexible';
import type { Db } from '../db/client.js';
import { type Count, createWindowCounter } from '../lib/window-counter.js';

/** How much may be counted under one key before it is too much. */
export interface Rule {
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
}

/** Counts under keys. */
export interface Counter {
  get(key: string): Promise<Count | null>;
  /** Counts, one more unless it is said how many. @returns how much that makes */
  add(key: string, points?: number): Promise<Count>;
  delete(key: string): Promise<void>;
}

/** Makes the counters of one store. */
export type Counters = (rule: Rule) => Counter;

interface LimiterState {
  readonly consumedPoints: number;
  readonly msBeforeNext: number;
}

/** What the limiters of rate-limiter-flexible have in common, as far as it is used. */
export interface Limiter {
  get(key: string): Promise<LimiterState | null>;
  penalty(key: string, points: number): Promise<LimiterState>;
  delete(key: string): Promise<unknown>;
}

/** How long the store is left alone after it did not answer, so that not every request waits for it. */
const restMilliseconds = 1000;
const complainEveryMilliseconds = 60_000;

function countOf({ consumedPoints, msBeforeNext }: LimiterState): Count {
  return { points: consumedPoints, endsAt: Date.now() + msBeforeNext };
}

/** What makes the limiter of each rule in one store. */
export type LimiterFor = (rule: Rule) => Limiter;

function counterOn(limiter: Limiter): Counter {
  return {
    async get(key) {
      const state = await limiter.get(key);
      return state && countOf(state);
    },
    // `penalty` counts past the limit too, where `consume` would throw.
    add: async (key, points = 1) => countOf(await limiter.penalty(key, points)),
    async delete(key) {
      await limiter.delete(key);
    },
  };
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return String(message || code || 'unknown');
}

/** Counters on a store, which fail when it does. */
export function plainCounters(limiterFor: LimiterFor): Counters {
  return (rule) => counterOn(limiterFor(rule));
}

/**
 * Counters on a store that may fail.
 * @param limiterFor makes the store's own limiter
 * @param log is told, once a minute at most
 */
export function insuredCounters(limiterFor: LimiterFor, log: Pick<Logger, 'warn'>): Counters {
  let restsUntil = 0;
  let complainedAt = Number.NEGATIVE_INFINITY;

  function complain(error: unknown): void {
    restsUntil = Date.now() + restMilliseconds;
    if (Date.now() - complainedAt < complainEveryMilliseconds) return;
    complainedAt = Date.now();
    // The reason alone: what else an error carries may name the store with its password.
    log.warn({ reason: reasonOf(error) }, 'failed attempts are counted in memory, since their store does not answer');
  }

  return (rule) => {
    const counter = counterOn(limiterFor(rule));
    const memory = createWindowCounter(rule.seconds, Date.now);
    async function orInMemory<T>(ask: () => Promise<T>, otherwise: () => T): Promise<T> {
      if (Date.now() < restsUntil) return otherwise();
      try {
        return await ask();
      } catch (error) {
        complain(error);
        return otherwise();
      }
    }
    return {
      get: (key) =>
        orInMemory(
          () => counter.get(key),
          () => memory.get(key),
        ),
      add: (key, points = 1) =>
        orInMemory(
          () => counter.add(key, points),
          () => memory.add(key, points),
        ),
      delete: (key) =>
        orInMemory(
          () => counter.delete(key),
          () => memory.delete(key),
        ),
    };
  };
}

/** Counts in the database. */
export function databaseLimiters(db: Db): LimiterFor {
  return ({ name, points, seconds }) =>
    new RateLimiterPrisma({
      storeClient: db,
      tableName: 'rateLimiterFlexible',
      keyPrefix: name,
      points,
      duration: seconds,
      // maintenance.ts does that, with everything else that is over.
      clearExpiredByTimeout: false,
    });
}
