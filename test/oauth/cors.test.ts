// Pages of other origins at the protocol endpoints, as a browser lets them: what is public is open to all, what is about a
// client to the origins that this client lists, and the rest to nobody.
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Environment } from '../../src/http/environment.js';
import { openToClientsOrigins } from '../../src/oauth/cors.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { formatBasicCredentials } from '../support/basic-credentials.js';
import { corsHeaders, fetchFromPage, listOf, type PageRequest, sendPreflight } from '../support/cors.js';
import {
  createPkce,
  obtainCode,
  obtainTokens,
  redirectUri,
  registerClient,
  type TestClient,
} from '../support/oauth.js';

const spa = 'https://spa.example.com';
const colleague = 'https://colleague.example.com';
const foreign = 'https://evil.example';

let app: TestApp;
let client: TestClient;
let confidential: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app, { type: 'PUBLIC', allowedOrigins: ['https://first.example.com', spa] });
  confidential = await registerClient(app, { allowedOrigins: [spa] });
  await registerClient(app, { type: 'PUBLIC', allowedOrigins: [colleague] });
});
afterAll(() => app.close());

const form = 'application/x-www-form-urlencoded';
const preflight = (path: string, origin: string, method?: string) => sendPreflight(app, path, origin, method);
const fetchFrom = (origin: string, path: string, init?: PageRequest) => fetchFromPage(app, origin, path, init);
const post = (origin: string, path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetchFrom(origin, path, {
    method: 'POST',
    headers: { 'content-type': form, ...headers },
    body: new URLSearchParams(fields).toString(),
  });
const byToken = (origin: string, accessToken: string) =>
  fetchFrom(origin, '/oauth/userinfo', { headers: { authorization: `Bearer ${accessToken}` } });

test('an app that lives in a browser signs in, reads who it is, refreshes and gives its tokens back', async () => {
  const { code, verifier } = await obtainCode(app, client);
  const fields = { client_id: client.clientId, redirect_uri: redirectUri, code, code_verifier: verifier };
  const tokens = await post(spa, '/oauth/token', { grant_type: 'authorization_code', ...fields });
  if (tokens === 'blocked') throw new Error('The token response was blocked.');
  expect(tokens.status).toBe(200);
  const accessToken = tokens.body?.access_token ?? '';
  expect(await byToken(spa, accessToken)).toMatchObject({ status: 200, body: { sub: app.owner.id } });
  const refreshToken = tokens.body?.refresh_token ?? '';
  const refreshed = await post(spa, '/oauth/token', {
    grant_type: 'refresh_token',
    client_id: client.clientId,
    refresh_token: refreshToken,
  });
  expect(refreshed).toMatchObject({ status: 200 });
  const given = { client_id: client.clientId, token: refreshToken };
  expect(await post(spa, '/oauth/revoke', given)).toMatchObject({ status: 200, body: {} });
  // What a page needs in order to know that it must refresh: the status, and why.
  const over = await byToken(spa, accessToken);
  if (over === 'blocked') throw new Error('The refusal was blocked.');
  expect([over.status, over.body?.error]).toEqual([401, 'invalid_token']);
  expect(over.header('www-authenticate')).toContain('invalid_token');
});

describe('a page of another origin reads no answer about a client', () => {
  // `colleague` is another client's: it may ask, but not read what is not its own.
  const others = [foreign, colleague, 'null', 'http://spa.example.com', `${spa}:8443`, `${spa}.evil.example`];

  test.each(others)('at the token endpoint, from %s', async (origin) => {
    const { code, verifier } = await obtainCode(app, client);
    const fields = { client_id: client.clientId, redirect_uri: redirectUri, code, code_verifier: verifier };
    expect(await post(origin, '/oauth/token', { grant_type: 'authorization_code', ...fields })).toBe('blocked');
    const basic = { authorization: formatBasicCredentials(confidential.clientId, confidential.secret) };
    expect(await post(origin, '/oauth/token', { grant_type: 'refresh_token', refresh_token: 'x' }, basic)).toBe(
      'blocked',
    );
    expect(await post(spa, '/oauth/token', { grant_type: 'refresh_token', refresh_token: 'x' }, basic)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
  });

  test.each(others)('at userinfo, from %s', async (origin) => {
    const { accessToken } = await obtainTokens(app, client);
    expect(await byToken(origin, accessToken)).toBe('blocked');
    // Even without a preflight in the way, the answer itself is not for it.
    const response = await app.request('/oauth/userinfo', {
      headers: { origin, authorization: `Bearer ${accessToken}` },
    });
    expect([response.status, corsHeaders(response)]).toEqual([200, []]);
  });

  test.each(others)('at revocation, from %s', async (origin) => {
    const { refreshToken } = await obtainTokens(app, client);
    expect(await post(origin, '/oauth/revoke', { client_id: client.clientId, token: refreshToken })).toBe('blocked');
  });
});

const clientPaths = ['/oauth/token', '/oauth/userinfo', '/oauth/revoke'];
const malformed = [
  'null',
  '',
  '*',
  'https://',
  'https://*.example.com',
  'spa.example.com',
  `${spa}/`,
  `${spa}:443`,
  `${spa} ${foreign}`,
  `${spa}, ${foreign}`,
  'HTTPS://SPA.EXAMPLE.COM',
  'https://spa.example.com%00',
  'chrome-extension://abcdefgh',
  `https://${'a'.repeat(20_000)}.example`,
];

describe.each(clientPaths)('%s', (path) => {
  test('answers the preflight of an origin that some client lists, for ten minutes and without cookies', async () => {
    for (const origin of [spa, colleague]) {
      const response = await preflight(path, origin);
      expect([response.status, await response.text()]).toEqual([204, '']);
      expect(response.headers.get('access-control-allow-origin')).toBe(origin);
      expect(listOf(response.headers, 'access-control-allow-headers')).toEqual(['authorization', 'content-type']);
      const methods = path === '/oauth/userinfo' ? ['get', 'post'] : ['post'];
      expect(listOf(response.headers, 'access-control-allow-methods')).toEqual(methods);
      expect(response.headers.get('access-control-max-age')).toBe('600');
      expect(response.headers.get('access-control-allow-credentials')).toBeNull();
      expect(listOf(response.headers, 'vary')).toContain('origin');
    }
  });

  test.each([foreign, ...malformed])('has nothing for the origin %.60j', async (origin) => {
    const asked = await preflight(path, origin);
    expect(asked.status).toBe(204);
    const answered = await app.request(path, {
      method: 'POST',
      headers: { origin, 'content-type': form },
      body: 'a=b',
    });
    expect(answered.status).toBeLessThan(500);
    for (const response of [asked, answered]) {
      expect(corsHeaders(response)).toEqual([]);
      expect(listOf(response.headers, 'vary')).toContain('origin');
    }
  });

  test('tells a listed origin why a request failed before its client was known, and no other', async () => {
    const headers = { 'content-type': form };
    const request = { method: 'POST', headers, body: 'client_id=unknown&grant_type=refresh_token' };
    expect(await fetchFrom(spa, path, request)).toMatchObject({ status: 401 });
    expect(await fetchFrom(foreign, path, request)).toBe('blocked');
  });

  test('varies by origin without one too, for caches (RFC 9110 12.5.5)', async () => {
    const response = await app.request(path, { method: 'POST', headers: { 'content-type': form }, body: 'a=b' });
    expect(listOf(response.headers, 'vary')).toContain('origin');
    expect(corsHeaders(response)).toEqual([]);
  });

  test('answers OPTIONS that is no preflight as ever', async () => {
    const response = await app.request(path, { method: 'OPTIONS' });
    expect([response.status, corsHeaders(response)]).toEqual([405, []]);
  });
});

test('an unknown client, a wrong secret and a right name look alike to a page (CVE-2024-41952)', async () => {
  const seen = async (clientId: string, secret: string) => {
    const fields = { grant_type: 'refresh_token', refresh_token: 'x', client_id: clientId, client_secret: secret };
    return Promise.all(
      [spa, colleague, foreign].map(async (origin) => {
        const answer = await post(origin, '/oauth/token', fields);
        return answer === 'blocked' ? answer : [answer.status, answer.body];
      }),
    );
  };
  expect(await seen('unknown', 'nonsense')).toEqual(await seen(confidential.clientId, 'nonsense'));
});

test('a server that sends Origin is answered, listed or not', async () => {
  const { refreshToken } = await obtainTokens(app, confidential);
  const response = await app.request('/oauth/token', {
    method: 'POST',
    headers: {
      origin: foreign,
      'content-type': form,
      authorization: formatBasicCredentials(confidential.clientId, confidential.secret),
    },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }).toString(),
  });
  expect(response.status).toBe(200);
  expect(await response.json()).toHaveProperty('access_token');
  expect(corsHeaders(response)).toEqual([]);
});

test('a token that names any client is no way past that client’s list', async () => {
  const { accessToken } = await obtainTokens(app, client);
  const [head, , signature] = accessToken.split('.');
  for (const clientId of ['', 'a\0b', 7, null, confidential.clientId, 'x'.repeat(5000)]) {
    const claims = Buffer.from(JSON.stringify({ client_id: clientId })).toString('base64url');
    for (const origin of [foreign, colleague, spa]) {
      const response = await app.request('/oauth/userinfo', {
        headers: { origin, authorization: `Bearer ${head}.${claims}.${signature}` },
      });
      expect(response.status).toBe(401);
      if (origin === foreign) expect(corsHeaders(response)).toEqual([]);
    }
  }
});

test('a client_id in a token that could be nobody’s is not even looked up', async () => {
  await preflight('/oauth/userinfo', spa);
  for (const clientId of ['', 'a\0b', 'é', 7, null, 'x'.repeat(256)]) {
    const claims = Buffer.from(JSON.stringify({ client_id: clientId })).toString('base64url');
    app.statements.length = 0;
    const headers = { origin: spa, authorization: `Bearer e30.${claims}.AAAA` };
    expect((await app.request('/oauth/userinfo', { headers })).status).toBe(401);
    expect(app.statements.filter((sql) => sql.includes('OAuthClient'))).toEqual([]);
  }
});

test('an answer that succeeds without a known client is for no page', async () => {
  const wrapped = new Hono<Environment>();
  wrapped.use(openToClientsOrigins({ includes: async () => true }, 'GET'));
  wrapped.get('/', (c) => c.json({ told: 'to whom?' }));
  expect(corsHeaders(await wrapped.request('/', { headers: { origin: spa } }))).toEqual([]);
});

describe('what a client lists', () => {
  const fresh = 'https://fresh.example.com';
  const isOpen = async () => (await preflight('/oauth/token', fresh)).headers.has('access-control-allow-origin');

  test('counts within seconds, and ends within half a minute, or when the client is disabled', async () => {
    expect(await isOpen()).toBe(false);
    const own = await registerClient(app, { type: 'PUBLIC', allowedOrigins: [fresh] });
    app.clock.advance(5);
    expect(await isOpen()).toBe(true);
    await app.db.oAuthClient.update({ where: { id: own.id }, data: { disabledAt: app.clock() } });
    app.clock.advance(30);
    expect(await isOpen()).toBe(false);
  });

  test('ends at once for what is told to the client itself', async () => {
    const own = await registerClient(app, { type: 'PUBLIC', allowedOrigins: [fresh] });
    app.clock.advance(5);
    const { accessToken } = await obtainTokens(app, own);
    expect(await byToken(fresh, accessToken)).toMatchObject({ status: 200 });
    await app.db.oAuthClient.update({ where: { id: own.id }, data: { allowedOrigins: spa } });
    expect(await byToken(fresh, accessToken)).toBe('blocked');
  });

  test('is not read anew for each invented origin', async () => {
    app.clock.advance(60);
    await preflight('/oauth/token', spa);
    await app.beginCounting();
    for (let index = 0; index < 50; index += 1) await preflight('/oauth/token', `https://a${index}.example`);
    expect(app.statements).toEqual([]);
    app.clock.advance(5);
    await Promise.all(Array.from({ length: 50 }, (_, index) => preflight('/oauth/token', `https://b${index}.example`)));
    expect(app.statements).toHaveLength(1);
  });
});

const documents = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', '/oauth/jwks'];
test.each(documents)('%s is open to every page, without cookies', async (path) => {
  for (const origin of [spa, foreign, 'null']) {
    expect(await fetchFrom(origin, path, { headers: { accept: 'application/json' } })).toMatchObject({ status: 200 });
    expect(await fetchFrom(origin, path, { headers: { 'content-type': 'application/json' } })).toMatchObject({
      status: 200,
    });
  }
  const plain = await app.request(path);
  expect(plain.headers.get('access-control-allow-origin')).toBe('*');
  expect(plain.headers.get('access-control-allow-credentials')).toBeNull();
  const unchanged = await app.request(path, { headers: { 'if-none-match': plain.headers.get('etag') ?? '' } });
  expect([unchanged.status, unchanged.headers.get('access-control-allow-origin')]).toEqual([304, '*']);
});

test.each(['/oauth/introspect', '/oauth/authorize', '/login', '/consent', '/logout', '/graphql', '/healthz', '/'])(
  '%s is open to no page (OAuth 2.1 3.1, RFC 9700 2.6)',
  async (path) => {
    const { challenge } = createPkce();
    for (const [origin, method] of [
      [spa, 'GET'],
      [spa, 'POST'],
      [foreign, 'POST'],
    ] as const) {
      expect(corsHeaders(await preflight(path, origin, method))).toEqual([]);
      const query = `?client_id=${client.clientId}&code_challenge=${challenge}`;
      const response = await app.request(`${path}${method === 'GET' ? query : ''}`, { method, headers: { origin } });
      expect(corsHeaders(response)).toEqual([]);
    }
  },
);
