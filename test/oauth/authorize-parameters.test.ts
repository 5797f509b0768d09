// How the authorization endpoint reads its parameters, by GET and by POST, and what it refuses by name.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import type { TestBrowser } from '../support/browser.js';
import {
  answerOf,
  anyPkce,
  ask,
  authorize,
  authorizeUrl,
  newBrowser,
  postForm,
  redirectUri,
  registerClient,
  signedInBrowser,
  type TestClient,
} from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
let browser: TestBrowser;
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app);
  browser = await signedInBrowser(app);
});
afterAll(() => app.close());

test.each<[string, Record<string, string | undefined>, string]>([
  ['a missing response_type (OAuth 2.1 4.1.1)', { response_type: undefined }, 'invalid_request'],
  ['an empty response_type', { response_type: '' }, 'invalid_request'],
  ['response_type=token (RFC 9700 2.1.2)', { response_type: 'token' }, 'unsupported_response_type'],
  ['response_type=id_token', { response_type: 'id_token' }, 'unsupported_response_type'],
  ['response_type=code token', { response_type: 'code token' }, 'unsupported_response_type'],
  ['response_type=CODE', { response_type: 'CODE' }, 'unsupported_response_type'],
  ['response_mode=fragment', { response_mode: 'fragment' }, 'invalid_request'],
  ['claims that are no JSON (5.5)', { claims: 'email' }, 'invalid_request'],
  ['an id_token_hint that is no token of ours (3.1.2.1)', { id_token_hint: 'a.b.c' }, 'invalid_request'],
  ['request (OpenID Connect Core 3.1.2.6, 6.1)', { request: 'eyJhbGciOiJub25lIn0..' }, 'request_not_supported'],
  ['request_uri (6.2)', { request_uri: 'https://app.example.com/request' }, 'request_uri_not_supported'],
  ['registration (7.2.1)', { registration: '{}' }, 'registration_not_supported'],
  ['a max_age that is no number', { max_age: '1h' }, 'invalid_request'],
  ['a negative max_age', { max_age: '-1' }, 'invalid_request'],
  ['an unknown prompt', { prompt: 'create' }, 'invalid_request'],
  ['prompt=none beside another (3.1.2.1)', { prompt: 'none login' }, 'invalid_request'],
  ['a resource that does not exist (RFC 8707 2)', { resource: 'https://api.example.com' }, 'invalid_target'],
  ['an overlong nonce', { nonce: 'n'.repeat(2049) }, 'invalid_request'],
])('refuses %s', async (_, parameters, error) => {
  const answer = await ask(browser, client, parameters);
  expect(answer.status).toBe(303);
  expect(answer.location?.startsWith(`${redirectUri}?`)).toBe(true);
  expect(answer.parameters).toMatchObject({ error, state: 'the state', iss: app.issuer });
  expect(answer.parameters.code).toBeUndefined();
});

test.each([
  'scope',
  'state',
  'nonce',
  'response_type',
  'prompt',
  'code_challenge',
  'claims',
  'id_token_hint',
  'acr_values',
  'unheard_of',
])('refuses a repeated %s (RFC 6749 3.1, OAuth 2.1 3.1)', async (name) => {
  const url = authorizeUrl(client, anyPkce);
  const answer = answerOf(await browser.fetch(`${url}&${name}=a&${name}=b`));
  expect(answer.parameters).toMatchObject({ error: 'invalid_request', iss: app.issuer });
  expect(answer.parameters.error_description).toContain(name);
});

test('takes an empty parameter as absent (RFC 6749 3.1, OAuth 2.1 3.1)', async () => {
  const absent = {
    prompt: '',
    max_age: '',
    nonce: '',
    request: '',
    response_mode: '',
    resource: '',
    login_hint: '',
    claims: '',
    id_token_hint: '',
    acr_values: '',
  };
  expect((await ask(browser, client, absent)).page).toBe('/consent');
  expect((await ask(browser, client, { scope: '' })).parameters.error).toBe('invalid_scope');
  expect((await ask(browser, client, { code_challenge: '' })).parameters.error).toBe('invalid_request');
  const withoutState = await ask(browser, client, { state: '', scope: '' });
  expect(Object.keys(withoutState.parameters).sort()).toEqual(['error', 'error_description', 'iss']);
});

test('ignores parameters that it does not know (RFC 6749 3.1, OpenID Connect Core 15.1, OAuth 2.1 3.1)', async () => {
  const answer = await ask(browser, client, {
    unheard_of: 'anything',
    display: 'popup',
    ui_locales: 'de fr',
    claims_locales: 'de',
    acr_values: '1 2',
  });
  expect(answer.page).toBe('/consent');
});

test('knows names and values by case', async () => {
  expect((await ask(browser, client, { PROMPT: 'none' })).page).toBe('/consent');
  expect((await ask(browser, client, { prompt: 'NONE' })).parameters.error).toBe('invalid_request');
  expect((await ask(browser, client, { scope: 'OPENID' })).parameters.error).toBe('invalid_scope');
});

test('accepts the issuer as resource', async () => {
  expect((await ask(browser, client, { resource: app.issuer })).page).toBe('/consent');
});

test('answers a POST with 303 to the same request by GET (RFC 9700 4.12, OpenID Connect Core 3.1.2.1)', async () => {
  const query = authorizeUrl(client, anyPkce).split('?')[1] ?? '';
  const fields = Object.fromEntries(new URLSearchParams(query));
  const posted = await postForm(newBrowser(app), '/oauth/authorize', fields, { origin: 'https://app.example.com' });
  expect(posted.status).toBe(303);
  const location = posted.headers.get('location') ?? '';
  expect(location.startsWith('/oauth/authorize?')).toBe(true);
  expect(Object.fromEntries(new URLSearchParams(location.split('?')[1]))).toEqual(fields);
  const end = await authorize(browser, location, app.owner);
  expect(end.url.searchParams.get('code')).toMatch(/^lkc_/);
});

test('a repeated parameter stays repeated through a POST', async () => {
  const query = authorizeUrl(client, anyPkce).split('?')[1] ?? '';
  const response = await browser.fetch('/oauth/authorize', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `${query}&client_id=other`,
  });
  const followed = await browser.fetch(response.headers.get('location') ?? '');
  expect([followed.status, followed.headers.get('location')]).toEqual([400, null]);
});

test('refuses a POST that is no form, or is too long for an address', async () => {
  const json = await browser.fetch('/oauth/authorize', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_id: client.clientId }),
  });
  expect([json.status, json.headers.get('location')]).toEqual([400, null]);
  const long = await postForm(browser, '/oauth/authorize', { state: 'x'.repeat(17_000) });
  expect([long.status, long.headers.get('location')]).toEqual([413, null]);
  const enormous = await postForm(browser, '/oauth/authorize', { state: 'x'.repeat(101_000) });
  expect([enormous.status, enormous.headers.get('location')]).toEqual([413, null]);
  for (const { headers } of [json, long, enormous])
    expect(headers.get('content-type')).toBe('text/html; charset=UTF-8');
});

test.each(['GET', 'POST', 'OPTIONS'])(
  'gives no other origin access to a %s (RFC 9700 2.6, OAuth 2.1 3.1)',
  async (method) => {
    const response = await browser.fetch(authorizeUrl(client, anyPkce), {
      method,
      headers: { origin: 'https://app.example.com', 'access-control-request-method': 'GET' },
    });
    const names = [...response.headers.keys()].filter((name) => name.startsWith('access-control-'));
    expect(names).toEqual([]);
  },
);

test.each(['client_id', 'nonce', 'state', 'login_hint', 'scope', 'code_challenge'])(
  'a NUL character in %s is an error of the request, not of ours',
  async (name) => {
    const url = `${authorizeUrl(client, { ...anyPkce, [name]: undefined })}&${name}=a%00b`;
    const first = await browser.visit(url);
    expect(first.status).toBeLessThan(500);
    const end = first.url.pathname === '/consent' ? await browser.submit(first, { decision: 'allow' }) : first;
    expect(end.status).toBeLessThan(500);
  },
);

test('a NUL character in the id of a waiting request is an error of the request, not of ours', async () => {
  for (const path of ['/login', '/consent', '/other-account']) {
    expect((await browser.fetch(`${path}?request=a%00b`)).status).toBe(403);
  }
});
