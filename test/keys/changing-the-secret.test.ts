// LATCHKEY_SECRET changed while Latchkey serves, as docs/operations.md tells: how soon the old secret can go.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { rotateSigningKeys } from '../../src/keys/rotate.js';
import { SigningKeyError } from '../../src/keys/store.js';
import { createTestApp } from '../support/app.js';
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
  const ownToken = await after.deps.keys.sign('ES256', 'at+jwt', { sub: 'x' });
  expect(kids).toContain(JSON.parse(Buffer.from(ownToken.split('.')[0] ?? '', 'base64url').toString()).kid);

  // Two months later the old keys are published no more, and an ID token of theirs is a hint all the same.
  const muchLater = await start([newSecret], 60 * 86_400);
  expect(await muchLater.deps.keys.published()).toHaveLength(2);
  expect((await newBrowser(muchLater).visit(`/oauth/logout?id_token_hint=${idToken}`)).status).toBe(200);
});
