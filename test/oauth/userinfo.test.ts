// Access tokens at userinfo: how one is sent, what it opens, and everything that ends it at once.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { setOAuthClientVerified } from '../../src/clients/standing.js';
import { createTestApp, type TestApp } from '../support/app.js';
import {
  claimsOf,
  obtainTokens,
  registerClient,
  signedInBrowser,
  type TestClient,
  token,
  userinfo,
} from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app);
});
afterAll(() => app.close());

async function request(init: RequestInit, query = '') {
  const response = await app.request(`/oauth/userinfo${query}`, init);
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, string>,
  };
}

test('answers GET and POST with the claims that the scopes open (OpenID Connect Core 5.3, 5.4)', async () => {
  const { accessToken, idToken } = await obtainTokens(app, client);
  const headers = { authorization: `Bearer ${accessToken}` };
  for (const method of ['GET', 'POST']) {
    const { status, body, headers: answered } = await request({ method, headers });
    expect([status, answered.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body.sub).toBe(claimsOf(idToken).sub);
    expect(Object.keys(body).sort()).toEqual(['email', 'email_verified', 'sub', 'updated_at']);
  }
  const narrow = await obtainTokens(app, client, { scope: 'openid' });
  expect((await userinfo(app, narrow.accessToken)).body).toEqual({ sub: app.owner.id });
  const member = await app.addMember('READER');
  const named = await obtainTokens(app, client, { scope: 'openid profile' }, await signedInBrowser(app, member));
  expect((await userinfo(app, named.accessToken)).body).toMatchObject({ sub: member.id, name: 'The READER' });
});

test('the scheme is known in any case (RFC 9110 11.1)', async () => {
  const { accessToken } = await obtainTokens(app, client);
  expect((await request({ headers: { authorization: `bEaReR ${accessToken}` } })).status).toBe(200);
});

test('a request without a token is challenged without an error code (RFC 6750 3.1, OAuth 2.1 5.3.1)', async () => {
  const { status, headers } = await request({});
  expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="Latchkey"']);
});

test('another scheme, or a token without one, is challenged without an error code and told what to send (RFC 6750 3.1)', async () => {
  for (const authorization of ['Basic YTpi', 'nonsense', 'Token a']) {
    const { status, headers, body } = await request({ headers: { authorization } });
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="Latchkey"']);
    expect(body.error_description).toMatch(/another scheme: send the token in the header Authorization: Bearer/);
  }
});

test('a bad token is challenged with invalid_token (RFC 6750 3.1)', async () => {
  for (const authorization of [
    'Bearer nonsense',
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer Bearer a',
    'Bearer "a"',
    'Bearer é',
  ]) {
    const { status, headers, body } = await request({ headers: { authorization } });
    expect([status, body.error]).toEqual([401, 'invalid_token']);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token"/);
    expect(headers.get('cache-control')).toBe('no-store');
  }
});

test('a token without the scope openid is answered 403 insufficient_scope (RFC 6750 3.1)', async () => {
  const { accessToken } = await obtainTokens(app, client, { scope: 'reader email' });
  const { status, headers } = await userinfo(app, accessToken);
  expect(status).toBe(403);
  expect(headers.get('www-authenticate')).toMatch(/error="insufficient_scope".*scope="openid"/);
});

test('a token in the query is not looked at (OAuth 2.1 5.1)', async () => {
  const { accessToken } = await obtainTokens(app, client);
  const sent = `access_token=${accessToken}`;
  expect((await request({}, `?${sent}`)).status).toBe(401);
  expect((await request({ method: 'POST' }, `?${sent}`)).status).toBe(401);
  const graphql = await app.request(`/graphql?query={viewer{role}}&${sent}`);
  const { data, errors } = await graphql.json();
  expect({ data, errors }).toEqual({ data: { viewer: null }, errors: undefined });
});

test.each(['PUT', 'DELETE', 'PATCH'])('answers %s with 405', async (method) => {
  const response = await app.request('/oauth/userinfo', { method });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
});

test('an access token lives for its ten minutes and the clock skew (OAuth 2.1 7.1.3.5)', async () => {
  const { accessToken } = await obtainTokens(app, client);
  app.clock.advance(659);
  expect((await userinfo(app, accessToken)).status).toBe(200);
  app.clock.advance(1);
  expect((await userinfo(app, accessToken)).status).toBe(401);
});

test('neither a code, a refresh token, an API token nor an ID token is an access token', async () => {
  const { refreshToken, idToken } = await obtainTokens(app, client);
  for (const other of [refreshToken, idToken]) expect((await userinfo(app, other)).status).toBe(401);
  const { accessToken } = await obtainTokens(app, client);
  const refreshed = await token(app, client, { grant_type: 'refresh_token', refresh_token: accessToken });
  expect(refreshed.body.error).toBe('invalid_grant');
});

describe('a living access token ends at once', () => {
  const now = () => app.clock();

  test.each<[string, (fid: string, jti: string) => Promise<unknown>]>([
    ['with its family', (id) => app.db.tokenFamily.update({ where: { id }, data: { revokedAt: now() } })],
    ['with the end of its family', (id) => app.db.tokenFamily.update({ where: { id }, data: { expiresAt: now() } })],
    ['when its family is deleted', (id) => app.db.tokenFamily.delete({ where: { id } })],
    [
      'when it is revoked by its jti',
      (_, jti) => app.db.revokedAccessToken.create({ data: { jti, expiresAt: now() } }),
    ],
  ])('%s', async (_, end) => {
    const { accessToken } = await obtainTokens(app, client);
    const { fid, jti } = claimsOf(accessToken);
    expect((await userinfo(app, accessToken)).status).toBe(200);
    await end(String(fid), String(jti));
    expect((await userinfo(app, accessToken)).status).toBe(401);
  });

  test('with its client, which is disabled or deleted', async () => {
    const own = await registerClient(app);
    const { accessToken } = await obtainTokens(app, own);
    await app.db.oAuthClient.update({ where: { id: own.id }, data: { disabledAt: now() } });
    expect((await userinfo(app, accessToken)).status).toBe(401);
    await app.db.oAuthClient.update({ where: { id: own.id }, data: { disabledAt: null } });
    expect((await userinfo(app, accessToken)).status).toBe(200);
    await app.db.oAuthClient.delete({ where: { id: own.id } });
    expect((await userinfo(app, accessToken)).status).toBe(401);
  });

  test('with its consent', async () => {
    const own = await registerClient(app);
    const { accessToken } = await obtainTokens(app, own);
    await app.db.consent.updateMany({ where: { clientId: own.id }, data: { revokedAt: now() } });
    expect((await userinfo(app, accessToken)).status).toBe(401);
  });

  test('with its member, who is suspended or removed', async () => {
    const member = await app.addMember('WRITER');
    const { accessToken } = await obtainTokens(app, client, {}, await signedInBrowser(app, member));
    await app.db.member.update({ where: { id: member.id }, data: { status: 'SUSPENDED' } });
    expect((await userinfo(app, accessToken)).status).toBe(401);
    await app.db.member.update({ where: { id: member.id }, data: { status: 'ACTIVE' } });
    expect((await userinfo(app, accessToken)).status).toBe(200);
    await app.db.member.delete({ where: { id: member.id } });
    expect((await userinfo(app, accessToken)).status).toBe(401);
  });

  test("with its client's verification, for a member of another account", async () => {
    const { owner } = await app.addAccount();
    const own = await registerClient(app);
    await setOAuthClientVerified(app.deps, operatorActor, own.clientId, true);
    const { accessToken } = await obtainTokens(app, own, {}, await signedInBrowser(app, owner));
    expect((await userinfo(app, accessToken)).status).toBe(200);
    await setOAuthClientVerified(app.deps, operatorActor, own.clientId, false);
    expect((await userinfo(app, accessToken)).status).toBe(401);
  });
});
