// Sessions in GraphQL: where a member is signed in, for themselves and for an admin, and signing out elsewhere.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { succeed } from '../clients/mutate.js';
import { createTestApp, type TestApp } from '../support/app.js';
import type { TestBrowser } from '../support/browser.js';
import { type Ask, apiTokenOf, bearer, signedIn, signedInBrowser, throughClient } from '../support/graphql.js';
import { createLogoutTest } from '../support/logout-receiver.js';
import { obtainTokens, refresh, registerClient, userinfo } from '../support/oauth.js';

let app: TestApp;
let count = 0;
let member: Awaited<ReturnType<TestApp['addMember']>>;
let here: TestBrowser;
let there: TestBrowser;
const askIn =
  (browser: TestBrowser): Ask =>
  (query, variables) =>
    browser.graphql(query, variables);

beforeAll(async () => {
  app = await createTestApp();
});
beforeEach(async () => {
  count += 1;
  member = await app.addMember('READER', `member-${count}@example.com`);
  there = await signedInBrowser(app, member);
  here = await signedInBrowser(app, member);
});
afterAll(() => app.close());

const list = '{ viewer { sessions { totalCount nodes { id isCurrent } } } }';
const idsOf = async (ask: Ask): Promise<string[]> =>
  (await ask(list)).data.viewer.sessions.nodes.map(({ id }: { id: string }) => id);
const isSignedIn = async (browser: TestBrowser) => (await browser.visit('/me')).url.pathname === '/me';
const notFound = [{ code: 'NOT_FOUND', path: ['id'] }];

test('a member sees where they are signed in, and which session is this one', async () => {
  const { data } = await askIn(here)(`{ viewer { sessions { totalCount nodes {
    isCurrent ipAddress userAgent browser signedInAt lastActiveAt expiresAt methods
  } } } }`);
  const now = app.clock();
  expect(data.viewer.sessions.totalCount).toBe(2);
  expect(data.viewer.sessions.nodes.map(({ isCurrent }: { isCurrent: boolean }) => isCurrent)).toEqual([true, false]);
  expect(data.viewer.sessions.nodes[0]).toMatchObject({
    browser: expect.any(String),
    signedInAt: now.toISOString(),
    lastActiveAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + 12 * 3_600_000).toISOString(),
    methods: ['pwd'],
  });
});

test('an API token sees its owner’s sessions, none of them as this one; an OAuth token sees none', async () => {
  const { token } = await apiTokenOf(app, 'READER', member);
  const { data } = await bearer(app, token)(list);
  expect(data.viewer.sessions.nodes).toMatchObject([{ isCurrent: false }, { isCurrent: false }]);

  const through = await throughClient(app, await registerClient(app), 'openid admin');
  const [id] = await idsOf(await signedIn(app, app.owner));
  const answer = await through(
    `query ($id: ID!, $member: ID!) {
    viewer { role sessions { totalCount } } node(id: $id) { id }
    member: node(id: $member) { ... on Member { sessions { totalCount } } }
  }`,
    { id, member: app.owner.id },
  );
  expect(answer.errors).toMatchObject([{ path: ['viewer', 'sessions'], extensions: { code: 'FORBIDDEN' } }]);
  expect(answer.data).toEqual({ viewer: { role: 'ADMIN', sessions: null }, node: null, member: { sessions: null } });
});

test('what has ended or expired is in no list, and no node', async () => {
  const [current = '', other = ''] = await idsOf(askIn(here));
  const nodes = async () =>
    (await askIn(here)('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: [current, other] })).data.nodes;
  const past = new Date(app.clock().getTime() - 1);
  const future = new Date(app.clock().getTime() + 1000);
  for (const data of [{ endedAt: past }, { expiresAt: past }, { idleExpiresAt: past }]) {
    await app.db.session.update({
      where: { id: other },
      data: { endedAt: null, expiresAt: future, idleExpiresAt: future, ...data },
    });
    expect(await idsOf(askIn(here))).toEqual([current]);
    expect(await nodes()).toEqual([{ id: current }, null]);
  }
});

describe('revokeSession', () => {
  test('signs a browser out at once, with its apps, and is recorded', async () => {
    const client = await registerClient(app);
    const parameters = { scope: 'openid' };
    const { accessToken } = await obtainTokens(app, client, parameters, there);
    const offline = await obtainTokens(app, client, { scope: 'openid offline_access' }, there);
    const [, id = ''] = await idsOf(askIn(here));
    expect(await succeed(askIn(here), 'revokeSession', { id }, 'revokedSessionId')).toEqual({ revokedSessionId: id });
    expect([await isSignedIn(there), await isSignedIn(here)]).toEqual([false, true]);
    expect((await userinfo(app, accessToken)).status).toBe(401);
    expect((await refresh(app, client, offline.refreshToken)).status).toBe(200);
    const where = { action: 'SESSIONS_REVOKED', targetId: member.id };
    const entry = await app.db.auditLogEntry.findFirstOrThrow({ where });
    expect(entry).toMatchObject({ actorId: member.id, targetLabel: member.email });
    expect(JSON.parse(entry.changes)).toEqual([{ field: 'endedSessions', before: null, after: '1' }]);
    // Again changes nothing.
    await succeed(askIn(here), 'revokeSession', { id });
    expect(await app.db.auditLogEntry.count({ where })).toBe(1);
  });

  test('is for oneself and for an admin of the account, and foreign ids are as unknown as invented ones', async () => {
    const [, id = ''] = await idsOf(askIn(here));
    const colleague = await signedIn(app, await app.addMember('WRITER', `writer-${count}@example.com`));
    const { owner } = await app.addAccount(`Account ${count}`, `owner-${count}@other.example`);
    const foreigner = await signedIn(app, owner);
    const revoke = async (ask: Ask, given: string) =>
      (
        await ask('mutation ($id: ID!) { revokeSession(input: { id: $id }) { userErrors { code path } } }', {
          id: given,
        })
      ).data.revokeSession.userErrors;
    for (const ask of [colleague, foreigner]) expect(await revoke(ask, id)).toEqual(notFound);
    for (const given of ['ses_00000000000000000000000000', '', 'x']) {
      expect(await revoke(askIn(here), given)).toEqual(notFound);
    }
    expect(await isSignedIn(there)).toBe(true);
    const admin = await signedIn(app, app.owner);
    const { data } = await admin(
      'query ($id: ID!) { node(id: $id) { ... on Member { sessions { nodes { id isCurrent } } } } }',
      { id: member.id },
    );
    expect(data.node.sessions.nodes).toContainEqual({ id, isCurrent: false });
    expect(await revoke(admin, id)).toEqual([]);
    expect(await isSignedIn(there)).toBe(false);
  });
});

describe('revokeOtherSessions', () => {
  test('ends all but the one that asks', async () => {
    await signedInBrowser(app, member);
    expect(await succeed(askIn(here), 'revokeOtherSessions', {}, 'revokedSessionCount')).toEqual({
      revokedSessionCount: 2,
    });
    expect([await isSignedIn(there), await isSignedIn(here)]).toEqual([false, true]);
    expect(await succeed(askIn(here), 'revokeOtherSessions', {}, 'revokedSessionCount')).toEqual({
      revokedSessionCount: 0,
    });
    const where = { action: 'SESSIONS_REVOKED', targetId: member.id };
    expect(await app.db.auditLogEntry.count({ where })).toBe(1);
  });

  test('of another member is an admin’s, and ends all of theirs', async () => {
    const mutation = `mutation { revokeOtherSessions(input: { memberId: "${member.id}" }) {
      revokedSessionCount userErrors { code path }
    } }`;
    const colleague = await signedIn(app, await app.addMember('WRITER', `writer-${count}@example.com`));
    expect((await colleague(mutation)).data.revokeOtherSessions).toEqual({
      revokedSessionCount: null,
      userErrors: [{ code: 'NOT_FOUND', path: ['memberId'] }],
    });
    const admin = await signedIn(app, app.owner);
    expect((await admin(mutation)).data.revokeOtherSessions).toEqual({ revokedSessionCount: 2, userErrors: [] });
    expect([await isSignedIn(there), await isSignedIn(here)]).toEqual([false, false]);
    expect((await admin('{ viewer { role } }')).data.viewer).toEqual({ role: 'OWNER' });
  });
});

test('apps that take back-channel logout are told of every session that is ended from elsewhere', async () => {
  const world = await createLogoutTest(1);
  const [receiver] = world.receivers;
  const [client] = world.clients;
  if (!receiver || !client) throw new Error('There is no receiver.');
  const current = askIn(await signedInBrowser(world.app, world.app.owner));
  for (const end of ['revokeSession', 'revokeOtherSessions']) {
    const before = receiver.posts.length;
    const browser = await signedInBrowser(world.app, world.app.owner);
    await obtainTokens(world.app, client, {}, browser);
    const [id = ''] = (await idsOf(askIn(browser))).slice(0, 1);
    await succeed(current, end, end === 'revokeSession' ? { id } : {});
    await world.app.deps.logoutCourier.deliverDue();
    expect(receiver.posts.length).toBe(before + 1);
  }
  await world.close();
});
