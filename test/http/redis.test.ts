// Counting failures in a real Redis: for all processes alike, and on in memory while it is away. Left out, and said to be, where
// there is none: neither TEST_REDIS_URL nor a redis-server to start.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { insuredCounters } from '../../src/http/counters.js';
import { redisLimiters } from '../../src/http/redis-counters.js';
import { createThrottles } from '../../src/http/throttle.js';
import { run } from '../cli/command-line.js';
import { createTestDatabase } from '../support/database.js';
import { hasRedisServer, redisPassword, startRedisServer } from '../support/redis.js';
import { freePort } from '../support/service.js';

const lines: string[] = [];
const log = pino({ level: 'trace', base: null }, { write: (line: string) => void lines.push(line) });
const open: { close(): void }[] = [];

/** The throttles of one more process. */
async function connect(url: string) {
  const connected = await redisLimiters(url, log);
  open.push(connected);
  return createThrottles(insuredCounters(connected.limiterFor, log));
}

afterEach(() => {
  for (const { close } of open.splice(0)) close();
  lines.length = 0;
});

const guess = { at: 'somebody', from: '192.0.2.1' };
const throttled = { name: 'ThrottledError', retryAfterSeconds: expect.any(Number) };

async function countsForBoth(url: string) {
  const both = [await connect(url), await connect(url)] as const;
  const key = `network ${process.hrtime.bigint()}`;
  await Promise.all(Array.from({ length: 100 }, (_, index) => both[index % 2 ? 0 : 1].resetLinks.fail(key)));
  for (const { resetLinks } of both) {
    await expect(resetLinks.check(key)).rejects.toMatchObject(throttled);
    await expect(resetLinks.check(`${key} of another`)).resolves.toBeUndefined();
  }
  await both[0].resetLinks.forgive(key);
  await expect(both[1].resetLinks.check(key)).resolves.toBeUndefined();
  expect(lines).toEqual([]);
}

const given = process.env.TEST_REDIS_URL;
describe.skipIf(given === undefined)(`the Redis of TEST_REDIS_URL${given ? '' : ' (left out: it is not set)'}`, () => {
  test('counts for two processes together, and forgives for both', () => countsForBoth(given ?? ''));
});

const name = `a Redis of our own${hasRedisServer ? '' : ' (left out: there is no /usr/bin/redis-server)'}`;
describe.skipIf(!hasRedisServer)(name, () => {
  let redis: Awaited<ReturnType<typeof startRedisServer>>;
  beforeAll(async () => {
    redis = await startRedisServer();
  });
  afterAll(() => redis?.remove());

  test('counts for two processes together, and forgives for both', () => countsForBoth(redis.url));

  test('that is stopped is missed within a second, said once, and used again when it is back', async () => {
    const [first, second] = [await connect(redis.url), await connect(redis.url)];
    for (let count = 0; count < 9; count += 1) await first.signIn.fail(guess);
    await redis.stop('SIGKILL');
    for (let count = 0; count < 10; count += 1) await first.signIn.fail(guess);
    await expect(first.signIn.check(guess)).rejects.toMatchObject(throttled);
    await expect(second.signIn.check(guess)).resolves.toBeUndefined();
    expect(lines.filter((line) => line.includes('counted in memory'))).toHaveLength(2);
    expect(lines.join()).not.toContain(redisPassword);

    await redis.start();
    const isBack = async () => {
      await first.signIn.fail(guess);
      return second.signIn.check(guess).then(
        () => false,
        () => true,
      );
    };
    for (let tries = 0; tries < 100 && !(await isBack()); tries += 1) await pause(200);
    expect(await isBack()).toBe(true);
  });

  test('that freezes costs one second, and not one for each attempt', async () => {
    const throttles = await connect(redis.url);
    redis.freeze();
    const began = performance.now();
    try {
      for (let count = 0; count < 10; count += 1) {
        await throttles.signIn.check({ ...guess, from: '192.0.2.2' });
        await throttles.signIn.fail({ ...guess, from: '192.0.2.2' });
      }
      await expect(throttles.signIn.check({ ...guess, from: '192.0.2.2' })).rejects.toMatchObject(throttled);
    } finally {
      redis.thaw();
    }
    expect(performance.now() - began).toBeLessThan(5000);
  });

  test('with another password is missed like one that is away, and neither password is in the log', async () => {
    const wrong = 'not the password of this Redis';
    const throttles = await connect(redis.url.replace(encodeURIComponent(redisPassword), encodeURIComponent(wrong)));
    for (let count = 0; count < 10; count += 1) await throttles.signIn.fail(guess);
    await expect(throttles.signIn.check(guess)).rejects.toMatchObject(throttled);
    expect(lines.join()).toContain('counted in memory');
    expect(lines.join()).not.toMatch(/not the password|not%20the|a password of/);
  });
});

test('a Redis that is not there holds up no command, and its password is not printed', async () => {
  const database = await createTestDatabase();
  const LATCHKEY_REDIS_URL = `redis://:hunter2@127.0.0.1:${await freePort()}`;
  try {
    const ended = await run(database.url, ['accounts', 'list'], { environment: { LATCHKEY_REDIS_URL } });
    expect(ended).toMatchObject({ exitCode: 0 });
    expect(ended.stderr.split('Redis does not answer')).toHaveLength(2);
    expect(ended.stdout + ended.stderr).not.toContain('hunter2');
  } finally {
    await database.close();
  }
});

test('the client is loaded by one file alone, which is loaded when there is an address', () => {
  const compose = readFileSync(join(import.meta.dirname, '../../src/compose.ts'), 'utf8');
  expect(compose).toContain("await import('./http/redis-counters.js')");
  expect(compose).not.toMatch(/^import.*redis-counters/m);
});
