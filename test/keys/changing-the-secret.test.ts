// LATCHKEY_SECRET changed while Latchkey serves, as docs/operations.md tells: how soon the old secret can go, and what a process
// does that lacks the new one.
import { decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { replaceCompromisedSigningKeys, rotateSigningKeys } from '../../src/keys/rotate.js';
import { createKeys } from '../../src/keys/service.js';
import { SigningKeyError } from '../../src/keys/store.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { newBrowser, obtainTokens, registerClient, userinfo } from '../support/oauth.js';

const oldSecret = 'the old secret, of more than 32 bytes';
const newSecret = 'the new secret, also longer than 32 bytes';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.close());

/** A process with these secrets, which begins so many seconds after the first one did. */
function start(secrets: readonly [string, ...string[]], startsAfterSeconds = 0) {
  return createTestApp({ database, config: { secrets }, startsAfterSeconds });
}

const kidOf = (jwt: string | undefined) => decodeProtectedHeader(jwt ?? '').kid;

test('once the new keys sign, the old secret is needed no more: what the old keys signed is still taken', async () => {
  const before = await start([oldSecret]);
  const { accessToken, idToken } = await obtainTokens(before, await registerClient(before));
  const both = await start([newSecret, oldSecret]);
  const { kids, activeAt } = await rotateSigningKeys(both.deps, operatorActor);
  const seconds = (activeAt.getTime() - both.clock().getTime()) / 1000;

  await expect(start([newSecret], seconds - 1)).rejects.toBeInstanceOf(SigningKeyError);
  const after = await start([newSecret], seconds);
  expect((await userinfo(after, accessToken)).status).toBe(200);
  expect((await after.deps.keys.published()).map(({ kid }) => kid)).toEqual(expect.arrayContaining(kids));
  expect(await after.deps.keys.published()).toHaveLength(4);
  expect(kids).toContain(kidOf(await after.deps.keys.sign('ES256', 'at+jwt', { sub: 'x' })));

  // Two months later the old keys are published no more, and an ID token of theirs is a hint all the same.
  const muchLater = await start([newSecret], 60 * 86_400);
  expect(await muchLater.deps.keys.published()).toHaveLength(2);
  expect((await newBrowser(muchLater).visit(`/oauth/logout?id_token_hint=${idToken}`)).status).toBe(200);
});

describe('a process that runs with the old secret alone, when another has made keys under the new one,', () => {
  let here: TestApp;
  let there: TestApp;
  let oldKids: unknown[];
  beforeEach(async () => {
    here = await start([oldSecret]);
    oldKids = (await here.deps.keys.published()).map(({ kid }) => kid);
    there = await start([newSecret, oldSecret]);
  });

  async function rotate() {
    const { kids, activeAt } = await rotateSigningKeys(there.deps, operatorActor);
    here.clock.advance(30);
    return { kids, activeAt };
  }

  const readiness = async () => (await here.request('/readyz')).status;
  const publishedKids = async () => {
    const { keys } = (await (await here.request('/oauth/jwks')).json()) as { keys: { kid: string }[] };
    return keys.map(({ kid }) => kid).sort();
  };
  const errors = () => here.logLines.map((line) => JSON.parse(line)).filter(({ level }) => level >= 50);

  test('goes on signing with the old keys, publishes the new ones, and is ready', async () => {
    const { kids } = await rotate();
    expect(await publishedKids()).toEqual([...oldKids, ...kids].sort());
    const { accessToken, idToken } = await obtainTokens(here, await registerClient(here));
    expect([kidOf(accessToken), kidOf(idToken)].sort()).toEqual(oldKids.toSorted());
    expect(await readiness()).toBe(200);
  });

  test('takes what the new keys signed', async () => {
    const { kids, activeAt } = await rotate();
    const client = await registerClient(here);
    // One whose clock runs ahead signs with them already.
    const { sign } = createKeys({ ...there.deps, clock: () => activeAt });
    Object.assign(here.deps, { keys: { ...here.deps.keys, sign } });
    const { accessToken } = await obtainTokens(here, client);
    expect(kids).toContain(kidOf(accessToken));
    expect((await userinfo(here, accessToken)).status).toBe(200);
  });

  test('says once for each key that it cannot be opened, from when it shall sign and what to do', async () => {
    const { kids, activeAt } = await rotate();
    for (let round = 0; round < 3; round += 1) {
      await publishedKids();
      here.clock.advance(30);
    }
    expect(
      errors()
        .map(({ kid }) => kid)
        .sort(),
    ).toEqual(kids.toSorted());
    for (const error of errors()) {
      expect(error).toMatchObject({ signsFrom: activeAt.toISOString(), msg: expect.stringMatching(/LATCHKEY_SECRET/) });
    }
  });

  test('signs no longer than the old keys may: then it is not ready and says why, and still publishes and verifies', async () => {
    const { kids, activeAt } = await rotate();
    const client = await registerClient(here);
    const secondsLeft = (activeAt.getTime() - here.clock().getTime()) / 1000;
    here.clock.advance(secondsLeft - 1);
    const { accessToken } = await obtainTokens(here, client);
    here.clock.advance(1);
    await expect(here.deps.keys.sign('ES256', 'at+jwt', {})).rejects.toThrow(
      /^The signing key \S+ cannot be decrypted: .*LATCHKEY_SECRET/,
    );
    expect(await readiness()).toBe(503);
    expect(await publishedKids()).toEqual([...oldKids, ...kids].sort());
    expect((await userinfo(here, accessToken)).status).toBe(200);
  });

  test('neither signs with nor takes what compromised keys signed', async () => {
    const { accessToken } = await obtainTokens(here, await registerClient(here));
    const { kids } = await replaceCompromisedSigningKeys(there.deps, operatorActor);
    here.clock.advance(30);
    expect((await userinfo(here, accessToken)).status).toBe(401);
    expect(await publishedKids()).toEqual(kids.toSorted());
    await expect(here.deps.keys.sign('ES256', 'at+jwt', {})).rejects.toBeInstanceOf(SigningKeyError);
    expect(await readiness()).toBe(503);
  });

  test('does not start anew: whoever starts it learns of it then, and not minutes later', async () => {
    await rotate();
    await expect(start([oldSecret], 30)).rejects.toThrow(/^The signing key \S+ cannot be decrypted: .*LATCHKEY_SECRET/);
  });
});
