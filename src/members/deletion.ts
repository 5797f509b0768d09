// Members who delete themselves. Everything of theirs ends as when an admin removes them (removal.ts); the audit log stays as it
// was written.
import { recordAudit } from '../audit/service.js';
import type { Deps } from '../deps.js';
import { emailKey, longestEmail } from '../lib/email.js';
import { inputError } from '../lib/errors.js';
import { livingAfter } from '../lib/living.js';
import { isWithinRole, type Role, tokenRoles } from '../lib/roles.js';
import { type MailDeps, queueMail } from '../mail/deliveries.js';
import { endingSessions } from '../sessions/service.js';
import { deletedMail, tokensInheritedMail } from './email-mails.js';
import { findMemberOf, type MemberManager } from './managed.js';
import { changesOf, endMembership, type Leaver, type RemovedMember } from './removal.js';

function rolesWithin({ role, status }: Leaver): readonly Role[] {
  return status === 'ACTIVE' ? tokenRoles.filter((one) => isWithinRole(one, role)) : [];
}

/**
 * Deletes the member who asks, for good.
 * @param confirmEmail their address, typed as a proof that they mean it
 * @param transferServiceTokensTo who gets the service tokens that do no more than the member may at the moment: one that rests
 *   since its owner lost a role must not wake in other hands. All others, and without an heir all, are revoked
 * @throws InputError LAST_OWNER, INVALID for another address and for an heir who cannot be one, NOT_FOUND
 */
export async function deleteMyself(
  deps: Pick<Deps, 'db' | 'config' | 'logoutCourier'> & MailDeps,
  manager: MemberManager,
  { confirmEmail, transferServiceTokensTo }: { confirmEmail: string; transferServiceTokensTo: string | null },
): Promise<RemovedMember> {
  let removed: RemovedMember | null = null;
  await endingSessions(deps, async (tx) => {
    const member = await findMemberOf(tx, manager, manager.memberId);
    if (member.ownerOf !== null) {
      throw inputError('LAST_OWNER', 'You own this account. Transfer the ownership first: transferOwnership.');
    }
    if (confirmEmail.length > longestEmail || emailKey(confirmEmail) !== member.emailKey) {
      throw inputError('INVALID', 'This is not the address that you sign in with.', 'confirmEmail');
    }
    const now = deps.clock();
    const account = await tx.account.findUniqueOrThrow({ where: { id: member.accountId } });
    removed = await endMembership(tx, deps, manager, member.id, transferServiceTokensTo, rolesWithin, now);
    if (removed === null) throw inputError('CONFLICT', 'You were changed meanwhile. Look again.');
    await recordAudit(tx, deps, manager.actor, {
      action: 'MEMBER_DELETED',
      targetId: member.id,
      targetLabel: member.email,
      changes: changesOf(removed),
    });
    await queueMail(tx, deps, deletedMail(member, account.name));
    const { transferredApiTokenCount: count } = removed;
    if (transferServiceTokensTo === null || count === 0) return;
    const heir = await findMemberOf(tx, manager, transferServiceTokensTo);
    await queueMail(tx, deps, tokensInheritedMail(heir, member, count, deps.config.issuer));
  });
  if (removed === null) throw new Error('The transaction ended without a result.');
  return removed;
}

/** Whether a member owns service tokens that live, of which something has to become. */
export async function hasServiceTokens({ db, clock }: Pick<Deps, 'db' | 'clock'>, memberId: string): Promise<boolean> {
  const where = { ownerId: memberId, isService: true, ...livingAfter(clock()) };
  return (await db.apiToken.findFirst({ where, select: { id: true } })) !== null;
}

/** Who could get a member's service tokens: the first hundred by name. Names alone, which every colleague sees. */
export function findHeirs({ db }: Pick<Deps, 'db'>, member: { readonly id: string; readonly accountId: string }) {
  const where = { accountId: member.accountId, status: 'ACTIVE', id: { not: member.id } } as const;
  return db.member.findMany({
    where,
    select: { id: true, name: true },
    orderBy: [{ nameKey: 'asc' }, { id: 'asc' }],
    take: 100,
  });
}
