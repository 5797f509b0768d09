// Userinfo beyond the plain answer: a token in the body of a POST, and answers that are signed for a client.
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, startTestServer, type TestApp } from '../support/app.js';
import {
  newBrowser,
  obtainTokens,
  registerClient,
  signedInBrowser,
  type TestClient,
  userinfo,
} from '../support/oauth.js';
import { postPlain } from '../support/tokens.js';

let app: TestApp;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app);
});
afterAll(() => app.close());

describe('a token in the form of a POST (RFC 6750 2.2, Core 5.3.1, oidcc-userinfo-post-body)', () => {
  test('is taken', async () => {
    const { accessToken } = await obtainTokens(app, client);
    const { status, text } = await postPlain(app, '/oauth/userinfo', { access_token: accessToken });
    expect([status, JSON.parse(text).sub]).toEqual([200, app.owner.id]);
  });

  test('must not come beside one in the header, nor twice (RFC 6750 2)', async () => {
    const { accessToken } = await obtainTokens(app, client);
    const sent = `access_token=${accessToken}`;
    const both = await postPlain(app, '/oauth/userinfo', sent, { authorization: `Bearer ${accessToken}` });
    const twice = await postPlain(app, '/oauth/userinfo', `${sent}&${sent}`);
    for (const { status, text, headers } of [both, twice]) {
      expect([status, JSON.parse(text).error]).toEqual([400, 'invalid_request']);
      expect(headers.get('www-authenticate')).toContain('error="invalid_request"');
    }
  });

  test('is not looked at in a body of another type (RFC 6750 2.2)', async () => {
    const { accessToken } = await obtainTokens(app, client);
    const body = JSON.stringify({ access_token: accessToken });
    const { status } = await postPlain(app, '/oauth/userinfo', body, { 'content-type': 'application/json' });
    expect(status).toBe(401);
  });

  test.each(['nonsense', 'lkr_nonsense', 'a b', '\u0000'])('that is none is invalid_token: %j', async (accessToken) => {
    const { status, text } = await postPlain(app, '/oauth/userinfo', { access_token: accessToken });
    expect([400, 401]).toContain(status);
    expect(['invalid_token', 'invalid_request']).toContain(JSON.parse(text).error);
  });
});

describe.each(['RS256', 'ES256'] as const)('signed with %s (Core 5.3.2)', (userinfoSigningAlgorithm) => {
  test('is a JWT for the client, by GET and POST, with what the scopes open', async () => {
    const own = await registerClient(app, { userinfoSigningAlgorithm });
    const { accessToken } = await obtainTokens(app, own, { scope: 'openid email' });
    const jwks = (await (await app.request('/oauth/jwks')).json()) as JSONWebKeySet;
    for (const method of ['GET', 'POST']) {
      const headers = { authorization: `Bearer ${accessToken}` };
      const response = await app.request('/oauth/userinfo', { method, headers });
      expect([response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([
        'application/jwt',
        'no-store',
      ]);
      const { payload, protectedHeader } = await jwtVerify(await response.text(), createLocalJWKSet(jwks), {
        issuer: app.issuer,
        audience: own.clientId,
        currentDate: app.clock(),
      });
      expect(protectedHeader.alg).toBe(userinfoSigningAlgorithm);
      expect(payload).toMatchObject({ sub: app.owner.id, email: app.owner.email });
    }
  });

  test('is no ID token: it neither hints at sign-out nor at sign-in (RFC 8725 3.12)', async () => {
    const own = await registerClient(app, { userinfoSigningAlgorithm });
    const { accessToken } = await obtainTokens(app, own);
    const signed = await app.request('/oauth/userinfo', { headers: { authorization: `Bearer ${accessToken}` } });
    const jwt = await signed.text();
    expect((await newBrowser(app).visit(`/oauth/logout?id_token_hint=${jwt}`)).status).toBe(400);
    expect((await userinfo(app, jwt)).status).toBe(401);
  });
});

test('a client that changes its mind gets JSON again, at once', async () => {
  const own = await registerClient(app, { userinfoSigningAlgorithm: 'RS256' });
  const { accessToken } = await obtainTokens(app, own);
  await app.db.oAuthClient.update({ where: { id: own.id }, data: { userinfoSigningAlgorithm: null } });
  expect((await userinfo(app, accessToken)).body.sub).toBe(app.owner.id);
});

test('oauth4webapi verifies a signed answer with what discovery says', async () => {
  const server = await startTestServer();
  try {
    const own = await registerClient(server, { userinfoSigningAlgorithm: 'ES256' });
    const { accessToken } = await obtainTokens(server, own, {}, await signedInBrowser(server));
    const insecure = { [oauth.allowInsecureRequests]: true };
    const issuer = new URL(server.issuer);
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
    expect(as.userinfo_signing_alg_values_supported).toEqual(['RS256', 'ES256']);
    const asClient = { client_id: own.clientId, userinfo_signed_response_alg: 'ES256' };
    const response = await oauth.userInfoRequest(as, asClient, accessToken, insecure);
    const claims = await oauth.processUserInfoResponse(as, asClient, server.owner.id, response);
    expect(claims.email).toBe(server.owner.email);
    await oauth.validateApplicationLevelSignature(as, response, insecure);
  } finally {
    await server.close();
  }
});

test('access tokens are signed as the client is registered, and taken alike (RFC 9068 2.1)', async () => {
  for (const accessTokenSigningAlgorithm of ['ES256', 'RS256'] as const) {
    const own = await registerClient(app, { accessTokenSigningAlgorithm });
    const { accessToken } = await obtainTokens(app, own);
    expect(decodeProtectedHeader(accessToken)).toMatchObject({ alg: accessTokenSigningAlgorithm, typ: 'at+jwt' });
    expect((await userinfo(app, accessToken)).status).toBe(200);
  }
});
