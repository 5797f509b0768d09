// What an unknown name costs: exactly the one argon2 that a wrong password costs, the first time too.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { cheapHashParameters } from '../support/app.js';

const calls = { hash: 0, verify: 0 };
let createHasher: typeof import('../../src/lib/hasher.js').createHasher;
beforeAll(async () => {
  vi.doMock('argon2', async (importOriginal) => {
    const real = await importOriginal<typeof import('argon2')>();
    return {
      ...real,
      hash: (...given: Parameters<typeof real.hash>) => {
        calls.hash += 1;
        return real.hash(...given);
      },
      verify: (...given: Parameters<typeof real.verify>) => {
        calls.verify += 1;
        return real.verify(...given);
      },
    };
  });
  // Files share their modules: this one wants its own, over the counting argon2.
  vi.resetModules();
  ({ createHasher } = await import('../../src/lib/hasher.js'));
});
afterAll(() => {
  vi.doUnmock('argon2');
  vi.resetModules();
});

test('burning costs one argon2, as verifying does, the first time too', async () => {
  const hasher = createHasher(cheapHashParameters, 1);
  const stored = await hasher.hash('the right text', 'a');
  Object.assign(calls, { hash: 0, verify: 0 });
  expect(await hasher.inTurn('a', (turn) => turn.verify(stored, 'a wrong text'))).toBe(false);
  expect(calls).toEqual({ hash: 0, verify: 1 });
  for (let time = 0; time < 3; time += 1) {
    Object.assign(calls, { hash: 0, verify: 0 });
    expect(await hasher.inTurn('a', (turn) => turn.burn('any text'))).toBe(false);
    expect(calls).toEqual({ hash: 0, verify: 1 });
  }
});
