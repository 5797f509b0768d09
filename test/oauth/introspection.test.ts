// The introspection endpoint (RFC 7662): what it tells of a living token, to whom, and that it tells nothing of any other.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createToken } from '../../src/lib/secret-format.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { formatBasicCredentials } from '../support/basic-credentials.js';
import { apiTokenOf } from '../support/graphql.js';
import { claimsOf, obtainCode, registerClient, type TestClient } from '../support/oauth.js';
import { clientToken, introspect, postAs, postPlain, tokensOf } from '../support/tokens.js';

let app: TestApp;
let client: TestClient;
let other: TestClient;
let publicClient: TestClient;
const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials'] as const;
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app, { grantTypes });
  other = await registerClient(app, { grantTypes });
  publicClient = await registerClient(app, { type: 'PUBLIC' });
});
afterAll(() => app.close());

const inactive = '{"active":false}';
const isActive = async (token: string, by = client) => (await introspect(app, by, token)).active;

describe('a living token of its own is described', () => {
  test('an access token of a member (RFC 7662 2.2)', async () => {
    const { access } = await tokensOf(app, client, { scope: 'openid email reader' });
    const { iat, exp, jti } = claimsOf(access);
    expect(await introspect(app, client, access)).toEqual({
      active: true,
      scope: 'openid email reader',
      client_id: client.clientId,
      token_type: 'Bearer',
      exp,
      iat,
      sub: app.owner.id,
      aud: app.issuer,
      iss: app.issuer,
      jti,
    });
  });

  test("an access token of the client's own", async () => {
    const access = await clientToken(app, client, 'reader');
    expect(await introspect(app, client, access)).toMatchObject({
      active: true,
      scope: 'reader',
      client_id: client.clientId,
      sub: client.clientId,
      token_type: 'Bearer',
    });
    // RFC 6749 section 3.3 knows no empty scope.
    expect(await introspect(app, client, await clientToken(app, client))).not.toHaveProperty('scope');
  });

  test('a refresh token, which is of no type that opens anything', async () => {
    const { refresh: asked } = await tokensOf(app, client, { scope: 'openid offline_access' });
    const now = app.clock().getTime() / 1000;
    expect(await introspect(app, client, asked)).toEqual({
      active: true,
      scope: 'openid offline_access',
      client_id: client.clientId,
      exp: now + 30 * 86_400,
      iat: now,
      sub: app.owner.id,
      iss: app.issuer,
    });
  });

  test('as JSON that is not kept', async () => {
    const { access } = await tokensOf(app, client);
    for (const token of [access, 'garbage']) {
      const { status, headers } = await postAs(app, client, '/oauth/introspect', { token });
      expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
        200,
        'application/json',
        'no-store',
      ]);
    }
  });

  test('whatever the hint says (RFC 7662 2.1)', async () => {
    const tokens = await tokensOf(app, client);
    for (const token_type_hint of ['access_token', 'refresh_token', 'saml_token', '']) {
      for (const kind of ['access', 'refresh'] as const) {
        expect(await introspect(app, client, tokens[kind], { token_type_hint })).toMatchObject({ active: true });
      }
    }
  });

  test('for another audience, when it was made for one', async () => {
    const claims = claimsOf((await tokensOf(app, client)).access);
    const api = await app.deps.keys.sign('ES256', 'at+jwt', { ...claims, aud: 'https://api.example.com' });
    expect(await introspect(app, client, api)).toMatchObject({ active: true, aud: 'https://api.example.com' });
    expect((await app.request('/oauth/userinfo', { headers: { authorization: `Bearer ${api}` } })).status).toBe(401);
  });

  test('with the scopes that its client still has', async () => {
    const own = await registerClient(app);
    const tokens = await tokensOf(app, own, { scope: 'openid email' });
    await app.db.oAuthClient.update({ where: { id: own.id }, data: { scopes: 'openid' } });
    for (const kind of ['access', 'refresh'] as const) {
      expect((await introspect(app, own, tokens[kind])).scope).toBe('openid');
    }
  });
});

test('asking about a token is no use of it', async () => {
  const own = await registerClient(app);
  const { access } = await tokensOf(app, own);
  await app.deps.lastUsed.flush();
  await app.db.consent.updateMany({ where: { clientId: own.id }, data: { lastUsedAt: null } });
  expect(await isActive(access, own)).toBe(true);
  await app.deps.lastUsed.flush();
  expect(await app.db.consent.count({ where: { clientId: own.id, lastUsedAt: null } })).toBe(1);
});

describe('exactly {"active":false} (RFC 7662 2.2, CVE-2026-37979) is the answer to', () => {
  test.each<[string, () => string | Promise<string>]>([
    ["another client's access token", async () => (await tokensOf(app, other)).access],
    ["another client's refresh token", async () => (await tokensOf(app, other)).refresh],
    ["another client's own token", () => clientToken(app, other, 'reader')],
    ["another client's ID token", async () => (await tokensOf(app, other)).id],
    ["a public client's access token", async () => (await tokensOf(app, publicClient)).access],
    ["a public client's refresh token", async () => (await tokensOf(app, publicClient)).refresh],
    ['its own ID token', async () => (await tokensOf(app, client)).id],
    ['its own code', async () => (await obtainCode(app, client)).code],
    ['its own secret', () => client.secret],
    ['an API token', async () => (await apiTokenOf(app, 'ADMIN')).token],
    ['a refresh token that was never given', () => createToken('lkr', app.deps.randomBytes)],
    ['garbage', () => 'garbage'],
    ['two dots', () => '..'],
    ['what is no ASCII', () => 'é€😀'],
    ['a long text', () => 'a.'.repeat(30_000)],
  ])('%s', async (_, make) => {
    const token = await make();
    for (const hint of [{}, { token_type_hint: 'refresh_token' }, { token_type_hint: 'access_token' }]) {
      const answer = await postAs(app, client, '/oauth/introspect', { token, ...hint });
      expect([answer.status, answer.text]).toEqual([200, inactive]);
    }
  });

  test("another client's token in whatever form it is asked about", async () => {
    const { access } = await tokensOf(app, other);
    // RFC 9701 would answer with a JWT; there is no such form here, and none that says more.
    for (const accept of ['application/token-introspection+jwt', 'application/jwt', 'text/html', '*/*']) {
      const body = new URLSearchParams({ token: access, client_id: client.clientId }).toString();
      const authorization = formatBasicCredentials(client.clientId, client.secret);
      const answer = await postPlain(app, '/oauth/introspect', body, { accept, authorization });
      expect([answer.text, answer.headers.get('content-type')]).toEqual([inactive, 'application/json']);
    }
  });
});
