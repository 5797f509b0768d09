// What refreshing keeps: the scopes of the family, the moment of the sign-in, the idle and the absolute end; and what ends it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { setOAuthClientVerified } from '../../src/clients/standing.js';
import { setPassword } from '../../src/members/service.js';
import { createTestApp, ownerPassword, type TestApp } from '../support/app.js';
import {
  claimsOf,
  newBrowser,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  registerClient,
  signedInBrowser,
  type TestClient,
  userinfo,
} from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app);
});
afterAll(() => app.close());

const hour = 3600;
const day = 24 * hour;

test('scope may only narrow (RFC 6749 6, OAuth 2.1 4.3.1)', async () => {
  const { refreshToken } = await obtainTokens(app, client, { scope: 'openid email' });
  for (const scope of ['openid email admin', 'admin', 'openid  email', 'OPENID']) {
    const { status, body } = await refresh(app, client, refreshToken, { scope });
    expect([status, body.error]).toEqual([400, 'invalid_scope']);
  }
  expect((await refresh(app, client, refreshToken)).status).toBe(200);
});

test('narrowing one access token does not narrow the family (OAuth 2.1 4.3.3)', async () => {
  const { refreshToken } = await obtainTokens(app, client, { scope: 'openid email reader' });
  const narrow = await refresh(app, client, refreshToken, { scope: 'reader' });
  expect([narrow.body.scope, narrow.body.id_token]).toEqual(['reader', undefined]);
  expect(claimsOf(narrow.body.access_token).scope).toBe('reader');
  const wide = await refresh(app, client, narrow.body.refresh_token ?? '');
  expect(wide.body.scope).toBe('openid email reader');
});

test('only the issuer is a resource (RFC 8707 2.2)', async () => {
  const { refreshToken } = await obtainTokens(app, client);
  const wrong = await refresh(app, client, refreshToken, { resource: 'https://api.example.com' });
  expect([wrong.status, wrong.body.error]).toEqual([400, 'invalid_target']);
  expect((await refresh(app, client, refreshToken, { resource: app.issuer })).status).toBe(200);
});

test('the ID token of a refresh has the same iss, sub and auth_time, and no nonce (OpenID Connect Core 12.2)', async () => {
  const { refreshToken, idToken } = await obtainTokens(app, client, { nonce: 'n-1' });
  app.clock.advance(100);
  const { body } = await refresh(app, client, refreshToken);
  const [before, after] = [claimsOf(idToken), claimsOf(body.id_token)];
  for (const name of ['iss', 'sub', 'aud', 'auth_time', 'sid', 'amr']) expect(after[name]).toEqual(before[name]);
  expect(after.iat).toBe(Number(before.iat) + 100);
  expect(after).not.toHaveProperty('nonce');
});

test('ends after 30 days without use (RFC 9700 4.14.2)', async () => {
  const { refreshToken } = await obtainTokens(app, client);
  app.clock.advance(30 * day - 1);
  const used = await refresh(app, client, refreshToken);
  expect(used.status).toBe(200);
  app.clock.advance(30 * day);
  const late = await refresh(app, client, used.body.refresh_token ?? '');
  expect([late.status, late.body.error]).toEqual([400, 'invalid_grant']);
});

test('ends after 90 days however often it is used (ASVS 5.0 10.4.8)', async () => {
  let { refreshToken } = await obtainTokens(app, client);
  for (let week = 0; week < 12; week += 1) {
    app.clock.advance(7 * day);
    refreshToken = (await refresh(app, client, refreshToken)).body.refresh_token ?? '';
  }
  app.clock.advance(6 * day - 1);
  refreshToken = (await refresh(app, client, refreshToken)).body.refresh_token ?? '';
  expect(refreshToken).toMatch(/^lkr_/);
  app.clock.advance(1);
  expect((await refresh(app, client, refreshToken)).body.error).toBe('invalid_grant');
});

test("keeps to the client's own lifetimes", async () => {
  const lifetimes = {
    accessTokenSeconds: 60,
    refreshTokenIdleSeconds: hour,
    refreshTokenSeconds: 2 * hour,
    idTokenSeconds: 120,
  };
  const brief = await registerClient(app, { lifetimes });
  const { body } = await redeem(app, brief, await obtainCode(app, brief));
  expect(body.expires_in).toBe(60);
  const [access, id] = [claimsOf(body.access_token), claimsOf(body.id_token)];
  expect([Number(access.exp) - Number(access.iat), Number(id.exp) - Number(id.iat)]).toEqual([60, 120]);
  app.clock.advance(hour);
  expect((await refresh(app, brief, body.refresh_token ?? '')).body.error).toBe('invalid_grant');
});

test('a scope that a client lost is gone from its next tokens (OAuth 2.1 7.9)', async () => {
  const own = await registerClient(app);
  const { refreshToken } = await obtainTokens(app, own, { scope: 'openid admin' });
  await app.db.oAuthClient.update({ where: { id: own.id }, data: { scopes: 'openid' } });
  const { body } = await refresh(app, own, refreshToken);
  expect(body.scope).toBe('openid');
  expect(claimsOf(body.access_token).scope).toBe('openid');
});

test('ends with the member, the client, the consent and the verification, asked live (CVE-2024-46999)', async () => {
  const { owner } = await app.addAccount('Foreign', 'owner@foreign.example');
  const own = await registerClient(app);
  await setOAuthClientVerified(app.deps, operatorActor, own.clientId, true);
  const tokens = await obtainTokens(app, own, {}, await signedInBrowser(app, owner));
  const refused = async () => {
    const statuses = [(await userinfo(app, tokens.accessToken)).status];
    const { status, body } = await refresh(app, own, tokens.refreshToken);
    return [...statuses, status, body.error];
  };
  const dead = [401, 400, 'invalid_grant'];
  await setOAuthClientVerified(app.deps, operatorActor, own.clientId, false);
  expect(await refused()).toEqual(dead);
  await setOAuthClientVerified(app.deps, operatorActor, own.clientId, true);
  await app.db.member.update({ where: { id: owner.id }, data: { status: 'SUSPENDED' } });
  expect(await refused()).toEqual(dead);
  await app.db.member.update({ where: { id: owner.id }, data: { status: 'ACTIVE' } });
  await app.db.oAuthClient.update({ where: { id: own.id }, data: { disabledAt: app.clock() } });
  expect(await refused()).toEqual([401, 401, 'invalid_client']);
  await app.db.oAuthClient.update({ where: { id: own.id }, data: { disabledAt: null } });
  expect((await userinfo(app, tokens.accessToken)).status).toBe(200);
  await app.db.consent.updateMany({ where: { clientId: own.id }, data: { revokedAt: app.clock() } });
  expect(await refused()).toEqual(dead);
});

test('a consent that was taken back and given again does not wake the tokens of the first one', async () => {
  const own = await registerClient(app);
  const before = await obtainTokens(app, own);
  await app.db.consent.updateMany({ where: { clientId: own.id }, data: { revokedAt: app.clock() } });
  const after = await obtainTokens(app, own);
  expect((await userinfo(app, after.accessToken)).status).toBe(200);
  expect((await userinfo(app, before.accessToken)).status).toBe(401);
  expect((await refresh(app, own, before.refreshToken)).body.error).toBe('invalid_grant');
});

test('a new password ends the tokens, those for offline access too (RFC 9700 4.14)', async () => {
  const tokens = await obtainTokens(app, client, { scope: 'openid offline_access' });
  await setPassword(app.deps, operatorActor, app.owner.email, ownerPassword);
  expect((await userinfo(app, tokens.accessToken)).status).toBe(401);
  expect((await refresh(app, client, tokens.refreshToken)).body.error).toBe('invalid_grant');
  expect((await tokens.browser.visit('/logout')).html).toContain('You are signed out');
  expect((await newBrowser(app).signIn(app.owner)).url.pathname).toBe('/');
});
