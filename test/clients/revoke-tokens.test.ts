// revokeOAuthClientTokens: every token, code and consent of a client ends at once; the client itself works on, and people are
// asked anew.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Processes, startProcesses } from '../races/processes.js';
import type { TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, throughClient } from '../support/graphql.js';
import {
  anyPkce,
  ask as authorizeOnce,
  authorizeUrl,
  obtainTokens,
  refresh,
  signedInBrowser,
  type TestClient,
  userinfo,
} from '../support/oauth.js';
import { allWork, obtainGrants, outcomesOf, registerVersatile } from './grants.js';
import { succeed } from './mutate.js';

let processes: Processes;
let app: TestApp;
let owner: Ask;
let client: TestClient;
beforeAll(async () => {
  processes = await startProcesses();
  [app] = processes.apps;
  owner = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
});
beforeEach(async () => {
  client = await registerVersatile(app);
});
afterAll(() => processes.close());

const revoke = (ask = owner, input: Record<string, unknown> = { id: client.id }) =>
  succeed(ask, 'revokeOAuthClientTokens', input, 'revokedConsentCount oauthClient { id disabledAt secrets { hint } }');

describe('everything that the client was given', () => {
  test('dies at once in every process, while its secret works on', async () => {
    const inEach = [await obtainGrants(app, client), await obtainGrants(app, client)];
    expect(await revoke()).toEqual({
      revokedConsentCount: 1,
      oauthClient: { id: client.id, disabledAt: null, secrets: [{ hint: client.secret.slice(-4) }] },
    });
    for (const [index, process] of processes.apps.entries()) {
      expect(await outcomesOf(process, client, inEach[index] as (typeof inEach)[0])).toEqual({
        userinfo: '401 invalid_token',
        graphql: 401,
        'a token of the client’s own': 401,
        'new client credentials': '200',
        refresh: '400 invalid_grant',
        code: '400 invalid_grant',
      });
    }
  });

  test('stays dead when the person consents anew, and what is given then works', async () => {
    const old = await obtainGrants(app, client);
    await revoke();
    expect(await authorizeOnce(old.browser, client)).toMatchObject({ status: 303, page: '/consent' });
    const fresh = await obtainGrants(app, client);
    expect(await outcomesOf(app, client, old)).toEqual({
      userinfo: '401 invalid_token',
      graphql: 401,
      'a token of the client’s own': 401,
      'new client credentials': '200',
      refresh: '400 invalid_grant',
      code: '400 invalid_grant',
    });
    expect(await outcomesOf(app, client, fresh)).toEqual(allWork);
  });

  test('counts the consents of all its people, and nobody’s twice', async () => {
    const reader = await app.addMember('READER');
    await obtainGrants(app, client);
    await obtainGrants(app, client, reader);
    await obtainGrants(app, client, reader);
    expect(await revoke()).toMatchObject({ revokedConsentCount: 2 });
    expect(await revoke(owner, { clientId: client.clientId })).toMatchObject({ revokedConsentCount: 0 });
    await obtainGrants(app, client);
    expect(await revoke()).toMatchObject({ revokedConsentCount: 1 });
  });

  test('is not what another client of the same person has', async () => {
    const other = await registerVersatile(app);
    const theirs = await obtainGrants(app, other);
    await obtainGrants(app, client);
    await revoke();
    expect(await outcomesOf(app, other, theirs)).toEqual(allWork);
  });
});

describe('a sign-in that waits', () => {
  test('and was allowed before asks again, though the person has consented anew elsewhere', async () => {
    const browser = await signedInBrowser(app);
    // As a request does whose answer the person never fetched: allowed, and still waiting.
    const page = await browser.visit(authorizeUrl(client, { ...anyPkce, prompt: 'consent' }));
    expect(page.url.pathname).toBe('/consent');
    const id = page.url.searchParams.get('request') ?? '';
    await app.db.authorizationRequest.update({ where: { id }, data: { consentedById: app.owner.id } });
    await obtainTokens(app, client, {}, browser);
    await revoke();
    await obtainTokens(app, client, {}, browser);
    const again = await browser.visit(page.url.href);
    expect(again).toMatchObject({ status: 200, left: false });
    expect(again.url.pathname).toBe('/consent');
    const allowed = await browser.submit(again, { decision: 'allow' });
    expect(allowed.url.searchParams.get('code')).toMatch(/^lkc_/);
  });

  test('is answered without asking when nothing was revoked', async () => {
    const browser = await signedInBrowser(app);
    const page = await browser.visit(authorizeUrl(client, { ...anyPkce, prompt: 'consent' }));
    const id = page.url.searchParams.get('request') ?? '';
    await app.db.authorizationRequest.update({ where: { id }, data: { consentedById: app.owner.id } });
    await obtainTokens(app, client, {}, browser);
    const again = await browser.visit(page.url.href);
    expect(again.url.searchParams.get('code')).toMatch(/^lkc_/);
  });

  test('and was not allowed yet goes on', async () => {
    const browser = await signedInBrowser(app);
    const page = await browser.visit(authorizeUrl(client, anyPkce));
    await revoke();
    const allowed = await browser.submit(page, { decision: 'allow' });
    expect(allowed.url.searchParams.get('code')).toMatch(/^lkc_/);
  });
});

test('a refresh token that was rotated lately dies with its successor', async () => {
  const { refreshToken } = await obtainTokens(app, client);
  const { body } = await refresh(app, client, refreshToken);
  await revoke();
  for (const each of [refreshToken, body.refresh_token ?? '']) {
    expect((await refresh(app, client, each)).body.error).toBe('invalid_grant');
  }
  expect((await userinfo(app, body.access_token ?? '')).status).toBe(401);
});

test('the client’s own OAuth token can do it, and is dead with the others', async () => {
  const itself = await throughClient(app, client, 'admin');
  expect(await revoke(itself)).toMatchObject({ revokedConsentCount: 1 });
  expect((await itself('{ viewer { role } }')).status).toBe(401);
});

test('the audit log says how much ended: sign-ins that had expired before are not among it', async () => {
  const person = await app.addMember('READER', 'expired@example.com');
  await obtainGrants(app, client, person);
  await app.db.tokenFamily.updateMany({
    where: { consent: { clientId: client.id } },
    data: { expiresAt: app.clock() },
  });
  await obtainGrants(app, client);
  await revoke();
  const [entry, ...others] = await app.db.auditLogEntry.findMany({
    where: { targetId: client.id, action: 'OAUTH_CLIENT_TOKENS_REVOKED' },
  });
  expect(others).toEqual([]);
  expect(JSON.parse(entry?.changes ?? '')).toEqual([
    { field: 'revokedConsents', before: null, after: '2' },
    { field: 'revokedSignIns', before: null, after: '2' },
  ]);
});
