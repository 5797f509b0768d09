// What an authorization request may ask of the person: nothing, a new sign-in, consent (OpenID Connect Core 3.1.2.1), and when
// consent is remembered.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allowRedirects } from '../../src/accounts/service.js';
import { operatorActor } from '../../src/audit/service.js';
import { createTestApp, type TestApp } from '../support/app.js';
import type { TestBrowser } from '../support/browser.js';
import {
  anyPkce,
  ask,
  authorizeUrl,
  claimsOf,
  newBrowser,
  obtainCode,
  obtainTokens,
  redeem,
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
  await allowRedirects(app.deps, operatorActor, app.owner.accountId, ['loopback', 'com.example.app']);
  client = await registerClient(app);
  browser = (await obtainCode(app, client)).browser;
});
afterAll(() => app.close());

describe('prompt=none shows nothing (OpenID Connect Core 3.1.2.3)', () => {
  test('and says login_required to a client whose person is not signed in', async () => {
    const answer = await ask(newBrowser(app), client, { prompt: 'none' });
    expect([answer.status, answer.parameters.error]).toEqual([303, 'login_required']);
    expect(answer.parameters).toMatchObject({ state: 'the state', iss: app.issuer });
    expect(answer.response.headers.getSetCookie()).toEqual([]);
  });

  test('and says consent_required where consent is missing or narrower', async () => {
    const other = await registerClient(app);
    expect((await ask(browser, other, { prompt: 'none' })).parameters.error).toBe('consent_required');
    const wider = await ask(browser, client, { prompt: 'none', scope: 'openid admin' });
    expect(wider.parameters.error).toBe('consent_required');
  });

  test('and gives a code where all is settled', async () => {
    const answer = await ask(browser, client, { prompt: 'none' });
    expect(answer.parameters.code).toMatch(/^lkc_/);
    expect(answer.parameters.error).toBeUndefined();
  });

  test('and says login_required when the sign-in is older than max_age', async () => {
    const old = (await obtainCode(app, client)).browser;
    app.clock.advance(100);
    expect((await ask(old, client, { prompt: 'none', max_age: '99' })).parameters.error).toBe('login_required');
    expect((await ask(old, client, { prompt: 'none', max_age: '100' })).parameters.code).toMatch(/^lkc_/);
  });

  test('and says interaction_required to an unverified client of another account', async () => {
    const { owner } = await app.addAccount('Elsewhere', 'owner@elsewhere.example');
    const foreign = await signedInBrowser(app, owner);
    expect((await ask(foreign, client, { prompt: 'none' })).parameters.error).toBe('interaction_required');
  });

  test('and stores no request', async () => {
    const before = await app.db.authorizationRequest.count();
    await ask(newBrowser(app), client, { prompt: 'none' });
    await ask(browser, client, { prompt: 'none' });
    expect(await app.db.authorizationRequest.count()).toBe(before);
  });
});

test.each(['login', 'login select_account', 'login consent'])(
  'prompt=%s has the person sign in again, with a later auth_time (OpenID Connect Core 3.1.2.1)',
  async (prompt) => {
    const { browser: person, idToken } = await obtainTokens(app, client);
    app.clock.advance(10);
    const page = await person.visit(authorizeUrl(client, { ...anyPkce, prompt }));
    expect(page.url.pathname).toBe('/login');
    const again = await obtainCode(app, client, { prompt }, person);
    const { body } = await redeem(app, client, again);
    expect(Number(claimsOf(body.id_token).auth_time)).toBe(Number(claimsOf(idToken).auth_time) + 10);
  },
);

test('prompt=login is not satisfied by going back to the waiting request with the old session', async () => {
  const { browser: person } = await obtainTokens(app, client);
  const page = await person.visit(authorizeUrl(client, { ...anyPkce, prompt: 'login' }));
  for (const path of ['/login', '/consent', '/other-account']) {
    const back = await person.visit(`${path}${page.url.search}`);
    expect([back.left, back.url.pathname]).toEqual([false, '/login']);
  }
});

test('max_age has a person sign in again once their sign-in is older, and auth_time says when (OpenID Connect Core 3.1.2.1)', async () => {
  const { browser: person } = await obtainTokens(app, client);
  app.clock.advance(11);
  expect((await ask(person, client, { max_age: '10' })).page).toBe('/login');
  expect((await ask(person, client, { max_age: '11' })).parameters.code).toBeDefined();
  expect((await ask(person, client, { max_age: '10000' })).parameters.code).toBeDefined();
  const { body } = await redeem(app, client, await obtainCode(app, client, { max_age: '10' }, person));
  expect(claimsOf(body.id_token).auth_time).toBe(Math.floor(app.clock().getTime() / 1000));
});

test('max_age=0 has the person sign in whatever happened, as prompt=login does (OpenID Connect Core 3.1.2.1)', async () => {
  const { browser: person } = await obtainTokens(app, client);
  expect((await ask(person, client, { max_age: '0' })).page).toBe('/login');
  expect((await ask(person, client, { max_age: '0', prompt: 'none' })).parameters.error).toBe('login_required');
  expect((await obtainCode(app, client, { max_age: '0' }, person)).code).toMatch(/^lkc_/);
});

test('prompt=consent asks again, though everything was allowed before (OpenID Connect Core 3.1.2.1)', async () => {
  const answer = await ask(browser, client, { prompt: 'consent' });
  expect(answer.page).toBe('/consent');
  expect((await obtainCode(app, client, { prompt: 'consent' }, browser)).code).toMatch(/^lkc_/);
});

test('login_hint fills in the e-mail address and nothing else', async () => {
  const page = await newBrowser(app).visit(authorizeUrl(client, { ...anyPkce, login_hint: 'ada"@example.com' }));
  expect(page.html).toContain('value="ada&quot;@example.com"');
  expect((await ask(browser, client, { login_hint: 'somebody@else.example' })).parameters.code).toBeDefined();
});

describe('remembered consent', () => {
  test('covers fewer scopes, and asks for more', async () => {
    expect((await ask(browser, client, { scope: 'openid' })).parameters.code).toBeDefined();
    expect((await ask(browser, client, { scope: 'openid profile email writer' })).page).toBe('/consent');
  });

  test('covers offline_access without prompt=consent (OpenID Connect Core 11)', async () => {
    const { browser: person } = await obtainTokens(app, client, { scope: 'openid offline_access' });
    const again = await obtainTokens(app, client, { scope: 'openid offline_access', prompt: 'none' }, person);
    expect(again.refreshToken).toMatch(/^lkr_/);
  });

  test('is never enough for a client that always asks', async () => {
    const strict = await registerClient(app, { consentMode: 'ALWAYS' });
    const { browser: person } = await obtainCode(app, strict);
    expect((await ask(person, strict)).page).toBe('/consent');
    expect((await ask(person, strict, { prompt: 'none' })).parameters.error).toBe('consent_required');
  });

  test.each([
    ['NATIVE', 'http://127.0.0.1/callback', false],
    ['NATIVE', 'com.example.app:/callback', false],
    ['PUBLIC', 'http://127.0.0.1/callback', false],
    ['NATIVE', redirectUri, true],
    ['PUBLIC', redirectUri, true],
    ['CONFIDENTIAL', 'http://127.0.0.1/callback', true],
  ] as const)(
    'of a %s client at %s is enough: %s (CVE-2023-34246, RFC 8252 8.6, OAuth 2.1 7.3.1)',
    async (type, uri, enough) => {
      const given = await registerClient(app, { type, redirectUris: [uri] });
      const { browser: person } = await obtainCode(app, given, { redirect_uri: uri });
      const again = await ask(person, given, { redirect_uri: uri });
      expect(again.page).toBe(enough ? null : '/consent');
      expect((await ask(person, given, { redirect_uri: uri, prompt: 'none' })).parameters.error).toBe(
        enough ? undefined : 'consent_required',
      );
    },
  );

  test("is a member's own", async () => {
    const writer = await signedInBrowser(app, await app.addMember('WRITER'));
    expect((await ask(writer, client)).page).toBe('/consent');
  });
});
