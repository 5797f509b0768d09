// Processes whose clocks differ: keys that shall sign at once do so where the clock is behind, too.
import { decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import {
  jwksMaxAgeSeconds,
  replaceCompromisedSigningKeys,
  rotateSigningKeys,
  signingAlgorithms,
} from '../../src/keys/rotate.js';
import { createKeys } from '../../src/keys/service.js';
import { createTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp();
});
afterEach(() => app.close());

/** The dependencies of a process whose clock is so many seconds behind. */
function depsBehind(seconds: number) {
  const deps = { ...app.deps, clock: () => new Date(app.clock().getTime() - seconds * 1000) };
  return { ...deps, keys: createKeys(deps) };
}

/** The ids of the keys that a process with such a clock signs with. */
async function kidsBehind(seconds: number): Promise<unknown[]> {
  const { keys } = depsBehind(seconds);
  const tokens = await Promise.all(signingAlgorithms.map((algorithm) => keys.sign(algorithm, 'at+jwt', {})));
  return tokens.map((token) => decodeProtectedHeader(token).kid).sort();
}

test.each([8, 60])('the first keys sign at once where the clock is %i s behind', async (seconds) => {
  expect(await kidsBehind(seconds)).toEqual((await app.deps.keys.published()).map(({ kid }) => kid).sort());
});

test.each([3, 60])('what follows compromised keys signs at once where the clock is %i s behind', async (seconds) => {
  const { kids, activeAt } = await replaceCompromisedSigningKeys(app.deps, operatorActor);
  expect(activeAt).toEqual(app.clock());
  expect(await kidsBehind(seconds)).toEqual(kids.toSorted());
});

test('so do new keys where none signs, and whoever makes them is told the moment', async () => {
  await app.db.signingKey.deleteMany();
  const { kids, activeAt } = await rotateSigningKeys(app.deps, operatorActor);
  expect(activeAt).toEqual(app.clock());
  expect(await kidsBehind(60)).toEqual(kids.toSorted());
});

test('a rotation where the clock is behind the one that made the present keys publishes the next ones first', async () => {
  const behind = depsBehind(60);
  const { activeAt } = await rotateSigningKeys(behind, operatorActor);
  expect(activeAt.getTime() - behind.clock().getTime()).toBeGreaterThanOrEqual((jwksMaxAgeSeconds + 60) * 1000);
});

test('where the clock is further behind, the refusal says from when a key signs, and to look at the clock', async () => {
  const { keys, clock } = depsBehind(3600);
  const [row] = await app.db.signingKey.findMany({ where: { algorithm: 'ES256' } });
  await expect(keys.sign('ES256', 'at+jwt', {})).rejects.toThrow(
    `There is no ES256 signing key before ${row?.activeAt.toISOString()}, and here it is ${clock().toISOString()}. Check this computer's clock.`,
  );
});
