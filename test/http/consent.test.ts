// What a consent is worth: what was shown, to the person who saw it, whatever is posted.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { fieldsOf } from '../support/browser.js';
import {
  anyPkce,
  authorizeUrl,
  createPkce,
  postForm,
  redeem,
  redirectUri,
  registerClient,
  signedInBrowser,
} from '../support/oauth.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

test('a tampered form cannot widen what was shown, nor lead elsewhere (doorkeeper 1692, known attack 46)', async () => {
  const client = await registerClient(app);
  const browser = await signedInBrowser(app);
  const { verifier, challenge } = createPkce();
  const url = authorizeUrl(client, { code_challenge: challenge, code_challenge_method: 'S256', scope: 'openid' });
  const page = await browser.visit(url);
  const answer = await postForm(browser, '/consent', {
    ...fieldsOf(page.html),
    decision: 'allow',
    scope: 'openid admin',
    scopes: 'openid admin',
    redirect_uri: 'https://evil.example/',
    client_id: 'other',
    state: 'other',
  });
  const location = new URL(answer.headers.get('location') ?? '');
  expect(location.origin + location.pathname).toBe(redirectUri);
  expect(location.searchParams.get('state')).toBe('the state');
  const { body } = await redeem(app, client, { code: location.searchParams.get('code') ?? '', verifier });
  expect(body.scope).toBe('openid');
  expect(await app.db.consent.findFirstOrThrow({ where: { clientId: client.id } })).toMatchObject({ scopes: 'openid' });
});

test('the request in the address does not change what waits', async () => {
  const client = await registerClient(app);
  const browser = await signedInBrowser(app);
  const page = await browser.visit(authorizeUrl(client, { ...anyPkce, scope: 'openid' }));
  const tampered = await browser.visit(`${page.url.href}&scope=openid+admin&redirect_uri=https://evil.example/`);
  expect(tampered.html).not.toContain('admin');
  expect(tampered.html).not.toContain('evil.example');
});

test('the page says who asks, for what, in whose name, and where the answer goes (OAuth 2.1 7.9)', async () => {
  const client = await registerClient(app, { name: 'Weather app' });
  const browser = await signedInBrowser(app);
  const page = await browser.visit(authorizeUrl(client, { ...anyPkce, scope: 'openid email' }));
  for (const shown of ['Weather app', 'My account', app.owner.email, 'app.example.com', 'See your e-mail address']) {
    expect(page.html).toContain(shown);
  }
  expect(page.html).toContain('has not been verified');
});

test('deny gives access_denied, no consent and an audit row; nothing chosen gives neither', async () => {
  const client = await registerClient(app);
  const browser = await signedInBrowser(app);
  const page = await browser.visit(authorizeUrl(client, anyPkce));
  for (const decision of ['', 'maybe', 'ALLOW']) {
    expect((await browser.submit(page, { decision })).status).toBe(400);
  }
  const denied = await browser.submit(page, { decision: 'deny' });
  expect(Object.fromEntries(denied.url.searchParams)).toMatchObject({ error: 'access_denied', state: 'the state' });
  expect(await app.db.consent.count({ where: { clientId: client.id } })).toBe(0);
  const [row] = await app.db.auditLogEntry.findMany({ where: { targetId: client.id, action: 'CONSENT_DENIED' } });
  expect(row).toMatchObject({ actorId: app.owner.id });
});

test('what was denied later leaves what was allowed before', async () => {
  const client = await registerClient(app);
  const browser = await signedInBrowser(app);
  await browser.submit(await browser.visit(authorizeUrl(client, { ...anyPkce, scope: 'openid' })), {
    decision: 'allow',
  });
  const wider = await browser.visit(authorizeUrl(client, { ...anyPkce, scope: 'openid admin' }));
  expect(wider.html).toContain('New');
  await browser.submit(wider, { decision: 'deny' });
  const again = await browser.visit(authorizeUrl(client, { ...anyPkce, scope: 'openid', prompt: 'none' }));
  expect(again.url.searchParams.get('code')).toMatch(/^lkc_/);
});

test('a form shown to one person is not an answer of the next who signs in there', async () => {
  const client = await registerClient(app);
  const browser = await signedInBrowser(app);
  const shown = await browser.visit(authorizeUrl(client, anyPkce));
  expect(shown.html).toContain(app.owner.email);
  const reader = await app.addMember('READER');
  // In another tab: sign out, then somebody else signs in.
  await browser.submit(await browser.visit('/logout'));
  await browser.signIn(reader);
  const answer = await browser.submit(shown, { decision: 'allow' });
  expect(answer.left).toBe(false);
  expect(await app.db.consent.count({ where: { memberId: reader.id } })).toBe(0);
});

test('a form whose person has signed out decides nothing', async () => {
  const client = await registerClient(app);
  const browser = await signedInBrowser(app);
  const shown = await browser.visit(authorizeUrl(client, anyPkce));
  await browser.submit(await browser.visit('/logout'));
  for (const decision of ['allow', 'deny']) {
    const answer = await browser.submit(shown, { decision });
    expect([answer.left, answer.url.pathname]).toEqual([false, '/login']);
  }
});
