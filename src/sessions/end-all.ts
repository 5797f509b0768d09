// Ends what everybody is signed in to, as after a restore, which brings back to life what had ended or was used since the back-up.
import { type Actor, recordAudit } from '../audit/service.js';
import type { Deps } from '../deps.js';
import { endEverythingOfMember, endingSessions } from './service.js';

const membersAtOnce = 100;

/** Whoever has a session that has not ended, or a client that holds something for them. */
const isSignedIn = {
  OR: [{ sessions: { some: { endedAt: null } } }, { consents: { some: { families: { some: { revokedAt: null } } } } }],
};

/**
 * Ends every session of every member, and every code, access token and refresh token that came of a sign-in. API tokens and
 * passwords stay.
 * @returns how many members it was
 */
export async function endAllSignIns(
  deps: Pick<Deps, 'db' | 'clock' | 'newId' | 'logoutCourier'>,
  actor: Actor,
): Promise<number> {
  let after = '';
  let ended = 0;
  for (;;) {
    const members = await deps.db.member.findMany({
      where: { id: { gt: after }, ...isSignedIn },
      orderBy: { id: 'asc' },
      take: membersAtOnce,
      select: { id: true, accountId: true, email: true },
    });
    for (const member of members) {
      await endingSessions(deps, async (tx) => {
        await endEverythingOfMember(tx, deps, member.id, deps.clock());
        await recordAudit(tx, deps, actor, {
          action: 'MEMBER_SIGNED_OUT_EVERYWHERE',
          accountId: member.accountId,
          targetId: member.id,
          targetLabel: member.email,
        });
      });
    }
    ended += members.length;
    after = members.at(-1)?.id ?? after;
    if (members.length < membersAtOnce) return ended;
  }
}
