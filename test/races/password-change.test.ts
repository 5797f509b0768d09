// A new password ends everything, whatever is under way when it is set.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { authenticateMember, setPassword } from '../../src/members/service.js';
import { beginSession, endSession } from '../../src/sessions/service.js';
import { createTestApp, ownerPassword, type TestApp } from '../support/app.js';
import { authorizeUrl, createPkce, newBrowser, obtainCode, registerClient } from '../support/oauth.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

const origin = { ipAddress: '192.0.2.1', userAgent: null };
const living = () => app.db.session.count({ where: { memberId: app.owner.id, endedAt: null } });

test('a sign-in with the old password that was proved before the new one was set begins no session', async () => {
  const proven = await authenticateMember(app.deps, origin, app.owner.email, ownerPassword);
  await setPassword(app.deps, operatorActor, app.owner.email, 'another long password');
  expect(proven).not.toBeNull();
  expect(proven && (await beginSession(app.deps, operatorActor, proven, ['pwd']))).toBeNull();
  expect(await living()).toBe(0);
  await setPassword(app.deps, operatorActor, app.owner.email, ownerPassword);
});

test('sign-ins with the old password that run while a new one is set leave no session behind', async () => {
  for (let round = 0; round < 3; round += 1) {
    const next = `a new long password ${round}`;
    const current = round === 0 ? ownerPassword : `a new long password ${round - 1}`;
    const attempts = Array.from({ length: 6 }, () =>
      newBrowser(app)
        .signIn({ email: app.owner.email, password: current })
        .catch(() => null),
    );
    await Promise.all([...attempts, setPassword(app.deps, operatorActor, app.owner.email, next)]);
    const before = await app.db.session.findMany({ where: { memberId: app.owner.id, endedAt: null } });
    // Those that got through began before the password was set, and were ended by it.
    expect(before).toEqual([]);
  }
  await setPassword(app.deps, operatorActor, app.owner.email, ownerPassword);
});

test('an authorization that began before sign-out gives no code after it', async () => {
  const client = await registerClient(app);
  const { browser } = await obtainCode(app, client);
  const session = await app.db.session.findFirstOrThrow({ where: { memberId: app.owner.id, endedAt: null } });
  const { challenge } = createPkce();
  const url = authorizeUrl(client, { code_challenge: challenge, code_challenge_method: 'S256', prompt: 'none' });
  // The session is found alive, and ends before the family is written.
  const { storeSignIn } = app.deps.hotPaths;
  let ended = false;
  Object.assign(app.deps.hotPaths, {
    storeSignIn: async (...signIn: Parameters<typeof storeSignIn>) => {
      Object.assign(app.deps.hotPaths, { storeSignIn });
      ended = await endSession(app.deps, operatorActor, session.id).then(() => true);
      return storeSignIn(...signIn);
    },
  });
  const page = await browser.visit(url);
  expect(ended).toBe(true);
  expect(page.left).toBe(false);
  expect(page.status).toBe(403);
  expect(await app.db.tokenFamily.count({ where: { sessionId: session.id, revokedAt: null } })).toBe(0);
});
