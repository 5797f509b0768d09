// A client that is deleted, disabled or stripped of its tokens while it gets tokens, in two processes: what was given in the
// same moment is dead with the rest, and nobody meets a fault of ours.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { setOAuthClientVerified } from '../../src/clients/standing.js';
import { registerVersatile } from '../clients/grants.js';
import { mutate, succeed } from '../clients/mutate.js';
import type { TestApp } from '../support/app.js';
import type { TestBrowser } from '../support/browser.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';
import {
  anyPkce,
  authorizeUrl,
  claimsOf,
  newBrowser,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  type TestClient,
  type TokenAnswer,
  token,
  userinfo,
} from '../support/oauth.js';
import { type Processes, startProcesses } from './processes.js';
import { watchTransactions } from './transactions.js';

let processes: Processes;
let app: TestApp;
let owner: Ask;
let client: TestClient;
let browser: TestBrowser;
beforeAll(async () => {
  processes = await startProcesses();
  [app] = processes.apps;
  owner = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
});
beforeEach(async () => {
  client = await registerVersatile(app);
  browser = newBrowser(app);
});
afterAll(() => processes.close());

const rounds = [0, 1, 2];

/** One of each way to get tokens, ready to be tried. */
async function prepare(count: number) {
  const attempts: (() => Promise<TokenAnswer>)[] = [];
  for (let index = 0; index < count; index += 1) {
    const process = processes.apps[index % 2] as TestApp;
    const { refreshToken } = await obtainTokens(app, client, { scope: 'openid offline_access' }, browser);
    const code = await obtainCode(app, client, { scope: 'openid offline_access' }, browser);
    attempts.push(
      () => refresh(process, client, refreshToken),
      () => redeem(process, client, code),
      () => token(process, client, { grant_type: 'client_credentials' }),
    );
  }
  return attempts;
}

const noFaultOfOurs = (answers: readonly { readonly status: number }[]) => {
  for (const { status } of answers) expect(status).toBeLessThan(500);
};

/** What was given in spite of what happened meanwhile, and none of it for a person works. */
async function expectDead(answers: readonly TokenAnswer[]) {
  for (const { body } of answers.filter(({ status }) => status === 200)) {
    const { access_token: accessToken = '', refresh_token: refreshToken } = body;
    for (const process of processes.apps) expect((await userinfo(process, accessToken)).status).not.toBe(200);
    if (refreshToken) expect((await refresh(app, client, refreshToken)).status).not.toBe(200);
  }
}

/** Authorization requests that a browser with session and consent is answered at once. */
const authorizations = (count: number) =>
  Array.from({ length: count }, async () => {
    const response = await browser.fetch(authorizeUrl(client, { ...anyPkce, scope: 'openid', prompt: 'none' }));
    return { status: response.status, location: response.headers.get('location') ?? '' };
  });

describe('deleted', () => {
  test.each(rounds)('while it gets tokens in every way: nothing of it is left (round %i)', async () => {
    const attempts = await prepare(4);
    const [first, second] = [attempts.slice(0, 6), attempts.slice(6)];
    const [before, removed, after, authorized] = await Promise.all([
      Promise.all(first.map((attempt) => attempt())),
      mutate(owner, 'deleteOAuthClient', { id: client.id }, 'deletedOAuthClientId'),
      Promise.all(second.map((attempt) => attempt())),
      Promise.all(authorizations(4)),
    ]);
    expect(removed).toEqual({ deletedOAuthClientId: client.id, userErrors: [] });
    const answers = [...before, ...after];
    noFaultOfOurs([...answers, ...authorized]);
    await expectDead(answers);
    const ofClient = { clientId: client.id };
    expect(await app.db.oAuthClientSecret.count({ where: ofClient })).toBe(0);
    expect(await app.db.consent.count({ where: ofClient })).toBe(0);
    expect(await app.db.tokenFamily.count({ where: { consent: ofClient } })).toBe(0);
  });
});

describe('stripped of its tokens', () => {
  test.each(rounds)('while it gets some in every way: all of them are dead (round %i)', async () => {
    const attempts = await prepare(4);
    const [before, revoked, after, authorized] = await Promise.all([
      Promise.all(attempts.slice(0, 6).map((attempt) => attempt())),
      mutate(owner, 'revokeOAuthClientTokens', { id: client.id }, 'revokedConsentCount'),
      Promise.all(attempts.slice(6).map((attempt) => attempt())),
      Promise.all(authorizations(4)),
    ]);
    expect(revoked).toEqual({ revokedConsentCount: 1, userErrors: [] });
    const answers = [...before, ...after];
    noFaultOfOurs([...answers, ...authorized]);
    await expectDead(answers);
    // By themselves clients get tokens all the time: those of the old epoch are dead, those of the new one live.
    const { tokenEpoch } = await app.db.oAuthClient.findUniqueOrThrow({ where: { id: client.id } });
    expect(tokenEpoch).toBe(1);
    for (const { body } of answers.filter(({ status, body }) => status === 200 && !body.refresh_token)) {
      const { status } = await bearer(app, body.access_token ?? '')('{ viewer { role } }');
      expect(status).toBe(claimsOf(body.access_token).epoch === tokenEpoch ? 403 : 401);
    }
    for (const { location } of authorized) {
      const code = URL.parse(location)?.searchParams.get('code');
      if (code) expect((await redeem(app, client, { code, verifier: 'x'.repeat(43) })).status).toBe(400);
    }
    const consent = { clientId: client.id, revokedAt: null };
    expect(await app.db.tokenFamily.count({ where: { revokedAt: null, consent } })).toBe(0);
  });
});

describe('disabled', () => {
  test('while it gets tokens in every way: none works, and all do once it is enabled', async () => {
    const attempts = await prepare(4);
    const [before, , after] = await Promise.all([
      Promise.all(attempts.slice(0, 6).map((attempt) => attempt())),
      succeed(owner, 'disableOAuthClient', { id: client.id }),
      Promise.all(attempts.slice(6).map((attempt) => attempt())),
    ]);
    const answers = [...before, ...after];
    noFaultOfOurs(answers);
    await expectDead(answers);
    await succeed(owner, 'enableOAuthClient', { id: client.id });
    for (const { body } of answers.filter(({ status, body }) => status === 200 && body.refresh_token)) {
      expect((await userinfo(app, body.access_token ?? '')).status).toBe(200);
    }
  });

  test.each(rounds)(
    'while it is changed: it is disabled, and no change that succeeded is lost (round %i)',
    async () => {
      const asks = await Promise.all(
        processes.apps.map(async (each) => bearer(each, (await apiTokenOf(each, 'ADMIN')).token)),
      );
      const changes: Record<string, unknown>[] = [
        { name: 'New name' },
        { description: 'New text' },
        { consentMode: 'ALWAYS' },
        { homepageUrl: 'https://app.example.com/' },
      ];
      const update = (change: Record<string, unknown>, index: number) =>
        mutate(asks[index % 2] as Ask, 'updateOAuthClient', { id: client.id, ...change });
      const [answers] = await Promise.all([
        Promise.all(changes.map(update)),
        succeed(owner, 'disableOAuthClient', { id: client.id }),
      ]);
      const done = changes.filter((_, index) => answers[index]?.userErrors.length === 0);
      expect(done.length).toBeGreaterThan(0);
      for (const { userErrors } of answers) {
        expect(['', 'CONFLICT']).toContain(userErrors.map(({ code }: { code: string }) => code).join());
      }
      const row = await app.db.oAuthClient.findUniqueOrThrow({ where: { id: client.id } });
      expect(row).toMatchObject(Object.assign({}, ...done));
      expect(row).toMatchObject({ disabledAt: app.clock(), version: 1 + done.length });
      const where = { targetId: client.id, action: 'OAUTH_CLIENT_UPDATED' };
      expect(await app.db.auditLogEntry.count({ where })).toBe(done.length);
    },
  );
});

test('verified by two operators at once, that is noted once, and by one who is too late not at all', async () => {
  const watched = processes.apps.map((each) => watchTransactions(each, () => pause(20)));
  const verify = (each: TestApp) => setOAuthClientVerified(each.deps, operatorActor, client.clientId, true);
  await Promise.all(processes.apps.map(verify));
  const noted = () => app.db.auditLogEntry.count({ where: { targetId: client.id, action: 'OAUTH_CLIENT_VERIFIED' } });
  expect(await noted()).toBe(1);
  await succeed(owner, 'deleteOAuthClient', { id: client.id });
  await expect(verify(app)).rejects.toThrow('There is no client');
  expect(await noted()).toBe(1);
  for (const each of watched) each.restore();
});
