// A consent that is taken back while its app gets tokens by it, or is allowed anew, in two processes: what was given in the same
// moment is dead with the rest, and what was taken back does not come again.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { revokeConsent } from '../../src/consents/connected-apps.js';
import { actorOfMember } from '../../src/members/service.js';
import { registerVersatile } from '../clients/grants.js';
import type { TestApp } from '../support/app.js';
import type { TestBrowser } from '../support/browser.js';
import {
  anyPkce,
  authorize,
  authorizeUrl,
  newBrowser,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  type TestClient,
  type TokenAnswer,
  userinfo,
} from '../support/oauth.js';
import { type Processes, startProcesses } from './processes.js';

let processes: Processes;
let app: TestApp;
let other: TestApp;
let client: TestClient;
let browser: TestBrowser;
beforeAll(async () => {
  processes = await startProcesses();
  [app, other] = processes.apps;
});
beforeEach(async () => {
  client = await registerVersatile(app);
  browser = newBrowser(app);
});
afterAll(() => processes.close());

const rounds = [0, 1, 2];
const scope = 'openid offline_access';

const consentOf = () => app.db.consent.findFirstOrThrow({ where: { clientId: client.id } });

/** Takes the consent back as its member, in one of the processes. */
async function takeBack(process: TestApp) {
  const { id } = await consentOf();
  const { owner } = process;
  const holder = { accountId: owner.accountId, memberId: owner.id, permissions: [] };
  await revokeConsent(process.deps, actorOfMember(owner, { ipAddress: null, userAgent: null }), holder, id);
}

const revocations = () => app.db.auditLogEntry.count({ where: { action: 'CONSENT_REVOKED', targetId: client.id } });

async function expectDead(answers: readonly TokenAnswer[]) {
  for (const { body } of answers.filter(({ status }) => status === 200)) {
    for (const process of processes.apps) expect((await userinfo(process, body.access_token ?? '')).status).toBe(401);
    expect((await refresh(app, client, body.refresh_token ?? '')).status).toBe(400);
  }
}

test.each(rounds)(
  'while its app redeems, refreshes and is authorized: nothing that it got works (round %i)',
  async () => {
    const attempts: (() => Promise<TokenAnswer>)[] = [];
    for (let index = 0; index < 4; index += 1) {
      const process = processes.apps[index % 2] as TestApp;
      const { refreshToken } = await obtainTokens(app, client, { scope }, browser);
      const code = await obtainCode(app, client, { scope }, browser);
      attempts.push(
        () => refresh(process, client, refreshToken),
        () => redeem(process, client, code),
      );
    }
    const silently = authorizeUrl(client, { ...anyPkce, scope, prompt: 'none' });
    const [before, , after, authorized] = await Promise.all([
      Promise.all(attempts.slice(0, 4).map((attempt) => attempt())),
      takeBack(other),
      Promise.all(attempts.slice(4).map((attempt) => attempt())),
      Promise.all(Array.from({ length: 4 }, () => browser.fetch(silently))),
    ]);
    const answers = [...before, ...after];
    for (const { status } of [...answers, ...authorized]) expect(status).toBeLessThan(500);
    await expectDead(answers);
    for (const response of authorized) {
      const code = URL.parse(response.headers.get('location') ?? '')?.searchParams.get('code');
      if (code) expect((await redeem(app, client, { code, verifier: 'x'.repeat(43) })).status).toBe(400);
    }
    expect(await revocations()).toBe(1);
    expect((await consentOf()).revokedAt).not.toBeNull();
  },
);

test('denied in several tabs at once, it is one denial in the audit log, and the app hears of one', async () => {
  for (const round of rounds) {
    const asked = await browser.visit(authorizeUrl(client, { ...anyPkce, scope, prompt: 'consent' }));
    const page = asked.url.pathname === '/login' ? await browser.signIn(app.owner, asked) : asked;
    const answers = await Promise.all(Array.from({ length: 6 }, () => browser.submit(page, { decision: 'deny' })));
    const denied = answers.filter(({ left }) => left);
    expect(denied.map(({ url }) => url.searchParams.get('error'))).toEqual(['access_denied']);
    for (const { left, status } of answers) if (!left) expect(status).toBe(403);
    const inLog = await app.db.auditLogEntry.count({ where: { action: 'CONSENT_DENIED', targetId: client.id } });
    expect(inLog).toBe(round + 1);
  }
});

test('by many at once it is taken back once', async () => {
  await obtainTokens(app, client, { scope }, browser);
  await Promise.all(Array.from({ length: 12 }, (_, index) => takeBack(processes.apps[index % 2] as TestApp)));
  expect(await revocations()).toBe(1);
});

test('an authorization that found the consent before it was taken back gives no code after it', async () => {
  await obtainTokens(app, client, { scope }, browser);
  const { hotPaths } = app.deps;
  const storeSignIn = async (...parameters: Parameters<typeof hotPaths.storeSignIn>) => {
    Object.assign(app.deps, { hotPaths });
    await takeBack(other);
    return hotPaths.storeSignIn(...parameters);
  };
  Object.assign(app.deps, { hotPaths: { ...hotPaths, storeSignIn } });
  const page = await browser.visit(authorizeUrl(client, { ...anyPkce, scope, prompt: 'none' }));
  expect([page.left, page.status]).toEqual([false, 403]);
  const { id } = await consentOf();
  expect(await app.db.tokenFamily.count({ where: { consentId: id, revokedAt: null } })).toBe(0);
});

test('a request that waits with the answer of before is asked anew, also when the app is allowed by another', async () => {
  await obtainTokens(app, client, { scope }, browser);
  const waiting = await browser.visit(authorizeUrl(client, { ...anyPkce, scope, prompt: 'consent' }));
  expect(waiting.url.pathname).toBe('/consent');
  const id = waiting.url.searchParams.get('request') ?? '';
  // As when the process dies between storing the answer and giving the code.
  await app.db.authorizationRequest.update({ where: { id }, data: { consentedById: app.owner.id } });
  await takeBack(other);
  expect(await app.db.authorizationRequest.findUniqueOrThrow({ where: { id } })).toMatchObject({ consentedById: null });
  expect((await browser.visit(waiting.url.href)).url.pathname).toBe('/consent');
  await authorize(browser, authorizeUrl(client, { ...anyPkce, scope }), app.owner);
  expect((await consentOf()).revokedAt).toBeNull();
  expect((await browser.visit(waiting.url.href)).url.pathname).toBe('/consent');
});

test('what is allowed anew while the old consent is taken back is what was allowed anew, and no more', async () => {
  const { refreshToken } = await obtainTokens(app, client, { scope: `${scope} admin` }, browser);
  const page = await browser.visit(authorizeUrl(client, { ...anyPkce, scope: 'openid', prompt: 'consent' }));
  const { id } = await consentOf();
  const revokedAt = app.clock();
  let allowed: Promise<unknown> | undefined;
  await other.db.$transaction(async (tx) => {
    await tx.consent.update({ where: { id }, data: { revokedAt } });
    allowed = browser.submit(page, { decision: 'allow' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await tx.tokenFamily.updateMany({ where: { consentId: id }, data: { revokedAt } });
  });
  await allowed;
  expect(await consentOf()).toMatchObject({ id, scopes: 'openid', revokedAt: null });
  expect((await refresh(app, client, refreshToken)).status).toBe(400);
});
