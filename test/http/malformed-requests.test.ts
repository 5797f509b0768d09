// Whatever somebody sends to any address of ours is answered as a fault of theirs or not at all a fault: never 500, nothing
// that outlives the request. Malformed tokens and assertions have tests of their own in oauth/.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import type { TestBrowser } from '../support/browser.js';
import { authorizeUrl, redirectUri, registerClient, signedInBrowser, type TestClient } from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
let browser: TestBrowser;
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app);
  browser = await signedInBrowser(app);
});
afterAll(() => app.close());

const names = [
  ...[
    'client_id',
    'client_secret',
    'redirect_uri',
    'response_type',
    'response_mode',
    'scope',
    'state',
    'nonce',
    'prompt',
  ],
  ...['max_age', 'claims', 'resource', 'id_token_hint', 'login_hint', 'ui_locales', 'acr_values', 'code_challenge'],
  ...['code_challenge_method', 'grant_type', 'code', 'code_verifier', 'refresh_token', 'token', 'client_assertion'],
  ...['client_assertion_type', 'csrf', 'request', 'email', 'password', 'decision', 'return_to', 'access_token', ''],
  ...['__proto__', 'constructor', 'prototype', 'toString', '__proto__[admin]', 'scope[]', 'a.b', '\u0000'],
];
const hostile = fc.oneof(
  fc.constantFrom(
    '',
    '\0',
    '__proto__',
    'constructor',
    '%',
    '%zz',
    '\ud800',
    '{"__proto__":{"admin":true}}',
    '[',
    'null',
  ),
  fc.constantFrom(
    'a'.repeat(5000),
    '9'.repeat(400),
    '-1',
    '1e309',
    'openid',
    'none login',
    '\r\nSet-Cookie: a=b',
    '😀\u202e',
  ),
  fc.string({ unit: 'binary' }),
);
const parameters = fc.array(fc.tuple(fc.constantFrom(...names), hostile), { maxLength: 8 });
const encoded = parameters.map((pairs) => new URLSearchParams(pairs).toString());
const header = fc.oneof(
  fc.constantFrom(
    'Basic',
    'Basic ',
    'Bearer',
    'Bearer ',
    'basic =',
    'Bearer a b',
    'Digest x',
    'Basic OnM=',
    'Basic /w==',
  ),
  fc.base64String().map((text) => `Basic ${text}`),
  fc.stringMatching(/^[\x21-\x7e]{0,60}$/).map((text) => `Bearer ${text}`),
  fc.constant(`Bearer ${'a'.repeat(65_536)}`),
);

const posts = [
  '/oauth/token',
  '/oauth/revoke',
  '/oauth/introspect',
  '/oauth/userinfo',
  '/oauth/authorize',
  '/oauth/logout',
];
const forms = ['/login', '/consent', '/logout', '/other-account', '/graphql'];
const gets = [
  '/oauth/authorize',
  '/oauth/logout',
  '/oauth/userinfo',
  '/login',
  '/consent',
  '/other-account',
  '/logos/a/b',
];

test('whatever parameters and headers come to whatever endpoint, it is no fault of ours (known attack 26)', async () => {
  const type = fc.constantFrom(
    'application/x-www-form-urlencoded',
    'application/json',
    'multipart/form-data',
    'text/plain',
    '',
  );
  const address = fc.constantFrom(...posts, ...forms);
  await fc.assert(
    fc.asyncProperty(address, encoded, type, header, async (path, body, contentType, authorization) => {
      const headers = { 'content-type': contentType, authorization };
      const response = await app.request(path, { method: 'POST', headers, body });
      expect(response.status, `${path} ${body}`).toBeLessThan(500);
      expect(response.headers.getSetCookie().join()).not.toContain('a=b');
    }),
    { numRuns: 400 },
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...gets), encoded, header, async (path, query, authorization) => {
      const response = await app.request(`${path}?${query}`, { headers: { authorization } });
      expect(response.status, `${path} ${query}`).toBeLessThan(500);
    }),
    { numRuns: 400 },
  );
});

test('whatever is asked for with a right client and a signed-in person is answered by a page or at its redirect URI', async () => {
  await fc.assert(
    fc.asyncProperty(parameters, async (pairs) => {
      const known = authorizeUrl(client, { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' });
      const response = await browser.fetch(`${known}&${new URLSearchParams(pairs)}`);
      expect([200, 303, 400]).toContain(response.status);
      const location = response.headers.get('location') ?? '/';
      expect(location.startsWith('/') || location.startsWith(`${redirectUri}?`), location).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('names of objects’ own machinery are names like others, and nothing is left behind (prototype pollution)', async () => {
  const before = Object.getOwnPropertyNames(Object.prototype).sort();
  const evil = '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}';
  const query = '__proto__[admin]=true&__proto__.admin=true&constructor[prototype][admin]=true&__proto__=admin';
  await browser.fetch(`${authorizeUrl(client, { claims: evil })}&${query}`);
  for (const path of [...posts, ...forms]) {
    for (const [type, body] of [
      ['application/x-www-form-urlencoded', query],
      ['application/json', evil],
      ['application/json', `{"query":"{ __typename }","variables":${evil},"extensions":${evil}}`],
    ] as const) {
      const response = await app.request(path, { method: 'POST', headers: { 'content-type': type }, body });
      expect(response.status, path).toBeLessThan(500);
    }
  }
  for (const scope of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const response = await browser.fetch(authorizeUrl(client, { scope, prompt: 'none' }));
    expect(new URL(response.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_scope');
  }
  expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(before);
  expect(({} as { admin?: unknown }).admin).toBeUndefined();
});
