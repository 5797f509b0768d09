// deleteOAuthClient: the client, its secrets, consents and tokens are gone at once.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, bearer, signedIn } from '../support/graphql.js';
import {
  anyPkce,
  authorizeUrl,
  newBrowser,
  obtainCode,
  redeem,
  refresh,
  registerClient,
  signedInBrowser,
  token,
} from '../support/oauth.js';
import { succeed } from './mutate.js';

let app: TestApp;
let owner: Ask;
beforeAll(async () => {
  app = await createTestApp();
  owner = await signedIn(app, app.owner);
});
afterAll(() => app.close());

const remove = async (input: Record<string, unknown>, ask = owner) => {
  const { data } = await ask(
    `mutation ($input: DeleteOAuthClientInput!) { deleteOAuthClient(input: $input) {
      deletedOAuthClientId revokedSecretCount revokedConsentCount endedSignInCount userErrors { code message path }
    } }`,
    { input },
  );
  return data.deleteOAuthClient;
};

const deleted = (id: string, died: { secrets?: number; consents?: number; signIns?: number } = {}) => ({
  deletedOAuthClientId: id,
  revokedSecretCount: died.secrets ?? 1,
  revokedConsentCount: died.consents ?? 0,
  endedSignInCount: died.signIns ?? 0,
  userErrors: [],
});

test('by id or by client_id, and a second time there is nothing to delete', async () => {
  const [one, other] = [await registerClient(app), await registerClient(app)];
  expect(await remove({ id: one.id })).toEqual(deleted(one.id));
  expect(await remove({ clientId: other.clientId })).toEqual(deleted(other.id));
  for (const reference of [{ id: one.id }, { clientId: other.clientId }]) {
    expect(await remove(reference)).toMatchObject({
      deletedOAuthClientId: null,
      revokedSecretCount: null,
      revokedConsentCount: null,
      endedSignInCount: null,
      userErrors: [{ code: 'NOT_FOUND', path: Object.keys(reference) }],
    });
  }
});

test.each([
  [{}, 'REQUIRED'],
  [{ id: null }, 'REQUIRED'],
  [{ id: '' }, 'NOT_FOUND'],
  [{ clientId: '' }, 'NOT_FOUND'],
  [{ id: '', clientId: '' }, 'NOT_FOUND'],
  [{ id: '\u0000' }, 'NOT_FOUND'],
  [{ clientId: '\u0000' }, 'NOT_FOUND'],
])('%j names no client, and none is deleted', async (reference, code) => {
  await registerClient(app);
  const before = await app.db.oAuthClient.count();
  expect(await remove(reference)).toMatchObject({ deletedOAuthClientId: null, userErrors: [{ code }] });
  expect(await app.db.oAuthClient.count()).toBe(before);
});

describe('it says what died with it', () => {
  test('the consents of its people, and each of their sign-ins', async () => {
    const client = await registerClient(app);
    const other = await registerClient(app);
    const reader = await app.addMember('READER');
    for (const person of [app.owner, reader]) {
      const browser = newBrowser(app);
      await browser.signIn(person);
      for (let signIns = 0; signIns < 2; signIns += 1) await obtainCode(app, client, {}, browser);
    }
    await obtainCode(app, other);
    expect(await remove({ id: client.id })).toEqual(deleted(client.id, { consents: 2, signIns: 4 }));
    expect(await app.db.consent.count()).toBe(1);
    expect(await app.db.tokenFamily.count()).toBe(1);
  });

  test('not what had ended before: tokens revoked, sign-ins expired', async () => {
    const client = await registerClient(app);
    await obtainCode(app, client);
    await succeed(owner, 'revokeOAuthClientTokens', { id: client.id });
    await obtainCode(app, client);
    await app.db.tokenFamily.updateMany({
      where: { consent: { clientId: client.id }, revokedAt: null },
      data: { expiresAt: app.clock() },
    });
    await obtainCode(app, client);
    expect(await remove({ id: client.id })).toEqual(deleted(client.id, { consents: 1, signIns: 1 }));
  });

  test('the living secrets: neither those revoked nor those expired', async () => {
    const client = await registerClient(app);
    const rotate = (input: object) =>
      succeed(owner, 'rotateOAuthClientSecret', { id: client.id, ...input }, 'secret { id }');
    const { secret } = await rotate({});
    await rotate({ expiresInSeconds: 60 });
    await rotate({});
    await succeed(owner, 'revokeOAuthClientSecret', { secretId: secret.id });
    app.clock.advance(60);
    expect(await remove({ id: client.id })).toEqual(deleted(client.id, { secrets: 2 }));
    const none = await registerClient(app, { type: 'PUBLIC' });
    expect(await remove({ id: none.id })).toEqual(deleted(none.id, { secrets: 0 }));
  });
});

test('nothing that it was given works any more', async () => {
  const client = await registerClient(app, {
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
  });
  const browser = await signedInBrowser(app);
  const page = await browser.visit(authorizeUrl(client, anyPkce));
  expect(page.url.pathname).toBe('/consent');
  const pending = await obtainCode(app, client, { scope: 'openid offline_access admin' });
  const { body } = await redeem(app, client, await obtainCode(app, client, { scope: 'openid offline_access admin' }));
  const accessToken = body.access_token ?? '';
  expect((await bearer(app, accessToken)('{ viewer { role } }')).data).toEqual({ viewer: { role: 'ADMIN' } });

  expect(await remove({ id: client.id })).toMatchObject({ deletedOAuthClientId: client.id });

  expect(await bearer(app, accessToken)('{ viewer { role } }')).toMatchObject({
    status: 401,
    errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
  });
  const userinfo = await app.request('/oauth/userinfo', { headers: { authorization: `Bearer ${accessToken}` } });
  expect(userinfo.status).toBe(401);
  for (const answer of [
    await refresh(app, client, body.refresh_token ?? ''),
    await redeem(app, client, pending),
    await token(app, client, { grant_type: 'client_credentials' }),
  ]) {
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  }
  expect((await newBrowser(app).visit(authorizeUrl(client))).left).toBe(false);
  expect(await browser.visit(page.url.href)).toMatchObject({ status: 403, left: false });
  expect(await browser.visit(authorizeUrl(client, anyPkce))).toMatchObject({ status: 400, left: false });
  const ofClient = { where: { clientId: client.id } };
  expect(await app.db.oAuthClientSecret.count(ofClient)).toBe(0);
  expect(await app.db.oAuthClientRedirectUri.count(ofClient)).toBe(0);
  expect(await app.db.authorizationRequest.count(ofClient)).toBe(0);
  expect(await app.db.consent.count(ofClient)).toBe(0);
  expect(await app.db.tokenFamily.count({ where: { consent: ofClient.where } })).toBe(0);
});

test('a client’s own access token can delete the client, and is dead with it', async () => {
  const client = await registerClient(app);
  const { body } = await redeem(app, client, await obtainCode(app, client, { scope: 'admin' }));
  const itself = bearer(app, body.access_token ?? '');
  expect(await remove({ id: client.id }, itself)).toEqual(deleted(client.id, { consents: 1, signIns: 1 }));
  expect((await itself('{ viewer { role } }')).status).toBe(401);
});

test('the audit log keeps the name of what is gone', async () => {
  const client = await registerClient(app, { name: 'Short-lived' });
  await obtainCode(app, client);
  await remove({ id: client.id });
  const entry = await app.db.auditLogEntry.findFirstOrThrow({
    where: { targetId: client.id, action: 'OAUTH_CLIENT_DELETED' },
  });
  expect(entry).toMatchObject({ targetLabel: 'Short-lived', actorId: app.owner.id, accountId: app.owner.accountId });
  expect(JSON.parse(entry.changes)).toEqual([
    { field: 'clientId', before: client.clientId, after: null },
    { field: 'revokedSecrets', before: null, after: '1' },
    { field: 'revokedConsents', before: null, after: '1' },
    { field: 'revokedSignIns', before: null, after: '1' },
  ]);
});

test('of many who delete at once one does it', async () => {
  const client = await registerClient(app);
  const answers = await Promise.all(Array.from({ length: 8 }, () => remove({ id: client.id })));
  expect(answers.filter((answer) => answer.deletedOAuthClientId === client.id)).toHaveLength(1);
  expect(answers.filter((answer) => answer.userErrors[0]?.code === 'NOT_FOUND')).toHaveLength(7);
});
