// Slow hashing, bounded: how many run at once, whose turn it is, what happens when too many wait, and the real parameters.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OverloadedError } from '../../src/lib/errors.js';
import { createFairQueue, createHasher, productionHashParameters } from '../../src/lib/hasher.js';
import { cheapHashParameters } from '../support/app.js';

/** Jobs that end when the test says so. */
function createJobs() {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  let running = 0;
  let most = 0;
  return {
    started,
    get most() {
      return most;
    },
    job: (name: string) => async () => {
      started.push(name);
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      running -= 1;
      return name;
    },
    async end(name: string) {
      ends.get(name)?.();
      // Whoever is next starts within a few microtasks.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('the fair queue', () => {
  test('runs no more at once than its limit, whatever comes and fails', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(
          fc.record({
            address: fc.constantFrom('a', 'b', 'c'),
            ticks: fc.integer({ min: 1, max: 4 }),
            fails: fc.boolean(),
          }),
          { maxLength: 40 },
        ),
        async (limit, given) => {
          const enqueue = createFairQueue(limit, 1000);
          let running = 0;
          let most = 0;
          const results = await Promise.allSettled(
            given.map(({ address, ticks, fails }) =>
              enqueue(address, async () => {
                running += 1;
                most = Math.max(most, running);
                for (let tick = 0; tick < ticks; tick += 1) await null;
                running -= 1;
                if (fails) throw new Error('failed');
              }),
            ),
          );
          expect(most).toBe(Math.min(limit, given.length));
          expect(results.map(({ status }) => status === 'rejected')).toEqual(given.map(({ fails }) => fails));
          expect(await enqueue('a', async () => 'still open')).toBe('still open');
        },
      ),
      { numRuns: 200 },
    );
  });

  test('serves addresses in turn, so that one with many jobs does not hold up the others', async () => {
    const { job, started, end } = createJobs();
    const enqueue = createFairQueue(1, 100);
    const all = ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2'].map((name) => enqueue(name.slice(0, 1), job(name)));
    for (const name of ['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']) await end(name);
    await Promise.all(all);
    expect(started).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  });

  test('refuses when it is full, one address at half of it, and opens again', async () => {
    const { job, end } = createJobs();
    const enqueue = createFairQueue(1, 4);
    const running = enqueue('a', job('running'));
    const waiting = [enqueue('a', job('a1')), enqueue('a', job('a2'))];
    await expect(enqueue('a', job('a3'))).rejects.toBeInstanceOf(OverloadedError);
    waiting.push(enqueue('b', job('b1')), enqueue('c', job('c1')));
    await expect(enqueue('d', job('d1'))).rejects.toMatchObject({ retryAfterSeconds: 2 });
    await end('running');
    waiting.push(enqueue('d', job('d1')));
    for (const name of ['a1', 'b1', 'c1', 'a2', 'd1']) await end(name);
    await Promise.all([running, ...waiting]);
  });
});

describe('the lanes of the queue', () => {
  test('are served in turn, however many wait in one of them', async () => {
    const { job, started, end } = createJobs();
    const enqueue = createFairQueue(1, 100);
    const all = [enqueue('x', job('running'))];
    for (let guess = 0; guess < 20; guess += 1) all.push(enqueue(`network ${guess}`, job(`guess ${guess}`), 'people'));
    all.push(enqueue('mark', job('known 1'), 'known'), enqueue('mark', job('known 2'), 'known'));
    all.push(enqueue('partner', job('client'), 'clients'));
    while (started.length < 6) await end(started.at(-1) ?? '');
    expect(started).toEqual(['running', 'known 1', 'guess 0', 'client', 'known 2', 'guess 1']);
    while (started.length < all.length) await end(started.at(-1) ?? '');
    await end(started.at(-1) ?? '');
    await Promise.all(all);
  });

  test('each have room of their own, so that one that is full turns nobody away from another', async () => {
    const { job, started, end } = createJobs();
    const enqueue = createFairQueue(1, 4);
    const all = [enqueue('x', job('running'))];
    for (let guess = 0; guess < 4; guess += 1) all.push(enqueue(`network ${guess}`, job(`guess ${guess}`)));
    await expect(enqueue('new', job('one too many'))).rejects.toBeInstanceOf(OverloadedError);
    all.push(enqueue('mark', job('known'), 'known'), enqueue('partner', job('client'), 'clients'));
    while (started.length < all.length) await end(started.at(-1) ?? '');
    await end(started.at(-1) ?? '');
    await Promise.all(all);
  });
});

describe('the hasher', () => {
  test('holds turns and hashes to its limit together', async () => {
    const { job, end, started } = createJobs();
    const hasher = createHasher(cheapHashParameters, 2);
    const turns = ['one', 'two', 'three'].map((name) => hasher.inTurn('a', job(name)));
    const hashed = hasher.hash('text', 'a').then(() => started.push('hashed'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(started).toEqual(['one', 'two']);
    for (const name of ['one', 'two', 'three']) await end(name);
    await Promise.all([...turns, hashed]);
    expect(started).toContain('hashed');
  });

  test('verifies what it hashed and nothing else, and burns to no avail', async () => {
    const hasher = createHasher(cheapHashParameters, 2);
    const stored = await hasher.hash('the text', 'a');
    const answers = await hasher.inTurn('a', async (turn) => [
      await turn.verify(stored, 'the text'),
      await turn.verify(stored, 'the texT'),
      await turn.verify(stored, ''),
      await turn.burn('a text that nobody presents'),
    ]);
    expect(answers).toEqual([true, false, false, false]);
    expect(await hasher.hash('the text', 'a')).not.toBe(stored);
  });

  test('production hashes with argon2id, 19 MiB, two passes, one lane', async () => {
    expect(productionHashParameters).toEqual({ memoryCost: 19_456, timeCost: 2, parallelism: 1 });
    const hasher = createHasher(productionHashParameters, 1);
    const stored = await hasher.hash('the text', 'a');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(hasher.isOutdated(stored)).toBe(false);
    expect(createHasher({ ...productionHashParameters, timeCost: 3 }, 1).isOutdated(stored)).toBe(true);
    expect(await hasher.inTurn('a', (turn) => turn.verify(stored, 'the text'))).toBe(true);
  });
});
