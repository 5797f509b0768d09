// OpenID Connect Back-Channel Logout 1.0: which clients are told that a session has ended, and which are not.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { setOAuthClientDisabled } from '../../src/clients/standing.js';
import { actorOfMember } from '../../src/members/service.js';
import { registerReceiver, waitingLogouts } from '../support/logout-receiver.js';
import {
  anyPkce,
  authorize,
  authorizeUrl,
  claimsOf,
  obtainTokens,
  postForm,
  registerClient,
  signedInBrowser,
} from '../support/oauth.js';
import { revoke } from '../support/tokens.js';
import { createLogoutPair, type LogoutPair, signOut } from './logout-pair.js';

let here: LogoutPair;
beforeAll(async () => {
  here = await createLogoutPair();
});
afterAll(() => here.close());
beforeEach(() => here.forget());

describe('who is told', () => {
  test('every client of the session, once for however many sign-ins through it', async () => {
    const { app, client, other } = here;
    const { browser, idToken } = await obtainTokens(app, client);
    await obtainTokens(app, client, {}, browser);
    await obtainTokens(app, client, { scope: 'openid offline_access' }, browser);
    await obtainTokens(app, other, {}, browser);
    await signOut(browser);
    const { sid } = claimsOf(idToken);
    expect(await waitingLogouts(app)).toHaveLength(2);
    expect(await here.sent()).toEqual([
      [client.id, sid],
      [other.id, sid],
    ]);
    expect(await waitingLogouts(app)).toEqual([]);
  });

  test('nobody a second time, when what has ended is ended again', async () => {
    const { app, client } = here;
    const { browser, idToken } = await obtainTokens(app, client);
    const question = await browser.visit('/logout');
    await Promise.all([browser.submit(question), browser.submit(question)]);
    await browser.visit(`/oauth/logout?${new URLSearchParams({ id_token_hint: idToken })}`);
    expect(await here.sent()).toHaveLength(1);
  });

  test('no client of another session, nor of another member', async () => {
    const { app, client, other } = here;
    const member = await app.addMember('WRITER');
    await obtainTokens(app, other);
    await obtainTokens(app, other, {}, await signedInBrowser(app, member));
    const { browser, idToken } = await obtainTokens(app, client);
    await signOut(browser);
    expect(await here.sent()).toEqual([[client.id, claimsOf(idToken).sid]]);
  });

  test('no client without a back-channel logout URI (2.2)', async () => {
    const { app } = here;
    const silent = await registerClient(app);
    const { browser } = await obtainTokens(app, silent);
    await signOut(browser);
    expect(await waitingLogouts(app)).toEqual([]);
  });

  test('no client that is disabled', async () => {
    const { app, receiver } = here;
    const client = await registerReceiver(app, receiver);
    const { browser } = await obtainTokens(app, client);
    const actor = actorOfMember(app.owner, { ipAddress: null, userAgent: null });
    await setOAuthClientDisabled(app.deps, actor, { id: client.id }, true);
    await signOut(browser);
    expect(await waitingLogouts(app)).toEqual([]);
  });

  test('no client that gave its sign-in back, nor one whose sign-in has expired', async () => {
    const { app, client, receiver } = here;
    const { browser, refreshToken } = await obtainTokens(app, client);
    await revoke(app, client, refreshToken);
    const lifetimes = { refreshTokenSeconds: 7200, refreshTokenIdleSeconds: 3600 };
    await obtainTokens(app, await registerReceiver(app, receiver, { lifetimes }), {}, browser);
    app.clock.advance(7201);
    await signOut(browser);
    expect(await waitingLogouts(app)).toEqual([]);
  });

  test('a client that has not redeemed its code yet: it may be doing so at this moment', async () => {
    const { app, client } = here;
    const browser = await signedInBrowser(app);
    await authorize(browser, authorizeUrl(client, anyPkce), app.owner);
    await signOut(browser);
    expect(await waitingLogouts(app)).toHaveLength(1);
  });

  test('nobody when the answer to the question comes from elsewhere (known attack 42)', async () => {
    const { app, client } = here;
    const { browser } = await obtainTokens(app, client);
    const evil = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await postForm(browser, '/logout', {}, evil)).status).toBe(403);
    expect(await waitingLogouts(app)).toEqual([]);
  });

  test('nobody when the sign-out is rolled back: both are one transaction (decision 16)', async () => {
    const { app, client } = here;
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
