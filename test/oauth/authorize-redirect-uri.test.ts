// Where the authorization endpoint redirects: byte for byte to what was registered, with the one exception for native apps,
// and nowhere at all when the client or the URI is wrong.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allowRedirects } from '../../src/accounts/service.js';
import { operatorActor } from '../../src/audit/service.js';
import { createTestApp, type TestApp } from '../support/app.js';
import type { TestBrowser } from '../support/browser.js';
import { ask, newBrowser, redirectUri, registerClient, signedInBrowser, type TestClient } from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
let browser: TestBrowser;
beforeAll(async () => {
  app = await createTestApp();
  await allowRedirects(app.deps, operatorActor, app.owner.accountId, ['loopback', 'localhost', 'com.example.app']);
  client = await registerClient(app);
  browser = await signedInBrowser(app);
});
afterAll(() => app.close());

const unregistered = [
  'https://app.example.com/callback/',
  'https://app.example.com/Callback',
  'https://APP.example.com/callback',
  'HTTPS://app.example.com/callback',
  'https://app.example.com/callback?',
  'https://app.example.com/callback?a=b',
  'https://app.example.com/callback#',
  'https://app.example.com/callback#fragment',
  'https://app.example.com/callback;a=b',
  'https://app.example.com/callback?code=stolen&state=x',
  'https://app.example.com/callback?iss=https://evil.example',
  'https://app.example.com/callback#code=stolen',
  'https://app.example.com/callback/..;/callback',
  'https://app.example.com/../callback',
  'https://app.example.com/%2e%2e/callback',
  'https://app.example.com/%63allback',
  'https://app.example.com:443/callback',
  'https://app.example.com:8443/callback',
  'https://user@app.example.com/callback',
  'https://user:password@app.example.com/callback',
  'https://app.example.com@evil.example/callback',
  'https://app.example.com.evil.example/callback',
  'https://evil.example\\@app.example.com/callback',
  'https://app.example.com\\.evil.example/callback',
  'https://app。example.com/callback',
  'https://app．example.com/callback',
  'https://app.example.com／callback',
  'https://app.example.com/.%2e/callback',
  'https://app.example.com/a/..%2f/callback',
  'https://app.example.com/callback%00',
  'https://app.example.com/callback%0d%0aLocation:%20https://evil.example',
  'https://app.example.com/callback ',
  ' https://app.example.com/callback',
  'https://app.example.com/\tcallback',
  'https://app.example.com/callback\n',
  'https://app.example.com/callback\0',
  'http://app.example.com/callback',
  '//app.example.com/callback',
  '/callback',
  'https:app.example.com/callback',
  'https://evil.example/https://app.example.com/callback',
  'http://localhost.evil.example/callback',
  'http://127.0.0.1:5000/callback',
  'com.example.app:/callback',
  'javascript:alert(1)//app.example.com/callback',
  'data:text/html,callback',
];

test.each(unregistered)(
  'shows an error page for the redirect URI %j, and never redirects (RFC 9700 4.1.3, OAuth 2.1 2.3.1, known attacks 14, 16, 18 and 19)',
  async (uri) => {
    for (const parameters of [{}, { prompt: 'none' }]) {
      const answer = await ask(browser, client, { redirect_uri: uri, ...parameters });
      expect(answer.status).toBe(400);
      expect(answer.location).toBeNull();
      expect(answer.response.headers.get('content-type')).toContain('text/html');
      expect(await answer.response.text()).not.toContain('evil.example');
    }
  },
);

const otherFaults: Record<string, string | undefined>[] = [
  { response_type: undefined },
  { response_type: 'token' },
  { response_mode: 'form_post.jwt' },
  { response_mode: 'fragment' },
  { claims: '{' },
  { id_token_hint: 'a.b.c' },
  { scope: undefined },
  { scope: 'nonsense' },
  { prompt: 'none login' },
  { code_challenge_method: 'plain' },
  { request: 'eyJhbGciOiJub25lIn0..' },
  { request_uri: 'https://evil.example/request' },
  { max_age: 'x' },
  { resource: 'https://evil.example' },
];

test.each(otherFaults)(
  'no other fault redirects to an unregistered URI: %j (CVE-2019-9837, RFC 6749 4.1.2.1, known attacks 13 and 50)',
  async (fault) => {
    for (const parameters of [fault, { ...fault, prompt: 'none' }]) {
      const answer = await ask(browser, client, { redirect_uri: 'https://evil.example/', ...parameters });
      expect([answer.status, answer.location]).toEqual([400, null]);
      const unknown = await ask(browser, { ...client, clientId: 'unknown' }, parameters);
      expect([unknown.status, unknown.location]).toEqual([400, null]);
    }
  },
);

test.each([
  ['an unknown client', { client_id: 'unknown' }],
  ['no client', { client_id: undefined }],
  ['an empty client_id', { client_id: '' }],
  ["the row's id instead of the client_id", { client_id: 'cli_01JZZZZZZZZZZZZZZZZZZZZZZZ' }],
])('shows an error page for %s, and never redirects (RFC 6749 4.1.2.1, OAuth 2.1 2.3.5)', async (_, parameters) => {
  for (const person of [browser, newBrowser(app)]) {
    const answer = await ask(person, client, parameters);
    expect([answer.status, answer.location]).toEqual([400, null]);
    expect(answer.response.headers.get('cache-control')).toBe('no-store');
  }
});

test('shows an error page for a repeated client_id or redirect_uri, and never redirects (RFC 6749 3.1)', async () => {
  const parts = `response_type=code&scope=openid&client_id=${client.clientId}&redirect_uri=${encodeURIComponent(redirectUri)}`;
  for (const extra of [`client_id=${client.clientId}`, `redirect_uri=${encodeURIComponent(redirectUri)}`]) {
    const response = await browser.fetch(`/oauth/authorize?${parts}&${extra}`);
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
  }
});

test('a client with one redirect URI may leave it out, one with several may not (OAuth 2.1 2.3.2)', async () => {
  const single = await ask(browser, client, { redirect_uri: undefined });
  expect(single.page).toBe('/consent');
  const several = await registerClient(app, { redirectUris: [redirectUri, 'https://app.example.com/other'] });
  const refused = await ask(browser, several, { redirect_uri: undefined });
  expect([refused.status, refused.location]).toEqual([400, null]);
});

describe('a loopback redirect (RFC 8252 7.3)', () => {
  const given = ['http://127.0.0.1/callback', 'http://[::1]:7000/callback?a=b', 'http://localhost:3000/callback'];

  test.each([
    ['http://127.0.0.1/callback', 303],
    ['http://127.0.0.1:51234/callback', 303],
    ['http://[::1]:1/callback?a=b', 303],
    ['http://[::1]/callback?a=b', 303],
    ['http://localhost:3000/callback', 303],
    ['http://localhost:3001/callback', 400],
    ['http://localhost/callback', 400],
    ['http://127.0.0.1:65536/callback', 400],
    ['http://127.0.0.1:/callback', 400],
    ['http://127.0.0.1:51234/callback/', 400],
    ['http://127.0.0.1:51234/callback?a=b', 400],
    ['http://127.0.0.1:51234/callback#', 400],
    ['http://[::1]:7000/callback', 400],
    ['http://127.0.0.1:51234@evil.example/callback', 400],
    ['http://127.0.0.1.evil.example/callback', 400],
    ['http://127.0.0.2:51234/callback', 400],
    ['http://127.1:51234/callback', 400],
    ['http://0.0.0.0:51234/callback', 400],
    ['https://127.0.0.1:51234/callback', 400],
    ['http://2130706433:51234/callback', 400],
  ])(
    'of a native client may change its port and nothing else: %s gives %i (RFC 8252 7.3, OAuth 2.1 8.4.2, CVE-2020-15233)',
    async (uri, status) => {
      const native = await registerClient(app, { type: 'NATIVE', redirectUris: given });
      const answer = await ask(browser, native, { redirect_uri: uri });
      expect(answer.status).toBe(status);
      expect(answer.page).toBe(status === 303 ? '/consent' : null);
    },
  );

  test('of another client is exact, port included', async () => {
    const web = await registerClient(app, { redirectUris: given });
    expect((await ask(browser, web, { redirect_uri: 'http://[::1]:7000/callback?a=b' })).status).toBe(303);
    expect((await ask(browser, web, { redirect_uri: 'http://127.0.0.1:51234/callback' })).status).toBe(400);
  });
});
