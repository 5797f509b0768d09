// Resource indicators (RFC 8707): what an authorization request may name, and what the token for an API is like.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { updateApiResource } from '../../src/api-resources/service.js';
import { actorOfMember } from '../../src/members/service.js';
import { orderScopes, ordersApi, registerApi } from '../support/api-resources.js';
import { createTestApp, type TestApp } from '../support/app.js';
import type { TestBrowser } from '../support/browser.js';
import { bearer } from '../support/graphql.js';
import {
  answerOf,
  anyPkce,
  ask,
  authorizeUrl,
  claimsOf,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  registerClient,
  signedInBrowser,
  type TestClient,
  token,
  userinfo,
} from '../support/oauth.js';

const invoicesApi = 'https://example.com/invoices';
const scopes = ['openid', 'email', 'offline_access', 'reader', 'admin', 'orders:read', 'orders:write', 'invoices:read'];
const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials'] as const;

let app: TestApp;
let client: TestClient;
let browser: TestBrowser;
let ordersId: string;
beforeAll(async () => {
  app = await createTestApp();
  const orders = await registerApi(app, { accessTokenSeconds: 120 });
  ordersId = orders.id;
  const shared = { name: 'admin', description: 'Administer your invoices' };
  await registerApi(app, {
    audience: invoicesApi,
    name: 'Invoices API',
    signingAlgorithm: 'RS256',
    scopes: [{ name: 'invoices:read', description: 'Read your invoices' }, shared],
  });
  const other = await app.addAccount();
  await registerApi(
    { deps: app.deps, owner: other.owner },
    { audience: 'https://foreign.example', name: 'Foreign API' },
  );
  client = await registerClient(app, { scopes, grantTypes });
  browser = await signedInBrowser(app);
});
afterAll(() => app.close());

const headerOf = (jwt: string) => JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString());

/** Asks for several resources. */
async function askFor(resources: readonly string[], scope = 'openid') {
  const url = resources.map((each) => `&resource=${encodeURIComponent(each)}`).join('');
  return answerOf(await browser.fetch(`${authorizeUrl(client, { ...anyPkce, scope })}${url}`));
}

describe('an authorization request (section 2)', () => {
  test('may name an API of the account, us, or several, each of which is repeated', async () => {
    for (const resources of [[ordersApi], [app.issuer], [ordersApi, invoicesApi], [app.issuer, ordersApi]]) {
      expect((await askFor(resources)).page).toBe('/consent');
    }
  });

  test.each<[string, string]>([
    ['what nobody registered', 'https://api.example.com'],
    ["another account's API (GHSA-p2fr-6hmx-4528)", 'https://foreign.example'],
    ['a longer path', `${ordersApi}/v2`],
    ['a shorter path', 'https://example.com/'],
    ['another case', ordersApi.toUpperCase()],
    ['a fragment', `${ordersApi}#part`],
    ['a slash more behind a path', `${invoicesApi}/`],
    ['a wildcard of the database', 'https://orders.example_com'],
    ['two in one value', `${ordersApi} ${invoicesApi}`],
    ['what is no URI', 'orders'],
  ])('is refused with invalid_target for %s', async (_, resource) => {
    for (const resources of [[resource], [ordersApi, resource], [resource, app.issuer]]) {
      const { parameters } = await askFor(resources);
      expect(parameters).toMatchObject({ error: 'invalid_target', state: 'the state', iss: app.issuer });
      expect(parameters.code).toBeUndefined();
    }
  });

  test('is refused for more than ten resources, for an overlong one, and for one with a NUL', async () => {
    const many = (await askFor(Array(11).fill(ordersApi))).parameters;
    expect(many).toMatchObject({ error: 'invalid_target', error_description: expect.stringContaining('at most 10') });
    expect((await askFor(Array(10).fill(ordersApi))).page).toBe('/consent');
    expect((await askFor([`https://${'a'.repeat(2048)}`])).parameters.error).toBe('invalid_request');
    expect((await askFor(['https://a\0b'])).parameters.error).toBe('invalid_request');
  });

  test('takes an origin with the slash that libraries put behind it, and answers with it as it is registered', async () => {
    const { accessToken } = await obtainTokens(app, client, { scope: 'orders:read', resource: `${ordersApi}/` });
    expect(claimsOf(accessToken).aud).toBe(ordersApi);
  });

  test.each<[string, string[], string, string]>([
    ["an API's scope without the API", [], 'openid orders:read', ordersApi],
    ["an API's scope with another API", [invoicesApi], 'orders:read', ordersApi],
    ["an API's scope with us alone", ['issuer'], 'orders:read', ordersApi],
    ['our scope without us', [ordersApi], 'openid admin', 'http://localhost:4000'],
  ])('is refused with invalid_scope for %s, and told what to send', async (_, resources, scope, needed) => {
    const named = resources.map((each) => (each === 'issuer' ? app.issuer : each));
    const { parameters } = await askFor(named, scope);
    expect(parameters.error).toBe('invalid_scope');
    expect(parameters.error_description).toContain(`resource=${needed}`);
  });

  test('is refused for a scope that no API takes any more, which the client keeps as a word', async () => {
    const own = await registerApi(app, {
      audience: 'https://fading.example',
      scopes: [{ name: 'fading', description: 'Fade' }],
    });
    const keeping = await registerClient(app, { scopes: ['openid', 'fading'] });
    const actor = actorOfMember(app.owner, { ipAddress: null, userAgent: null });
    await updateApiResource(app.deps, actor, own.id, { scopes: [] });
    for (const resource of [undefined, own.audience]) {
      const { parameters } = await ask(browser, keeping, { scope: 'fading', resource });
      expect(parameters.error).toBe('invalid_scope');
      expect(parameters.error_description).toContain('leave it out');
    }
  });

  test('that waits while its API is deleted ends in invalid_target', async () => {
    const own = await registerApi(app, { audience: 'https://short.example', scopes: [] });
    const page = await browser.visit(authorizeUrl(client, { ...anyPkce, scope: 'openid', resource: own.audience }));
    expect(page.url.pathname).toBe('/consent');
    await app.db.apiResource.delete({ where: { id: own.id } });
    const end = await browser.submit(page, { decision: 'allow' });
    expect(end.url.searchParams.get('error')).toBe('invalid_target');
    expect(end.url.searchParams.has('code')).toBe(false);
  });
});

describe('the access token', () => {
  test('for an API is for it alone, with its scopes, lifetime and algorithm (RFC 8707 2.2, RFC 9068 2.2)', async () => {
    const { body } = await redeem(
      app,
      client,
      await obtainCode(app, client, { scope: 'orders:read offline_access', resource: ordersApi }),
    );
    const claims = claimsOf(body.access_token);
    expect(claims).toMatchObject({
      aud: ordersApi,
      scope: 'orders:read',
      sub: app.owner.id,
      client_id: client.clientId,
    });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(120);
    expect([body.scope, body.expires_in, body.id_token]).toEqual(['orders:read', 120, undefined]);
    expect(headerOf(body.access_token ?? '')).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });

    const invoices = await obtainTokens(app, client, { scope: 'invoices:read', resource: invoicesApi });
    expect(headerOf(invoices.accessToken)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' });
    expect(await app.deps.keys.verify(invoices.accessToken, 'at+jwt')).toMatchObject({ aud: invoicesApi });
  });

  test('is for us too when openid was granted: userinfo answers it', async () => {
    const given = { scope: 'openid email orders:read', resource: ordersApi };
    const { accessToken, idToken } = await obtainTokens(app, client, given);
    expect(claimsOf(accessToken)).toMatchObject({ aud: [ordersApi, app.issuer], scope: 'openid email orders:read' });
    expect(claimsOf(idToken).aud).toBe(client.clientId);
    const { status, body } = await userinfo(app, accessToken);
    expect([status, body.email]).toEqual([200, app.owner.email]);
  });

  test('without a resource is as it ever was, signed as the client says', async () => {
    const { accessToken } = await obtainTokens(app, client, { scope: 'openid reader' });
    expect(claimsOf(accessToken)).toMatchObject({ aud: app.issuer, scope: 'openid reader' });
    expect(claimsOf(accessToken)).not.toHaveProperty('rid');
    expect(headerOf(accessToken).alg).toBe('ES256');
    const rsa = await registerClient(app, { accessTokenSigningAlgorithm: 'RS256' });
    const tokens = await obtainTokens(app, rsa, { scope: 'openid reader' });
    expect(headerOf(tokens.accessToken).alg).toBe('RS256');
    expect((await userinfo(app, tokens.accessToken)).status).toBe(200);
  });

  test('carries what the API takes at this moment', async () => {
    const own = await registerApi(app, { audience: 'https://live.example' });
    const actor = actorOfMember(app.owner, { ipAddress: null, userAgent: null });
    const given = { scope: 'orders:read orders:write', resource: own.audience };
    const { refreshToken, accessToken } = await obtainTokens(app, client, given);
    expect(claimsOf(accessToken).scope).toBe('orders:read orders:write');
    await updateApiResource(app.deps, actor, own.id, { scopes: orderScopes.slice(0, 1) });
    const narrowed = await refresh(app, client, refreshToken);
    expect([narrowed.status, narrowed.body.scope]).toEqual([200, 'orders:read']);
  });
});

describe('an access token for an API that the API turns against us', () => {
  test('opens nothing at /graphql: with openid it carries none of reader, writer and admin', async () => {
    const given = { scope: 'openid admin invoices:read', resource: invoicesApi };
    const { accessToken, refreshToken } = await obtainTokens(app, client, given);
    expect(claimsOf(accessToken)).toMatchObject({ aud: [invoicesApi, app.issuer], scope: 'openid invoices:read' });
    const refused = await bearer(app, accessToken)('{ viewer { role } }');
    expect([refused.status, refused.errors?.[0]?.extensions.code]).toEqual([403, 'FORBIDDEN']);
    // Without openid it is not for us at all, and carries the API's own admin.
    const alone = await refresh(app, client, refreshToken, { scope: 'admin' });
    expect(claimsOf(alone.body.access_token)).toMatchObject({ aud: invoicesApi, scope: 'admin' });
    expect((await bearer(app, alone.body.access_token ?? '')('{ viewer { role } }')).status).toBe(401);
  });

  test('opens nothing at /graphql even if it did carry admin', async () => {
    const given = { scope: 'openid admin', resource: invoicesApi };
    const claims = claimsOf((await obtainTokens(app, client, given)).accessToken);
    const forged = await app.deps.keys.sign('ES256', 'at+jwt', { ...claims, scope: 'openid admin' });
    expect((await bearer(app, forged)('{ viewer { role } }')).status).toBe(403);
  });

  test('opens nothing at userinfo unless openid was granted (OpenID Connect Core 5.3)', async () => {
    const { accessToken } = await obtainTokens(app, client, { scope: 'orders:read', resource: ordersApi });
    expect((await userinfo(app, accessToken)).status).toBe(401);
  });

  test('is no ID token, and an ID token is no access token (RFC 9068 section 4)', async () => {
    const given = { scope: 'openid orders:read', resource: ordersApi };
    const { accessToken, idToken } = await obtainTokens(app, client, given);
    expect((await userinfo(app, idToken)).status).toBe(401);
    expect((await bearer(app, idToken)('{ viewer { role } }')).status).toBe(401);
    expect((await ask(browser, client, { scope: 'openid', id_token_hint: accessToken })).parameters.error).toBe(
      'invalid_request',
    );
    expect(claimsOf(idToken).aud).not.toContain(ordersApi);
  });
});

describe('client credentials', () => {
  const own = (form: Record<string, string>) => token(app, client, { grant_type: 'client_credentials', ...form });

  test('give a token for an API, with its scopes alone (RFC 8707 2.2)', async () => {
    const { body } = await own({ resource: ordersApi, scope: 'orders:read' });
    expect(claimsOf(body.access_token)).toMatchObject({ aud: ordersApi, scope: 'orders:read', sub: client.clientId });
    expect([body.scope, body.expires_in]).toEqual(['orders:read', 120]);
    expect(claimsOf((await own({ resource: ordersApi })).body.access_token)).toMatchObject({
      aud: ordersApi,
      scope: '',
    });
    expect(claimsOf((await own({ resource: app.issuer, scope: 'reader' })).body.access_token).aud).toBe(app.issuer);
  });

  test.each<[string, Record<string, string>, string]>([
    ["an API's scope without the API", { scope: 'orders:read' }, 'invalid_scope'],
    ["another API's scope", { scope: 'invoices:read', resource: ordersApi }, 'invalid_scope'],
    ['our scope at an API', { scope: 'reader', resource: ordersApi }, 'invalid_scope'],
    ['openid', { scope: 'openid', resource: ordersApi }, 'invalid_scope'],
    ["another account's API (GHSA-p2fr-6hmx-4528)", { resource: 'https://foreign.example' }, 'invalid_target'],
    ['what nobody registered', { resource: 'https://api.example.com' }, 'invalid_target'],
  ])('refuse %s', async (_, form, error) => {
    const { status, body } = await own(form);
    expect([status, body.error, body.access_token]).toEqual([400, error, undefined]);
  });

  test('give no token with the id of a deleted API', async () => {
    expect(await app.db.apiResource.count({ where: { id: ordersId } })).toBe(1);
    const short = await registerApi(app, { audience: 'https://gone.example' });
    await app.db.apiResource.delete({ where: { id: short.id } });
    expect((await own({ resource: short.audience })).body.error).toBe('invalid_target');
  });
});
