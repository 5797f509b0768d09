// One address, and many who want it at once, in several processes; and one member, to whom several things happen at once.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { InputError } from '../../src/lib/errors.js';
import { deleteMyself } from '../../src/members/deletion.js';
import { requestEmailChange } from '../../src/members/email-change.js';
import { useEmailLink } from '../../src/members/email-links.js';
import { transferOwnership } from '../../src/members/ownership.js';
import { actorOfMember, setPassword } from '../../src/members/service.js';
import { beginSession } from '../../src/sessions/service.js';
import type { TestApp } from '../support/app.js';
import { linkTo } from '../support/mail.js';
import { type Processes, startProcesses } from './processes.js';

let processes: Processes;
beforeAll(async () => {
  processes = await startProcesses();
});
afterAll(() => processes.close());

type Member = Awaited<ReturnType<TestApp['addMember']>>;
const origin = { ipAddress: null, userAgent: null };
const appOf = (index: number) => processes.apps[index % 2 === 0 ? 0 : 1];
const addMember = () => processes.apps[0].addMember('READER', `${randomUUID()}@example.com`);

/** A member who is signed in and has asked for an address. */
async function asking(newEmail: string) {
  const [app] = processes.apps;
  const member = await addMember();
  const actor = actorOfMember(member, origin);
  const session = await beginSession(app.deps, actor, member, ['pwd']);
  await requestEmailChange(app.deps, actor, member.id, newEmail);
  const token = new URL(await linkTo(app, newEmail)).searchParams.get('token') ?? '';
  return { member, token, visitor: { id: session?.id ?? '', memberId: member.id } };
}

const use = (index: number, { token, visitor }: Awaited<ReturnType<typeof asking>>) =>
  useEmailLink(appOf(index).deps, origin, token, visitor);

const rowOf = ({ id }: Member) => processes.apps[0].db.member.findUnique({ where: { id } });

test('of many members who confirm one address at once exactly one gets it, and the others are told', async () => {
  for (let round = 0; round < 3; round += 1) {
    const wanted = `wanted-${round}@example.com`;
    const people: Awaited<ReturnType<typeof asking>>[] = [];
    for (let index = 0; index < 6; index += 1) people.push(await asking(wanted));
    const results = await Promise.all(people.map((one, index) => use(index, one)));
    expect(results.map(({ is }) => is).sort()).toEqual(['changed', ...Array(5).fill('taken')]);
    const winner = people[results.findIndex(({ is }) => is === 'changed')];
    expect(await processes.apps[1].db.member.findMany({ where: { emailKey: wanted } })).toMatchObject([
      { id: winner?.member.id },
    ]);
    // Who lost kept their address, and their session.
    const loser = people[results.findIndex(({ is }) => is === 'taken')];
    expect((await rowOf(loser?.member as Member))?.email).toBe(loser?.member.email);
  }
});

test('of many uses of one link at once one changes the address, and all are told that it is done', async () => {
  const one = await asking('once@example.com');
  const results = await Promise.all(Array.from({ length: 8 }, (_, index) => use(index, one)));
  expect(results.filter(({ is }) => is === 'changed')).toHaveLength(1);
  expect(results.filter(({ is }) => is === 'done')).toHaveLength(7);
  const where = { action: 'MEMBER_EMAIL_CHANGED', targetId: one.member.id };
  expect(await processes.apps[0].db.auditLogEntry.count({ where })).toBe(1);
});

test('a new password that is set while the link is used comes before it or after it, never in between', async () => {
  const [first, second] = processes.apps;
  for (let round = 0; round < 6; round += 1) {
    const newEmail = `meanwhile-${round}@example.com`;
    const one = await asking(newEmail);
    const [used] = await Promise.all([
      use(0, one),
      setPassword(second.deps, operatorActor, one.member.email, 'quite another long password').catch(() => null),
    ]);
    const row = await rowOf(one.member);
    expect(row?.email).toBe(used.is === 'changed' ? newEmail : one.member.email);
    const left = await first.db.oneTimeLink.count({
      where: { memberId: one.member.id, usedAt: null, expiresAt: { gt: first.clock() } },
    });
    expect(left).toBe(0);
  }
});

test('whoever is given the account while they delete themselves owns it, or the old owner still does', async () => {
  const [first, second] = processes.apps;
  for (let round = 0; round < 6; round += 1) {
    const member = await addMember();
    const owner = await first.db.member.findUniqueOrThrow({ where: { ownerOf: first.owner.accountId } });
    const managerOf = (person: typeof owner | Member) => ({
      actor: actorOfMember(person, origin),
      memberId: person.id,
      role: person.role,
    });
    const calmly = (work: Promise<unknown>) =>
      work.catch((error: unknown) => {
        if (!(error instanceof InputError)) throw error;
      });
    const confirm = { confirmEmail: member.email, transferServiceTokensTo: null };
    await Promise.all([
      calmly(transferOwnership(first.deps, managerOf(owner), member.id)),
      calmly(deleteMyself(second.deps, managerOf(member), confirm)),
    ]);
    expect(await first.db.member.count({ where: { role: 'OWNER', accountId: first.owner.accountId } })).toBe(1);
  }
});
