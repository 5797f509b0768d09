// Transactions that the database gives up, as it does with one of two that wait for each other: whatever they do is done all the same,
// once, and nobody is told to try again.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { renameAccount } from '../../src/accounts/rename.js';
import { allowRedirects } from '../../src/accounts/service.js';
import { operatorActor } from '../../src/audit/service.js';
import { setOAuthClientVerified } from '../../src/clients/standing.js';
import { setMemberClaims } from '../../src/members/claims.js';
import { setOwner } from '../../src/members/ownership.js';
import { requestReset } from '../../src/members/password-reset.js';
import { setMemberName } from '../../src/members/profile.js';
import { actorOfMember, setPassword } from '../../src/members/service.js';
import { operationOf, outcomeOf, rootFields } from '../api/authorization-table.js';
import { type CallerName, callerNames, callersOf, groupOf } from '../api/callers.js';
import { targetsOf } from '../api/targets.js';
import { createTestApp, memberPassword, type TestApp } from '../support/app.js';
import { formatBasicCredentials } from '../support/basic-credentials.js';
import { anyPkce, authorizeUrl, newBrowser, obtainTokens, registerClient, signedInBrowser } from '../support/oauth.js';
import { givingUpOnce } from './transactions.js';

let app: TestApp;
let world: Awaited<ReturnType<typeof callersOf>>;
let makeTarget: Awaited<ReturnType<typeof targetsOf>>;
let giving: { restore(): void } | undefined;
beforeAll(async () => {
  app = await createTestApp();
  world = await callersOf(app);
  makeTarget = await targetsOf(app);
});
afterAll(() => app.close());
afterEach(() => giving?.restore());

const entries = () => app.db.auditLogEntry.count();

const mutations = Object.entries(rootFields).filter(([name]) => name.startsWith('Mutation.'));
test.each(mutations)('%s', async (name, root) => {
  const isAllowed = (caller: CallerName) => (root.except?.[caller] ?? root.expected[groupOf[caller]]) === 'OK';
  // Not the owner, whom later rows need as they are.
  const caller = callerNames.find((one) => isAllowed(one) && one !== 'session of the OWNER') ?? 'session of the OWNER';
  const id = root.target && (await makeTarget[root.target]()).id;
  const before = await entries();
  giving = givingUpOnce(app);
  const answer = await world.callers[caller].ask(operationOf(name, root, root.select), id === undefined ? {} : { id });
  expect(answer.errors).toBeUndefined();
  const outcome = root.except?.[caller] ?? root.expected[groupOf[caller]];
  expect(outcomeOf(answer, name, id)).toBe(outcome);
  if (outcome === 'OK') expect(await entries()).toBeGreaterThan(before);
});

test('no service begins a transaction that is not done again', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
  const beginning = files.filter((name) => readFileSync(join('src', name), 'utf8').includes('.$transaction('));
  expect(beginning.filter((name) => !name.startsWith(join('db', '')))).toEqual([]);
});

describe('on pages', () => {
  test('a sign-in', async () => {
    giving = givingUpOnce(app);
    const page = await newBrowser(app).signIn(app.owner);
    expect([page.status, page.url.pathname]).toEqual([200, '/']);
  });

  test.each(['allow', 'deny'])('a consent: %s', async (decision) => {
    const client = await registerClient(app);
    const browser = await signedInBrowser(app);
    const page = await browser.visit(authorizeUrl(client, anyPkce));
    giving = givingUpOnce(app);
    const answer = await browser.submit(page, { decision });
    expect(answer.left).toBe(true);
    expect(answer.url.searchParams.get(decision === 'allow' ? 'code' : 'error')).not.toBeNull();
  });

  test('a sign-in that is given back', async () => {
    const client = await registerClient(app);
    const { refreshToken } = await obtainTokens(app, client);
    giving = givingUpOnce(app);
    const headers = {
      authorization: formatBasicCredentials(client.clientId, client.secret),
      'content-type': 'application/x-www-form-urlencoded',
    };
    const body = new URLSearchParams({ token: refreshToken }).toString();
    expect((await app.request('/oauth/revoke', { method: 'POST', headers, body })).status).toBe(200);
    expect(await app.db.tokenFamily.count({ where: { revokedAt: null, consent: { clientId: client.id } } })).toBe(0);
  });
});

describe('by services', () => {
  let member: Awaited<ReturnType<TestApp['addMember']>>;
  beforeEach(async () => {
    member = await app.addMember('ADMIN', `given-up-${await entries()}@example.com`);
  });
  const works: Record<string, () => Promise<unknown>> = {
    renameAccount: () => renameAccount(app.deps, actorOfMember(member, origin), member.accountId, 'Another name'),
    allowRedirects: () => allowRedirects(app.deps, operatorActor, member.accountId, ['com.example.app']),
    async setOAuthClientVerified() {
      const { clientId } = await app.db.oAuthClient.findFirstOrThrow({ where: { verifiedAt: null } });
      await setOAuthClientVerified(app.deps, operatorActor, clientId, true);
    },
    setMemberClaims: () => setMemberClaims(app.deps, operatorActor, member.email, { nickname: 'Grace' }),
    setMemberName: () => setMemberName(app.deps, actorOfMember(member, origin), member.id, 'Grace'),
    setOwner: () => setOwner(app.deps, operatorActor, member.id),
    setPassword: () => setPassword(app.deps, operatorActor, member.email, memberPassword),
  };
  test.each(Object.entries(works))('%s', async (_name, work) => {
    const before = await entries();
    giving = givingUpOnce(app);
    await work();
    expect(await entries()).toBeGreaterThan(before);
  });
  test('requestReset', async () => {
    giving = givingUpOnce(app);
    await requestReset(app.deps, origin, member.email);
    expect(await app.db.oneTimeLink.count({ where: { memberId: member.id } })).toBe(1);
  });
});

const origin = { ipAddress: null, userAgent: null };
