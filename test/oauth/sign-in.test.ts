// The whole main job in process: sign in through a client, get tokens, use them, refresh them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import {
  authorizeUrl,
  createPkce,
  newBrowser,
  obtainCode,
  redeem,
  redirectUri,
  refresh,
  registerClient,
} from '../support/oauth.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

test('a person signs in through a client, which learns who they are (OAuth 2.1 3.1, 4.1)', async () => {
  const client = await registerClient(app);
  const browser = newBrowser(app);
  const { verifier, challenge } = createPkce();
  const url = authorizeUrl(client, { code_challenge: challenge, code_challenge_method: 'S256', nonce: 'n-1' });

  const login = await browser.visit(url);
  expect(login.url.pathname).toBe('/login');
  expect(login.html).toContain('Test app');
  const consent = await browser.signIn(app.owner, login);
  expect(consent.url.pathname).toBe('/consent');
  expect(consent.html).toContain('app.example.com');
  const back = await browser.submit(consent, { decision: 'allow' });
  expect(back.left).toBe(true);
  expect(back.status).toBe(303);
  expect(back.url.origin + back.url.pathname).toBe(redirectUri);
  expect(back.url.searchParams.get('state')).toBe('the state');
  expect(back.url.searchParams.get('iss')).toBe(app.issuer);

  const code = back.url.searchParams.get('code') ?? '';
  const answer = await redeem(app, client, { code, verifier });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_in: 600, scope: 'openid profile email' });

  const claims = JSON.parse(Buffer.from(answer.body.id_token?.split('.')[1] ?? '', 'base64url').toString());
  expect(claims).toMatchObject({ iss: app.issuer, aud: client.clientId, sub: app.owner.id, nonce: 'n-1' });

  const userinfo = await app.request('/oauth/userinfo', {
    headers: { authorization: `Bearer ${answer.body.access_token}` },
  });
  expect(await userinfo.json()).toMatchObject({ sub: app.owner.id, email: app.owner.email, email_verified: true });

  const refreshed = await refresh(app, client, answer.body.refresh_token ?? '');
  expect(refreshed.status).toBe(200);
  expect(refreshed.body.refresh_token).not.toBe(answer.body.refresh_token);
});

test('a second sign-in with consent given answers at once', async () => {
  const client = await registerClient(app);
  const { browser } = await obtainCode(app, client);
  const { challenge } = createPkce();
  const page = await browser.visit(authorizeUrl(client, { code_challenge: challenge, code_challenge_method: 'S256' }));
  expect(page.left).toBe(true);
  expect(page.url.searchParams.get('code')).toMatch(/^lkc_/);
});

test('an access token with a scope of the API calls /graphql as its member', async () => {
  const client = await registerClient(app);
  const { body } = await redeem(app, client, await obtainCode(app, client, { scope: 'openid reader' }));
  const response = await app.request('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${body.access_token}` },
    body: JSON.stringify({ query: '{ viewer { role scopes member { email } } }' }),
  });
  const { data, errors } = await response.json();
  expect({ data, errors }).toEqual({
    errors: undefined,
    data: { viewer: { role: 'READER', scopes: ['openid', 'reader'], member: { email: app.owner.email } } },
  });
});
