// Waiting for work, and not for too long: its outcome when it comes in time, an error when it does not.
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inTime } from '../../src/lib/in-time.js';

test('what comes in time is what is given, be it a failure', async () => {
  await expect(inTime(pause(1, 'done'), 5_000)).resolves.toBe('done');
  await expect(inTime(Promise.reject(new Error('broken')), 5_000)).rejects.toThrow('broken');
});

test('what comes too late is not waited for, nor heard of when it fails', async () => {
  let fail: (error: Error) => void = () => {};
  const work = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const begun = performance.now();
  await expect(inTime(work, 20)).rejects.toThrow('no answer within 20 milliseconds');
  expect(performance.now() - begun).toBeLessThan(5_000);
  // A rejection that nobody handles fails the test run.
  fail(new Error('late'));
  await pause(1);
});
