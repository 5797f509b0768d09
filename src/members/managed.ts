// Whom an admin may change, and whom nobody: what every change of a member asks first.
import type { AccountActor } from '../audit/service.js';
import type { Db, Tx } from '../db/client.js';
import { inputError } from '../lib/errors.js';
import { idOrNobody } from '../lib/ids.js';
import { isWithinRole, type Role } from '../lib/roles.js';

/** Who manages members, and with which rights now. */
export interface MemberManager {
  readonly actor: AccountActor;
  readonly memberId: string;
  readonly role: Role;
}

/** A member of the manager's account. @throws InputError NOT_FOUND, alike for unknown ids and other accounts' */
export async function findMemberOf(db: Db | Tx, { actor }: MemberManager, memberId: string, path = 'memberId') {
  const where = { id: idOrNobody('member', memberId), accountId: actor.accountId };
  const member = await db.member.findFirst({ where });
  if (!member) throw inputError('NOT_FOUND', 'There is no such member in this account.', path);
  return member;
}

type Managed = Awaited<ReturnType<typeof findMemberOf>>;

/** @throws InputError LAST_OWNER for the account's owner, who can only hand the account on */
export function requireNotOwner(member: Managed): void {
  if (member.ownerOf === null) return;
  const message = 'This member owns the account. Transfer the ownership first: transferOwnership.';
  throw inputError('LAST_OWNER', message, 'memberId');
}

/** @throws InputError NOT_ALLOWED for oneself */
export function requireSomebodyElse(member: Managed, manager: MemberManager): void {
  if (member.id !== manager.memberId) return;
  throw inputError('NOT_ALLOWED', 'Nobody does this to themselves. Another admin can.', 'memberId');
}

/** @throws InputError for a role that the manager cannot give */
export function requireRoleToGive(role: Role, manager: MemberManager): void {
  if (role === 'OWNER') {
    throw inputError('NOT_ALLOWED', 'An account has one owner. transferOwnership hands the account on.', 'role');
  }
  if (!isWithinRole(role, manager.role)) {
    throw inputError('NOT_ALLOWED', `A member can be given at most your own role, ${manager.role}.`, 'role');
  }
}
