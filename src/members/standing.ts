// What an admin decides about a member: their role, whether they can sign in, and that they leave.
import { recordAudit } from '../audit/service.js';
import { inTransaction } from '../db/client.js';
import type { Deps } from '../deps.js';
import { type InputError, inputError } from '../lib/errors.js';
import { type Role, tokenRoles } from '../lib/roles.js';
import { type MailDeps, queueMail } from '../mail/deliveries.js';
import { endEverythingOfMember, endingSessions } from '../sessions/service.js';
import { removedMail, restoredMail, suspendedMail } from './mails.js';
import {
  findMemberOf,
  type MemberManager,
  requireNotOwner,
  requireRoleToGive,
  requireSomebodyElse,
} from './managed.js';
import { endAllLinks } from './one-time-links.js';
import { changesOf, endMembership, type RemovedMember } from './removal.js';

type StandingDeps = Pick<Deps, 'db' | 'logoutCourier'> & MailDeps;

/** Of two changes at once the second meets the first's result. */
function meanwhile(): InputError {
  return inputError('CONFLICT', 'The member was changed meanwhile. Look again.', 'memberId');
}

/**
 * Gives a member another role, which counts from their next request on, whatever token they hold.
 * @returns the member as they are now
 * @throws InputError NOT_FOUND, LAST_OWNER, NOT_ALLOWED
 */
export async function updateMemberRole(deps: StandingDeps, manager: MemberManager, memberId: string, role: Role) {
  return inTransaction(deps.db, async (tx) => {
    const member = await findMemberOf(tx, manager, memberId);
    requireNotOwner(member);
    requireRoleToGive(role, manager);
    if (member.role === role) return member;
    const { count } = await tx.member.updateMany({
      where: { id: member.id, role: member.role, ownerOf: null },
      data: { role, updatedAt: deps.clock() },
    });
    if (count === 0) throw meanwhile();
    await recordAudit(tx, deps, manager.actor, {
      action: 'MEMBER_ROLE_CHANGED',
      targetId: member.id,
      targetLabel: member.email,
      changes: [{ field: 'role', before: member.role, after: role }],
    });
    return { ...member, role };
  });
}

/**
 * Suspends a member: their sessions, codes and the tokens that apps hold for them end at once, and their API tokens rest.
 * Somebody who is suspended already stays so.
 * @returns the member as they are now
 * @throws InputError NOT_FOUND, LAST_OWNER, NOT_ALLOWED
 */
export async function suspendMember(deps: StandingDeps, manager: MemberManager, memberId: string) {
  await endingSessions(deps, async (tx) => {
    const member = await findMemberOf(tx, manager, memberId);
    requireNotOwner(member);
    requireSomebodyElse(member, manager);
    if (member.status === 'SUSPENDED') return;
    if (member.status === 'INVITED') {
      const message = 'This member has not accepted the invitation yet. removeMember takes it back.';
      throw inputError('NOT_ALLOWED', message, 'memberId');
    }
    const now = deps.clock();
    const { count } = await tx.member.updateMany({
      where: { id: member.id, status: 'ACTIVE', ownerOf: null },
      data: { status: 'SUSPENDED', updatedAt: now },
    });
    if (count === 0) throw meanwhile();
    await endEverythingOfMember(tx, deps, member.id, now);
    await endAllLinks(tx, member.id, now);
    // What they allowed of a request that still waits was allowed before this.
    await tx.authorizationRequest.updateMany({ where: { consentedById: member.id }, data: { consentedById: null } });
    await recordAudit(tx, deps, manager.actor, {
      action: 'MEMBER_SUSPENDED',
      targetId: member.id,
      targetLabel: member.email,
    });
    await queueMail(tx, deps, suspendedMail(member));
  });
  return findMemberOf(deps.db, manager, memberId);
}

/**
 * Lets a suspended member sign in again. What they allowed apps counts again, and their API tokens work again; sessions and
 * the tokens of apps stay ended. Somebody who is active already stays so.
 * @returns the member as they are now
 * @throws InputError NOT_FOUND, NOT_ALLOWED
 */
export async function restoreMember(deps: StandingDeps, manager: MemberManager, memberId: string) {
  return inTransaction(deps.db, async (tx) => {
    const member = await findMemberOf(tx, manager, memberId);
    if (member.status === 'INVITED') {
      const message = 'This member has not accepted the invitation yet. resendInvitation sends it again.';
      throw inputError('NOT_ALLOWED', message, 'memberId');
    }
    const { count } = await tx.member.updateMany({
      where: { id: member.id, status: 'SUSPENDED' },
      data: { status: 'ACTIVE', updatedAt: deps.clock() },
    });
    if (count === 1) {
      await recordAudit(tx, deps, manager.actor, {
        action: 'MEMBER_RESTORED',
        targetId: member.id,
        targetLabel: member.email,
      });
      await queueMail(tx, deps, restoredMail(member));
    }
    return findMemberOf(tx, manager, memberId);
  });
}

/**
 * Removes a member for good: everything of theirs ends at once. An invitation is taken back in this way too.
 * @param transferServiceTokensTo who gets their service tokens, which are revoked when nobody does; each then does at most what
 *   its new owner may
 * @throws InputError NOT_FOUND, LAST_OWNER, NOT_ALLOWED, INVALID for an heir who cannot be one
 */
export async function removeMember(
  deps: StandingDeps,
  manager: MemberManager,
  memberId: string,
  transferServiceTokensTo: string | null = null,
): Promise<RemovedMember> {
  let removed: RemovedMember | null = null;
  await endingSessions(deps, async (tx) => {
    const member = await findMemberOf(tx, manager, memberId);
    requireNotOwner(member);
    requireSomebodyElse(member, manager);
    const now = deps.clock();
    removed = await endMembership(tx, deps, manager, member.id, transferServiceTokensTo, () => tokenRoles, now);
    if (removed === null) throw meanwhile();
    await recordAudit(tx, deps, manager.actor, {
      action: 'MEMBER_REMOVED',
      targetId: member.id,
      targetLabel: member.email,
      changes: changesOf(removed),
    });
    if (member.status !== 'INVITED') await queueMail(tx, deps, removedMail(member));
  });
  if (!removed) throw new Error('The transaction ended without a result.');
  return removed;
}
