// Random bytes from a pool: as many as were asked for, never the same twice, and none is changed once it is given out.
import { expect, test } from 'vitest';
import { createRandomBytes } from '../../src/lib/random.js';

test('gives as many as are asked for, whatever the pool still has', () => {
  const randomBytes = createRandomBytes();
  const lengths = Array.from({ length: 2000 }, (_, index) => index % 130);
  for (const length of lengths) expect(randomBytes(length).length).toBe(length);
});

test('gives no bytes twice, and leaves alone what it gave', () => {
  const randomBytes = createRandomBytes();
  const given = Array.from({ length: 2000 }, () => randomBytes(16));
  const asGiven = given.map((bytes) => bytes.toString('hex'));
  expect(new Set(asGiven).size).toBe(given.length);
  for (const bytes of given) bytes.fill(0);
  const later = Array.from({ length: 2000 }, () => randomBytes(16).toString('hex'));
  expect(new Set([...asGiven, ...later]).size).toBe(asGiven.length + later.length);
});

test('two sources have nothing in common', () => {
  expect(createRandomBytes()(32)).not.toEqual(createRandomBytes()(32));
});

test('refuses what is no length, and goes on', () => {
  const randomBytes = createRandomBytes();
  for (const none of [Number.NaN, -1]) expect(() => randomBytes(none)).toThrow(RangeError);
  expect(randomBytes(16)).not.toEqual(Buffer.alloc(16));
});
