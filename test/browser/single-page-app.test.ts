// oidc-client-ts in a real browser, as docs/partners.md shows it: an app without a server of its own, on another origin than ours.
import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { allowRedirects } from '../../src/accounts/service.js';
import { operatorActor } from '../../src/audit/service.js';
import { startTestServer, type TestServer } from '../support/app.js';
import { launchChromium, openWindow, type PageRecord } from '../support/chromium.js';
import { type SinglePageApp, startSinglePageApp } from '../support/single-page-app.js';

let server: TestServer;
let browser: Browser;
let app: SinglePageApp;
beforeAll(async () => {
  // Another host name than the app's 127.0.0.1, so that the two are of different sites, as in real life.
  server = await startTestServer({ issuerHost: 'localhost' });
  await allowRedirects(server.deps, operatorActor, server.owner.accountId, ['loopback']);
  app = await startSinglePageApp(server);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await app?.close();
  await server?.close();
});

const patience = { timeout: 10_000 };

let context: BrowserContext;
let page: Page;
let record: PageRecord;
let requests: Request[];

async function openFreshWindow(): Promise<void> {
  await context?.close();
  ({ context, page, record } = await openWindow(browser));
  page.setDefaultTimeout(15_000);
  requests = [];
  context.on('request', (request) => void requests.push(request));
}

/** What the app sent us since the list was emptied last, by path. */
const sentTo = (path: string) =>
  requests.filter((request) => request.url().startsWith(server.issuer) && new URL(request.url()).pathname === path);

/** From the app's button through our pages back to the app. */
async function signIn(at: SinglePageApp): Promise<void> {
  await page.goto(at.url);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('E-mail').fill(server.owner.email);
  await page.getByLabel('Password').fill(server.owner.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  // A client without a secret on http is asked every time.
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL(`${at.url}/**`);
}

const showsPerson = () => page.getByText(`Signed in as ${server.owner.email}`).waitFor();

/** What the library keeps of the person. */
async function storedUser(): Promise<Record<string, string>> {
  return JSON.parse(await page.evaluate(() => Object.values({ ...sessionStorage })[0] ?? '{}'));
}

describe('a person who signs in to the app', () => {
  beforeAll(async () => {
    await openFreshWindow();
    await signIn(app);
    await showsPerson();
  });

  test('was sent with PKCE and came back with a code, which the page redeemed without a secret', () => {
    const asked = new URL(sentTo('/oauth/authorize')[0]?.url() ?? '').searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect(asked.get('state')).toMatch(/\w/);
    const [redeemed] = sentTo('/oauth/token').filter((request) => request.method() === 'POST');
    const form = new URLSearchParams(redeemed?.postData() ?? '');
    expect(Object.fromEntries(form)).toMatchObject({
      grant_type: 'authorization_code',
      client_id: app.client.clientId,
    });
    expect([...form.keys(), ...Object.keys(redeemed?.headers() ?? {})]).not.toContain('authorization');
    expect(form.has('client_secret')).toBe(false);
    expect(page.url()).toBe(`${app.url}/`);
  });

  test('is known to the page from userinfo, and the ID token says who issued it', async () => {
    const { profile } = (await storedUser()) as unknown as { profile: Record<string, unknown> };
    expect(profile).toMatchObject({ iss: server.issuer, sub: server.owner.id, email_verified: true });
    expect(sentTo('/oauth/userinfo').some((request) => request.method() === 'GET')).toBe(true);
  });

  test('stays signed in with new tokens by the refresh token alone: no iframe, no page of ours', async () => {
    const before = await storedUser();
    requests = [];
    await page.getByRole('button', { name: 'Renew' }).click();
    await expect.poll(async () => (await storedUser()).refresh_token, patience).not.toBe(before.refresh_token);
    const after = await storedUser();
    expect(after.access_token).not.toBe(before.access_token);
    expect(sentTo('/oauth/authorize')).toEqual([]);
    await page.getByRole('button', { name: 'Renew' }).click();
    await expect.poll(async () => (await storedUser()).refresh_token, patience).not.toBe(after.refresh_token);
    await page.reload();
    await showsPerson();
  });

  test('may have their page read the public keys', async () => {
    const keys = await page.evaluate(
      async (address) => ((await (await fetch(address)).json()) as { keys: unknown[] }).keys.length,
      `${server.issuer}/oauth/jwks`,
    );
    expect(keys).toBeGreaterThan(0);
  });

  test('signs out of the app and of Latchkey with one click, and is led back with the state', async () => {
    requests = [];
    const { refresh_token: refreshToken, access_token: accessToken } = await storedUser();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('Nobody is signed in.').waitFor();
    const given = sentTo('/oauth/revoke')
      .filter((request) => request.method() === 'POST')
      .map((request) => new URLSearchParams(request.postData() ?? '').get('token'));
    expect(given.sort()).toEqual([accessToken, refreshToken].sort());
    const asked = new URL(sentTo('/oauth/logout')[0]?.url() ?? '').searchParams;
    expect(asked.get('post_logout_redirect_uri')).toBe(`${app.url}/`);
    expect(asked.get('id_token_hint')).toMatch(/^ey/);
    const back = requests
      .map((request) => new URL(request.url()))
      .find(({ origin, search }) => origin === app.url && search);
    expect(back?.searchParams.get('state')).toBe(asked.get('state'));
    expect(await storedUser()).toEqual({});
    const session = await server.db.session.findFirstOrThrow({ orderBy: { id: 'desc' } });
    expect(session.endedAt).not.toBeNull();
  });

  test('met no complaint of the browser, and nothing from elsewhere', () => {
    expect(record.complaints).toEqual([]);
    expect([...record.origins].sort()).toEqual([app.url, server.issuer].sort());
  });
});

describe('an app whose origin is not listed', () => {
  let stranger: SinglePageApp;
  beforeAll(async () => {
    stranger = await startSinglePageApp(server, { allowedOrigins: [] });
  });
  afterAll(() => stranger?.close());
  beforeEach(openFreshWindow);

  test('is stopped by the browser at the token endpoint, which says that it is CORS', async () => {
    await signIn(stranger);
    await expect.poll(() => record.complaints.join('\n'), patience).toMatch(/\/oauth\/token.*blocked by CORS policy/);
    expect(await page.getByText(`Signed in as ${server.owner.email}`).count()).toBe(0);
  });
});
