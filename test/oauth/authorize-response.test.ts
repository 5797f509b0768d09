// The authorization response: what it carries, how it is sent, and that it goes to a client only when a person stands behind
// it (RFC 6749 4.1.2, RFC 9207, RFC 9700 4.11.2).
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import type { TestBrowser } from '../support/browser.js';
import {
  anyPkce,
  ask,
  authorizeUrl,
  newBrowser,
  obtainCode,
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
  browser = (await obtainCode(app, client)).browser;
});
afterAll(() => app.close());

const states = [
  'a b+c%20d&e=f#g?h',
  '{"return":"/?a=1&b=2"}',
  '"><script>alert(1)</script>',
  'ünïcode ✓ 日本語 😀',
  'line\nbreak\r\nSet-Cookie: a=b',
  '%00%0d%0a',
  ' spaces around ',
  '\ta tab and a no-break space\u00a0',
  'e\u0301 is not \u00e9',
  '\\\\..//',
  'x'.repeat(2048),
];

test.each(states)(
  'gives state back as it was, with a code and with an error: %j (RFC 6749 4.1.2, OAuth 2.1 4.1.2)',
  async (state) => {
    const granted = await ask(browser, client, { state });
    expect(granted.parameters.state).toBe(state);
    expect(granted.parameters.code).toMatch(/^lkc_/);
    const refused = await ask(browser, client, { state, scope: undefined });
    expect(refused.parameters).toMatchObject({ state, error: 'invalid_scope' });
    const person = newBrowser(app);
    const waited = await person.signIn(app.owner, await person.visit(authorizeUrl(client, { ...anyPkce, state })));
    expect(waited.url.searchParams.get('state')).toBe(state);
  },
);

test('sends no state where none was sent', async () => {
  const granted = await ask(browser, client, { state: undefined });
  expect(Object.keys(granted.parameters).sort()).toEqual(['code', 'iss']);
});

test('an overlong state is refused', async () => {
  const refused = await ask(browser, client, { state: 'x'.repeat(2049) });
  expect(refused.parameters.error).toBe('invalid_request');
});

test('names the issuer with a code and with an error (RFC 9207 2)', async () => {
  const metadata = (await (await app.request('/.well-known/oauth-authorization-server')).json()) as { issuer: string };
  expect((await ask(browser, client)).parameters.iss).toBe(metadata.issuer);
  expect((await ask(browser, client, { response_type: 'token' })).parameters.iss).toBe(metadata.issuer);
  const person = await signedInBrowser(app);
  const consent = await person.visit(authorizeUrl(client, { ...anyPkce, prompt: 'consent' }));
  const denied = await person.submit(consent, { decision: 'deny' });
  expect(Object.fromEntries(denied.url.searchParams)).toMatchObject({ error: 'access_denied', iss: metadata.issuer });
});

test('the code travels in a 303 that nobody stores, and in nothing else (RFC 9700 4.12, OAuth 2.1 7.5.3)', async () => {
  const { response, status, parameters } = await ask(browser, client);
  expect(status).toBe(303);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  expect(await response.text()).toBe('');
  expect(response.headers.get('set-cookie') ?? '').not.toContain(parameters.code ?? '');
});

test('keeps a query that the redirect URI was registered with', async () => {
  const uri = 'https://app.example.com/callback?tenant=a%20b&x=';
  const withQuery = await registerClient(app, { redirectUris: [uri, 'https://app.example.com/end?'] });
  const answer = await ask(browser, withQuery, { redirect_uri: uri, scope: undefined });
  expect(answer.location?.startsWith(`${uri}&error=invalid_scope&`)).toBe(true);
  const end = await ask(browser, withQuery, { redirect_uri: 'https://app.example.com/end?', scope: undefined });
  expect(end.location?.startsWith('https://app.example.com/end?error=')).toBe(true);
});

const faults: Record<string, string | undefined>[] = [
  { response_type: 'token' },
  { scope: undefined },
  { scope: '"\\\u0000é\u{1F600}<script>' },
  { code_challenge: undefined },
  { prompt: 'create' },
  { 'evil"name\\é': 'x' },
  { resource: 'https://"evil\\é.example' },
];

test.each(faults)(
  'describes an error within the characters that are allowed (RFC 6749 4.1.2.1, OAuth 2.1 4.1.2.1): %j',
  async (fault) => {
    const [name] = Object.keys(fault);
    const doubled = `${authorizeUrl(client, { ...anyPkce, ...fault })}&${encodeURIComponent(name ?? '')}=y`;
    for (const url of [authorizeUrl(client, { ...anyPkce, ...fault, scope: fault.scope ?? '' }), doubled]) {
      const location = (await browser.fetch(url)).headers.get('location') ?? '';
      const parameters = new URL(location).searchParams;
      expect(parameters.get('error')).toMatch(/^[a-z_]+$/);
      expect(parameters.get('error_description')).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
    }
  },
);

test('tells a client of an error only after the person has signed in (RFC 9700 4.11.2)', async () => {
  const person = newBrowser(app);
  const url = authorizeUrl(client, { ...anyPkce, response_type: 'token' });
  const login = await person.visit(url);
  expect([login.left, login.url.pathname]).toEqual([false, '/login']);
  for (const path of ['/consent', '/other-account']) {
    const detour = await person.visit(`${path}${login.url.search}`);
    expect([detour.left, detour.url.pathname]).toEqual([false, '/login']);
  }
  const wrong = await person.submit(login, { email: app.owner.email, password: 'not the password' });
  expect(wrong.left).toBe(false);
  const back = await person.signIn(app.owner, wrong);
  expect(back.url.origin + back.url.pathname).toBe(redirectUri);
  expect(back.url.searchParams.get('error')).toBe('unsupported_response_type');
});

test('no way of asking leads an anonymous browser to a client, save prompt=none (RFC 9700 4.11.2, OAuth 2.1 7.13.2)', async () => {
  for (const parameters of [...faults, {}, { prompt: 'login' }, { prompt: 'consent' }, { max_age: '0' }]) {
    const page = await newBrowser(app).visit(authorizeUrl(client, { ...anyPkce, ...parameters }));
    expect([page.left, page.url.pathname]).toEqual([false, '/login']);
  }
  const silent = await newBrowser(app).visit(authorizeUrl(client, { ...anyPkce, scope: undefined, prompt: 'none' }));
  expect(silent.left).toBe(true);
  expect(silent.url.searchParams.get('error')).toBe('invalid_scope');
});

test('a disabled client is told on a page, before and after sign-in', async () => {
  const doomed = await registerClient(app);
  const person = newBrowser(app);
  const login = await person.visit(authorizeUrl(doomed, anyPkce));
  await app.db.oAuthClient.update({ where: { id: doomed.id }, data: { disabledAt: app.clock() } });
  const after = await person.signIn(app.owner, login);
  expect([after.status, after.left]).toEqual([403, false]);
  const before = await ask(browser, doomed, { prompt: 'none' });
  expect([before.status, before.location]).toEqual([403, null]);
});

test('a client deleted while the person signs in is told on a page', async () => {
  const doomed = await registerClient(app);
  const person = newBrowser(app);
  const login = await person.visit(authorizeUrl(doomed, anyPkce));
  await app.db.oAuthClient.delete({ where: { id: doomed.id } });
  const after = await person.signIn(app.owner, login);
  expect([after.status, after.left]).toEqual([403, false]);
});
