// Introspection by an API (RFC 7662): the client that an API resource names is told of the tokens that are for this API, as far
// as they are, and of no others.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deleteApiResource, updateApiResource } from '../../src/api-resources/service.js';
import { actorOfMember } from '../../src/members/service.js';
import { orderScopes, ordersApi, registerApi } from '../support/api-resources.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { claimsOf, obtainTokens, registerClient, type TestClient, token } from '../support/oauth.js';
import { introspect, postAs, revoke } from '../support/tokens.js';

const invoicesApi = 'https://invoices.example.com';
const scopes = ['openid', 'email', 'offline_access', 'reader', 'orders:read', 'orders:write'];
const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials'] as const;
const inactive = { active: false };

let app: TestApp;
let client: TestClient;
/** The API about orders, as a client. */
let orders: TestClient;
let ordersId: string;
/** Another API's client, and a client of no API. */
let invoices: TestClient;
let stranger: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  [orders, invoices, stranger] = [await registerClient(app), await registerClient(app), await registerClient(app)];
  ordersId = (await registerApi(app, { introspectionClientIds: [orders.id] })).id;
  await registerApi(app, { audience: invoicesApi, name: 'Invoices API', introspectionClientIds: [invoices.id] });
  client = await registerClient(app, { scopes, grantTypes });
});
afterAll(() => app.close());

const actor = () => actorOfMember(app.owner, { ipAddress: null, userAgent: null });
const given = { scope: 'openid email orders:read', resource: ordersApi };

describe('an API is told of a living token for it (RFC 7662 2.2)', () => {
  test("of a member's: for whom, from whom, until when, and its own scopes alone", async () => {
    const { accessToken } = await obtainTokens(app, client, given);
    const { iat, exp, jti } = claimsOf(accessToken);
    expect(await introspect(app, orders, accessToken)).toEqual({
      active: true,
      scope: 'orders:read',
      client_id: client.clientId,
      token_type: 'Bearer',
      exp,
      iat,
      sub: app.owner.id,
      aud: [ordersApi, app.issuer],
      iss: app.issuer,
      jti,
    });
    // Its own client is told all that it carries.
    expect((await introspect(app, client, accessToken)).scope).toBe('openid email orders:read');
  });

  test("of a client's own", async () => {
    const form = { grant_type: 'client_credentials', scope: 'orders:write', resource: ordersApi };
    const { body } = await token(app, client, form);
    expect(await introspect(app, orders, body.access_token ?? '')).toMatchObject({
      active: true,
      scope: 'orders:write',
      client_id: client.clientId,
      sub: client.clientId,
      aud: ordersApi,
    });
  });

  test('with the scopes that it takes now', async () => {
    const { accessToken } = await obtainTokens(app, client, { ...given, scope: 'orders:read orders:write' });
    const before = await introspect(app, orders, accessToken);
    await updateApiResource(app.deps, actor(), ordersId, { scopes: orderScopes.slice(0, 1) });
    const after = await introspect(app, orders, accessToken);
    const toClient = await introspect(app, client, accessToken);
    await updateApiResource(app.deps, actor(), ordersId, { scopes: orderScopes });
    expect([before.scope, after.scope]).toEqual(['orders:read orders:write', 'orders:read']);
    expect(toClient.scope).toBe('orders:read');
  });
});

describe('exactly {"active":false} (CVE-2026-37979) is the answer', () => {
  const expectInactive = async (by: TestClient, asked: string) => {
    const { status, text } = await postAs(app, by, '/oauth/introspect', { token: asked });
    expect([status, text]).toEqual([200, '{"active":false}']);
  };

  test('to whoever is neither the token’s client nor its API', async () => {
    const { accessToken } = await obtainTokens(app, client, given);
    for (const by of [invoices, stranger]) await expectInactive(by, accessToken);
  });

  test('to an API about a token for us, a refresh token, an ID token and another API’s token', async () => {
    const tokens = await obtainTokens(app, client, given);
    const here = await obtainTokens(app, client, { scope: 'openid reader' });
    for (const asked of [here.accessToken, tokens.refreshToken, tokens.idToken]) await expectInactive(orders, asked);
    await expectInactive(invoices, tokens.accessToken);
  });

  test('to an API whose client was taken from the list', async () => {
    const { accessToken } = await obtainTokens(app, client, given);
    await updateApiResource(app.deps, actor(), ordersId, { introspectionClientIds: [stranger.id] });
    await expectInactive(orders, accessToken);
    expect((await introspect(app, stranger, accessToken)).active).toBe(true);
    await updateApiResource(app.deps, actor(), ordersId, { introspectionClientIds: [orders.id] });
  });

  test('to an API about a token that was given back, that is over, or whose sign-in ended', async () => {
    const { accessToken } = await obtainTokens(app, client, given);
    await revoke(app, client, accessToken);
    await expectInactive(orders, accessToken);
    const ended = await obtainTokens(app, client, given);
    await revoke(app, client, ended.refreshToken);
    await expectInactive(orders, ended.accessToken);
  });

  test('to everybody about a token for an API that was deleted, also when its name is registered again', async () => {
    const audience = 'https://gone.example';
    const api = await registerApi(app, { audience, introspectionClientIds: [orders.id] });
    const { accessToken } = await obtainTokens(app, client, { ...given, resource: audience });
    expect((await introspect(app, orders, accessToken)).active).toBe(true);
    await deleteApiResource(app.deps, actor(), api.id);
    for (const by of [client, orders]) expect(await introspect(app, by, accessToken)).toEqual(inactive);
    const other = await app.addAccount();
    const owned = { deps: app.deps, owner: other.owner };
    const actorOfOther = actorOfMember(other.owner, { ipAddress: null, userAgent: null });
    const again = await registerApi(owned, { audience });
    const spy = await registerClient({ ...app, owner: other.owner });
    await updateApiResource(app.deps, actorOfOther, again.id, { introspectionClientIds: [spy.id] });
    for (const by of [client, orders, spy]) expect(await introspect(app, by, accessToken)).toEqual(inactive);
  });
});

test('a foreign token costs as many statements living as dead (CVE-2024-41952)', async () => {
  const count = async (asked: string) => {
    await introspect(app, stranger, asked);
    await app.beginCounting();
    await introspect(app, stranger, asked);
    return app.statements.length;
  };
  const living = await obtainTokens(app, client, given);
  const dead = await obtainTokens(app, client, given);
  await revoke(app, client, dead.refreshToken);
  const revoked = await obtainTokens(app, client, given);
  await revoke(app, client, revoked.accessToken);
  const counts = [];
  for (const { accessToken } of [living, dead, revoked]) counts.push(await count(accessToken));
  expect(new Set(counts).size).toBe(1);
});
