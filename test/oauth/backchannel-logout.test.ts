// OpenID Connect Back-Channel Logout 1.0: what a logout token says, and that every end of a session sends one.
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { setPassword } from '../../src/members/service.js';
import { registerReceiver, verifyLogoutToken, waitingLogouts } from '../support/logout-receiver.js';
import {
  anyPkce,
  authorizeUrl,
  claimsOf,
  newBrowser,
  obtainTokens,
  registerClient,
  signedInBrowser,
  userinfo,
} from '../support/oauth.js';
import { createLogoutPair, type LogoutPair, signOut } from './logout-pair.js';

const event = 'http://schemas.openid.net/event/backchannel-logout';

let here: LogoutPair;
beforeAll(async () => {
  here = await createLogoutPair();
});
afterAll(() => here.close());
beforeEach(() => here.forget());

describe('a logout token', () => {
  test('has the claims of section 2.4 and no other, above all no nonce (Back-Channel Logout 2.4)', async () => {
    const { app, client, receiver } = here;
    const { idToken, browser } = await obtainTokens(app, client, { nonce: 'the nonce' });
    app.clock.advance(10);
    await signOut(browser);
    await app.deps.logoutCourier.deliverDue();
    const [token = '', ...more] = receiver.tokens();
    expect(more).toEqual([]);
    const { payload, protectedHeader } = await verifyLogoutToken(app, client, token);
    const now = Math.floor(app.clock().getTime() / 1000);
    expect(protectedHeader).toEqual({ alg: 'RS256', kid: expect.any(String), typ: 'logout+jwt' });
    expect(payload).toEqual({
      iss: app.issuer,
      sub: app.owner.id,
      aud: client.clientId,
      iat: now,
      exp: now + 120,
      jti: expect.stringMatching(/^[\w-]{22}$/),
      sid: claimsOf(idToken).sid,
      events: { [event]: {} },
    });
    expect(claimsOf(idToken)).toMatchObject({ nonce: 'the nonce', sub: payload.sub, sid: expect.any(String) });
  });

  test('is POSTed as a form with logout_token alone, to the very address that is registered (2.5)', async () => {
    const { app, client, receiver } = here;
    const { browser } = await obtainTokens(app, client);
    await signOut(browser);
    await app.deps.logoutCourier.deliverDue();
    const [post] = receiver.posts;
    expect(post).toMatchObject({
      method: 'POST',
      url: '/logout?tenant=a',
      contentType: 'application/x-www-form-urlencoded',
    });
    expect([...new URLSearchParams(post?.body).keys()]).toEqual(['logout_token']);
  });

  test('is signed by the algorithm of the client’s ID tokens (2.6)', async () => {
    const { app, receiver } = here;
    const client = await registerReceiver(app, receiver, { idTokenSigningAlgorithm: 'ES256' });
    const { browser } = await obtainTokens(app, client);
    await signOut(browser);
    await app.deps.logoutCourier.deliverDue();
    const [token = ''] = receiver.tokens();
    expect(decodeProtectedHeader(token).alg).toBe('ES256');
    await verifyLogoutToken(app, client, token);
  });

  test('passes neither for an ID token nor for an access token (4)', async () => {
    const { app, client, receiver } = here;
    const { browser } = await obtainTokens(app, client);
    await signOut(browser);
    await app.deps.logoutCourier.deliverDue();
    const [token = ''] = receiver.tokens();
    expect((await userinfo(app, token)).status).toBe(401);
    const page = await newBrowser(app).visit(`/oauth/logout?${new URLSearchParams({ id_token_hint: token })}`);
    expect([page.status, page.html.includes('not an ID token')]).toEqual([400, true]);
  });
});

describe('every way in which a session ends tells its clients', () => {
  const { address, password } = { address: 'ways@example.com', password: 'a long member password' };
  let member: { id: string; email: string; password: string };
  beforeAll(async () => {
    member = await here.app.addMember('READER', address);
  });

  /** Somebody signed in through the first client. @returns their browser and the session's id */
  async function signedIn(person: { email: string; password: string } = member) {
    const { app, client } = here;
    const { browser, idToken } = await obtainTokens(app, client, {}, await signedInBrowser(app, person));
    return { browser, idToken, sid: claimsOf(idToken).sid };
  }

  test('signing out on our page', async () => {
    const { browser, sid } = await signedIn();
    await signOut(browser);
    expect(await here.sent()).toEqual([[here.client.id, sid]]);
  });

  test('oidcc-backchannel-rp-initiated-logout: the client that asks is told as well (2.7)', async () => {
    const { browser, idToken, sid } = await signedIn();
    await browser.visit(`/oauth/logout?${new URLSearchParams({ id_token_hint: idToken })}`);
    expect(await here.sent()).toEqual([[here.client.id, sid]]);
  });

  test('a sign-out that an app asked for and the person confirmed', async () => {
    const { browser, sid } = await signedIn();
    const question = await browser.visit(`/oauth/logout?client_id=${here.other.clientId}`);
    expect(await waitingLogouts(here.app)).toEqual([]);
    await browser.submit(question);
    expect(await here.sent()).toEqual([[here.client.id, sid]]);
  });

  test('somebody else who signs in in the same browser', async () => {
    const { app, client } = here;
    const { browser, sid } = await signedIn();
    const login = await browser.visit(authorizeUrl(client, { ...anyPkce, prompt: 'login' }));
    await browser.signIn(app.owner, login);
    expect(await here.sent()).toEqual([[client.id, sid]]);
  });

  test('a switch of account at an app that serves another one', async () => {
    const { app } = here;
    const { browser, sid } = await signedIn();
    const { account } = await app.addAccount('Elsewhere', 'owner@elsewhere.example');
    const foreign = await registerClient(app);
    await app.db.oAuthClient.update({ where: { id: foreign.id }, data: { accountId: account.id } });
    const met = await browser.visit(authorizeUrl(foreign, anyPkce));
    expect(met.url.pathname).toBe('/other-account');
    await browser.submit(met, { decision: 'switch' });
    expect(await here.sent()).toEqual([[here.client.id, sid]]);
  });

  test('a new password, for each of the member’s sessions', async () => {
    const { app, client } = here;
    const [one, two] = [await signedIn(), await signedIn()];
    const bystander = await signedIn(app.owner);
    await setPassword(app.deps, operatorActor, address, password);
    const told = await here.sent();
    expect(told.map(([id]) => id)).toEqual([client.id, client.id]);
    expect(told.map(([, sid]) => sid).sort()).toEqual([one.sid, two.sid].sort());
    expect(bystander.sid).toEqual(expect.any(String));
  });

  test('a new password, but not for a session that ended before it', async () => {
    const { app, client } = here;
    const { browser } = await obtainTokens(
      app,
      client,
      { scope: 'openid offline_access' },
      await signedInBrowser(app, member),
    );
    await signOut(browser);
    expect(await here.sent()).toHaveLength(1);
    await setPassword(app.deps, operatorActor, address, password);
    expect(await waitingLogouts(app)).toEqual([]);
  });

  test('but not signing in again as the same person, which keeps the session', async () => {
    const { client } = here;
    const { browser } = await signedIn();
    const login = await browser.visit(authorizeUrl(client, { ...anyPkce, prompt: 'login' }));
    await browser.signIn(member, login);
    expect(await here.sent()).toEqual([]);
  });
});

test('discovery says that it is supported, with the session (2.1)', async () => {
  const response = await here.app.request('/.well-known/openid-configuration');
  expect(await response.json()).toMatchObject({
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
  });
});
