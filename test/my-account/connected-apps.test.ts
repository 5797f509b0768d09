// My account, connected apps: what a member reads of each, and removing one.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerApi } from '../support/api-resources.js';
import { createTestApp, type TestApp } from '../support/app.js';
import type { TestBrowser } from '../support/browser.js';
import { signedInBrowser } from '../support/graphql.js';
import { newBrowser, obtainTokens, postForm, refresh, registerClient } from '../support/oauth.js';

let app: TestApp;
let browser: TestBrowser;
beforeAll(async () => {
  app = await createTestApp();
  browser = await signedInBrowser(app, app.owner);
});
afterAll(() => app.close());

test('whoever is not signed in signs in first and comes back to it', async () => {
  const fresh = newBrowser(app);
  const page = await fresh.signIn(app.owner, await fresh.visit('/me/apps'));
  expect(page.url.pathname).toBe('/me/apps');
});

test('without an app the page says how one comes here', async () => {
  expect((await browser.visit('/me/apps')).html).toContain('No app is connected to your account.');
});

test('an app is listed with what it can do in plain words, and is gone with its tokens once it is removed', async () => {
  const audience = 'https://orders.example';
  await registerApi(app, {
    audience,
    name: 'Orders',
    scopes: [{ name: 'orders:read', description: 'See your orders' }],
  });
  const client = await registerClient(app, { name: 'Reports', scopes: ['openid', 'offline_access', 'orders:read'] });
  const parameters = { scope: 'openid offline_access orders:read', resource: audience };
  const { refreshToken } = await obtainTokens(app, client, parameters, browser);
  const page = await browser.visit('/me/apps');
  for (const text of ['Reports', 'My organization', 'Not verified', 'app.example.com', 'See your orders', 'Orders']) {
    expect(page.html).toContain(text);
  }
  expect(page.html).toContain('Keep its access while you are away');
  expect(page.html).toContain('<time datetime="2026-06-01T12:00:00.000Z">1 June 2026, 12:00 UTC</time>');
  const removed = await browser.submit(page);
  expect(removed.url.href).toBe(`${app.issuer}/me/apps?done=removed`);
  expect(removed.html).toContain('The app has no access any more.');
  expect(removed.html).toContain('No app is connected to your account.');
  expect((await refresh(app, client, refreshToken)).status).toBe(400);
  // The page of before, restored from history and posted again.
  expect((await browser.submit(page)).url.pathname).toBe('/me/apps');
});

test('a form for what is not there, or somebody else’s, ends on the list and changes nothing', async () => {
  const member = await app.addMember('READER');
  const client = await registerClient(app);
  await obtainTokens(app, client, {}, browser);
  const theirs = await signedInBrowser(app, member);
  const { id } = await app.db.consent.findFirstOrThrow({ where: { clientId: client.id } });
  const csrf = /name="csrf" value="([^"]+)"/.exec((await theirs.visit('/me')).html)?.[1] ?? '';
  for (const consent of [id, 'con_00000000000000000000000000', '', 'x'.repeat(5000), '\u0000']) {
    const response = await postForm(theirs, '/me/apps', { csrf, consent });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/me/apps']);
  }
  expect((await postForm(theirs, '/me/apps', { consent: id })).status).toBe(403);
  expect((await app.db.consent.findUniqueOrThrow({ where: { id } })).revokedAt).toBeNull();
});

test('an admin removes here what they allowed, and not what others did', async () => {
  const member = await app.addMember('WRITER', 'writer@example.com');
  const client = await registerClient(app);
  const consent = { id: app.deps.newId('consent'), memberId: member.id, clientId: client.id, scopes: 'openid' };
  await app.db.consent.create({ data: { ...consent, consentedAt: app.clock() } });
  const csrf = /name="csrf" value="([^"]+)"/.exec((await browser.visit('/me')).html)?.[1] ?? '';
  await postForm(browser, '/me/apps', { csrf, consent: consent.id });
  expect((await app.db.consent.findUniqueOrThrow({ where: { id: consent.id } })).revokedAt).toBeNull();
});
