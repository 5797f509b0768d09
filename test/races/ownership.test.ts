// One owner at any moment, whoever hands the account on, suspends or removes whom at the same time, in several processes.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InputError } from '../../src/lib/errors.js';
import type { MemberManager } from '../../src/members/managed.js';
import { transferOwnership } from '../../src/members/ownership.js';
import { actorOfMember } from '../../src/members/service.js';
import { removeMember, suspendMember, updateMemberRole } from '../../src/members/standing.js';
import { type Processes, startProcesses } from './processes.js';

let processes: Processes;
beforeAll(async () => {
  processes = await startProcesses();
});
afterAll(() => processes.close());

async function managerOf(id: string): Promise<MemberManager> {
  const member = await processes.apps[0].db.member.findUniqueOrThrow({ where: { id } });
  const actor = actorOfMember(member, { ipAddress: null, userAgent: null });
  return { actor, memberId: member.id, role: member.role };
}

/** Nothing but a clear refusal may come of a race. */
async function refusedAtWorst(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return false;
  }
}

const ownersNow = () =>
  processes.apps[1].db.member.findMany({ where: { accountId: processes.apps[0].owner.accountId, role: 'OWNER' } });

test('of many transfers at once exactly one happens', async () => {
  const [first] = processes.apps;
  let ownerId = first.owner.id;
  for (let round = 0; round < 4; round += 1) {
    const heirs = await Promise.all(
      Array.from({ length: 6 }, (_, index) => first.addMember('ADMIN', `heir-${round}-${index}@example.com`)),
    );
    const manager = await managerOf(ownerId);
    const results = await Promise.all(
      heirs.map((heir, index) =>
        refusedAtWorst(transferOwnership(processes.apps[index % 2 === 0 ? 0 : 1].deps, manager, heir.id)),
      ),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
    const owners = await ownersNow();
    expect(owners.map(({ id }) => id)).toEqual([heirs[results.indexOf(true)]?.id]);
    ownerId = owners[0]?.id ?? '';
  }
});

test('whoever becomes the owner while they are suspended, removed or demoted is the owner, or the old one still is', async () => {
  const [first, second] = processes.apps;
  const changes = [
    (manager: MemberManager, id: string) => suspendMember(second.deps, manager, id),
    (manager: MemberManager, id: string) => removeMember(second.deps, manager, id),
    (manager: MemberManager, id: string) => updateMemberRole(second.deps, manager, id, 'READER'),
  ];
  for (let round = 0; round < 9; round += 1) {
    const [owner] = await ownersNow();
    const heir = await first.addMember('ADMIN', `meanwhile-${round}@example.com`);
    const admin = await first.addMember('ADMIN', `admin-${round}@example.com`);
    await Promise.all([
      refusedAtWorst(transferOwnership(first.deps, await managerOf(owner?.id ?? ''), heir.id)),
      refusedAtWorst(changes[round % 3]?.(await managerOf(admin.id), heir.id) ?? Promise.resolve()),
    ]);
    const owners = await ownersNow();
    expect(owners).toHaveLength(1);
    expect(owners[0]).toMatchObject({ status: 'ACTIVE', ownerOf: first.owner.accountId });
  }
});
