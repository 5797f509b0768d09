// What a consent is worth: what was shown, to the person who saw it, whatever is posted.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerApi } from '../support/api-resources.js';
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

describe('what was changed while the page was open is shown again before it is allowed (known attack 46)', () => {
  const before = { name: 'Weather app', scopes: ['openid', 'profile', 'email', 'shop.read'] };

  async function shownWithApi() {
    const audience = `https://api-${Math.random()}.example.com`;
    const scopes = [{ name: 'shop.read', description: 'See your orders' }];
    const apiResource = await registerApi(app, { name: 'Shop', audience, scopes });
    const client = await registerClient(app, before);
    const browser = await signedInBrowser(app);
    const url = authorizeUrl(client, { ...anyPkce, scope: 'openid shop.read', resource: audience });
    const page = await browser.visit(url);
    expect(page.html).toContain('See your orders');
    return { apiResource, client, browser, page };
  }

  type Shown = Awaited<ReturnType<typeof shownWithApi>>;
  test.each<[string, (shown: Shown) => Promise<unknown>, string]>([
    [
      'what a scope of an API lets the app do',
      ({ apiResource }) =>
        app.db.apiResource.update({
          where: { id: apiResource.id },
          data: { scopes: JSON.stringify([{ name: 'shop.read', description: 'Order in your name' }]) },
        }),
      'Order in your name',
    ],
    [
      'the name of an API',
      ({ apiResource }) => app.db.apiResource.update({ where: { id: apiResource.id }, data: { name: 'Another shop' } }),
      'Another shop',
    ],
    [
      'the name of the app',
      ({ client }) => app.db.oAuthClient.update({ where: { id: client.id }, data: { name: 'Quite another' } }),
      'Quite another',
    ],
  ])('%s', async (_what, change, words) => {
    const shown = await shownWithApi();
    await change(shown);
    const again = await shown.browser.submit(shown.page, { decision: 'allow' });
    expect([again.left, again.url.pathname, again.status]).toEqual([false, '/consent', 200]);
    expect(again.html).toContain('Read it again before you decide.');
    expect(again.html).toContain(words);
    expect(await app.db.consent.count({ where: { clientId: shown.client.id } })).toBe(0);
    const allowed = await shown.browser.submit(again, { decision: 'allow' });
    expect(allowed.url.searchParams.get('code')).toMatch(/^lkc_/);
  });

  test('a scope that the app may not have any more is an error to the app', async () => {
    const { client, browser, page } = await shownWithApi();
    await app.db.oAuthClient.update({ where: { id: client.id }, data: { scopes: 'openid' } });
    const answer = await browser.submit(page, { decision: 'allow' });
    expect(answer.url.searchParams.get('error')).toBe('invalid_scope');
    expect(await app.db.consent.count({ where: { clientId: client.id } })).toBe(0);
  });

  test('a form that does not say what was shown allows nothing; to deny takes no more than to deny', async () => {
    const { client, browser, page } = await shownWithApi();
    expect((await browser.submit(page, { decision: 'allow', shown: '' })).url.pathname).toBe('/consent');
    expect(await app.db.consent.count({ where: { clientId: client.id } })).toBe(0);
    const denied = await browser.submit(page, { decision: 'deny', shown: '' });
    expect(denied.url.searchParams.get('error')).toBe('access_denied');
  });
});

test('whoever allowed something before is told when, and what is more than that', async () => {
  const client = await registerClient(app);
  const browser = await signedInBrowser(app);
  const ask = (scope: string, more = {}) => browser.visit(authorizeUrl(client, { ...anyPkce, scope, ...more }));
  const first = await ask('openid');
  expect(first.html).not.toContain('1 June 2026');
  await browser.submit(first, { decision: 'allow' });
  expect((await ask('openid email')).html).toMatch(/New since <bdi[^>]*>1 June 2026/);
  expect((await ask('openid', { prompt: 'consent' })).html).toMatch(
    /You allowed all of this before, last on <bdi[^>]*>1 June 2026/,
  );
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
  for (const shown of [
    'Weather app',
    'My organization',
    app.owner.email,
    'app.example.com',
    'See your e-mail address',
  ]) {
    expect(page.html).toContain(shown);
  }
  expect(page.html).toContain('Not verified');
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
