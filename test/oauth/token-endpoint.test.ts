// The token endpoint as such: methods, media types, parameters, the shapes of answers and errors, and client credentials.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import {
  claimsOf,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  registerClient,
  type TestClient,
  token,
  userinfo,
} from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app, {
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
  });
});
afterAll(() => app.close());

test.each(['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'])(
  'answers %s with 405 (OAuth 2.1 3.2)',
  async (method) => {
    const response = await app.request('/oauth/token?grant_type=client_credentials', { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect([...response.headers.keys()].some((name) => name.startsWith('access-control-'))).toBe(false);
  },
);

test.each([
  ['application/json', JSON.stringify({ grant_type: 'client_credentials' })],
  ['text/plain', 'grant_type=client_credentials'],
  ['multipart/form-data; boundary=x', '--x--'],
  ['application/x-www-form-urlencodedx', 'grant_type=client_credentials'],
  ['', 'grant_type=client_credentials'],
])('refuses a body of type %j (RFC 6749 3.2)', async (type, body) => {
  const response = await app.request('/oauth/token', { method: 'POST', headers: { 'content-type': type }, body });
  expect(response.status).toBe(400);
  expect(((await response.json()) as { error: string }).error).toBe('invalid_request');
});

test('takes a form whose type names a charset', async () => {
  const response = await app.request('/oauth/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' },
    body: 'grant_type=nonsense',
  });
  expect(((await response.json()) as { error: string }).error).toBe('unsupported_grant_type');
});

test.each<[string, Record<string, string>, string]>([
  ['no grant_type', {}, 'invalid_request'],
  ['an empty grant_type', { grant_type: '' }, 'invalid_request'],
  [
    'the password grant (RFC 9700 2.4)',
    { grant_type: 'password', username: 'a', password: 'b' },
    'unsupported_grant_type',
  ],
  ['an unknown grant', { grant_type: 'urn:x' }, 'unsupported_grant_type'],
  ['a grant named like a property', { grant_type: '__proto__' }, 'unsupported_grant_type'],
  ['a code grant without a code', { grant_type: 'authorization_code' }, 'invalid_request'],
  ['a refresh without a token', { grant_type: 'refresh_token' }, 'invalid_request'],
  ['an unknown code', { grant_type: 'authorization_code', code: 'lkc_x' }, 'invalid_grant'],
  ['an unknown refresh token', { grant_type: 'refresh_token', refresh_token: 'lkr_x' }, 'invalid_grant'],
])('answers %s with a code of RFC 6749 5.2', async (_, form, error) => {
  const { status, body, headers } = await token(app, client, form);
  expect([status, body.error]).toEqual([400, error]);
  expect(body.error_description).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
  expect(Object.keys(body).sort()).toEqual(['error', 'error_description']);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('content-type')).toContain('application/json');
});

test.each(['grant_type', 'client_id', 'code', 'scope', 'code_verifier', 'un"heard\\of'])(
  'refuses a repeated %s (RFC 6749 3.2)',
  async (name) => {
    const form = new URLSearchParams([
      ['grant_type', 'client_credentials'],
      [name, 'a'],
      [name, 'b'],
    ]);
    const response = await app.request('/oauth/token', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    });
    const body = (await response.json()) as Record<string, string>;
    expect([response.status, body.error]).toEqual([400, 'invalid_request']);
    expect(body.error_description).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
  },
);

test('refuses a body of more than 100 kB', async () => {
  const response = await app.request('/oauth/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '100001' },
    body: 'x'.repeat(100_001),
  });
  expect(response.status).toBe(413);
});

test('a fault of ours is said without its detail', async () => {
  const { throttles } = app.deps;
  const fail = () => Promise.reject(new Error('the database password is hunter2'));
  Object.assign(app.deps, { throttles: { ...throttles, clientSecret: { ...throttles.clientSecret, check: fail } } });
  const fresh = await registerClient(app);
  const { status, body, headers } = await token(app, fresh, { grant_type: 'authorization_code', code: 'x' });
  Object.assign(app.deps, { throttles });
  expect([status, body.error]).toEqual([500, 'server_error']);
  expect(JSON.stringify(body)).not.toContain('hunter2');
  expect(body.error_description).toContain(headers.get('x-request-id'));
});

describe('client credentials (RFC 6749 4.4)', () => {
  const grant = { grant_type: 'client_credentials' };

  test('give an access token whose subject is the client, which is no member (RFC 9068 2.2, RFC 9700 4.15)', async () => {
    const { status, body, headers } = await token(app, client, { ...grant, scope: 'reader' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 600, scope: 'reader' });
    expect([body.refresh_token, body.id_token]).toEqual([undefined, undefined]);
    expect(headers.get('cache-control')).toBe('no-store');
    const claims = claimsOf(body.access_token);
    expect(claims).toMatchObject({ sub: client.clientId, client_id: client.clientId, iss: app.issuer });
    expect(String(claims.sub)).not.toMatch(/^mem_/);
  });

  test('give no scope unless one is asked for', async () => {
    expect((await token(app, client, grant)).body.scope).toBe('');
  });

  test.each(['openid', 'profile', 'offline_access', 'reader openid', 'unheard_of', 'reader  writer'])(
    'refuse the scope %j',
    async (scope) => {
      const { status, body } = await token(app, client, { ...grant, scope });
      expect([status, body.error]).toEqual([400, 'invalid_scope']);
    },
  );

  test('are for clients that are registered for them (OAuth 2.1 4.2, ASVS 5.0 10.4.4, better-auth 9974, known attack 7)', async () => {
    for (const type of ['CONFIDENTIAL', 'PUBLIC', 'NATIVE'] as const) {
      const { status, body } = await token(app, await registerClient(app, { type }), grant);
      expect([status, body.error]).toEqual([400, 'unauthorized_client']);
    }
    const robot = await registerClient(app, { grantTypes: ['client_credentials'], scopes: [] });
    for (const grantType of ['authorization_code', 'refresh_token']) {
      const { body } = await token(app, robot, { grant_type: grantType, code: 'x', refresh_token: 'x' });
      expect(body.error).toBe('unauthorized_client');
    }
  });

  test('are refused at userinfo, and dead once the epoch is raised or the client disabled', async () => {
    const { body } = await token(app, client, { ...grant, scope: 'reader' });
    const accessToken = body.access_token ?? '';
    expect((await userinfo(app, accessToken)).body.error).toBe('insufficient_scope');
    const where = { id: client.id };
    await app.db.oAuthClient.update({ where, data: { tokenEpoch: 1 } });
    expect((await userinfo(app, accessToken)).body.error).toBe('invalid_token');
    await app.db.oAuthClient.update({ where, data: { tokenEpoch: 0, disabledAt: app.clock() } });
    expect((await userinfo(app, accessToken)).body.error).toBe('invalid_token');
    await app.db.oAuthClient.update({ where, data: { disabledAt: null } });
  });
});

test('a token response says what RFC 6749 5.1 demands, and is kept by nobody (OAuth 2.1 3.2.3)', async () => {
  const granted = await redeem(app, client, await obtainCode(app, client, { scope: 'openid email' }));
  const refreshed = await refresh(app, client, granted.body.refresh_token ?? '', { scope: 'openid' });
  for (const [answer, scope] of [
    [granted, 'openid email'],
    [refreshed, 'openid'],
  ] as const) {
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_in: 600, scope });
    expect(answer.body.access_token).toMatch(/^[\x20-\x7E]+$/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('pragma')).toBe('no-cache');
    expect(answer.headers.get('content-type')).toContain('application/json');
  }
});

test('the tokens of a response say whom they are from, for and about (RFC 9068 2.2)', async () => {
  const { accessToken, idToken } = await obtainTokens(app, client);
  const [header] = accessToken.split('.');
  expect(JSON.parse(Buffer.from(header ?? '', 'base64url').toString())).toMatchObject({ typ: 'at+jwt', alg: 'ES256' });
  const claims = claimsOf(accessToken);
  for (const name of ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti']) expect(claims).toHaveProperty(name);
  expect(claims).toMatchObject({ iss: app.issuer, aud: app.issuer, sub: app.owner.id, client_id: client.clientId });
  expect(claimsOf(idToken)).toMatchObject({ iss: app.issuer, aud: client.clientId, sub: app.owner.id, amr: ['pwd'] });
});
