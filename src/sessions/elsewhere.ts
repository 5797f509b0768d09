// Sessions as their member sees them from one of them, or an admin: which are living, and ending others than one's own. How a session
// begins and ends is service.ts.
import { type Actor, recordAudit } from '../audit/service.js';
import { revokeFamiliesOfSessions } from '../consents/families.js';
import type { Db } from '../db/client.js';
import type { Deps } from '../deps.js';
import { inputError } from '../lib/errors.js';
import { idOrNobody } from '../lib/ids.js';
import type { Permission } from '../lib/roles.js';
import { type EndingDeps, endingSessions, endSessions } from './service.js';

/** Who looks, or ends: with which rights now. */
export interface SessionHolder {
  readonly accountId: string;
  readonly memberId: string;
  readonly permissions: readonly Permission[];
}

/** Sessions that have neither ended nor expired. */
export function livingAt(now: Date) {
  return { endedAt: null, expiresAt: { gt: now }, idleExpiresAt: { gt: now } };
}

/** How the lists of members are read when several are asked for at once: as `livingAt`. */
export const sessionsOfMembers = {
  table: 'Session',
  owner: 'memberId',
  ended: 'endedAt',
  ends: ['expiresAt', 'idleExpiresAt'],
} as const;

/** One's own, and all of the account's members for whoever manages those. */
export function sessionsWithin({ accountId, memberId, permissions }: SessionHolder) {
  return {
    OR: [{ memberId }, ...(permissions.includes('MEMBER_WRITE') ? [{ member: { accountId } }] : [])],
  };
}

/** What a person can look through; all of them end by one button. */
const mostShown = 100;

/** A member's living sessions, the newest sign-in first. */
export function findLivingSessions(deps: Pick<Deps, 'clock'> & { readonly db: Db }, memberId: string) {
  return deps.db.session.findMany({
    where: { memberId, ...livingAt(deps.clock()) },
    orderBy: [{ authenticatedAt: 'desc' }, { id: 'desc' }],
    take: mostShown,
  });
}

const notFound = (what: string, field: string) => inputError('NOT_FOUND', `There is no such ${what}.`, field);

/** Ends sessions of one member, with all that follows from it. @returns how many ended */
async function end(
  deps: EndingDeps,
  actor: Actor,
  member: { readonly id: string; readonly email: string },
  which: { readonly id: string } | { readonly except: string | null },
): Promise<number> {
  let count = 0;
  await endingSessions(deps, async (tx) => {
    const now = deps.clock();
    const ended = await endSessions(tx, deps, 'id' in which ? which : { memberId: member.id, ...which }, now);
    count = ended.length;
    if (count === 0) return;
    await revokeFamiliesOfSessions(tx, ended, now);
    await recordAudit(tx, deps, actor, {
      action: 'SESSIONS_REVOKED',
      targetId: member.id,
      targetLabel: member.email,
      changes: [{ field: 'endedSessions', before: null, after: String(count) }],
    });
  });
  return count;
}

/**
 * Ends a session and, with it, the tokens of its sign-ins, save those granted for offline access. One that has ended already stays
 * so, quietly.
 * @throws InputError NOT_FOUND, alike for unknown ids and those of others
 */
export async function revokeSession(deps: EndingDeps, actor: Actor, holder: SessionHolder, id: string): Promise<void> {
  const session = await deps.db.session.findFirst({
    where: { id: idOrNobody('session', id), ...sessionsWithin(holder) },
    select: { id: true, member: { select: { id: true, email: true } } },
  });
  if (!session?.member) throw notFound('session', 'id');
  await end(deps, actor, session.member, { id: session.id });
}

/**
 * Ends all sessions of a member but the one that asks, if one does.
 * @param whose the member; null for the one who asks
 * @param current the id of the session that asks, which goes on
 * @returns how many ended
 * @throws InputError NOT_FOUND for a member whose sessions are not theirs to end
 */
export async function revokeOtherSessions(
  deps: EndingDeps,
  actor: Actor,
  holder: SessionHolder,
  whose: string | null,
  current: string | null,
): Promise<number> {
  const id = whose ?? holder.memberId;
  const isOther = id !== holder.memberId;
  const member = await deps.db.member.findFirst({
    where: { id: idOrNobody('member', id), accountId: holder.accountId },
    select: { id: true, email: true },
  });
  if (!member || (isOther && !holder.permissions.includes('MEMBER_WRITE'))) throw notFound('member', 'memberId');
  return end(deps, actor, member, { except: isOther ? null : current });
}
