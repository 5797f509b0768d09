// A member who deletes themselves while an admin changes what they may: what they pass on is judged by what they may at last.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteMyself } from '../../src/members/deletion.js';
import { actorOfMember } from '../../src/members/service.js';
import { apiTokenOf } from '../support/graphql.js';
import { type Processes, startProcesses } from './processes.js';

let processes: Processes;
beforeAll(async () => {
  processes = await startProcesses();
});
afterAll(() => processes.close());

test.each([
  ['demoted', { role: 'READER' }],
  ['suspended', { status: 'SUSPENDED' }],
] as const)(
  'a service token that is more than its owner may does not pass on while they are %s',
  async (what, data) => {
    const [first, second] = processes.apps;
    const leaver = await first.addMember('ADMIN', `${what}@example.com`);
    const heir = await first.addMember('ADMIN', `heir-of-${what}@example.com`);
    const { id } = await apiTokenOf(first, 'ADMIN', leaver, { isService: true });
    const manager = {
      actor: actorOfMember(leaver, { ipAddress: null, userAgent: null }),
      memberId: leaver.id,
      role: leaver.role,
    };
    const input = { confirmEmail: leaver.email, transferServiceTokensTo: heir.id };
    let deletion: ReturnType<typeof deleteMyself> | undefined;
    await second.db.$transaction(async (tx) => {
      await tx.member.update({ where: { id: leaver.id }, data });
      deletion = deleteMyself(first.deps, manager, input);
      // Long enough to have read what is committed, and to wait for what is not.
      await pause(300);
    });
    expect(await deletion).toMatchObject({ transferredApiTokenCount: 0, revokedApiTokenCount: 1 });
    expect(await first.db.apiToken.findUnique({ where: { id } })).toBeNull();
  },
);
