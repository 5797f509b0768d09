// Whom an authorization request is for: login_hint, id_token_hint and a sub that is asked for by value (OpenID Connect Core
// 3.1.2.1, 3.1.2.2, 5.5.1).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { longestTokenSeconds, rotateSigningKeys } from '../../src/keys/rotate.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { fieldsOf, type TestBrowser } from '../support/browser.js';
import {
  anyPkce,
  ask,
  authorizeUrl,
  newBrowser,
  obtainTokens,
  registerClient,
  signedInBrowser,
  type TestClient,
} from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
let browser: TestBrowser;
let idToken: string;
let accessToken: string;
let member: { id: string; email: string; password: string };
let hintOfMember: string;
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app);
  ({ browser, idToken, accessToken } = await obtainTokens(app, client));
  member = await app.addMember('WRITER');
  hintOfMember = (await obtainTokens(app, client, {}, await signedInBrowser(app, member))).idToken;
});
afterAll(() => app.close());

test('login_hint is in the sign-in form, escaped, and decides nothing (oidcc-login-hint, 3.1.2.1)', async () => {
  for (const hint of [member.email, '"><script>alert(1)</script>']) {
    const page = await newBrowser(app).visit(authorizeUrl(client, { ...anyPkce, login_hint: hint }));
    expect(fieldsOf(page.html).email).toBe(hint);
    expect(page.html).not.toContain('<script');
  }
  expect((await ask(browser, client, { login_hint: member.email })).parameters.code).toMatch(/^lkc_/);
});

describe('id_token_hint', () => {
  test('of the person who is signed in changes nothing (oidcc-id-token-hint, 3.1.2.1)', async () => {
    const silent = await ask(browser, client, { prompt: 'none', id_token_hint: idToken });
    expect(silent.parameters.code).toMatch(/^lkc_/);
    expect((await ask(browser, client, { id_token_hint: idToken })).parameters.code).toMatch(/^lkc_/);
  });

  test('of another person is login_required with prompt=none (OpenID Connect Core 3.1.2.1)', async () => {
    const silent = await ask(browser, client, { prompt: 'none', id_token_hint: hintOfMember });
    expect(silent.parameters).toMatchObject({ error: 'login_required', state: 'the state' });
  });

  test('of another person leads to the sign-in, which says why, and never answers about anybody else (3.1.2.2)', async () => {
    const person = await signedInBrowser(app);
    const login = await person.visit(authorizeUrl(client, { ...anyPkce, id_token_hint: hintOfMember }));
    expect(login.url.pathname).toBe('/login');
    expect(login.html).toContain('the app asks for another person');
    // Who the hint was for is the app's to know, not of whoever sits here.
    expect(login.html).not.toContain(member.email);
    const same = await person.signIn(app.owner, login);
    expect([same.left, same.url.pathname]).toEqual([false, '/login']);
    const consent = await person.visit(`/consent${login.url.search}`);
    expect(consent.url.pathname).toBe('/login');
    const right = await person.signIn(member, same);
    expect(right.url.searchParams.get('code')).toMatch(/^lkc_/);
    const code = await app.db.authorizationCode.findFirstOrThrow({
      orderBy: { id: 'desc' },
      include: { family: { include: { consent: true } } },
    });
    expect(code.family.consent.memberId).toBe(member.id);
  });

  test('counts though it has expired, and though its key has left the key set (3.1.2.1)', async () => {
    const { activeAt } = await rotateSigningKeys(app.deps, operatorActor);
    app.clock.advance((activeAt.getTime() - app.clock().getTime()) / 1000 + 3 * longestTokenSeconds);
    const { keys } = (await (await app.request('/oauth/jwks')).json()) as { keys: { kid: string }[] };
    const { kid } = JSON.parse(Buffer.from(idToken.split('.')[0] ?? '', 'base64url').toString());
    expect(keys.map((key) => key.kid)).not.toContain(kid);
    const person = await signedInBrowser(app);
    expect((await ask(person, client, { prompt: 'none', id_token_hint: idToken })).parameters.code).toMatch(/^lkc_/);
    const other = await ask(person, client, { prompt: 'none', id_token_hint: hintOfMember });
    expect(other.parameters.error).toBe('login_required');
    // A hint it is, but no token: what opens something has to be valid.
    const userinfo = await app.request('/oauth/userinfo', { headers: { authorization: `Bearer ${accessToken}` } });
    expect(userinfo.status).toBe(401);
  });

  test('must be an ID token of ours for this client (3.1.2.1)', async () => {
    const person = await signedInBrowser(app);
    const other = await registerClient(app);
    const [header, payload, signature = ''] = idToken.split('.');
    const flipped = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    for (const hint of ['nonsense', `${header}.${payload}.${flipped}`, `${none}.${payload}.`, accessToken]) {
      const { parameters } = await ask(person, client, { id_token_hint: hint });
      expect(parameters.error, hint).toBe('invalid_request');
      expect(parameters.error_description).toContain('id_token_hint');
    }
    expect((await ask(person, other, { id_token_hint: idToken })).parameters.error).toBe('invalid_request');
  });
});

describe('a sub that is asked for by value (5.5.1)', () => {
  const claims = (sub: unknown, place = 'id_token') => JSON.stringify({ [place]: { sub } });

  test('is answered about that person alone', async () => {
    const person = await signedInBrowser(app);
    for (const place of ['id_token', 'userinfo']) {
      const silent = { prompt: 'none', claims: claims({ value: app.owner.id }, place) };
      expect((await ask(person, client, silent)).parameters.code).toMatch(/^lkc_/);
      const other = { prompt: 'none', claims: claims({ value: member.id }, place) };
      expect((await ask(person, client, other)).parameters.error).toBe('login_required');
    }
    const either = { prompt: 'none', claims: claims({ values: [member.id, app.owner.id] }) };
    expect((await ask(person, client, either)).parameters.code).toMatch(/^lkc_/);
    expect((await ask(person, client, { claims: claims({ value: member.id }) })).page).toBe('/login');
    expect((await ask(person, client, { claims: claims(null) })).parameters.code).toMatch(/^lkc_/);
  });

  test('beside an id_token_hint of somebody else is answered about nobody (3.1.2.2)', async () => {
    const person = await signedInBrowser(app);
    const contrary = { prompt: 'none', id_token_hint: hintOfMember, claims: claims({ value: app.owner.id }) };
    expect((await ask(person, client, contrary)).parameters.error).toBe('login_required');
  });
});
