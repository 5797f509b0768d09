// A logout token that was not taken is sent again (OpenID Connect Back-Channel Logout 1.0 section 2.5 leaves to us how often): by
// a schedule that survives restarts, for a day, and then the account's admins can read of it.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deleteOAuthClient, setOAuthClientDisabled } from '../../src/clients/standing.js';
import { tidy } from '../../src/maintenance.js';
import { actorOfMember } from '../../src/members/service.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createLogoutTest,
  eventually,
  type Receiver,
  startReceiver,
  verifyLogoutToken,
  waitingLogouts,
} from '../support/logout-receiver.js';
import { claimsOf, obtainTokens, type TestClient } from '../support/oauth.js';

const day = 86_400;

let database: TestDatabase;
let here: Awaited<ReturnType<typeof createLogoutTest>>;
let app: TestApp;
let client: TestClient;
let receiver: Receiver;
beforeEach(async () => {
  database = await createTestDatabase();
  here = await createLogoutTest(1, { database });
  app = here.app;
  [client, receiver] = [here.clients[0] as TestClient, here.receivers[0] as Receiver];
});
afterEach(async () => {
  await here.close();
  await database.close();
});

/** Signs in through the client and out again. @returns the sid */
async function signInAndOut() {
  const { browser, idToken } = await obtainTokens(app, client);
  await browser.submit(await browser.visit('/logout'));
  return claimsOf(idToken).sid;
}

const deliver = (by = app) => by.deps.logoutCourier.deliverDue();
const actor = () => actorOfMember(app.owner, { ipAddress: null, userAgent: null });
const failures = () => app.db.auditLogEntry.findMany({ where: { action: 'BACKCHANNEL_LOGOUT_FAILED' } });

/** Tries until there is nothing left to send. @returns when each attempt was made, in seconds, and none a second earlier */
async function attemptsOfADay(): Promise<number[]> {
  const times: number[] = [];
  const began = app.clock().getTime();
  const seconds = () => (app.clock().getTime() - began) / 1000;
  for (;;) {
    await deliver();
    times.push(seconds());
    expect(receiver.posts).toHaveLength(times.length);
    const [row] = await waitingLogouts(app);
    if (!row) return times;
    app.clock.advance((row.nextAttemptAt.getTime() - app.clock().getTime()) / 1000 - 1);
    await deliver();
    expect(receiver.posts).toHaveLength(times.length);
    app.clock.advance(1);
  }
}

describe('an answer says that the token was taken', () => {
  test.each([200, 204, 202])('by status %i (2.8)', async (status) => {
    receiver.state.status = status;
    await signInAndOut();
    await deliver();
    expect(await waitingLogouts(app)).toEqual([]);
    app.clock.advance(day);
    await deliver();
    expect(receiver.posts).toHaveLength(1);
  });

  test.each([400, 404, 500, 501, 503, 304])('and by status %i that it was not', async (status) => {
    receiver.state.status = status;
    await signInAndOut();
    await deliver();
    expect(await waitingLogouts(app)).toMatchObject([{ attempts: 1 }]);
    receiver.state.status = 200;
    app.clock.advance(5);
    await deliver();
    expect([receiver.posts.length, await waitingLogouts(app)]).toEqual([2, []]);
    expect(await failures()).toEqual([]);
  });
});

test('each attempt has a token of its own: a new jti, and times of now (2.4)', async () => {
  receiver.state.status = 500;
  const sid = await signInAndOut();
  await deliver();
  app.clock.advance(3600);
  await deliver();
  const [first, second] = receiver.tokens().map(claimsOf);
  expect(second).toMatchObject({ sid, iat: Number(first?.iat) + 3600, exp: Number(first?.exp) + 3600 });
  expect(second?.jti).not.toBe(first?.jti);
  await verifyLogoutToken(app, client, receiver.tokens()[1] ?? '');
});

test('the attempts become rarer, and end within a day', async () => {
  receiver.state.status = 503;
  await signInAndOut();
  const [h, m] = [3600, 60];
  const first = [0, 5, 35, 35 + 2 * m, 35 + 12 * m, 35 + 12 * m + h];
  const rest = [5, 9, 13, 17, 21].map((hours) => 35 + 12 * m + hours * h);
  expect(await attemptsOfADay()).toEqual([...first, ...rest]);
  expect(rest.at(-1)).toBeLessThan(day);
});

test('a claim that nobody finished, as in a process that was killed, is free again after a minute', async () => {
  await signInAndOut();
  const [row] = await waitingLogouts(app);
  const claimed = { nextAttemptAt: new Date(app.clock().getTime() + 60_000) };
  await app.db.logoutDelivery.update({ where: { id: row?.id ?? '' }, data: claimed });
  app.clock.advance(59);
  await deliver();
  expect(receiver.posts).toEqual([]);
  app.clock.advance(1);
  await deliver();
  expect([receiver.posts.length, await waitingLogouts(app)]).toEqual([1, []]);
});

test('a process whose claim ran out does not disturb whoever has the next one', async () => {
  receiver.state.status = 500;
  let answer: () => void = () => {};
  receiver.state.hold = new Promise((resolve) => {
    answer = resolve;
  });
  await signInAndOut();
  const delivering = deliver();
  await eventually(() => receiver.posts.length === 1);
  const nextAttemptAt = new Date(app.clock().getTime() + 120_000);
  await app.db.logoutDelivery.updateMany({ data: { nextAttemptAt } });
  answer();
  await delivering;
  expect(await waitingLogouts(app)).toMatchObject([{ attempts: 0, nextAttemptAt }]);
});

test('a restart forgets nothing', async () => {
  receiver.state.status = 503;
  const sid = await signInAndOut();
  await deliver();
  const again = await createTestApp({ database, config: { outboundAllow: here.outboundAllow } });
  receiver.state.status = 200;
  again.clock.advance(4);
  await deliver(again);
  expect(receiver.posts).toHaveLength(1);
  again.clock.advance(20 * 60);
  await deliver(again);
  expect(claimsOf(receiver.tokens()[1]).sid).toBe(sid);
  expect(await waitingLogouts(app)).toEqual([]);
});

describe('what is given up', () => {
  test('is in the audit log of the client’s account, by the system, with the reason', async () => {
    receiver.state.status = 400;
    await signInAndOut();
    await app.db.logoutDelivery.updateMany({ data: { attempts: 10 } });
    app.clock.advance(21 * 3600);
    await deliver();
    expect(await waitingLogouts(app)).toEqual([]);
    const [entry, ...more] = await failures();
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      accountId: app.owner.accountId,
      actorKind: 'SYSTEM',
      targetId: client.id,
      targetLabel: 'Test app',
    });
    expect(JSON.parse(entry?.changes ?? '')).toEqual([
      { field: 'attempts', before: null, after: '11' },
      { field: 'reason', before: null, after: 'The server answered with status 400 instead of 200.' },
    ]);
    expect(app.logLines.join('')).toContain('a client was not told of a sign-out, and will not be');
    for (const token of receiver.tokens()) expect(JSON.stringify([entry, app.logLines])).not.toContain(token);
  });

  test('within a minute shares an entry, which counts (decision 16)', async () => {
    receiver.state.status = 500;
    for (let index = 0; index < 3; index += 1) await signInAndOut();
    app.clock.advance(21 * 3600);
    await app.db.logoutDelivery.updateMany({ data: { attempts: 10 } });
    await deliver();
    expect(await failures()).toMatchObject([{ count: 3 }]);
  });

  test('is what expired while no process ran, and nobody is sent it any more', async () => {
    await signInAndOut();
    app.clock.advance(day);
    await deliver();
    expect(receiver.posts).toEqual([]);
    await tidy(app.deps);
    expect(await waitingLogouts(app)).toEqual([]);
    expect(await failures()).toMatchObject([{ targetId: client.id, count: 1 }]);
  });

  test('is not what is being sent at this moment', async () => {
    await signInAndOut();
    app.clock.advance(day);
    const claimed = { nextAttemptAt: new Date(app.clock().getTime() + 1000) };
    await app.db.logoutDelivery.updateMany({ data: claimed });
    await tidy(app.deps);
    expect(await waitingLogouts(app)).toHaveLength(1);
    app.clock.advance(1);
    await tidy(app.deps);
    expect(await waitingLogouts(app)).toEqual([]);
  });

  test('more than a batch of it goes in one run', async () => {
    await signInAndOut();
    const [row] = await waitingLogouts(app);
    if (!row) throw new Error('One waits.');
    const more = Array.from({ length: 149 }, (_, index) => ({
      ...row,
      id: app.deps.newId('logoutDelivery'),
      sessionId: `session ${index}`,
    }));
    await app.db.logoutDelivery.createMany({ data: more });
    app.clock.advance(day);
    await tidy(app.deps);
    expect(await waitingLogouts(app)).toEqual([]);
    expect(await failures()).toMatchObject([{ count: 150 }]);
  });
});

describe('a client that changes while a token waits for it', () => {
  test('is not called while it is disabled, and is told when it is enabled again', async () => {
    await signInAndOut();
    await setOAuthClientDisabled(app.deps, actor(), { id: client.id }, true);
    app.clock.advance(3600);
    await deliver();
    expect(receiver.posts).toEqual([]);
    await setOAuthClientDisabled(app.deps, actor(), { id: client.id }, false);
    await deliver();
    expect(receiver.posts).toHaveLength(1);
  });

  test('is not blamed for what expired while it was disabled', async () => {
    await signInAndOut();
    await setOAuthClientDisabled(app.deps, actor(), { id: client.id }, true);
    app.clock.advance(day);
    await tidy(app.deps);
    expect([await waitingLogouts(app), await failures()]).toEqual([[], []]);
  });

  test('is called where it is by now, and nowhere when it took its address back', async () => {
    receiver.state.status = 503;
    await signInAndOut();
    await deliver();
    const elsewhere = await startReceiver();
    here.outboundAllow.push(elsewhere.host);
    const move = (backchannelLogoutUri: string | null) =>
      app.db.oAuthClient.update({ where: { id: client.id }, data: { backchannelLogoutUri } });
    await move(null);
    app.clock.advance(3600);
    await deliver();
    expect(receiver.posts).toHaveLength(1);
    await move(elsewhere.uri);
    await deliver();
    expect([receiver.posts.length, elsewhere.posts.length]).toEqual([1, 1]);
    await elsewhere.close();
  });

  test('takes what waits with it when it is deleted', async () => {
    receiver.state.status = 503;
    await signInAndOut();
    await deliver();
    await deleteOAuthClient(app.deps, actor(), { id: client.id });
    expect(await waitingLogouts(app)).toEqual([]);
  });
});

test('a fault of ours in calling is not the client’s', async () => {
  const { outbound } = app.deps;
  const { post } = outbound;
  Object.assign(outbound, { post: () => Promise.reject(new TypeError('a fault')) });
  await signInAndOut();
  await deliver();
  expect(await waitingLogouts(app)).toMatchObject([{ attempts: 0 }]);
  Object.assign(outbound, { post });
  app.clock.advance(60);
  await deliver();
  expect(receiver.posts).toHaveLength(1);
});

test('a fault of ours is in the log, costs no attempt, and the token is sent later', async () => {
  const sid = await signInAndOut();
  const keys = await app.db.signingKey.findMany();
  await app.db.signingKey.deleteMany();
  app.clock.advance(31);
  await deliver();
  expect(receiver.posts).toEqual([]);
  expect(app.logLines.join('')).toContain('a logout token could not be sent');
  expect(await waitingLogouts(app)).toMatchObject([{ attempts: 0 }]);
  await app.db.signingKey.createMany({ data: keys });
  app.clock.advance(61);
  await deliver();
  expect(receiver.tokens().map((token) => claimsOf(token).sid)).toEqual([sid]);
});
