// The claims parameter (OpenID Connect Core 5.5): claims by name, for userinfo and for the ID token, never beyond what the
// person allowed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import {
  anyPkce,
  ask,
  authorizeUrl,
  claimsOf,
  newBrowser,
  obtainTokens,
  refresh,
  registerClient,
  signedInBrowser,
  type TestClient,
  userinfo,
} from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
let member: { id: string; email: string; password: string };
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app);
  member = await app.addMember('WRITER');
});
afterAll(() => app.close());

const json = (value: unknown) => JSON.stringify(value);

async function tokensWith(claims: unknown, scope = 'openid', of = client) {
  return obtainTokens(app, of, { scope, claims: json(claims) }, await signedInBrowser(app, member));
}

describe('what is asked for by name', () => {
  test('is told by userinfo, and nothing else with it (oidcc-claims-essential, OpenID Connect Core 5.5.1)', async () => {
    const { accessToken, idToken } = await tokensWith({ userinfo: { name: { essential: true } } });
    expect((await userinfo(app, accessToken)).body).toEqual({ sub: member.id, name: 'The WRITER' });
    expect(claimsOf(idToken).name).toBeUndefined();
  });

  test('is in the ID token, at the first and at a refresh (5.5)', async () => {
    const { accessToken, idToken, refreshToken } = await tokensWith({
      id_token: { email: null, email_verified: null },
    });
    expect(claimsOf(idToken)).toMatchObject({ email: member.email, email_verified: expect.any(Boolean) });
    expect(claimsOf(idToken).name).toBeUndefined();
    expect((await userinfo(app, accessToken)).body).toEqual({ sub: member.id });
    const { body } = await refresh(app, client, refreshToken);
    expect(claimsOf(body.id_token)).toMatchObject({ email: member.email, iss: app.issuer, sub: member.id });
  });

  test('comes beside what the scopes open, which stays out of the ID token (5.4)', async () => {
    const { accessToken, idToken } = await tokensWith({ userinfo: { name: null } }, 'openid email');
    expect((await userinfo(app, accessToken)).body).toMatchObject({ name: 'The WRITER', email: member.email });
    expect(claimsOf(idToken).email).toBeUndefined();
  });

  test('changes no claim that the standard gives a meaning (5.5.1)', async () => {
    const claims = { iss: { value: 'https://evil.example' }, aud: { value: 'x' }, exp: { value: 1 }, nonce: null };
    const { idToken } = await tokensWith({ id_token: { ...claims, auth_time: { essential: true } } });
    expect(claimsOf(idToken)).toMatchObject({ iss: app.issuer, aud: client.clientId, auth_time: expect.any(Number) });
    expect(claimsOf(idToken).nonce).toBeUndefined();
  });

  test('is left out when there is no value or no such claim, essential or not (5.5.1)', async () => {
    await app.db.member.update({ where: { id: app.owner.id }, data: { name: null } });
    const wishes = json({ userinfo: { name: { essential: true }, phone_number: { essential: true }, 'x:y': null } });
    const { accessToken } = await obtainTokens(app, client, { scope: 'openid', claims: wishes });
    expect((await userinfo(app, accessToken)).body).toEqual({ sub: app.owner.id });
  });

  test('without openid is not looked at: there is nobody to make claims about', async () => {
    const person = await signedInBrowser(app, member);
    await person.submit(await person.visit(authorizeUrl(client, { ...anyPkce, scope: 'reader' })), {
      decision: 'allow',
    });
    const { parameters } = await ask(person, client, { scope: 'reader', claims: json({ userinfo: { email: null } }) });
    expect(parameters.code).toMatch(/^lkc_/);
  });
});

describe('consent', () => {
  test('covers the scope of a claim that is asked for by name, and is asked for it', async () => {
    const own = await registerClient(app);
    const person = await signedInBrowser(app, member);
    await obtainTokens(app, own, { scope: 'openid' }, person);
    const wishes = { scope: 'openid', claims: json({ id_token: { email: null } }) };
    expect((await ask(person, own, { ...wishes, prompt: 'none' })).parameters.error).toBe('consent_required');
    const page = await person.visit(authorizeUrl(own, { ...anyPkce, ...wishes }));
    expect(page.url.pathname).toBe('/consent');
    expect(page.html).toContain('See your e-mail address');
    const back = await person.submit(page, { decision: 'allow' });
    expect(back.url.searchParams.get('code')).toMatch(/^lkc_/);
    expect((await ask(person, own, { ...wishes, prompt: 'none' })).parameters.code).toMatch(/^lkc_/);
  });

  test('gives claims, not scopes: the token has what was asked for as scope (3.1.3.3)', async () => {
    const { accessToken } = await tokensWith({ userinfo: { email: null } });
    expect(claimsOf(accessToken).scope).toBe('openid');
  });

  test('that is narrowed later closes the claim, in userinfo and in the ID token of a refresh', async () => {
    const own = await registerClient(app);
    const wishes = { userinfo: { email: null }, id_token: { email: null } };
    const { accessToken, refreshToken } = await tokensWith(wishes, 'openid', own);
    await app.db.consent.updateMany({ where: { clientId: own.id }, data: { scopes: 'openid' } });
    expect((await userinfo(app, accessToken)).body).toEqual({ sub: member.id });
    const { body } = await refresh(app, own, refreshToken);
    expect(claimsOf(body.id_token).email).toBeUndefined();
  });

  test('counts while the client is registered for the scope, and no longer', async () => {
    const own = await registerClient(app);
    const wishes = { userinfo: { email: null }, id_token: { email: null } };
    const { accessToken, refreshToken } = await tokensWith(wishes, 'openid', own);
    expect((await userinfo(app, accessToken)).body.email).toBe(member.email);
    await app.db.oAuthClient.update({ where: { id: own.id }, data: { scopes: 'openid' } });
    expect((await userinfo(app, accessToken)).body).toEqual({ sub: member.id });
    const { body } = await refresh(app, own, refreshToken);
    expect(claimsOf(body.id_token).email).toBeUndefined();
  });

  test('is not asked for a claim that the client is not registered for, which it is never told', async () => {
    const narrow = await registerClient(app, { scopes: ['openid'] });
    const person = await signedInBrowser(app, member);
    const claims = json({ userinfo: { email: { essential: true } } });
    const page = await person.visit(authorizeUrl(narrow, { ...anyPkce, scope: 'openid', claims }));
    expect(page.html).not.toContain('See your e-mail address');
    const { accessToken } = await obtainTokens(app, narrow, { scope: 'openid', claims }, person);
    expect((await userinfo(app, accessToken)).body).toEqual({ sub: member.id });
    await app.db.oAuthClient.update({ where: { id: narrow.id }, data: { scopes: 'openid email' } });
    expect((await userinfo(app, accessToken)).body).toEqual({ sub: member.id });
  });
});

test.each([
  'email',
  '{',
  '[]',
  'null',
  '"userinfo"',
  '{"userinfo":[]}',
  '{"userinfo":"email"}',
  '{"id_token":{"email":true}}',
  '{"id_token":{"email":[]}}',
  '{"id_token":{"email":{"essential":"yes"}}}',
  '{"id_token":{"sub":{"values":"x"}}}',
])('malformed claims are invalid_request: %s (5.5, 3.1.2.6)', async (claims) => {
  const { parameters } = await ask(await signedInBrowser(app, member), client, { scope: 'openid', claims });
  expect(parameters).toMatchObject({ error: 'invalid_request', state: 'the state' });
  expect(parameters.error_description).toContain('claims');
});

test.each(['{}', '{"userinfo":null}', '{"verified_claims":{}}', '{"userinfo":{"__proto__":null,"constructor":null}}'])(
  'members that we do not know are ignored: %s (5.5.1)',
  async (claims) => {
    const { accessToken } = await obtainTokens(
      app,
      client,
      { scope: 'openid', claims },
      await signedInBrowser(app, member),
    );
    expect((await userinfo(app, accessToken)).body).toEqual({ sub: member.id });
  },
);

test('claims of any length are not stored', async () => {
  const { parameters } = await ask(await signedInBrowser(app), client, { claims: json({ x: 'y'.repeat(3000) }) });
  expect(parameters.error).toBe('invalid_request');
});

describe('acr (2, 5.5.1.1)', () => {
  test('is in every ID token, and acr_values are a wish (oidcc-ensure-request-with-acr-values-succeeds)', async () => {
    for (const acr_values of [undefined, '1', '1 2', 'urn:mace:incommon:iap:silver']) {
      const { idToken } = await obtainTokens(app, client, { acr_values }, await signedInBrowser(app, member));
      expect(claimsOf(idToken)).toMatchObject({ acr: '1', amr: ['pwd'] });
    }
  });

  test('that is essential with values must be one of them', async () => {
    const asking = (acr: unknown) => ({ claims: json({ id_token: { acr } }) });
    const person = (await obtainTokens(app, client, {}, await signedInBrowser(app, member))).browser;
    for (const acr of [
      { essential: true, values: ['2'] },
      { essential: true, value: 'urn:gold' },
    ]) {
      expect((await ask(person, client, asking(acr))).parameters.error).toBe('unmet_authentication_requirements');
    }
    for (const acr of [null, { essential: true }, { essential: true, values: ['2', '1'] }, { values: ['2'] }]) {
      expect((await ask(person, client, asking(acr))).parameters.code).toMatch(/^lkc_/);
    }
  });

  test('that cannot be met is told to nobody before the person has signed in (RFC 9700 4.11.2)', async () => {
    const claims = json({ id_token: { acr: { essential: true, value: '2' } } });
    expect((await ask(newBrowser(app), client, { claims })).page).toBe('/login');
  });
});
