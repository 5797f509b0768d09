// Keys that somebody else may hold: from `keys rotate --compromised` on they prove nothing, and no verifier is left without a key.
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { replaceCompromisedSigningKeys, rotateSigningKeys } from '../../src/keys/rotate.js';
import { createKeys } from '../../src/keys/service.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { newBrowser, obtainTokens, refresh, registerClient, type TestClient, userinfo } from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
let old: Awaited<ReturnType<typeof obtainTokens>>;
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app);
});
afterAll(() => app.close());
beforeEach(async () => {
  old = await obtainTokens(app, client);
});

async function replace() {
  const replaced = await replaceCompromisedSigningKeys(app.deps, operatorActor);
  app.clock.advance(30);
  return replaced;
}

async function jwks() {
  return (await (await app.request('/oauth/jwks')).json()) as { keys: { kid: string }[] };
}

test('neither access tokens nor ID tokens that they signed are taken any more', async () => {
  expect((await userinfo(app, old.accessToken)).status).toBe(200);
  const { compromisedKids } = await replace();
  expect((await userinfo(app, old.accessToken)).status).toBe(401);
  expect((await jwks()).keys.map(({ kid }) => kid)).not.toEqual(expect.arrayContaining(compromisedKids));
  const hinted = await newBrowser(app).visit(`/oauth/logout?id_token_hint=${old.idToken}`);
  expect(hinted.status).toBe(400);
});

test('keys that an earlier rotation retired are ended too, and those that were to sign next', async () => {
  const next = await rotateSigningKeys(app.deps, operatorActor);
  const { compromisedKids, kids } = await replace();
  expect(compromisedKids).toEqual(expect.arrayContaining(next.kids));
  expect((await jwks()).keys.map(({ kid }) => kid).sort()).toEqual(kids.sort());
  app.clock.advance(3600);
  expect((await jwks()).keys.map(({ kid }) => kid).sort()).toEqual(kids.sort());
});

test('nobody is signed out: a refresh token gives tokens of the new keys, which a verifier finds in the JWKS', async () => {
  const { kids } = await replace();
  const { status, body } = await refresh(app, client, old.refreshToken);
  expect(status).toBe(200);
  const verified = await jwtVerify(body.access_token ?? '', createLocalJWKSet(await jwks()), {
    currentDate: app.clock(),
  });
  expect(kids).toContain(verified.protectedHeader.kid);
  expect((await userinfo(app, body.access_token ?? '')).status).toBe(200);
});

test('a process that has not reread meets a token of a new key and takes it at once', async () => {
  const another = createKeys(app.deps);
  await another.reload();
  await replaceCompromisedSigningKeys(app.deps, operatorActor);
  app.clock.advance(1);
  const fresh = createKeys(app.deps);
  const now = Math.floor(app.clock().getTime() / 1000);
  const token = await fresh.sign('ES256', 'at+jwt', { iss: app.issuer, aud: 'x', sub: 'x', iat: now, exp: now + 60 });
  expect(await another.verify(token, 'at+jwt')).toMatchObject({ sub: 'x' });
  // And with that it has forgotten the old ones.
  expect(await another.verify(old.accessToken, 'at+jwt')).toBeNull();
});

test('two operators at once leave one pair of keys that signs and is published', async () => {
  await Promise.all([1, 2].map(() => replaceCompromisedSigningKeys(app.deps, operatorActor)));
  app.clock.advance(30);
  expect((await jwks()).keys).toHaveLength(2);
  expect((await obtainTokens(app, client)).accessToken).toBeTruthy();
});

test('the audit log tells which keys were ended, and which are new', async () => {
  const { kids, compromisedKids } = await replace();
  const rows = await app.db.auditLogEntry.findMany({ orderBy: { id: 'desc' }, take: 2 });
  expect(rows.map(({ action, targetLabel }) => [action, targetLabel])).toEqual([
    ['SIGNING_KEY_ROTATED', kids.join(' ')],
    ['SIGNING_KEY_COMPROMISED', compromisedKids.join(' ')],
  ]);
});
