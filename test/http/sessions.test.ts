// Browser sessions: begun anew at each sign-in, ended by sign-out, by time and by what happens to the member.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import type { TestBrowser } from '../support/browser.js';
import {
  anyPkce,
  ask,
  newBrowser,
  obtainTokens,
  refresh,
  registerClient,
  signedInBrowser,
  userinfo,
} from '../support/oauth.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

async function sessionCookie(browser: TestBrowser): Promise<string | undefined> {
  const cookies = await browser.jar.getCookies(app.issuer);
  return cookies.find(({ key }) => key === 'latchkey')?.value;
}

/** Whether a session cookie, carried to another browser, is somebody's session. */
async function isLive(secret: string | undefined): Promise<boolean> {
  const response = await app.request('/logout', { headers: { cookie: `latchkey=${secret}` } });
  return (await response.text()).includes('Sign out?');
}

describe('a sign-in begins a new session (CVE-2024-28197)', () => {
  test('whatever cookie the browser brought', async () => {
    const planted = 'A'.repeat(43);
    const browser = newBrowser(app);
    await browser.jar.setCookie(`latchkey=${planted}; Path=/`, app.issuer);
    await browser.signIn(app.owner);
    expect(await sessionCookie(browser)).not.toBe(planted);
    expect(await isLive(planted)).toBe(false);
    expect(await isLive(await sessionCookie(browser))).toBe(true);
  });

  test('when the same person signs in again, and with prompt=login', async () => {
    const client = await registerClient(app);
    const { browser } = await obtainTokens(app, client);
    const before = await sessionCookie(browser);
    await obtainTokens(app, client, { prompt: 'login' }, browser);
    const after = await sessionCookie(browser);
    expect(after).not.toBe(before);
    expect(await isLive(after)).toBe(true);
  });

  test('and ends that of the person who was signed in there before, with their tokens', async () => {
    const client = await registerClient(app);
    const { browser, accessToken } = await obtainTokens(app, client);
    const before = await sessionCookie(browser);
    const member = await app.addMember('READER');
    const login = await browser.visit((await ask(browser, client, { prompt: 'login' })).location ?? '');
    await browser.signIn(member, login);
    expect(await isLive(before)).toBe(false);
    expect((await userinfo(app, accessToken)).status).toBe(401);
  });

  test('of which the database keeps a hash alone', async () => {
    const secret = await sessionCookie(await signedInBrowser(app));
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const rows = await app.db.session.findMany();
    expect(JSON.stringify(rows)).not.toContain(secret);
  });
});

describe('sign-out', () => {
  test('ends the session and the tokens of its sign-ins, save those for offline access (RFC 9700 4.14)', async () => {
    const client = await registerClient(app);
    const { browser, ...online } = await obtainTokens(app, client, { scope: 'openid email' });
    const offline = await obtainTokens(app, client, { scope: 'openid offline_access' }, browser);
    const elsewhere = await obtainTokens(app, client, { scope: 'openid email' });
    const secret = await sessionCookie(browser);
    const page = await browser.submit(await browser.visit('/logout'));
    expect(page.html).toContain('You are signed out');
    expect(await sessionCookie(browser)).toBeUndefined();
    expect(await isLive(secret)).toBe(false);
    expect((await userinfo(app, online.accessToken)).status).toBe(401);
    expect((await refresh(app, client, online.refreshToken)).body.error).toBe('invalid_grant');
    expect((await userinfo(app, offline.accessToken)).status).toBe(200);
    expect((await refresh(app, client, offline.refreshToken)).status).toBe(200);
    expect((await refresh(app, client, elsewhere.refreshToken)).status).toBe(200);
    expect((await ask(browser, client, { prompt: 'none' })).parameters.error).toBe('login_required');
    const [row] = await app.db.auditLogEntry.findMany({ where: { action: 'SIGNED_OUT' }, orderBy: { id: 'desc' } });
    expect(row).toMatchObject({ actorId: app.owner.id });
  });

  test('is asked for by a page: a link alone ends nothing', async () => {
    const browser = await signedInBrowser(app);
    await browser.visit('/logout');
    expect(await isLive(await sessionCookie(browser))).toBe(true);
  });

  test('twice is no error', async () => {
    const browser = await signedInBrowser(app);
    const page = await browser.visit('/logout');
    await browser.submit(page);
    expect((await browser.submit(page)).status).toBe(200);
  });
});

describe('a session ends', () => {
  test('after 12 hours without a request, and lives on with one', async () => {
    const browser = await signedInBrowser(app);
    for (let visit = 0; visit < 3; visit += 1) {
      app.clock.advance(11 * 3600);
      expect((await browser.visit('/')).html).toContain(app.owner.email);
    }
    app.clock.advance(12 * 3600);
    expect((await browser.visit('/')).html).not.toContain(app.owner.email);
  });

  test('after 30 days however much it is used', async () => {
    const browser = await signedInBrowser(app);
    for (let visit = 0; visit < 71; visit += 1) {
      app.clock.advance(10 * 3600);
      await browser.visit('/');
    }
    expect((await browser.visit('/')).html).toContain(app.owner.email);
    app.clock.advance(10 * 3600);
    expect((await browser.visit('/')).html).not.toContain(app.owner.email);
  });

  test('for a member who is suspended, at once', async () => {
    const member = await app.addMember('WRITER');
    const client = await registerClient(app);
    const browser = await signedInBrowser(app, member);
    expect((await ask(browser, client, anyPkce)).page).toBe('/consent');
    await app.db.member.update({ where: { id: member.id }, data: { status: 'SUSPENDED' } });
    expect((await ask(browser, client, anyPkce)).page).toBe('/login');
    expect(await isLive(await sessionCookie(browser))).toBe(false);
  });
});
