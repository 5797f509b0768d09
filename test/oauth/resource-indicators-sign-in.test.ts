// The resources of a sign-in at the token endpoint (RFC 8707 section 2.2): one token is for one of them, a refresh never widens
// them, a refusal spends nothing. And what the person allows is an API together with its scopes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiResource, deleteApiResource, updateApiResource } from '../../src/api-resources/service.js';
import { actorOfMember } from '../../src/members/service.js';
import { ordersApi, registerApi } from '../support/api-resources.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { testProvider } from '../support/database.js';
import {
  anyPkce,
  ask,
  authorize,
  authorizeUrl,
  claimsOf,
  createPkce,
  newBrowser,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  registerClient,
  signedInBrowser,
  type TestClient,
} from '../support/oauth.js';

const invoicesApi = 'https://invoices.example.com';
const scopes = ['openid', 'offline_access', 'reader', 'admin', 'orders:read', 'orders:write', 'invoices:read'];

let app: TestApp;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  await registerApi(app);
  await registerApi(app, {
    audience: invoicesApi,
    name: 'Invoices API',
    scopes: [
      { name: 'invoices:read', description: 'Read your invoices' },
      { name: 'admin', description: 'Administer your invoices' },
    ],
  });
  client = await registerClient(app, { scopes });
});
afterAll(() => app.close());

const admin = () => actorOfMember(app.owner, { ipAddress: null, userAgent: null });

/** A code for several resources. */
async function codeFor(resources: readonly string[], scope: string, by = client) {
  const { verifier, challenge } = createPkce();
  const url = authorizeUrl(by, { scope, code_challenge: challenge, code_challenge_method: 'S256' });
  const named = resources.map((each) => `&resource=${encodeURIComponent(each)}`).join('');
  const page = await authorize(newBrowser(app), url + named, app.owner);
  return { code: page.url.searchParams.get('code') ?? '', verifier };
}

describe('a sign-in for several resources', () => {
  const both = [ordersApi, invoicesApi];
  const scope = 'offline_access orders:read invoices:read';

  test('needs one to be named, and says which there are; the code is not spent by that', async () => {
    const code = await codeFor(both, scope);
    const unnamed = await redeem(app, client, code);
    expect([unnamed.status, unnamed.body.error]).toEqual([400, 'invalid_target']);
    for (const resource of both) expect(unnamed.body.error_description).toContain(resource);
    const { status, body } = await redeem(app, client, code, { resource: invoicesApi });
    expect([status, body.scope]).toEqual([200, 'invoices:read']);
    expect(claimsOf(body.access_token).aud).toBe(invoicesApi);
  });

  test('gives tokens for each in turn: the refresh token keeps the whole grant (RFC 6749 6)', async () => {
    const code = await codeFor(both, scope);
    let { body } = await redeem(app, client, code, { resource: ordersApi });
    for (const [resource, carried] of [
      [invoicesApi, 'invoices:read'],
      [ordersApi, 'orders:read'],
      [invoicesApi, 'invoices:read'],
    ] as const) {
      ({ body } = await refresh(app, client, body.refresh_token ?? '', { resource }));
      expect([claimsOf(body.access_token).aud, body.scope]).toEqual([resource, carried]);
    }
    const narrowed = await refresh(app, client, body.refresh_token ?? '', {
      resource: ordersApi,
      scope: 'orders:read',
    });
    expect((await refresh(app, client, narrowed.body.refresh_token ?? '', { resource: invoicesApi })).status).toBe(200);
  });

  test('takes one resource a request', async () => {
    const { code, verifier } = await codeFor(both, scope);
    const form = new URLSearchParams({ grant_type: 'authorization_code', code, code_verifier: verifier });
    for (const resource of both) form.append('resource', resource);
    const response = await app.request('/oauth/token', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${btoa(`${client.clientId}:${client.secret}`)}`,
      },
      body: form.toString(),
    });
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([400, 'invalid_target']);
    expect((await redeem(app, client, { code, verifier }, { resource: ordersApi })).status).toBe(200);
  });

  test('may have us among them: then our scopes are in tokens for us, and in no other', async () => {
    const code = await codeFor([app.issuer, ordersApi], 'openid reader orders:read');
    expect((await redeem(app, client, code)).body.error).toBe('invalid_target');
    const here = await redeem(app, client, code, { resource: app.issuer });
    expect(claimsOf(here.body.access_token)).toMatchObject({ aud: app.issuer, scope: 'openid reader' });
    const there = await refresh(app, client, here.body.refresh_token ?? '', { resource: ordersApi });
    expect(claimsOf(there.body.access_token)).toMatchObject({
      aud: [ordersApi, app.issuer],
      scope: 'openid orders:read',
    });
  });
});

describe('GHSA-p2fr-6hmx-4528: a resource that was not granted (RFC 8707 2.2, RFC 9700 4.14.2)', () => {
  const refused = async (granted: Record<string, string>, resource: string) => {
    const code = await obtainCode(app, client, granted);
    const first = await redeem(app, client, code, { resource });
    expect([first.status, first.body.error]).toEqual([400, 'invalid_target']);
    // Before anything is spent: the same code and refresh token still serve.
    const { status, body } = await redeem(app, client, code);
    expect(status).toBe(200);
    const second = await refresh(app, client, body.refresh_token ?? '', { resource });
    expect([second.status, second.body.error]).toEqual([400, 'invalid_target']);
    expect((await refresh(app, client, body.refresh_token ?? '')).status).toBe(200);
  };

  test('is not given by a code or a refresh to a sign-in for us', () => refused({ scope: 'openid' }, ordersApi));
  test('is not given to a sign-in for another API', () =>
    refused({ scope: 'openid orders:read', resource: ordersApi }, invoicesApi));
  test('is not us either, for a sign-in that named an API', () =>
    refused({ scope: 'openid orders:read', resource: ordersApi }, app.issuer));
  test("is not another account's API", async () => {
    const other = await app.addAccount();
    const foreign = { audience: 'https://foreign.example', name: 'Foreign API' };
    await createApiResource(app.deps, actorOfMember(other.owner, { ipAddress: null, userAgent: null }), foreign);
    await refused({ scope: 'openid' }, foreign.audience);
  });

  test('wider scopes do not come with it (RFC 6749 6)', async () => {
    const { refreshToken } = await obtainTokens(app, client, { scope: 'orders:read', resource: ordersApi });
    const { body } = await refresh(app, client, refreshToken, { resource: ordersApi, scope: 'orders:write' });
    expect(body.error).toBe('invalid_scope');
  });

  test('an API that was deleted gives no more tokens, not even when another account registers its name', async () => {
    const api = await registerApi(app, { audience: 'https://moved.example' });
    const { refreshToken } = await obtainTokens(app, client, { scope: 'orders:read', resource: api.audience });
    await deleteApiResource(app.deps, admin(), api.id);
    expect((await refresh(app, client, refreshToken)).body.error).toBe('invalid_target');
    const heir = await app.addAccount('Heir', 'owner@heir.example');
    await registerApi({ deps: app.deps, owner: heir.owner }, { audience: api.audience });
    expect((await refresh(app, client, refreshToken)).body.error).toBe('invalid_target');
  });

  test('a code that was used before is a replay, whatever resource comes with it (RFC 6749 4.1.2)', async () => {
    const code = await obtainCode(app, client, { scope: 'openid' });
    const { body } = await redeem(app, client, code);
    expect((await redeem(app, client, code, { resource: ordersApi })).body.error).toBe('invalid_grant');
    expect((await refresh(app, client, body.refresh_token ?? '')).body.error).toBe('invalid_grant');
  });
});

describe('consent', () => {
  test('is asked in the words of the API, which is named', async () => {
    const own = await registerClient(app, { scopes });
    const browser = await signedInBrowser(app);
    const page = await browser.visit(
      authorizeUrl(own, { ...anyPkce, scope: 'openid orders:read', resource: ordersApi }),
    );
    expect(page.html).toContain('Read your orders');
    expect(page.html).toContain('Orders API');
    expect(page.html).not.toContain('Change your orders');
    const bare = await browser.visit(authorizeUrl(own, { ...anyPkce, scope: 'openid', resource: invoicesApi }));
    expect(bare.html).toContain('Use this API for you');
    expect(bare.html).toContain('Invoices API');
  });

  test('to a scope at an API is no consent to the same word here, or at another API', async () => {
    const own = await registerClient(app, { scopes });
    const browser = await signedInBrowser(app);
    const shop = await registerApi(app, {
      audience: 'https://shop.example.com',
      name: 'Shop API',
      scopes: [{ name: 'admin', description: 'Administer your shop' }],
    });
    const silent = (resource: string | undefined) =>
      ask(browser, own, { scope: 'admin', resource, prompt: 'none' }).then(({ parameters }) => parameters);
    await authorize(browser, authorizeUrl(own, { ...anyPkce, scope: 'admin', resource: shop.audience }), app.owner);
    expect((await silent(shop.audience)).code).toMatch(/^lkc_/);
    expect((await silent(undefined)).error).toBe('consent_required');
    expect((await silent(invoicesApi)).error).toBe('consent_required');
  });

  test('to an API holds for what it took then: a scope that it takes since is not carried', async () => {
    const api = await registerApi(app, { audience: 'https://growing.example', scopes: [] });
    const own = await registerClient(app, { scopes: ['openid', 'reader', 'orders:read'] });
    const code = await codeFor([app.issuer, api.audience], 'reader', own);
    const widened = [{ name: 'reader', description: 'Read everything' }];
    await updateApiResource(app.deps, admin(), api.id, { scopes: widened });
    const { body } = await redeem(app, own, code, { resource: api.audience });
    expect([body.scope, claimsOf(body.access_token).scope]).toEqual(['', '']);
  });
});

describe('the SQL statements of a token request', () => {
  async function count(step: () => Promise<{ status: number }>): Promise<number> {
    await app.beginCounting();
    expect((await step()).status).toBe(200);
    return app.statements.length;
  }

  test('are one more for an API, and none for us', async () => {
    const here = await obtainCode(app, client, { scope: 'openid orders:read', resource: ordersApi });
    const there = await obtainCode(app, client, { scope: 'openid' });
    // Hashes the secret, once.
    await obtainTokens(app, client, { scope: 'openid' });
    const ofApi = await count(() => redeem(app, client, here));
    const ofUs = await count(() => redeem(app, client, there));
    expect([ofUs, ofApi]).toEqual([ofUs, ofUs + 1]);
    expect(ofUs).toBe(testProvider === 'sqlite' ? 4 : 2);
    const tokens = await obtainTokens(app, client, { scope: 'openid' });
    const tokensOfApi = await obtainTokens(app, client, { scope: 'openid orders:read', resource: ordersApi });
    const refreshed = await count(() => refresh(app, client, tokens.refreshToken));
    expect(await count(() => refresh(app, client, tokensOfApi.refreshToken, { resource: ordersApi }))).toBe(
      refreshed + 1,
    );
  });
});
