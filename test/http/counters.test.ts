// Where failures are counted: for all processes alike, also after a restart; and what happens while the store does not answer.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Counters, insuredCounters, type Limiter } from '../../src/http/counters.js';
import { createTestApp, memberPassword, type TestApp } from '../support/app.js';
import { fieldsOf } from '../support/browser.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { newBrowser, postForm } from '../support/oauth.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const rule = { name: 'test', points: 3, seconds: 60 };

async function statusAt(app: TestApp, email: string, password: string) {
  const browser = newBrowser(app);
  const fields = fieldsOf((await browser.visit('/login')).html);
  const response = await postForm(browser, '/login', { ...fields, email, password }, { origin: app.issuer });
  return response.status;
}

test('what one process counts, another refuses, and so does one that was started anew', async () => {
  const [first, second] = [await createTestApp({ database }), await createTestApp({ database })];
  const { email } = await first.addMember('WRITER', 'counted@example.com');
  for (let guess = 0; guess < 10; guess += 1) {
    expect(await statusAt(guess % 2 ? first : second, email, 'not the password')).toBe(400);
  }
  for (const app of [first, second, await createTestApp({ database })]) {
    expect(await statusAt(app, email, memberPassword)).toBe(429);
  }
});

test('of fifty failures at once in two processes every one is counted', async () => {
  const [first, second] = [await createTestApp({ database }), await createTestApp({ database })];
  const fail = (index: number) => (index % 2 ? first : second).deps.throttles.resetLinks.fail('one key');
  await Promise.all(Array.from({ length: 50 }, (_, index) => fail(index)));
  const row = await database.db.rateLimiterFlexible.findFirst({ where: { key: { contains: 'one key' } } });
  expect(row?.points).toBe(50);
});

/** A store that answers when it is told to. */
function brittleStore() {
  const store = { works: true, asked: 0 };
  const answer = async <T>(value: T) => {
    store.asked += 1;
    if (!store.works) throw new Error('connect ECONNREFUSED');
    return value;
  };
  const penalty = () => answer({ consumedPoints: 1, msBeforeNext: 60_000 });
  const limiter: Limiter = { get: () => answer(null), penalty, delete: () => answer(true) };
  const warnings: unknown[] = [];
  const log = { warn: (given: unknown) => void warnings.push(given) };
  return { store, warnings, counters: insuredCounters(() => limiter, log as never) };
}

test('a store that does not answer is no open door, and refuses nobody: counting goes on in memory', async () => {
  const { store, counters } = brittleStore();
  const app = await createTestApp({ database, counters });
  const { email } = await app.addMember('WRITER', 'insured@example.com');
  store.works = false;
  for (let guess = 0; guess < 10; guess += 1) expect(await statusAt(app, email, 'not the password')).toBe(400);
  expect(await statusAt(app, email, memberPassword)).toBe(429);
  expect(await statusAt(app, app.owner.email, app.owner.password)).toBe(303);
});

test('it is said once a minute, and the store is left alone for a second, then asked again', async () => {
  const { store, warnings, counters } = brittleStore();
  const counter = (counters satisfies Counters)(rule);
  store.works = false;
  for (let count = 0; count < 20; count += 1) await counter.add('key');
  expect(warnings).toEqual([{ reason: 'connect ECONNREFUSED' }]);
  expect(store.asked).toBe(1);
  expect((await counter.get('key'))?.points).toBe(20);
  store.works = true;
  await pause(1100);
  expect(await counter.get('key')).toBe(null);
  expect(store.asked).toBe(2);
  expect(warnings).toHaveLength(1);
});
