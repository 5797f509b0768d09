// The end session endpoint (OpenID Connect RP-Initiated Logout 1.0), by the modules of the outside suite: who is signed out
// without a question, who is asked, and where it leads.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { fieldsOf, type Page, type TestBrowser } from '../support/browser.js';
import {
  ask,
  claimsOf,
  newBrowser,
  obtainTokens,
  postForm,
  refresh,
  registerClient,
  signedInBrowser,
  type TestClient,
  userinfo,
} from '../support/oauth.js';

const target = 'https://app.example.com/signed-out';
const withQuery = 'https://app.example.com/bye?tenant=a';

let app: TestApp;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app, { postLogoutRedirectUris: [target, withQuery] });
});
afterAll(() => app.close());

type Parameters = Record<string, string | undefined>;

function logoutUrl(parameters: Parameters): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `/oauth/logout?${new URLSearchParams(given)}`;
}

/** A person signed in through the client, and what it got. */
async function signedIn(of = client) {
  const { browser, ...tokens } = await obtainTokens(app, of);
  const all = { id_token_hint: tokens.idToken, post_logout_redirect_uri: target, state: 'the state' };
  return { browser, ...tokens, visit: (parameters: Parameters) => browser.visit(logoutUrl({ ...all, ...parameters })) };
}

async function isSignedIn(browser: TestBrowser): Promise<boolean> {
  return (await ask(browser, client, { prompt: 'none' })).parameters.error !== 'login_required';
}

const isQuestion = (page: Page) => page.status === 200 && page.html.includes('Sign out?');
const isFarewell = (page: Page) => page.status === 200 && page.html.includes('You are signed out');

/** An error page of ours, after which the person is signed in as before. */
async function expectRefused(page: Page, browser: TestBrowser): Promise<void> {
  expect([page.status, page.left]).toEqual([400, false]);
  expect(page.html).toContain('Nobody was signed out');
  expect(await isSignedIn(browser)).toBe(true);
}

describe('the modules of the RP-Initiated Logout plan', () => {
  test('oidcc-rp-initiated-logout: signs out without a question and goes back with state (2, 3)', async () => {
    const { browser, visit } = await signedIn();
    const page = await visit({});
    expect([page.left, page.status, page.url.href]).toEqual([true, 303, `${target}?state=the+state`]);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(await isSignedIn(browser)).toBe(false);
    expect((await browser.jar.getCookies(app.issuer)).map(({ key }) => key)).not.toContain('latchkey');
  });

  test('oidcc-rp-initiated-logout-no-state: goes back to the very address (3)', async () => {
    const { visit } = await signedIn();
    expect((await visit({ state: undefined })).url.href).toBe(target);
    const again = await signedIn();
    const page = await again.visit({ post_logout_redirect_uri: withQuery });
    expect(page.url.href).toBe(`${withQuery}&state=the+state`);
  });

  test('oidcc-rp-initiated-logout-bad-post-logout-redirect-uri: an error page, no redirect (RP-Initiated Logout 2, 3)', async () => {
    const { browser, visit } = await signedIn();
    for (const uri of [
      'https://evil.example/',
      `${target}/`,
      `${target}#`,
      target.toUpperCase(),
      `${target} ${withQuery}`,
    ]) {
      const page = await visit({ post_logout_redirect_uri: uri });
      await expectRefused(page, browser);
      expect(page.html).not.toContain('evil.example');
    }
  });

  test('oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri: an error page, no redirect (3)', async () => {
    const { browser, visit } = await signedIn();
    await expectRefused(await visit({ post_logout_redirect_uri: `${target}?foo=bar` }), browser);
    await expectRefused(await visit({ post_logout_redirect_uri: `${withQuery}&foo=bar` }), browser);
  });

  test('oidcc-rp-initiated-logout-modified-id-token-hint: an error page, no redirect (4)', async () => {
    const { browser, visit, idToken } = await signedIn();
    const [header, payload = '', signature = ''] = idToken.split('.');
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const none = `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`;
    const other = `${header}.${encode({ ...claimsOf(idToken), sub: 'mem_other' })}.${signature}`;
    for (const hint of [none, other]) await expectRefused(await visit({ id_token_hint: hint }), browser);
  });

  test('oidcc-rp-initiated-logout-bad-id-token-hint: an error page, no redirect (4)', async () => {
    const { browser, visit, accessToken } = await signedIn();
    for (const hint of ['nonsense', 'a.b.c', accessToken]) {
      await expectRefused(await visit({ id_token_hint: hint }), browser);
      // Not even the question is asked for it, nor does a client_id make up for it.
      await expectRefused(await visit({ id_token_hint: hint, post_logout_redirect_uri: undefined }), browser);
      await expectRefused(await visit({ id_token_hint: hint, client_id: client.clientId }), browser);
    }
  });

  test('oidcc-rp-initiated-logout-no-id-token-hint: an error page, since nobody says whose the address is (3)', async () => {
    const { browser, visit } = await signedIn();
    await expectRefused(await visit({ id_token_hint: undefined }), browser);
  });

  test('oidcc-rp-initiated-logout-no-params: asks, signs out, and says so (2)', async () => {
    const { browser } = await signedIn();
    const question = await browser.visit('/oauth/logout');
    expect(isQuestion(question)).toBe(true);
    expect(await isSignedIn(browser)).toBe(true);
    expect(isFarewell(await browser.submit(question))).toBe(true);
    expect(await isSignedIn(browser)).toBe(false);
  });

  test('whoever an app signs out without an address for afterwards is not offered to sign in here', async () => {
    const { browser, visit } = await signedIn();
    const page = await visit({ post_logout_redirect_uri: undefined, state: undefined });
    expect([isFarewell(page), page.html.includes('Sign in again')]).toEqual([true, false]);
    expect((await browser.visit('/logout')).html).toContain('Sign in again');
  });

  test('oidcc-rp-initiated-logout-only-state: asks, signs out, and goes nowhere with it (3)', async () => {
    const { browser, visit } = await signedIn();
    const question = await visit({ id_token_hint: undefined, post_logout_redirect_uri: undefined });
    expect(isQuestion(question)).toBe(true);
    const page = await browser.submit(question);
    expect([isFarewell(page), page.left, page.url.search]).toEqual([true, false, '']);
    expect(await isSignedIn(browser)).toBe(false);
  });

  test('oidcc-rp-initiated-logout-no-post-logout-redirect-uri: signs out and says so (2)', async () => {
    const { browser, visit } = await signedIn();
    const page = await visit({ post_logout_redirect_uri: undefined });
    expect([isFarewell(page), page.left]).toEqual([true, false]);
    expect(await isSignedIn(browser)).toBe(false);
  });

  test('oidcc-rp-initiated-logout-discovery-endpoint-verification: the endpoint is announced (2.1)', async () => {
    const response = await app.request('/.well-known/openid-configuration');
    expect(await response.json()).toMatchObject({ end_session_endpoint: `${app.issuer}/oauth/logout` });
  });
});

describe('a sign-out', () => {
  test('ends the tokens of the sign-in, save those for offline access, and is in the audit log', async () => {
    const { browser, visit, accessToken, refreshToken } = await signedIn();
    const offline = await obtainTokens(app, client, { scope: 'openid offline_access' }, browser);
    await visit({});
    expect((await userinfo(app, accessToken)).status).toBe(401);
    expect((await refresh(app, client, refreshToken)).body.error).toBe('invalid_grant');
    expect((await refresh(app, client, offline.refreshToken)).status).toBe(200);
    const [row] = await app.db.auditLogEntry.findMany({ where: { action: 'SIGNED_OUT' }, orderBy: { id: 'desc' } });
    expect(row).toMatchObject({ actorId: app.owner.id, targetId: app.owner.id });
  });

  test('takes a hint that has expired, and one that a refresh gave (2)', async () => {
    const { browser, refreshToken } = await signedIn();
    const { body } = await refresh(app, client, refreshToken);
    for (let hours = 0; hours < 30; hours += 10) {
      app.clock.advance(10 * 3600);
      await browser.visit('/');
    }
    const page = await browser.visit(logoutUrl({ id_token_hint: body.id_token, post_logout_redirect_uri: target }));
    expect(page.url.href).toBe(target);
    expect(await isSignedIn(browser)).toBe(false);
  });

  test('by POST is the same by GET, so that the session cookie comes along (2)', async () => {
    const { browser, idToken } = await signedIn();
    const fields = { id_token_hint: idToken, post_logout_redirect_uri: target, state: 'a b' };
    const posted = await postForm(newBrowser(app), '/oauth/logout', fields, { origin: 'https://app.example.com' });
    expect(posted.status).toBe(303);
    const page = await browser.visit(posted.headers.get('location') ?? '');
    expect(page.url.href).toBe(`${target}?state=a+b`);
    expect(await isSignedIn(browser)).toBe(false);
    const long = await postForm(browser, '/oauth/logout', { state: 'x'.repeat(9000) });
    expect([long.status, long.headers.get('location')]).toEqual([413, null]);
  });

  test('of a person who is signed out already leads back as well', async () => {
    const { browser, visit } = await signedIn();
    await browser.submit(await browser.visit('/logout'));
    expect((await visit({})).url.href).toBe(`${target}?state=the+state`);
  });

  test('accepts logout_hint, ui_locales and what it does not know (2)', async () => {
    const { visit } = await signedIn();
    const page = await visit({ logout_hint: app.owner.email, ui_locales: 'de fr', client_id: client.clientId, x: 'y' });
    expect(page.url.href).toBe(`${target}?state=the+state`);
  });
});

describe('a request that could come from anybody is asked about, and ends nothing by itself (6)', () => {
  test('the hint of another session of the same person, and that of another person', async () => {
    const elsewhere = await signedIn();
    const member = await app.addMember('WRITER');
    const { browser: theirs } = await obtainTokens(app, client, {}, await signedInBrowser(app, member));
    const { browser } = await signedIn();
    for (const each of [browser, theirs]) {
      const hint = { id_token_hint: elsewhere.idToken, post_logout_redirect_uri: target, state: 'the state' };
      const question = await each.visit(logoutUrl(hint));
      expect([isQuestion(question), await isSignedIn(each)]).toEqual([true, true]);
      expect(question.html).toContain('Test app');
      const page = await each.submit(question);
      expect([page.left, page.url.href]).toEqual([true, `${target}?state=the+state`]);
      expect(await isSignedIn(each)).toBe(false);
    }
    expect(await isSignedIn(elsewhere.browser)).toBe(true);
  });

  test('a client_id alone, whose question leads back to its app (2)', async () => {
    const { browser, visit } = await signedIn();
    const question = await visit({ id_token_hint: undefined, client_id: client.clientId });
    expect(isQuestion(question)).toBe(true);
    expect(fieldsOf(question.html)).toMatchObject({
      client_id: client.clientId,
      post_logout_redirect_uri: target,
      state: 'the state',
    });
    expect(question.headers.get('content-security-policy')).toContain("form-action 'self' https://app.example.com;");
    expect((await browser.submit(question)).url.href).toBe(`${target}?state=the+state`);
  });

  test('an answer without the token of the form, or from elsewhere, ends nothing (known attack 42)', async () => {
    const { browser, visit } = await signedIn();
    const question = await visit({ id_token_hint: undefined, client_id: client.clientId });
    const { csrf = '', ...fields } = fieldsOf(question.html);
    const evil = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const answers = [
      await postForm(browser, '/logout', fields),
      await postForm(browser, '/logout', { csrf, ...fields }, evil),
    ];
    for (const answer of answers) expect([answer.status, answer.headers.get('location')]).toEqual([403, null]);
    expect(await isSignedIn(browser)).toBe(true);
  });

  test('an answer that was tampered with leads nowhere else', async () => {
    const { browser, visit } = await signedIn();
    const question = await visit({ id_token_hint: undefined, client_id: client.clientId });
    const page = await browser.submit(question, { post_logout_redirect_uri: 'https://evil.example/' });
    await expectRefused(page, browser);
  });

  test('the question escapes what a client chose (known attack 34)', async () => {
    const { visit } = await signedIn();
    const state = '"><script>alert(1)</script>';
    const question = await visit({ id_token_hint: undefined, client_id: client.clientId, state, ui_locales: state });
    expect(question.html).not.toContain('<script');
    expect(fieldsOf(question.html).state).toBe(state);
  });
});

describe('refused on a page', () => {
  test.each<[string, Parameters]>([
    ['an unknown client_id', { client_id: 'unknown', id_token_hint: undefined, post_logout_redirect_uri: undefined }],
    ['an overlong state', { state: 'x'.repeat(2049) }],
    ['a NUL', { state: 'a\0b' }],
  ])('%s', async (_, parameters) => {
    const { browser, visit } = await signedIn();
    await expectRefused(await visit(parameters), browser);
  });

  test("another client's client_id beside the hint, and another client's address (2)", async () => {
    const { browser, visit, idToken } = await signedIn();
    const other = await registerClient(app, { postLogoutRedirectUris: [target, 'https://other.example/bye'] });
    await expectRefused(await visit({ client_id: other.clientId }), browser);
    await expectRefused(await visit({ post_logout_redirect_uri: 'https://other.example/bye' }), browser);
    const doubled = await browser.visit(`${logoutUrl({ id_token_hint: idToken, state: 'a' })}&state=b`);
    await expectRefused(doubled, browser);
  });

  test('the address of a client that is disabled or gone, whose hint still signs out', async () => {
    const doomed = await registerClient(app, { postLogoutRedirectUris: [target] });
    const disabled = await signedIn(doomed);
    await app.db.oAuthClient.update({ where: { id: doomed.id }, data: { disabledAt: app.clock() } });
    await expectRefused(await disabled.visit({}), disabled.browser);
    await app.db.oAuthClient.delete({ where: { id: doomed.id } });
    await expectRefused(await disabled.visit({}), disabled.browser);
    expect(isFarewell(await disabled.visit({ post_logout_redirect_uri: undefined }))).toBe(true);
  });
});
