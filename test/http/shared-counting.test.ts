// Limits of requests are counted without waiting, and processes tell each other of whoever comes to a part of what is allowed.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Counters, databaseLimiters, plainCounters, type Rule } from '../../src/http/counters.js';
import { createSharedCounting } from '../../src/http/shared-counting.js';
import type { Count } from '../../src/lib/window-counter.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const rule: Rule = { name: 'requests', points: 100, seconds: 60 };
const every = 50;
// More than that, and what a database takes on a busy machine.
const untilTold = 500;

function addAll(counter: { add(key: string, points: number): Count }, key: string, times: number): number {
  for (let time = 1; time < times; time += 1) counter.add(key, 1);
  return counter.add(key, 1).points;
}

/** Processes that count together where it is said. */
function processesOn(counters: Counters, count: number) {
  return Array.from({ length: count }, () => createSharedCounting(counters, Date.now, every).counter(rule));
}

const nothingElsewhere = (points = 0) => ({ points, endsAt: Date.now() + 60_000 });

/** A process whose store answers as it is said for each time, the last one again and again; and what it was told. */
function scripted(answers: readonly (Count | Error | Promise<never>)[]) {
  const told: [string, number][] = [];
  const counters: Counters = () => ({
    get: async () => null,
    async add(key, points = 1) {
      told.push([key, points]);
      const answer = answers[Math.min(told.length, answers.length) - 1];
      if (answer instanceof Error) throw answer;
      return (await answer) as Count;
    },
    delete: async () => {},
  });
  const sharing = createSharedCounting(counters, Date.now, every);
  return { sharing, counter: sharing.counter(rule), told };
}

describe('two processes on one database', () => {
  test('know soon what the other has counted, so that both allow together what one would', async () => {
    const [first, second] = processesOn(plainCounters(databaseLimiters(database.db)), 2);
    if (!first || !second) throw new Error('There are two.');
    expect(addAll(first, 'a network', 60)).toBe(60);
    await pause(untilTold);
    expect(addAll(second, 'a network', 30)).toBe(30);
    await pause(untilTold);
    expect(second.add('a network', 1).points).toBe(60 + 31);
    // Told before the other had counted anything; it hears of that when it tells something more.
    expect(first.add('a network', 1).points).toBe(61);
    await pause(untilTold);
    expect(first.add('a network', 1).points).toBeGreaterThanOrEqual(62 + 30);
    expect(first.add('another network', 1).points).toBe(1);
  });
});

describe('what is told', () => {
  test('begins with a twentieth of what is allowed, with all that was counted before, and is then what is new', async () => {
    const { counter, told } = scripted([nothingElsewhere()]);
    addAll(counter, 'seldom', 4);
    addAll(counter, 'often', 4);
    await pause(untilTold);
    expect(told).toEqual([]);
    addAll(counter, 'often', 3);
    await pause(untilTold);
    counter.add('often', 1);
    await pause(untilTold);
    expect(told).toEqual([
      ['often', 7],
      ['often', 1],
    ]);
  });

  test('is nothing of what is refused, since the others refuse it as well', async () => {
    const { counter, told } = scripted([nothingElsewhere()]);
    addAll(counter, 'a network', 150);
    await pause(untilTold);
    addAll(counter, 'a network', 50);
    await pause(untilTold);
    expect(told).toEqual([['a network', 101]]);
  });

  test('is told again when the store failed, and counted once', async () => {
    const { counter, told } = scripted([new Error('connect ECONNREFUSED'), nothingElsewhere(60)]);
    addAll(counter, 'a network', 50);
    await pause(untilTold);
    expect(told).toEqual([
      ['a network', 50],
      ['a network', 50],
    ]);
    // Of sixty fifty are ours.
    expect(counter.add('a network', 1).points).toBe(51 + 10);
  });

  test('is of some hundred callers at once, however many there are', async () => {
    const { counter, told } = scripted([nothingElsewhere()]);
    for (let index = 0; index < 2_000; index += 1) counter.add(`network ${index}`, 50);
    await pause(untilTold);
    expect(told).toHaveLength(500);
  });

  test('is nothing once it is stopped', async () => {
    const { sharing, counter, told } = scripted([nothingElsewhere()]);
    addAll(counter, 'a network', 50);
    await sharing.stop();
    addAll(counter, 'another', 50);
    await pause(untilTold);
    expect(told).toEqual([]);
  });

  test('keeps nobody from stopping, though the store does not answer', async () => {
    const { sharing, counter } = scripted([new Promise<never>(() => {})]);
    addAll(counter, 'a network', 50);
    await pause(untilTold);
    const begun = Date.now();
    await sharing.stop();
    expect(Date.now() - begun).toBeLessThan(3_000);
  });
});

describe('what others have counted', () => {
  test('is over with its window', async () => {
    const { counter } = scripted([{ points: 90, endsAt: Date.now() + 1_000 }]);
    addAll(counter, 'a network', 10);
    await pause(untilTold);
    expect(counter.add('a network', 1).points).toBe(91);
    await pause(700);
    expect(counter.add('a network', 1).points).toBe(12);
  });

  test('is told apart from what was told of this process, in a window that has begun since as well', async () => {
    const endsAt = Date.now() + 60_000;
    const { counter } = scripted([
      { points: 10, endsAt },
      { points: 7, endsAt: endsAt + 60_000 },
    ]);
    addAll(counter, 'a network', 10);
    await pause(untilTold);
    expect(counter.add('a network', 1).points).toBe(11);
    await pause(untilTold);
    // Of the seven one is ours.
    expect(counter.add('a network', 1).points).toBe(18);
  });

  test.each([
    { here: 100, elsewhere: 50, until: 'here', why: 'what was counted here alone is too much' },
    { here: 20, elsewhere: 100, until: 'elsewhere', why: 'what was counted elsewhere alone is too much' },
    { here: 100, elsewhere: 100, until: 'the later', why: 'each alone is too much' },
    { here: 60, elsewhere: 60, until: 'the earlier', why: 'only both together are' },
  ])('says when there is room again: $until, where $why', async ({ here, elsewhere, until }) => {
    const ends = { here: Date.now() + 60_000, elsewhere: Date.now() + 90_000 };
    const { counter } = scripted([{ points: here + elsewhere, endsAt: ends.elsewhere }]);
    addAll(counter, 'a network', here);
    await pause(untilTold);
    const { endsAt } = counter.add('a network', 1);
    const expected = until === 'here' || until === 'the earlier' ? ends.here : ends.elsewhere;
    expect(Math.abs(endsAt - expected)).toBeLessThan(10_000);
  });
});
