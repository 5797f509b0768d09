// Which PKCE challenges and scopes the authorization endpoint accepts from which clients.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import type { TestBrowser } from '../support/browser.js';
import {
  ask,
  createPkce,
  newBrowser,
  obtainCode,
  redeem,
  registerClient,
  signedInBrowser,
  type TestClient,
  token,
} from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
let browser: TestBrowser;
const { challenge } = createPkce();
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app);
  browser = await signedInBrowser(app);
});
afterAll(() => app.close());

const none = { code_challenge: undefined, code_challenge_method: undefined };

test.each<[string, Record<string, string | undefined>]>([
  ['without a challenge', none],
  ['without a challenge but with a method', { ...none, code_challenge_method: 'S256' }],
  [
    'without a method, which means plain (RFC 7636 4.3)',
    { code_challenge: challenge, code_challenge_method: undefined },
  ],
  ['with the method plain', { code_challenge: challenge, code_challenge_method: 'plain' }],
  ['with the method s256', { code_challenge: challenge, code_challenge_method: 's256' }],
  ['with an unknown method', { code_challenge: challenge, code_challenge_method: 'S512' }],
  ['with a challenge of 42 characters', { code_challenge: challenge.slice(1) }],
  ['with a challenge of 44 characters', { code_challenge: `${challenge}A` }],
  ['with a padded challenge', { code_challenge: `${challenge}=` }],
  ['with a challenge in base64', { code_challenge: `${challenge.slice(0, 42)}+` }],
])('refuses a request %s (RFC 9700 2.1.1, OAuth 2.1 4.1.2.1)', async (_, parameters) => {
  for (const type of ['CONFIDENTIAL', 'PUBLIC', 'NATIVE'] as const) {
    const answer = await ask(browser, await registerClient(app, { type }), parameters);
    expect(answer.parameters).toMatchObject({ error: 'invalid_request', iss: app.issuer });
    expect(answer.parameters.error_description).toContain('code_challenge');
  }
});

test('a client exempt from PKCE may leave it out, but not use plain (OAuth 2.1 7.5.1.1)', async () => {
  const exempt = await registerClient(app, { requirePkce: false });
  expect((await ask(browser, exempt, none)).page).toBe('/consent');
  const plain = await ask(browser, exempt, { code_challenge: challenge, code_challenge_method: 'plain' });
  expect(plain.parameters.error).toBe('invalid_request');
  const methodless = await ask(browser, exempt, { code_challenge: challenge, code_challenge_method: undefined });
  expect(methodless.parameters.error).toBe('invalid_request');
});

test('a verifier for a code without a challenge is refused, and the code is dead (RFC 9700 4.8.2)', async () => {
  const exempt = await registerClient(app, { requirePkce: false });
  const granted = await obtainCode(app, exempt, none);
  expect((await redeem(app, exempt, granted)).body.error).toBe('invalid_grant');
  const { code } = granted;
  const redirect_uri = 'https://app.example.com/callback';
  const again = await token(app, exempt, { grant_type: 'authorization_code', code, redirect_uri });
  expect([again.status, again.body.error]).toEqual([400, 'invalid_grant']);
  const fresh = await obtainCode(app, exempt, none);
  const right = await token(app, exempt, { grant_type: 'authorization_code', code: fresh.code, redirect_uri });
  expect(right.status).toBe(200);
});

test('a challenge sent by a client exempt from PKCE binds its code all the same', async () => {
  const exempt = await registerClient(app, { requirePkce: false });
  const { code } = await obtainCode(app, exempt);
  const redirect_uri = 'https://app.example.com/callback';
  const answer = await token(app, exempt, { grant_type: 'authorization_code', code, redirect_uri });
  expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
});

test.each<[string, string | undefined]>([
  ['no scope (RFC 6749 3.3)', undefined],
  ['a scope that does not exist', 'openid nonsense'],
  ['two spaces', 'openid  email'],
  ['a leading space', ' openid'],
  ['a trailing space', 'openid '],
  ['a tab', 'openid\temail'],
  ['a quotation mark', 'openid "email"'],
  ['letters beyond ASCII', 'openid é'],
])('refuses the scope parameter with %s (OAuth 2.1 1.4.1)', async (_, scope) => {
  const answer = await ask(browser, client, { scope });
  expect(answer.parameters).toMatchObject({ error: 'invalid_scope', state: 'the state' });
});

test('refuses a scope that the client is not registered for (OAuth 2.1 7.9)', async () => {
  const modest = await registerClient(app, { scopes: ['openid', 'email'] });
  expect((await ask(browser, modest, { scope: 'openid admin' })).parameters.error).toBe('invalid_scope');
  expect((await ask(browser, modest, { scope: 'openid email' })).page).toBe('/consent');
});

test('grants what was asked for and no more, without repetition (ASVS 5.0 10.4.11)', async () => {
  const { body } = await redeem(app, client, await obtainCode(app, client, { scope: 'email openid email' }));
  expect(body.scope).toBe('email openid');
});

test('gives no ID token without the scope openid', async () => {
  const { body } = await redeem(app, client, await obtainCode(app, client, { scope: 'reader' }));
  expect(body.scope).toBe('reader');
  expect(body.id_token).toBeUndefined();
});

test('a client without the grant authorization_code is refused (RFC 6749 4.1.2.1)', async () => {
  const robot = await registerClient(app, {
    grantTypes: ['client_credentials'],
    scopes: ['openid', 'reader'],
  });
  const answer = await ask(browser, robot);
  expect(answer.parameters.error).toBe('unauthorized_client');
  expect((await ask(newBrowser(app), robot)).page).toBe('/login');
});
