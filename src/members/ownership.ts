// Who owns an account: exactly one member at any moment, which the unique column `ownerOf` holds to, whoever races whom.
import { type Actor, recordAudit } from '../audit/service.js';
import { inTransaction, type Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { inputError } from '../lib/errors.js';
import { type MailDeps, type MailedMember, queueMail } from '../mail/deliveries.js';
import { ownershipGivenMail, ownershipReceivedMail } from './mails.js';
import { findMemberOf, type MemberManager } from './managed.js';

type OwnershipDeps = Pick<Deps, 'db'> & MailDeps;

/** Hands the account on within a transaction. The old owner becomes an ADMIN, in the same moment. */
async function handOn(
  tx: Tx,
  deps: OwnershipDeps,
  actor: Actor,
  accountId: string,
  from: MailedMember,
  to: MailedMember,
) {
  const updatedAt = deps.clock();
  // Each of the two writes finds what it expects, or nothing of this happens.
  const { count: given } = await tx.member.updateMany({
    where: { id: from.id, ownerOf: accountId },
    data: { ownerOf: null, role: 'ADMIN', updatedAt },
  });
  if (given === 0) throw inputError('CONFLICT', 'The ownership was transferred meanwhile.', 'memberId');
  const { count: taken } = await tx.member.updateMany({
    where: { id: to.id, accountId, status: 'ACTIVE' },
    data: { ownerOf: accountId, role: 'OWNER', updatedAt },
  });
  if (taken === 0) {
    throw inputError('NOT_ALLOWED', 'Only somebody who is active can own the account.', 'memberId');
  }
  await recordAudit(tx, deps, actor, {
    action: 'ACCOUNT_OWNERSHIP_TRANSFERRED',
    accountId,
    targetId: to.id,
    targetLabel: to.email,
    changes: [{ field: 'owner', before: from.email, after: to.email }],
  });
  await queueMail(tx, deps, ownershipGivenMail(from, to));
  await queueMail(tx, deps, ownershipReceivedMail(to, from));
}

/**
 * Hands the manager's account on to another of its members.
 * @returns the new owner
 * @throws InputError NOT_FOUND, NOT_ALLOWED for somebody who is not active or owns it already, CONFLICT when another transfer won
 */
export async function transferOwnership(deps: OwnershipDeps, manager: MemberManager, memberId: string) {
  const { accountId } = manager.actor;
  return inTransaction(deps.db, async (tx) => {
    const to = await findMemberOf(tx, manager, memberId);
    if (to.id === manager.memberId) throw inputError('NOT_ALLOWED', 'You own this account already.', 'memberId');
    await handOn(tx, deps, manager.actor, accountId, { id: manager.memberId, email: manager.actor.label }, to);
    return findMemberOf(tx, manager, memberId);
  });
}

/**
 * Makes a member the owner of their account without the old one's doing, as when nobody can reach that person any more. The
 * operator's alone. Who is the owner already stays so.
 * @throws InputError NOT_FOUND for somebody who was removed meanwhile, NOT_ALLOWED for somebody who is not active
 */
export async function setOwner(deps: OwnershipDeps, actor: Actor, memberId: string): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const to = await tx.member.findUnique({ where: { id: memberId } });
    if (!to) throw inputError('NOT_FOUND', 'This member was removed meanwhile.', 'memberId');
    const from = await tx.member.findUniqueOrThrow({ where: { ownerOf: to.accountId } });
    if (from.id !== to.id) await handOn(tx, deps, actor, to.accountId, from, to);
  });
}
