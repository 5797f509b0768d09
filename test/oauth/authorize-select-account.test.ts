// prompt=select_account (OpenID Connect Core 3.1.2.1): the person chooses with whom to go on, for this request alone, and what that
// means beside the other parameters.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { fieldsOf, type TestBrowser } from '../support/browser.js';
import {
  anyPkce,
  ask,
  authorizeUrl,
  claimsOf,
  createPkce,
  newBrowser,
  obtainTokens,
  redeem,
  redirectUri,
  registerClient,
  signedInBrowser,
  type TestClient,
} from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
let member: { id: string; email: string; password: string };
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app, { name: 'Weather app' });
  member = await app.addMember('WRITER');
  await obtainTokens(app, client, {}, await signedInBrowser(app, member));
});
afterAll(() => app.close());

/** A browser whose person has allowed the app already. */
async function knownBrowser(): Promise<TestBrowser> {
  return (await obtainTokens(app, client)).browser;
}

const url = (parameters: Record<string, string> = {}) =>
  authorizeUrl(client, { ...anyPkce, prompt: 'select_account', ...parameters });

test('whoever is signed in is asked with whom to go on, and goes on as themselves without a password', async () => {
  const { browser, idToken } = await obtainTokens(app, client);
  app.clock.advance(10);
  const { verifier, challenge } = createPkce();
  const page = await browser.visit(url({ code_challenge: challenge }));
  expect(page.url.pathname).toBe('/choose-account');
  for (const shown of ['Weather app', 'app.example.com', app.owner.email, 'My organization']) {
    expect(page.html).toContain(shown);
  }
  expect(page.headers.get('cache-control')).toBe('no-store');
  const back = await browser.submit(page, { decision: 'continue' });
  expect(back.url.href.startsWith(redirectUri)).toBe(true);
  const { body } = await redeem(app, client, { code: back.url.searchParams.get('code') ?? '', verifier });
  // Nobody signed in anew, and the client can see that.
  expect(claimsOf(body.id_token).auth_time).toBe(claimsOf(idToken).auth_time);
});

test('the choice counts for this request alone', async () => {
  const browser = await knownBrowser();
  await browser.submit(await browser.visit(url()), { decision: 'continue' });
  expect((await ask(browser, client, { prompt: 'select_account' })).page).toBe('/choose-account');
  expect((await ask(browser, client)).parameters.code).toMatch(/^lkc_/);
});

test('somebody else signs in instead, who is signed in from then on; whoever was before is signed out', async () => {
  const browser = await knownBrowser();
  const page = await browser.visit(url());
  const another = /href="(\/login\?request=[^"]+)"/.exec(page.html)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const login = await browser.visit(another);
  expect([login.url.pathname, fieldsOf(login.html).email]).toEqual(['/login', '']);
  const back = await browser.signIn(member, login);
  expect(back.url.searchParams.get('code')).toMatch(/^lkc_/);
  expect((await browser.visit('/me')).html).toContain(member.email);
});

test('whoever thinks better of it goes back and on as themselves: nothing was ended by looking', async () => {
  const browser = await knownBrowser();
  const page = await browser.visit(url());
  await browser.visit(`/login${page.url.search}&another=1`);
  const back = await browser.submit(page, { decision: 'continue' });
  expect(back.url.searchParams.get('code')).toMatch(/^lkc_/);
});

test('nobody signed in: the sign-in is the choice, and nothing is asked twice', async () => {
  const browser = newBrowser(app);
  const login = await browser.visit(url());
  expect(login.url.pathname).toBe('/login');
  expect((await browser.signIn(app.owner, login)).url.searchParams.get('code')).toMatch(/^lkc_/);
});

test('going back to the app says access_denied', async () => {
  const browser = await knownBrowser();
  const back = await browser.submit(await browser.visit(url()), { decision: 'deny' });
  expect(Object.fromEntries(back.url.searchParams)).toMatchObject({ error: 'access_denied', state: 'the state' });
});

test('a new app is asked for consent after the choice', async () => {
  const other = await registerClient(app);
  const browser = await signedInBrowser(app);
  const page = await browser.visit(authorizeUrl(other, { ...anyPkce, prompt: 'select_account consent' }));
  expect(page.url.pathname).toBe('/choose-account');
  expect((await browser.submit(page, { decision: 'continue' })).url.pathname).toBe('/consent');
});

describe('whoever finds themselves asked for consent', () => {
  const consentUrl = (of: TestClient, more: Record<string, string> = {}) => authorizeUrl(of, { ...anyPkce, ...more });
  const anotherOf = (html: string) => /href="(\/login\?request=[^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&');

  test('can go on as somebody else, to whom the request belongs from then on', async () => {
    const other = await registerClient(app);
    const browser = await signedInBrowser(app);
    const page = await browser.visit(consentUrl(other, { login_hint: app.owner.email }));
    expect([page.url.pathname, page.html.includes('Not you? Use another account')]).toEqual(['/consent', true]);
    const login = await browser.visit(anotherOf(page.html) ?? '');
    expect([login.url.pathname, fieldsOf(login.html).email]).toEqual(['/login', '']);
    const wrong = await browser.signIn({ ...member, password: 'not the password' }, login);
    expect([wrong.status, wrong.url.search]).toEqual([400, login.url.search]);
    const theirs = await browser.signIn(member, login);
    expect(theirs.url.pathname).toBe('/consent');
    expect(theirs.html).toContain(member.email);
    // What was shown to the first person decides nothing for the second.
    expect((await browser.submit(page, { decision: 'allow' })).url.pathname).toBe('/consent');
    expect((await browser.submit(theirs, { decision: 'allow' })).url.searchParams.get('code')).toMatch(/^lkc_/);
  });

  test('cannot when the app asks for this very person', async () => {
    const { browser, idToken } = await obtainTokens(app, client);
    const page = await browser.visit(consentUrl(client, { id_token_hint: idToken, prompt: 'consent' }));
    expect([page.url.pathname, page.html.includes('Not you?')]).toEqual(['/consent', false]);
  });
});

describe('the sign-in page of an app', () => {
  test('has a way back that needs no password and says access_denied', async () => {
    const browser = newBrowser(app);
    const login = await browser.visit(authorizeUrl(client, anyPkce));
    expect(login.html).toMatch(/Back to <bdi[^>]*>Weather app/);
    const back = await browser.submit(login, { decision: 'deny' });
    expect(back.url.href.startsWith(redirectUri)).toBe(true);
    expect(Object.fromEntries(back.url.searchParams)).toMatchObject({ error: 'access_denied', state: 'the state' });
  });

  test('has the address of whoever is asked for their password once more, unless the app means another', async () => {
    const browser = await knownBrowser();
    const again = await browser.visit(authorizeUrl(client, { ...anyPkce, prompt: 'login' }));
    expect([again.url.pathname, fieldsOf(again.html).email]).toEqual(['/login', app.owner.email]);
    expect(again.html).toContain('to confirm that it is you');
    const hinted = await browser.visit(authorizeUrl(client, { ...anyPkce, prompt: 'login', login_hint: member.email }));
    expect(fieldsOf(hinted.html).email).toBe(member.email);
    expect(hinted.html).not.toContain('to confirm that it is you');
  });
});

describe('beside other parameters', () => {
  test('prompt=none select_account is invalid_request: none goes with nothing else', async () => {
    const answer = await ask(await knownBrowser(), client, { prompt: 'none select_account' });
    expect(answer.parameters.error).toBe('invalid_request');
  });

  test('prompt=login select_account, max_age=0 and an old sign-in ask for the password, which chooses as well', async () => {
    for (const more of [{ prompt: 'login select_account' }, { max_age: '0' }]) {
      const browser = await knownBrowser();
      const login = await browser.visit(url(more));
      expect(login.url.pathname).toBe('/login');
      expect((await browser.signIn(app.owner, login)).url.searchParams.get('code')).toMatch(/^lkc_/);
    }
  });

  test('login_hint is in the form for somebody else, unless it is who is signed in', async () => {
    const browser = await knownBrowser();
    for (const [hint, filled] of [
      [member.email, member.email],
      [app.owner.email.toUpperCase(), ''],
    ] as const) {
      const page = await browser.visit(url({ login_hint: hint }));
      expect(page.url.pathname).toBe('/choose-account');
      const login = await browser.visit(`/login${page.url.search}&another=1`);
      expect(fieldsOf(login.html).email).toBe(filled);
    }
  });

  test('id_token_hint of who is signed in leaves no choice but to go on or back (3.1.2.2)', async () => {
    const { browser, idToken } = await obtainTokens(app, client);
    const page = await browser.visit(url({ id_token_hint: idToken }));
    expect([page.url.pathname, page.html.includes('another=1')]).toEqual(['/choose-account', false]);
    const refused = await browser.signIn(member, await browser.visit(`/login${page.url.search}&another=1`));
    expect([refused.left, refused.url.pathname]).toEqual([false, '/login']);
  });

  test('id_token_hint of another person leads to the sign-in, which says so', async () => {
    const { idToken } = await obtainTokens(app, client, {}, await signedInBrowser(app, member));
    const login = await (await knownBrowser()).visit(url({ id_token_hint: idToken }));
    expect([login.url.pathname, login.html.includes('asks for another person')]).toEqual(['/login', true]);
  });
});

describe('a form that is not current', () => {
  test('sent twice, or after the answer, says that the sign-in is over', async () => {
    const browser = await knownBrowser();
    const page = await browser.visit(url());
    await browser.submit(page, { decision: 'continue' });
    for (const decision of ['continue', 'deny']) {
      const again = await browser.submit(page, { decision });
      expect([again.status, again.html.includes('This sign-in is over')]).toEqual([403, true]);
    }
    expect((await browser.visit(page.url.href)).status).toBe(403);
  });

  test('chooses nothing for the next person who signs in there, nor for anybody after a sign-out', async () => {
    const browser = await knownBrowser();
    const page = await browser.visit(url());
    await browser.submit(await browser.visit('/logout'));
    expect((await browser.submit(page, { decision: 'continue' })).url.pathname).toBe('/login');
    await browser.signIn(member);
    const asked = await browser.submit(page, { decision: 'continue' });
    expect([asked.url.pathname, asked.html.includes(member.email)]).toEqual(['/choose-account', true]);
  });

  test('what one person chose is asked anew of the next who signs in there', async () => {
    const browser = await signedInBrowser(app);
    const url = authorizeUrl(await registerClient(app), { ...anyPkce, prompt: 'select_account' });
    const consent = await browser.submit(await browser.visit(url), { decision: 'continue' });
    expect(consent.url.pathname).toBe('/consent');
    await browser.submit(await browser.visit('/logout'));
    await browser.signIn(member);
    expect((await browser.visit(consent.url.href)).url.pathname).toBe('/choose-account');
  });

  test('is of no use in another browser, without its token, or without a decision', async () => {
    const browser = await knownBrowser();
    const page = await browser.visit(url());
    expect((await (await knownBrowser()).visit(page.url.href)).status).toBe(403);
    expect((await browser.submit(page, { decision: 'continue', csrf: 'x' })).status).toBe(403);
    const none = await browser.submit(page, { decision: '' });
    expect([none.status, none.html.includes(`href="/choose-account${page.url.search}"`)]).toEqual([400, true]);
    expect((await browser.submit(page, { decision: 'continue' })).left).toBe(true);
  });
});
