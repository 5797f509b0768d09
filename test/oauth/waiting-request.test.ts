// While an authorization request waits for a person, its client may change and another person may sit down: what counts is how
// things are when it is answered.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { updateOAuthClient } from '../../src/clients/service.js';
import { actorOfMember } from '../../src/members/service.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { fieldsOf } from '../support/browser.js';
import {
  authorize,
  authorizeUrl,
  createPkce,
  newBrowser,
  redeem,
  redirectUri,
  registerClient,
} from '../support/oauth.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

const pkce = () => ({ code_challenge: createPkce().challenge, code_challenge_method: 'S256' });
const actor = () => actorOfMember(app.owner, { ipAddress: null, userAgent: null });

test('a redirect URI that an admin took away while the person signed in is not redirected to (known attack 13)', async () => {
  const evil = 'https://hijacked.example/callback';
  const client = await registerClient(app, { redirectUris: [redirectUri, evil] });
  const browser = newBrowser(app);
  const login = await browser.visit(authorizeUrl(client, { ...pkce(), redirect_uri: evil }));
  await updateOAuthClient(app.deps, actor(), { id: client.id }, { redirectUris: [redirectUri] });
  const page = await browser.signIn(app.owner, login);
  expect(page.left).toBe(false);
  expect(page.status).toBe(400);
  expect(await app.db.authorizationCode.count({ where: { redirectUri: evil } })).toBe(0);
});

test('nothing that is sent while a request waits brings another way of answering it (CVE-2026-7571)', async () => {
  const client = await registerClient(app);
  const { verifier, challenge } = createPkce();
  const browser = newBrowser(app);
  const implicit = {
    response_type: 'token id_token',
    response_mode: 'form_post',
    code_challenge: '',
    code_challenge_method: 'plain',
    redirect_uri: 'https://hijacked.example/',
    client_id: 'other',
    state: 'other',
  };
  let page = await browser.visit(authorizeUrl(client, { code_challenge: challenge, code_challenge_method: 'S256' }));
  page = await browser.visit(`${page.url.href}&${new URLSearchParams(implicit)}`);
  page = await browser.submit(page, { email: app.owner.email, password: app.owner.password, ...implicit });
  expect(page.url.pathname).toBe('/consent');
  page = await browser.visit(`${page.url.href}&${new URLSearchParams(implicit)}`);
  page = await browser.submit(page, { decision: 'allow', ...implicit });
  expect([page.left, page.url.origin + page.url.pathname, page.url.hash]).toEqual([true, redirectUri, '']);
  expect([...page.url.searchParams.keys()].sort()).toEqual(['code', 'iss', 'state']);
  expect(page.url.searchParams.get('state')).toBe('the state');
  const code = page.url.searchParams.get('code') ?? '';
  expect((await redeem(app, client, { code, verifier })).status).toBe(200);
});

test('a scope that an admin took away while the person signed in is not granted', async () => {
  const client = await registerClient(app);
  const browser = newBrowser(app);
  const login = await browser.visit(authorizeUrl(client, { ...pkce(), scope: 'openid admin' }));
  await updateOAuthClient(app.deps, actor(), { id: client.id }, { scopes: ['openid'] });
  const page = await browser.signIn(app.owner, login);
  expect(page.url.searchParams.get('error')).toBe('invalid_scope');
});

test('a consent page that was shown to one person decides nothing for another', async () => {
  const client = await registerClient(app);
  const admin = await app.addMember('ADMIN');
  const browser = newBrowser(app);
  const login = await browser.visit(authorizeUrl(client, pkce()));
  const shownToAdmin = await browser.signIn(admin, login);
  expect(shownToAdmin.url.pathname).toBe('/consent');
  await browser.submit(await browser.visit('/logout'));
  await browser.signIn(app.owner);
  const page = await browser.submit(shownToAdmin, { decision: 'allow' });
  expect(page.url.pathname).toBe('/consent');
  expect(fieldsOf(page.html).member).toBe(app.owner.id);
  expect(await app.db.consent.count({ where: { clientId: client.id } })).toBe(0);
});

test('signing in again as the same person keeps one session, so that signing out ends all its sign-ins', async () => {
  const client = await registerClient(app);
  const browser = newBrowser(app);
  await authorize(browser, authorizeUrl(client, pkce()), app.owner);
  const { sessionId } = await app.db.tokenFamily.findFirstOrThrow({ orderBy: { id: 'desc' } });
  const oldCookies = (await browser.jar.getCookies(app.issuer)).find(({ key }) => key === 'latchkey')?.value;
  await authorize(browser, authorizeUrl(client, { ...pkce(), prompt: 'login' }), app.owner);
  const newCookie = (await browser.jar.getCookies(app.issuer)).find(({ key }) => key === 'latchkey')?.value;
  expect(newCookie).not.toBe(oldCookies);
  await browser.submit(await browser.visit('/logout'));
  const families = await app.db.tokenFamily.findMany({ where: { sessionId } });
  expect(families).toHaveLength(2);
  expect(families.every(({ revokedAt }) => revokedAt !== null)).toBe(true);
});

test('what is wrong with a request is stored, but not its values, so that nobody fills the database with them', async () => {
  const client = await registerClient(app);
  const long = 'x'.repeat(6000);
  await newBrowser(app).visit(
    authorizeUrl(client, { code_challenge: long, nonce: long, login_hint: long, state: 'kept' }),
  );
  const { request } = await app.db.authorizationRequest.findFirstOrThrow({ where: { clientId: client.id } });
  expect(request.length).toBeLessThan(1000);
  expect(JSON.parse(request)).toMatchObject({ state: 'kept', fault: { error: 'invalid_request' } });
});

test('a NUL in a parameter is a fault of the request, and never one of ours (known attack 26)', async () => {
  for (const path of ['/oauth/authorize?client_id=%00', '/login?request=%00', '/consent?request=%00']) {
    expect((await app.request(path)).status, path).toBeLessThan(500);
  }
  const client = await registerClient(app);
  const page = await authorize(newBrowser(app), authorizeUrl(client, { ...pkce(), nonce: 'a\0b' }), app.owner);
  expect(page.url.searchParams.get('error')).toBe('invalid_request');
});
