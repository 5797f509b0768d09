// Calling clients to tell them of a sign-out (OpenID Connect Back-Channel Logout 1.0): what is never called, that nobody waits for
// a client that does not answer, and what becomes of calls at stop.
import { afterEach, describe, expect, test } from 'vitest';
import { createLogoutTest, eventually, registerReceiver, waitingLogouts } from '../support/logout-receiver.js';
import { claimsOf, obtainTokens, registerClient, type TestClient } from '../support/oauth.js';

let here: Awaited<ReturnType<typeof createLogoutTest>>;
afterEach(() => here.close());

async function begin(count: number) {
  here = await createLogoutTest(count);
  const { app, receivers, clients } = here;
  const at = (index: number) => {
    const [receiver, client] = [receivers[index], clients[index]];
    if (!receiver || !client) throw new Error(`There is no receiver ${index}.`);
    return { receiver, client };
  };
  return { app, at };
}

/** Signs in through these clients in one browser and out again. @returns the sid, and how long the sign-out took */
async function signInAndOut(...clients: TestClient[]) {
  const { app } = here;
  const [first, ...others] = clients;
  if (!first) throw new Error('Signing in takes a client.');
  const { browser, idToken } = await obtainTokens(app, first);
  for (const client of others) await obtainTokens(app, client, {}, browser);
  const question = await browser.visit('/logout');
  app.statements.length = 0;
  const began = performance.now();
  const page = await browser.submit(question);
  expect(page.html).toContain('You are signed out');
  return { sid: claimsOf(idToken).sid, milliseconds: performance.now() - began };
}

describe('what is never called (known attack 48)', () => {
  test.each([
    ['a private address', 'https://169.254.169.254/latest/meta-data/', /private/],
    ['loopback at a port that is not allowed', 'https://127.0.0.1:1/logout', /private/],
    ['loopback by http', 'http://127.0.0.1:1/logout', /https/],
  ])('%s', async (_what, uri, reason) => {
    const { app } = await begin(1);
    const client = await registerClient(app);
    // Past the rules for metadata, as when the operator has allowed less since.
    await app.db.oAuthClient.update({ where: { id: client.id }, data: { backchannelLogoutUri: uri } });
    await signInAndOut(client);
    await app.deps.logoutCourier.deliverDue();
    expect(await waitingLogouts(app)).toMatchObject([{ attempts: 1 }]);
    expect(app.logLines.filter((line) => line.includes('not told')).join('')).toMatch(reason);
  });

  test.each([301, 302, 303, 307, 308])('where status %i leads', async (status) => {
    const { app, at } = await begin(2);
    at(0).receiver.state.status = status;
    at(0).receiver.state.headers = { location: at(1).receiver.uri };
    await signInAndOut(at(0).client);
    await app.deps.logoutCourier.deliverDue();
    expect(at(0).receiver.posts).toHaveLength(1);
    expect(at(1).receiver.posts).toEqual([]);
    expect(await waitingLogouts(app)).toMatchObject([{ attempts: 1 }]);
    expect(app.logLines.filter((line) => line.includes('not told')).join('')).toContain('redirect');
  });
});

describe('a courier that was started', () => {
  test('sends at once, without anybody asking for it', async () => {
    const { app, at } = await begin(1);
    app.deps.logoutCourier.start();
    const { sid } = await signInAndOut(at(0).client);
    await eventually(() => at(0).receiver.posts.length === 1);
    expect(claimsOf(at(0).receiver.tokens()[0]).sid).toBe(sid);
    await eventually(async () => (await waitingLogouts(app)).length === 0);
  });

  test('looks at its start for what was left by another process', async () => {
    const { app, at } = await begin(1);
    await signInAndOut(at(0).client);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(at(0).receiver.posts).toEqual([]);
    app.deps.logoutCourier.start();
    await eventually(() => at(0).receiver.posts.length === 1);
  });

  test('and looks again every few seconds, for what the operator’s commands have noted', async () => {
    const { app, at } = await begin(1);
    const { logoutCourier } = app.deps;
    logoutCourier.start();
    Object.assign(app.deps, { logoutCourier: { ...logoutCourier, wake: () => {} } });
    await signInAndOut(at(0).client);
    await eventually(() => at(0).receiver.posts.length === 1, 8_000);
  }, 15_000);

  test('lets neither the person nor another client wait for a client that does not answer', async () => {
    const { app, at } = await begin(2);
    app.deps.logoutCourier.start();
    at(0).receiver.state.status = null;
    const { milliseconds } = await signInAndOut(at(0).client, at(1).client);
    expect(milliseconds).toBeLessThan(4_000);
    await eventually(() => at(1).receiver.posts.length === 1);
    await eventually(() => at(0).receiver.posts.length === 1);
  });

  test('gives one client four places, however much waits for it, so that the others find one', async () => {
    const { app, at } = await begin(2);
    at(0).receiver.state.status = null;
    await signInAndOut(at(0).client);
    const [row] = await waitingLogouts(app);
    if (!row) throw new Error('One waits.');
    // More than all places there are, and all of it older than what comes.
    const more = Array.from({ length: 150 }, (_, index) => ({
      ...row,
      id: app.deps.newId('logoutDelivery'),
      sessionId: `session ${index}`,
    }));
    await app.db.logoutDelivery.createMany({ data: more });
    app.clock.advance(10);
    app.deps.logoutCourier.start();
    await eventually(() => at(0).receiver.posts.length >= 4);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(at(0).receiver.posts).toHaveLength(4);
    await signInAndOut(at(1).client);
    await eventually(() => at(1).receiver.posts.length === 1);
  });

  test('goes on as soon as a place is free', async () => {
    const { app, at } = await begin(1);
    for (let index = 0; index < 9; index += 1) await signInAndOut(at(0).client);
    app.deps.logoutCourier.start();
    await eventually(() => at(0).receiver.posts.length === 9);
  });

  test('sends what was never tried before what failed already', async () => {
    const { app, at } = await begin(1);
    at(0).receiver.state.status = 503;
    for (let index = 0; index < 3; index += 1) await signInAndOut(at(0).client);
    await app.deps.logoutCourier.deliverDue();
    at(0).receiver.posts.length = 0;
    at(0).receiver.state.status = 200;
    app.clock.advance(60);
    // Four at once are begun in order, and arrive in any.
    const fresh = [];
    for (let index = 0; index < 4; index += 1) fresh.push((await signInAndOut(at(0).client)).sid);
    await app.deps.logoutCourier.deliverDue();
    const sids = at(0)
      .receiver.tokens()
      .map((token) => claimsOf(token).sid);
    expect(sids).toHaveLength(7);
    expect(sids.slice(0, 4).sort()).toEqual(fresh.sort());
  });
});

describe('at stop', () => {
  test('what is under way is waited for, and nothing is begun', async () => {
    const { app, at } = await begin(2);
    const { receiver } = at(0);
    let arrived: () => void = () => {};
    const answered = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    receiver.state.hold = answered;
    app.deps.logoutCourier.start();
    await signInAndOut(at(0).client);
    await eventually(() => receiver.posts.length === 1);
    let stopped = false;
    const stopping = app.deps.logoutCourier.stop().then(() => {
      stopped = true;
    });
    await signInAndOut(at(1).client);
    expect(stopped).toBe(false);
    arrived();
    await stopping;
    // Time enough for what must not be begun.
    await new Promise((resolve) => setTimeout(resolve, 200));
    // It was taken, and that is written: the next start sends only the other one.
    const waiting = await waitingLogouts(app);
    expect(waiting.map(({ clientId }) => clientId)).toEqual([at(1).client.id]);
    expect(at(1).receiver.posts).toEqual([]);
    app.deps.logoutCourier.start();
    await eventually(() => at(1).receiver.posts.length === 1);
    expect(receiver.posts).toHaveLength(1);
  });
});

describe('a sign-out costs', () => {
  const statements = async (clients: TestClient[]) => {
    await signInAndOut(...clients);
    return here.app.statements.length;
  };

  test('one statement more where nobody is to be told, and as many for five clients as for one', async () => {
    const { app, at } = await begin(1);
    const silent = await registerClient(app);
    const more = await Promise.all(Array.from({ length: 4 }, () => registerReceiver(app, at(0).receiver)));
    const none = await statements([silent]);
    const one = await statements([at(0).client]);
    const five = await statements([at(0).client, ...more]);
    expect(await waitingLogouts(app)).toHaveLength(6);
    // Which consents the sign-ins are of, and the rows.
    expect([one - none, five - none]).toEqual([2, 2]);
    // Three to find who is signed in; ending the session, whether anybody is to be told, ending the sign-ins, the audit log, COMMIT.
    expect(none).toBe(8);
  });
});
