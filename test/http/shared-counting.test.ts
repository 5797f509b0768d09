// Limits of requests are counted without waiting, and processes tell each other of whoever comes to a part of what is allowed.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Counters, databaseCounters, insuredCounters, type Rule } from '../../src/http/counters.js';
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
const log = { warn() {} };

function addAll(counter: { add(key: string, points: number): Count }, key: string, times: number): number {
  for (let time = 1; time < times; time += 1) counter.add(key, 1);
  return counter.add(key, 1).points;
}

/** Processes that count together where it is said. */
function processesOn(counters: Counters, count: number) {
  return Array.from({ length: count }, () => createSharedCounting(counters, Date.now, every).counter(rule));
}

/** Counts together as it is said for each time, and remembers what was told. */
function scripted(answers: readonly Count[]): { counters: Counters; told: [string, number][] } {
  const told: [string, number][] = [];
  const counters: Counters = () => ({
    get: async () => null,
    async add(key, points = 1) {
      told.push([key, points]);
      return answers[Math.min(told.length, answers.length) - 1] as Count;
    },
    delete: async () => {},
  });
  return { counters, told };
}

describe('two processes on one database', () => {
  test('know soon what the other has counted, so that both allow together what one would', async () => {
    const [first, second] = processesOn(databaseCounters(database.db, log), 2);
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

  test('count each by itself while the database does not answer', async () => {
    const limiter = {
      get: async () => null,
      penalty: () => Promise.reject(new Error('connect ECONNREFUSED')),
      delete: async () => {},
    };
    const [first] = processesOn(
      insuredCounters(() => limiter, log),
      1,
    );
    expect(first && addAll(first, 'a network', 60)).toBe(60);
    await pause(untilTold);
    expect(first?.add('a network', 10).points).toBe(70);
    await pause(untilTold);
    expect(first?.add('a network', 10).points).toBe(80);
  });
});

describe('what is told', () => {
  test('begins with a twentieth of what is allowed, with all that was counted before, and is then what is new', async () => {
    const { counters, told } = scripted([{ points: 0, endsAt: Date.now() + 60_000 }]);
    const [counter] = processesOn(counters, 1);
    if (!counter) throw new Error('There is one.');
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

  test('is nothing once it is stopped', async () => {
    const { counters, told } = scripted([{ points: 0, endsAt: Date.now() + 60_000 }]);
    const sharing = createSharedCounting(counters, Date.now, every);
    addAll(sharing.counter(rule), 'a network', 50);
    await sharing.stop();
    addAll(sharing.counter(rule), 'another', 50);
    await pause(untilTold);
    expect(told).toEqual([]);
  });
});

describe('what others have counted', () => {
  test('is over with its window', async () => {
    const { counters } = scripted([{ points: 90, endsAt: Date.now() + 1_000 }]);
    const [counter] = processesOn(counters, 1);
    if (!counter) throw new Error('There is one.');
    addAll(counter, 'a network', 10);
    await pause(untilTold);
    expect(counter.add('a network', 1).points).toBe(91);
    await pause(700);
    expect(counter.add('a network', 1).points).toBe(12);
  });

  test('is told apart from what was told of this process, in a window that has begun since as well', async () => {
    const endsAt = Date.now() + 60_000;
    const { counters } = scripted([
      { points: 10, endsAt },
      { points: 7, endsAt: endsAt + 60_000 },
    ]);
    const [counter] = processesOn(counters, 1);
    if (!counter) throw new Error('There is one.');
    addAll(counter, 'a network', 10);
    await pause(untilTold);
    expect(counter.add('a network', 1).points).toBe(11);
    await pause(untilTold);
    // Of the seven one is ours.
    expect(counter.add('a network', 1).points).toBe(18);
  });
});
