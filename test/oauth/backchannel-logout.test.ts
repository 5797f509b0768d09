// OpenID Connect Back-Channel Logout 1.0: what a logout token says, and which clients are sent one when a session ends.
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { setOAuthClientDisabled } from '../../src/clients/standing.js';
import { actorOfMember, setPassword } from '../../src/members/service.js';
import type { TestBrowser } from '../support/browser.js';
import { createLogoutTest, registerReceiver, verifyLogoutToken, waitingLogouts } from '../support/logout-receiver.js';
import {
  anyPkce,
  authorize,
  authorizeUrl,
  claimsOf,
  newBrowser,
  obtainTokens,
  postForm,
  registerClient,
  signedInBrowser,
  userinfo,
} from '../support/oauth.js';
import { revoke } from '../support/tokens.js';

const event = 'http://schemas.openid.net/event/backchannel-logout';

let here: Awaited<ReturnType<typeof createLogoutTest>>;
beforeAll(async () => {
  here = await createLogoutTest(2);
});
afterAll(() => here.close());
beforeEach(async () => {
  await here.app.db.logoutDelivery.deleteMany();
  for (const { posts } of here.receivers) posts.length = 0;
});

const parts = () => {
  const { app, clients, receivers } = here;
  const [client, other] = clients;
  const [receiver, otherReceiver] = receivers;
  if (!client || !other || !receiver || !otherReceiver) throw new Error('There are two of each.');
  return { app, client, other, receiver, otherReceiver };
};

/** Signs out on our own page. */
const signOut = async (browser: TestBrowser) => browser.submit(await browser.visit('/logout'));

/** Everything that is sent now, as [the client's id, sid]. */
async function sent() {
  const { app, client, other, receiver, otherReceiver } = parts();
  await app.deps.logoutCourier.deliverDue();
  const of = (id: string, tokens: readonly string[]) => tokens.map((token) => [id, claimsOf(token).sid]);
  return [...of(client.id, receiver.tokens()), ...of(other.id, otherReceiver.tokens())];
}

describe('a logout token', () => {
  test('has the claims of section 2.4 and no other, above all no nonce (Back-Channel Logout 2.4)', async () => {
    const { app, client, receiver } = parts();
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
    const { app, client, receiver } = parts();
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
    const { app, receiver } = parts();
    const client = await registerReceiver(app, receiver, { idTokenSigningAlgorithm: 'ES256' });
    const { browser } = await obtainTokens(app, client);
    await signOut(browser);
    await app.deps.logoutCourier.deliverDue();
    const [token = ''] = receiver.tokens();
    expect(decodeProtectedHeader(token).alg).toBe('ES256');
    await verifyLogoutToken(app, client, token);
  });

  test('passes neither for an ID token nor for an access token (4)', async () => {
    const { app, client, receiver } = parts();
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
    const { app, client } = parts();
    const { browser, idToken } = await obtainTokens(app, client, {}, await signedInBrowser(app, person));
    return { browser, idToken, sid: claimsOf(idToken).sid };
  }

  test('signing out on our page', async () => {
    const { browser, sid } = await signedIn();
    await signOut(browser);
    expect(await sent()).toEqual([[parts().client.id, sid]]);
  });

  test('oidcc-backchannel-rp-initiated-logout: the client that asks is told as well (2.7)', async () => {
    const { browser, idToken, sid } = await signedIn();
    await browser.visit(`/oauth/logout?${new URLSearchParams({ id_token_hint: idToken })}`);
    expect(await sent()).toEqual([[parts().client.id, sid]]);
  });

  test('a sign-out that an app asked for and the person confirmed', async () => {
    const { browser, sid } = await signedIn();
    const question = await browser.visit(`/oauth/logout?client_id=${parts().other.clientId}`);
    expect(await waitingLogouts(here.app)).toEqual([]);
    await browser.submit(question);
    expect(await sent()).toEqual([[parts().client.id, sid]]);
  });

  test('somebody else who signs in in the same browser', async () => {
    const { app, client } = parts();
    const { browser, sid } = await signedIn();
    const login = await browser.visit(authorizeUrl(client, { ...anyPkce, prompt: 'login' }));
    await browser.signIn(app.owner, login);
    expect(await sent()).toEqual([[client.id, sid]]);
  });

  test('a switch of account at an app that serves another one', async () => {
    const { app } = parts();
    const { browser, sid } = await signedIn();
    const { account } = await app.addAccount('Elsewhere', 'owner@elsewhere.example');
    const foreign = await registerClient(app);
    await app.db.oAuthClient.update({ where: { id: foreign.id }, data: { accountId: account.id } });
    const met = await browser.visit(authorizeUrl(foreign, anyPkce));
    expect(met.url.pathname).toBe('/other-account');
    await browser.submit(met, { decision: 'switch' });
    expect(await sent()).toEqual([[parts().client.id, sid]]);
  });

  test('a new password, for each of the member’s sessions', async () => {
    const { app, client } = parts();
    const [one, two] = [await signedIn(), await signedIn()];
    const bystander = await signedIn(app.owner);
    await setPassword(app.deps, operatorActor, address, password);
    const told = await sent();
    expect(told.map(([id]) => id)).toEqual([client.id, client.id]);
    expect(told.map(([, sid]) => sid).sort()).toEqual([one.sid, two.sid].sort());
    expect(bystander.sid).toEqual(expect.any(String));
  });

  test('a new password, but not for a session that ended before it', async () => {
    const { app, client } = parts();
    const { browser } = await obtainTokens(
      app,
      client,
      { scope: 'openid offline_access' },
      await signedInBrowser(app, member),
    );
    await signOut(browser);
    expect(await sent()).toHaveLength(1);
    await setPassword(app.deps, operatorActor, address, password);
    expect(await waitingLogouts(app)).toEqual([]);
  });

  test('but not signing in again as the same person, which keeps the session', async () => {
    const { client } = parts();
    const { browser } = await signedIn();
    const login = await browser.visit(authorizeUrl(client, { ...anyPkce, prompt: 'login' }));
    await browser.signIn(member, login);
    expect(await sent()).toEqual([]);
  });
});

describe('who is told', () => {
  test('every client of the session, once for however many sign-ins through it', async () => {
    const { app, client, other } = parts();
    const { browser, idToken } = await obtainTokens(app, client);
    await obtainTokens(app, client, {}, browser);
    await obtainTokens(app, client, { scope: 'openid offline_access' }, browser);
    await obtainTokens(app, other, {}, browser);
    await signOut(browser);
    const { sid } = claimsOf(idToken);
    expect(await waitingLogouts(app)).toHaveLength(2);
    expect(await sent()).toEqual([
      [client.id, sid],
      [other.id, sid],
    ]);
    expect(await waitingLogouts(app)).toEqual([]);
  });

  test('nobody a second time, when what has ended is ended again', async () => {
    const { app, client } = parts();
    const { browser, idToken } = await obtainTokens(app, client);
    const question = await browser.visit('/logout');
    await Promise.all([browser.submit(question), browser.submit(question)]);
    await browser.visit(`/oauth/logout?${new URLSearchParams({ id_token_hint: idToken })}`);
    expect(await sent()).toHaveLength(1);
  });

  test('no client of another session, nor of another member', async () => {
    const { app, client, other } = parts();
    const member = await app.addMember('WRITER');
    await obtainTokens(app, other);
    await obtainTokens(app, other, {}, await signedInBrowser(app, member));
    const { browser, idToken } = await obtainTokens(app, client);
    await signOut(browser);
    expect(await sent()).toEqual([[client.id, claimsOf(idToken).sid]]);
  });

  test('no client without a back-channel logout URI (2.2)', async () => {
    const { app } = parts();
    const silent = await registerClient(app);
    const { browser } = await obtainTokens(app, silent);
    await signOut(browser);
    expect(await waitingLogouts(app)).toEqual([]);
  });

  test('no client that is disabled', async () => {
    const { app, receiver } = parts();
    const client = await registerReceiver(app, receiver);
    const { browser } = await obtainTokens(app, client);
    const actor = actorOfMember(app.owner, { ipAddress: null, userAgent: null });
    await setOAuthClientDisabled(app.deps, actor, { id: client.id }, true);
    await signOut(browser);
    expect(await waitingLogouts(app)).toEqual([]);
  });

  test('no client that gave its sign-in back, nor one whose sign-in has expired', async () => {
    const { app, client, receiver } = parts();
    const { browser, refreshToken } = await obtainTokens(app, client);
    await revoke(app, client, refreshToken);
    const lifetimes = { refreshTokenSeconds: 7200, refreshTokenIdleSeconds: 3600 };
    await obtainTokens(app, await registerReceiver(app, receiver, { lifetimes }), {}, browser);
    app.clock.advance(7201);
    await signOut(browser);
    expect(await waitingLogouts(app)).toEqual([]);
  });

  test('a client that has not redeemed its code yet: it may be doing so at this moment', async () => {
    const { app, client } = parts();
    const browser = await signedInBrowser(app);
    await authorize(browser, authorizeUrl(client, anyPkce), app.owner);
    await signOut(browser);
    expect(await waitingLogouts(app)).toHaveLength(1);
  });

  test('nobody when the answer to the question comes from elsewhere (known attack 42)', async () => {
    const { app, client } = parts();
    const { browser } = await obtainTokens(app, client);
    const evil = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await postForm(browser, '/logout', {}, evil)).status).toBe(403);
    expect(await waitingLogouts(app)).toEqual([]);
  });

  test('nobody when the sign-out is rolled back: both are one transaction (decision 16)', async () => {
    const { app, client } = parts();
    const { browser } = await obtainTokens(app, client);
    const question = await browser.visit('/logout');
    const { newId } = app.deps;
    const fail = (kind: Parameters<typeof newId>[0]) => {
      if (kind === 'auditLogEntry') throw new Error('The audit log cannot be written.');
      return newId(kind);
    };
    Object.assign(app.deps, { newId: fail });
    const page = await browser.submit(question);
    Object.assign(app.deps, { newId });
    expect(page.status).toBe(500);
    expect(await waitingLogouts(app)).toEqual([]);
    await signOut(browser);
    expect(await waitingLogouts(app)).toHaveLength(1);
  });
});

test('discovery says that it is supported, with the session (2.1)', async () => {
  const response = await here.app.request('/.well-known/openid-configuration');
  expect(await response.json()).toMatchObject({
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
  });
});
