// disableOAuthClient and enableOAuthClient: nothing of a disabled client works, at once and in every process; enabled again, all
// of it does that has not expired.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Processes, startProcesses } from '../races/processes.js';
import type { TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, throughClient } from '../support/graphql.js';
import {
  anyPkce,
  ask as authorizeOnce,
  authorizeUrl,
  newBrowser,
  registerClient,
  signedInBrowser,
  type TestClient,
} from '../support/oauth.js';
import { allWork, clientRefused, obtainGrants, outcomesOf, registerVersatile } from './grants.js';
import { type Input, mutate, succeed } from './mutate.js';

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

const selection = 'oauthClient { id name disabledAt updatedAt version }';
const disable = (input: Input = { id: client.id }, ask = owner) => mutate(ask, 'disableOAuthClient', input, selection);
const enable = (input: Input = { id: client.id }, ask = owner) => mutate(ask, 'enableOAuthClient', input, selection);
const entries = (action: string) => app.db.auditLogEntry.findMany({ where: { targetId: client.id, action } });

test('what a client has works, before anything is done to it', async () => {
  expect(await outcomesOf(app, client, await obtainGrants(app, client))).toEqual(allWork);
});

describe('a disabled client', () => {
  test('gets nothing and nothing that it has works, in every process; enabled, all of it works again', async () => {
    const grants = await obtainGrants(app, client);
    const now = app.clock().toISOString();
    expect(await disable()).toEqual({
      oauthClient: { id: client.id, name: 'Test app', disabledAt: now, updatedAt: now, version: 1 },
      userErrors: [],
    });
    for (const process of processes.apps) expect(await outcomesOf(process, client, grants)).toEqual(clientRefused);
    expect(await enable({ clientId: client.clientId })).toMatchObject({
      oauthClient: { id: client.id, disabledAt: null },
      userErrors: [],
    });
    expect(await outcomesOf(processes.apps[1], client, grants)).toEqual(allWork);
  });

  test('lets nothing live longer: what expired meanwhile stays dead', async () => {
    const grants = await obtainGrants(app, client);
    await disable();
    processes.advance(3600);
    await enable();
    expect(await outcomesOf(app, client, grants)).toEqual({
      ...allWork,
      userinfo: '401 invalid_token',
      graphql: 401,
      'a token of the client’s own': 401,
      code: '400 invalid_grant',
    });
  });

  test('signs nobody in: a page says so, and nobody is sent to it, not even with prompt=none', async () => {
    const browser = await signedInBrowser(app);
    await disable();
    for (const parameters of [{}, { prompt: 'none' }, { scope: 'nonsense' }]) {
      const { status, location, response } = await authorizeOnce(browser, client, parameters);
      expect({ status, location }).toEqual({ status: 403, location: null });
      expect(await response.text()).toContain('This app is disabled');
    }
    await enable();
    expect(await authorizeOnce(browser, client)).toMatchObject({ status: 303, page: '/consent' });
  });

  test.each([
    ['/login', false],
    ['/consent', true],
  ])('stops a sign-in that waits at %s, which goes on when it is enabled', async (path, isSignedIn) => {
    const browser = isSignedIn ? await signedInBrowser(app) : newBrowser(app);
    const page = await browser.visit(authorizeUrl(client, anyPkce));
    expect(page.url.pathname).toBe(path);
    const decide = () => (isSignedIn ? browser.submit(page, { decision: 'allow' }) : browser.signIn(app.owner, page));
    await disable();
    expect(await decide()).toMatchObject({ status: 403, left: false });
    expect(await app.db.consent.count({ where: { clientId: client.id } })).toBe(0);
    await enable();
    const next = await browser.visit(page.url.href);
    expect(next.url.pathname).toBe('/consent');
    const last = await browser.submit(next, { decision: 'allow' });
    expect(last.url.searchParams.get('code')).toMatch(/^lkc_/);
  });

  test('keeps its secrets and its metadata, which can be changed meanwhile', async () => {
    await disable();
    const { clientSecret } = await succeed(owner, 'rotateOAuthClientSecret', { id: client.id }, 'clientSecret');
    await succeed(owner, 'updateOAuthClient', { id: client.id, description: 'Under repair' });
    const renewed = { ...client, secret: clientSecret };
    expect((await app.db.oAuthClient.findUniqueOrThrow({ where: { id: client.id } })).disabledAt).not.toBeNull();
    await enable();
    for (const each of [client, renewed]) {
      expect(await outcomesOf(app, each, await obtainGrants(app, each))).toEqual(allWork);
    }
  });

  test('is so whatever its type', async () => {
    const browser = await signedInBrowser(app);
    client = await registerClient(app, { type: 'PUBLIC' });
    await disable();
    expect(await authorizeOnce(browser, client)).toMatchObject({ status: 403, location: null });
  });

  test('can be disabled by its own OAuth token, which is dead with it', async () => {
    const itself = await throughClient(app, client, 'admin');
    expect((await disable({ id: client.id }, itself)).userErrors).toEqual([]);
    expect((await itself('{ viewer { role } }')).status).toBe(401);
  });
});

describe('doing what is done already', () => {
  test('changes nothing and writes no second audit entry', async () => {
    const first = await disable();
    processes.advance(60);
    expect(await disable()).toEqual(first);
    expect(await disable({ clientId: client.clientId })).toEqual(first);
    expect(await entries('OAUTH_CLIENT_DISABLED')).toHaveLength(1);
    const enabled = await enable();
    processes.advance(60);
    expect(await enable()).toEqual(enabled);
    expect(await entries('OAUTH_CLIENT_ENABLED')).toHaveLength(1);
  });

  test('is what all but one do of many who disable it at once, in two processes', async () => {
    const other = bearer(processes.apps[1], (await apiTokenOf(processes.apps[1], 'ADMIN')).token);
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => disable({ id: client.id }, index % 2 === 0 ? owner : other)),
    );
    for (const answer of answers) {
      expect(answer).toMatchObject({ oauthClient: { disabledAt: app.clock().toISOString() }, userErrors: [] });
    }
    expect(await entries('OAUTH_CLIENT_DISABLED')).toHaveLength(1);
  });

  test('enabling one that was never disabled says nothing in the log', async () => {
    expect(await enable()).toMatchObject({ oauthClient: { disabledAt: null }, userErrors: [] });
    expect(await entries('OAUTH_CLIENT_ENABLED')).toEqual([]);
  });
});

test('the audit log says who disabled and enabled it', async () => {
  await disable();
  await enable();
  for (const action of ['OAUTH_CLIENT_DISABLED', 'OAUTH_CLIENT_ENABLED']) {
    const [entry] = await entries(action);
    expect(entry).toMatchObject({
      actorKind: 'API_TOKEN',
      accountId: app.owner.accountId,
      targetLabel: 'Test app',
      changes: '[]',
    });
  }
});

test.each(['disableOAuthClient', 'enableOAuthClient', 'revokeOAuthClientTokens'])(
  '%s finds no client of another account, and none that is not named',
  async (mutation) => {
    const other = await app.addAccount('Theirs', `${mutation}@theirs.example`);
    const theirs = bearer(app, (await apiTokenOf(app, 'ADMIN', other.owner)).token);
    const stored = () =>
      app.db.oAuthClient.findUniqueOrThrow({
        where: { id: client.id },
        omit: { lastUsedAt: true, lastUsedSortKey: true },
      });
    const before = await stored();
    const nobody: Input = { id: 'cli_00000000000000000000000000', clientId: '0'.repeat(32) };
    for (const name of ['id', 'clientId'] as const) {
      const foreign = await mutate(theirs, mutation, { [name]: client[name] });
      expect(foreign).toMatchObject({ userErrors: [{ code: 'NOT_FOUND', path: [name] }] });
      expect(await mutate(theirs, mutation, { [name]: nobody[name] })).toEqual(foreign);
      for (const text of ['', '\u0000']) {
        expect(await mutate(owner, mutation, { [name]: text })).toEqual(foreign);
      }
    }
    expect((await mutate(owner, mutation, {})).userErrors).toMatchObject([{ code: 'REQUIRED', path: ['id'] }]);
    const both = { id: client.id, clientId: (await registerVersatile(app)).clientId };
    expect((await mutate(owner, mutation, both)).userErrors).toMatchObject([
      { code: 'NOT_FOUND', message: expect.stringContaining('both this id and this clientId') },
    ]);
    expect(await stored()).toEqual(before);
  },
);
