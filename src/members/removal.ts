// Deleting a member, whoever decided it.
import type { Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { endEverythingOfMember } from '../sessions/service.js';

/**
 * Ends everything of a member at once and deletes them, with their sessions, consents and the API tokens that they own by then.
 * The clients that they were signed in to are told. To be run by `endingSessions`.
 */
export async function removeMemberRow(tx: Tx, deps: Pick<Deps, 'newId'>, memberId: string, now: Date): Promise<void> {
  // Before the rows are gone, by which the clients to tell are found.
  await endEverythingOfMember(tx, deps, memberId, now);
  await tx.authorizationRequest.updateMany({ where: { consentedById: memberId }, data: { consentedById: null } });
  await tx.member.delete({ where: { id: memberId } });
}
