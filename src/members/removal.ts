// The end of a membership, whoever decided it: what becomes of the member's service tokens, and everything else is deleted.
import type { AuditChange } from '../audit/service.js';
import type { Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { inputError } from '../lib/errors.js';
import { livingAfter } from '../lib/living.js';
import type { Role } from '../lib/roles.js';
import { endEverythingOfMember } from '../sessions/service.js';
import { findMemberOf, type MemberManager } from './managed.js';

/** What went with a member who is no more. */
export interface RemovedMember {
  readonly removedMemberId: string;
  readonly transferredApiTokenCount: number;
  readonly revokedApiTokenCount: number;
}

/** The same as the audit log tells it. */
export function changesOf({ transferredApiTokenCount, revokedApiTokenCount }: RemovedMember): AuditChange[] {
  return [
    { field: 'transferredApiTokens', before: null, after: String(transferredApiTokenCount) },
    { field: 'revokedApiTokens', before: null, after: String(revokedApiTokenCount) },
  ];
}

/** Holds whoever is to get a member's service tokens. @throws InputError for somebody who cannot */
async function holdHeir(tx: Tx, manager: MemberManager, fromId: string, toId: string, now: Date): Promise<void> {
  const path = 'transferServiceTokensTo';
  const heir = await findMemberOf(tx, manager, toId, path);
  if (heir.id === fromId) throw inputError('INVALID', 'The tokens have to go to somebody else.', path);
  // Written rather than read, so that whoever suspends or removes the heir at this moment waits, or is seen here.
  const { count: active } = await tx.member.updateMany({
    where: { id: heir.id, status: 'ACTIVE' },
    data: { updatedAt: now },
  });
  if (active === 0) throw inputError('INVALID', 'The tokens have to go to somebody who is active.', path);
}

/** A member who leaves, as far as it decides what passes on. */
export interface Leaver {
  readonly role: Role;
  readonly status: 'ACTIVE' | 'INVITED' | 'SUSPENDED';
}

/**
 * Ends everything of a member at once and deletes them, with their sessions, consents and the API tokens that they own by then.
 * The clients that they were signed in to are told. To be run by `endingSessions`.
 * @param heirId who gets their service tokens; null for nobody
 * @param rolesOf the roles of those that pass on, from the member as they are when nobody can change them any more
 * @returns null when the member is gone, or owns the account by now: then the transaction has to be given up
 * @throws InputError for an heir who cannot be one
 */
export async function endMembership(
  tx: Tx,
  deps: Pick<Deps, 'newId'>,
  manager: MemberManager,
  memberId: string,
  heirId: string | null,
  rolesOf: (leaver: Leaver) => readonly Role[],
  now: Date,
): Promise<RemovedMember | null> {
  if (heirId !== null) await holdHeir(tx, manager, memberId, heirId, now);
  // Written first: whoever hands them the ownership, or takes a role from them, at this moment waits, or is seen here.
  const { count } = await tx.member.updateMany({ where: { id: memberId, ownerOf: null }, data: { updatedAt: now } });
  if (count === 0) return null;
  const leaver = await tx.member.findUniqueOrThrow({ where: { id: memberId }, select: { role: true, status: true } });
  const living = { ownerId: memberId, ...livingAfter(now) };
  const { count: transferredApiTokenCount } =
    heirId === null
      ? { count: 0 }
      : await tx.apiToken.updateMany({
          where: { ...living, isService: true, role: { in: [...rolesOf(leaver)] } },
          data: { ownerId: heirId },
        });
  const revokedApiTokenCount = await tx.apiToken.count({ where: living });
  // Before the rows are gone, by which the clients to tell are found.
  await endEverythingOfMember(tx, deps, memberId, now);
  await tx.authorizationRequest.updateMany({ where: { consentedById: memberId }, data: { consentedById: null } });
  await tx.member.delete({ where: { id: memberId } });
  return { removedMemberId: memberId, transferredApiTokenCount, revokedApiTokenCount };
}
