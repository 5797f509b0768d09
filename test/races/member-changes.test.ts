// One member, of whom two things are changed at once, in two processes: neither is lost, and what they are found by fits both.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { InputError } from '../../src/lib/errors.js';
import { readMemberClaims, setMemberClaims } from '../../src/members/claims.js';
import { setEmail } from '../../src/members/email.js';
import { setMemberName } from '../../src/members/profile.js';
import { actorOfMember, searchTextsOf, setPassword } from '../../src/members/service.js';
import { removeMember } from '../../src/members/standing.js';
import type { TestApp } from '../support/app.js';
import { type Processes, startProcesses } from './processes.js';
import { type WatchedTransactions, watchTransactions } from './transactions.js';

let processes: Processes;
let here: TestApp;
let there: TestApp;
beforeAll(async () => {
  processes = await startProcesses();
  [here, there] = processes.apps;
});
afterAll(() => processes.close());

let count = 0;
let member: Awaited<ReturnType<TestApp['addMember']>>;
let watched: WatchedTransactions | undefined;
beforeEach(async () => {
  count += 1;
  member = await here.addMember('ADMIN', `before-${count}@example.com`);
});
afterEach(() => watched?.restore());

const origin = { ipAddress: null, userAgent: null };
const row = () => here.db.member.findUnique({ where: { id: member.id } });

/** Does one thing here, and another there when the row was read for the first and is about to be written. */
async function amidst(work: () => Promise<unknown>, other: () => Promise<unknown>): Promise<void> {
  let begun: Promise<unknown> | undefined;
  watched = watchTransactions(here, (statement) => {
    if (statement !== 'member.update' || begun !== undefined) return undefined;
    begun = other();
    return Promise.race([begun, pause(300)]);
  });
  await work();
  expect(begun).toBeDefined();
  await begun;
}

const rename = (app: TestApp) => setMemberName(app.deps, actorOfMember(member, origin), member.id, 'Grace Hopper');
const move = (app: TestApp) => setEmail(app.deps, operatorActor, member.id, `after-${count}@example.com`, true);

test.each([
  ['name is changed amidst an address', move, rename],
  ['address is changed amidst a name', rename, move],
])('a member whose %s is found by both', async (_name, work, other) => {
  await amidst(
    () => work(here),
    () => other(there),
  );
  const now = { email: `after-${count}@example.com`, name: 'Grace Hopper' };
  expect(await row()).toMatchObject({ ...now, ...searchTextsOf(now) });
});

test('claims that are set at once are all there', async () => {
  const set = (app: TestApp, changes: object) => setMemberClaims(app.deps, operatorActor, member.email, { ...changes });
  await amidst(
    () => set(here, { nickname: 'Amazing Grace' }),
    () => set(there, { given_name: 'Grace' }),
  );
  expect(readMemberClaims((await row())?.claims ?? null)).toEqual({ nickname: 'Amazing Grace', given_name: 'Grace' });
});

const changes: Record<string, () => Promise<unknown>> = {
  'a name': () => rename(here),
  'an address': () => move(here),
  claims: () => setMemberClaims(here.deps, operatorActor, member.email, { nickname: 'Amazing Grace' }),
  'a password': () => setPassword(here.deps, operatorActor, member.email, 'quite another long password'),
};
test.each(Object.entries(changes))('%s of a member who is removed meanwhile is told so', async (_name, change) => {
  const owner = { actor: actorOfMember(here.owner, origin), memberId: here.owner.id, role: 'OWNER' } as const;
  let changing: Promise<unknown> | undefined;
  watched = watchTransactions(there, async (statement) => {
    if (statement !== 'member.delete') return;
    changing = change().catch((error: unknown) => error);
    await pause(100);
  });
  await removeMember(there.deps, owner, member.id);
  const error = await changing;
  expect(error).toBeInstanceOf(InputError);
  expect((error as InputError).issues).toMatchObject([{ code: 'NOT_FOUND' }]);
  expect(await row()).toBeNull();
});
