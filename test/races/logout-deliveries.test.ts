// Back-channel logout when several do the same at once: a token is sent by one process, noted once, and a client that goes away
// meanwhile keeps nobody signed in.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import type { Tx } from '../../src/db/client.js';
import { actorOfMember, setPassword } from '../../src/members/service.js';
import { endSession } from '../../src/sessions/service.js';
import { type Receiver, registerReceiver, startReceiver, waitingLogouts } from '../support/logout-receiver.js';
import { claimsOf, obtainTokens, signedInBrowser, type TestClient } from '../support/oauth.js';
import { type Processes, startProcesses } from './processes.js';

let processes: Processes;
let receiver: Receiver;
let client: TestClient;
beforeEach(async () => {
  receiver = await startReceiver();
  processes = await startProcesses({ config: { outboundAllow: [receiver.host] } });
  client = await registerReceiver(processes.apps[0], receiver);
});
afterEach(async () => {
  await receiver.close();
  await Promise.all(processes.apps.map(({ deps }) => deps.logoutCourier.stop()));
  await processes.close();
});

const actor = () => actorOfMember(processes.apps[0].owner, { ipAddress: null, userAgent: null });

/** Sessions with a sign-in through the client. @returns their ids */
async function sessions(count: number): Promise<string[]> {
  const [app] = processes.apps;
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const { idToken } = await obtainTokens(app, client, {}, await signedInBrowser(app));
    ids.push(String(claimsOf(idToken).sid));
  }
  return ids;
}

const sentSids = () => receiver.tokens().map((token) => String(claimsOf(token).sid));

test('two processes that look at once send each token once', async () => {
  const ids = await sessions(12);
  await Promise.all(ids.map((id) => endSession(processes.apps[0].deps, actor(), id)));
  await Promise.all(processes.apps.map(({ deps }) => deps.logoutCourier.deliverDue()));
  expect(sentSids().sort()).toEqual([...ids].sort());
  expect(await waitingLogouts(processes.apps[0])).toEqual([]);
});

test('a second process leaves alone what the first is sending', async () => {
  const [first, second] = processes.apps;
  const [id = ''] = await sessions(1);
  let answer: () => void = () => {};
  receiver.state.hold = new Promise((resolve) => {
    answer = resolve;
  });
  await endSession(first.deps, actor(), id);
  const sending = first.deps.logoutCourier.deliverDue();
  while (receiver.posts.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await second.deps.logoutCourier.deliverDue();
  answer();
  await sending;
  expect(sentSids()).toEqual([id]);
});

test('what a process that has no courier noted is sent by one that has', async () => {
  const [command, service] = processes.apps;
  const [id = ''] = await sessions(1);
  await setPassword(command.deps, operatorActor, command.owner.email, 'another long password');
  expect(receiver.posts).toEqual([]);
  service.deps.logoutCourier.start();
  while (receiver.posts.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(sentSids()).toEqual([id]);
});

test('sessions that end in several ways at once are noted once each, and all end', async () => {
  const [first, second] = processes.apps;
  for (let round = 0; round < 3; round += 1) {
    const ids = await sessions(4);
    await Promise.all([
      ...ids.map((id) => endSession(first.deps, actor(), id)),
      ...ids.map((id) => endSession(second.deps, actor(), id)),
      setPassword(second.deps, operatorActor, first.owner.email, first.owner.password),
    ]);
    const waiting = (await waitingLogouts(first)).filter(({ sessionId }) => ids.includes(sessionId));
    expect(waiting.map(({ sessionId }) => sessionId).sort()).toEqual([...ids].sort());
    expect(await first.db.session.count({ where: { endedAt: null } })).toBe(0);
  }
});

test('a client that is deleted just before the note for it is written stops no sign-out', async () => {
  const [app] = processes.apps;
  const [id = ''] = await sessions(1);
  const { db } = app;
  const transaction = db.$transaction.bind(db) as (work: (tx: Tx) => Promise<unknown>) => Promise<unknown>;
  let tries = 0;
  // The row that it writes the first time belongs to nobody, as on PostgreSQL when the client went after it was found.
  const orphaned = (tx: Tx) =>
    new Proxy(tx, {
      get: (all, name) =>
        name === 'logoutDelivery'
          ? {
              createMany: ({ data }: { data: object[] }) =>
                tx.logoutDelivery.createMany({ data: data.map((row) => ({ ...row, clientId: 'cli_gone' })) as never }),
            }
          : Reflect.get(all, name, all),
    });
  Object.assign(db, {
    $transaction: (work: (tx: Tx) => Promise<unknown>) => {
      tries += 1;
      return transaction((tx) => work(tries === 1 ? orphaned(tx) : tx));
    },
  });
  await endSession(app.deps, actor(), id);
  Object.assign(db, { $transaction: transaction });
  expect(tries).toBe(2);
  expect(await db.session.count({ where: { endedAt: null } })).toBe(0);
  expect(await waitingLogouts(app)).toHaveLength(1);
});
