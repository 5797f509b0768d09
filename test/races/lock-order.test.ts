// Transactions that lock the same rows, made slow so that they meet in the middle: the one waits for the other, and never both. On
// PostgreSQL that would be a deadlock, which costs a second and gives one of them up.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rotateApiToken } from '../../src/api-tokens/service.js';
import { deleteOAuthClient, revokeOAuthClientTokens } from '../../src/clients/standing.js';
import { revokeConsent } from '../../src/consents/connected-apps.js';
import { giveConsent } from '../../src/consents/service.js';
import { inTransaction, isOrphan, type Tx } from '../../src/db/client.js';
import { InputError } from '../../src/lib/errors.js';
import { acceptInvitation, inviteMember } from '../../src/members/invitations.js';
import { endLinksOfEverybody } from '../../src/members/one-time-links.js';
import { changePassword } from '../../src/members/password-change.js';
import { requestReset, resetPassword } from '../../src/members/password-reset.js';
import { actorOfMember } from '../../src/members/service.js';
import { removeMember, suspendMember } from '../../src/members/standing.js';
import { machine, send } from '../clients/mutate.js';
import { memberPassword, type TestApp } from '../support/app.js';
import { testProvider } from '../support/database.js';
import { apiTokenOf, signedIn } from '../support/graphql.js';
import { linkTo } from '../support/mail.js';
import {
  anyPkce,
  authorizeUrl,
  obtainTokens,
  registerClient,
  signedInBrowser,
  type TestClient,
} from '../support/oauth.js';
import { type Processes, startProcesses } from './processes.js';
import { type WatchedTransactions, watchTransactions } from './transactions.js';

let processes: Processes;
let here: TestApp;
let there: TestApp;
let owner: { actor: ReturnType<typeof actorOfMember>; memberId: string; role: 'OWNER' };
beforeAll(async () => {
  processes = await startProcesses();
  [here, there] = processes.apps;
  owner = { actor: actorOfMember(here.owner, origin), memberId: here.owner.id, role: 'OWNER' };
});
afterAll(() => processes.close());

const origin = { ipAddress: null, userAgent: null };
// On SQLite one waits for the whole of the other, whenever it comes.
const rounds = testProvider === 'sqlite' ? [0] : [0, 1, 2, 3];
/** What a refusal says; anything else is thrown on. */
function refusal(error: unknown) {
  if (error instanceof InputError) return error.issues;
  throw error;
}
const slowly = () => pause(12);

let count = 0;
let member: Awaited<ReturnType<TestApp['addMember']>>;
let watched: WatchedTransactions[] = [];
beforeEach(async () => {
  count += 1;
  member = await here.addMember('ADMIN', `member-${count}@example.com`);
});
afterEach(() => {
  for (const each of watched) each.restore();
  watched = [];
});

/** Does all at once, the later ones a little later each round, in transactions that take their time. */
async function meeting<T>(round: number, works: readonly (() => Promise<T>)[]): Promise<T[]> {
  watched = processes.apps.map((app) => watchTransactions(app, slowly));
  const results = await Promise.all(
    works.map(async (work, index) => {
      await pause(index * round * 10);
      return work();
    }),
  );
  expect(watched.map(({ conflicts }) => conflicts)).toEqual([0, 0]);
  return results;
}

test.each(rounds)('a new password beside what its member is just storing (round %i)', async (round) => {
  const target = await registerClient(here, machine);
  const ask = await signedIn(here, member);
  const session = await there.db.session.findFirstOrThrow({
    where: { memberId: member.id, endedAt: null },
    include: { member: true },
  });
  const newPassword = { currentPassword: memberPassword, newPassword: 'quite another long password' };
  const answers: string[] = [];
  const store = (mutation: string, input: object) => async () => {
    const { data, errors } = await send(ask, mutation, { ...input });
    answers.push(...(errors ?? []).map(({ extensions }) => String(extensions.code)));
    if (!errors) expect(data[mutation].userErrors).toEqual([]);
    return null;
  };
  const [, , , changed] = await meeting(round, [
    store('createOAuthClient', { name: 'One more', redirectUris: ['https://app.example.com/callback'] }),
    store('updateOAuthClient', { id: target.id, description: 'Changed' }),
    store('rotateOAuthClientSecret', { id: target.id, previousSecretsExpireInSeconds: 600 }),
    () => changePassword(there.deps, origin, session, newPassword),
  ]);
  expect(changed).toMatchObject({ id: member.id });
  // Whoever came too late is told so, and nobody that something failed.
  expect(answers.filter((code) => code !== 'UNAUTHENTICATED')).toEqual([]);
});

test.each(rounds)('an invitation that is accepted while it is taken back (round %i)', async (round) => {
  const email = `invited-${count}@example.com`;
  const { member: invited } = await inviteMember(here.deps, owner, { email, role: 'READER' });
  const token = new URL(await linkTo(here, email)).searchParams.get('token') ?? '';
  const [accepted] = await meeting<unknown>(round, [
    () => acceptInvitation(here.deps, origin, token, { name: 'Grace', password: memberPassword }),
    () => removeMember(there.deps, owner, invited.id),
  ]);
  if (accepted !== null) expect(accepted).toMatchObject({ id: invited.id, status: 'ACTIVE' });
  expect(await here.db.member.count({ where: { id: invited.id } })).toBe(0);
});

test.each(rounds)(
  'a forgotten password that is set anew while its member is suspended, and asks again (round %i)',
  async (round) => {
    await requestReset(here.deps, origin, member.email);
    const token = new URL(await linkTo(here, member.email)).searchParams.get('token') ?? '';
    await meeting<unknown>(round, [
      () => resetPassword(here.deps, origin, token, 'quite another long password'),
      () => suspendMember(there.deps, owner, member.id),
      () => requestReset(there.deps, origin, member.email),
    ]);
    const works = { memberId: member.id, usedAt: null, expiresAt: { gt: here.clock() } };
    expect(await here.db.oneTimeLink.count({ where: works })).toBe(0);
  },
);

test.each([
  ['with it', false],
  ['but for it', true],
])('a service token that is rotated when its owner is removed %s', async (_with, passesOn) => {
  const { id } = await apiTokenOf(here, 'ADMIN', member, { isService: true });
  const heir = await here.addMember('ADMIN', `heir-${count}@example.com`);
  const manager = { ...owner, accountId: member.accountId };
  let rotated: Promise<unknown> | undefined;
  watched = [
    watchTransactions(here, slowly),
    watchTransactions(there, async (statement) => {
      // All that is left to do is to delete the member, and by that the tokens that did not pass on.
      if (statement !== 'member.delete' || rotated !== undefined) return;
      rotated = rotateApiToken(here.deps, manager, id, { previousTokenExpiresInSeconds: 600 }).catch(refusal);
      await pause(50);
    }),
  ];
  await removeMember(there.deps, owner, member.id, passesOn ? heir.id : null);
  expect(await rotated).toMatchObject([{ code: 'CONFLICT', path: ['id'] }]);
  expect(watched.map(({ conflicts }) => conflicts)).toEqual([0, 0]);
  const tokens = await here.db.apiToken.findMany({ where: { OR: [{ id }, { ownerId: heir.id }] } });
  expect(tokens.map((token) => [token.id, token.replacedById])).toEqual(passesOn ? [[id, null]] : []);
});

test('the links of everybody end although somebody has two of them in another order', async () => {
  const second = await here.addMember('READER', `second-${count}@example.com`);
  for (const { email } of [member, second]) await requestReset(here.deps, origin, email);
  const touch = (tx: Tx, { id: memberId }: { readonly id: string }) =>
    tx.oneTimeLink.updateMany({ where: { memberId }, data: { memberId } });
  let ending: Promise<number> | undefined;
  await there.db.$transaction(async (tx) => {
    await touch(tx, second);
    ending = endLinksOfEverybody(here.deps);
    // Long enough to have come to the second. The one of the two that waits longer is given up.
    await pause(300);
    await touch(tx, member);
  });
  expect(await ending).toBeGreaterThan(1);
  expect(await here.db.oneTimeLink.count({ where: { usedAt: null, expiresAt: { gt: here.clock() } } })).toBe(0);
});

describe('a consent', () => {
  let client: TestClient;
  let consent: { readonly id: string };
  beforeEach(async () => {
    client = await registerClient(here);
    const browser = await signedInBrowser(here, member);
    await obtainTokens(here, client, {}, browser);
    await browser.visit(authorizeUrl(client, { ...anyPkce, prompt: 'consent' }));
    consent = await here.db.consent.findFirstOrThrow({ where: { clientId: client.id } });
  });

  const takeBack = () => {
    const holder = { accountId: member.accountId, memberId: member.id, permissions: [] };
    return revokeConsent(here.deps, actorOfMember(member, origin), holder, consent.id).catch(refusal);
  };
  const allowAnew = () =>
    inTransaction(here.db, async (tx) => {
      const actor = actorOfMember(member, origin);
      await giveConsent(tx, here.deps, actor, {
        memberId: member.id,
        client: { ...client, name: '' },
        scopes: ['openid'],
      });
      await tx.authorizationRequest.updateMany({ where: { clientId: client.id }, data: { consentedById: member.id } });
    }).catch((error: unknown) => {
      if (!isOrphan(error)) throw error;
    });
  const strip = () => revokeOAuthClientTokens(there.deps, owner.actor, { id: client.id });
  const remove = () => deleteOAuthClient(there.deps, owner.actor, { id: client.id });

  const meetings = [
    ['taken back while its client is stripped of its tokens', takeBack, strip],
    ['taken back while its client is deleted', takeBack, remove],
    ['given anew while its client is deleted', allowAnew, remove],
  ] as const;
  test.each(meetings.flatMap(([name, one, other]) => rounds.map((round) => [name, round, one, other] as const)))(
    'that is %s (round %i)',
    async (_name, round, one, other) => {
      await meeting<unknown>(round, [() => other(), () => one()]);
      expect(await here.db.tokenFamily.count({ where: { revokedAt: null, consent: { clientId: client.id } } })).toBe(0);
    },
  );
});
