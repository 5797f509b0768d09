// Connected apps: what a member allowed clients and did not take back. Who sees which of them, the list for a page, and taking one
// back. Lists in GraphQL are schema.ts's.
import { type AccountActor, type AuditChange, recordAudit } from '../audit/service.js';
import { type Db, inTransaction, type Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { inputError } from '../lib/errors.js';
import { idOrNobody } from '../lib/ids.js';
import type { Permission } from '../lib/roles.js';

/** Who looks, or takes back: with which rights now. */
export interface ConsentHolder {
  readonly accountId: string;
  readonly memberId: string;
  readonly permissions: readonly Permission[];
}

/** One's own; all of the account's members for whoever manages those, all given to its clients for whoever manages these. */
export function consentsWithin({ accountId, memberId, permissions }: ConsentHolder) {
  return {
    OR: [
      { memberId },
      ...(permissions.includes('MEMBER_WRITE') ? [{ member: { accountId } }] : []),
      ...(permissions.includes('OAUTH_CLIENT_WRITE') ? [{ client: { accountId } }] : []),
    ],
  };
}

/** How the lists of members and of clients are read when several are asked for at once. */
export const consentsOfMembers = { table: 'Consent', owner: 'memberId', ended: 'revokedAt', ends: [] } as const;
export const consentsOfClients = { ...consentsOfMembers, owner: 'clientId' } as const;

/** What a person can look through. */
const mostShown = 200;

/** A member's connected apps with what is told of each, the newest first. */
export async function findConnectedApps(db: Db, memberId: string) {
  const client = {
    include: { account: true, logo: { select: { hash: true } }, redirectUris: { orderBy: { position: 'asc' } } },
  } as const;
  const consents = await db.consent.findMany({
    where: { memberId, revokedAt: null },
    include: { client },
    orderBy: { id: 'desc' },
    take: mostShown,
  });
  // Prisma reads the clients in a statement of their own: one that was deleted between the two is missing.
  return consents.filter(({ client: its }) => its != null);
}

type RevocationDeps = Pick<Deps, 'db' | 'clock' | 'newId'>;

async function endConsent(tx: Tx, holder: ConsentHolder, id: string, now: Date) {
  const consent = await tx.consent.findFirst({
    where: { id: idOrNobody('consent', id), ...consentsWithin(holder) },
    select: {
      id: true,
      scopes: true,
      client: { select: { id: true, name: true } },
      member: { select: { id: true, email: true, accountId: true } },
    },
  });
  if (!consent?.client || !consent.member) {
    const message = 'There is no such connected app.';
    throw inputError('NOT_FOUND', message, 'id');
  }
  const { count } = await tx.consent.updateMany({
    where: { id: consent.id, revokedAt: null },
    data: { revokedAt: now },
  });
  if (count === 0) return null;
  const families = await tx.tokenFamily.updateMany({
    where: { consentId: consent.id, revokedAt: null },
    data: { revokedAt: now },
  });
  // What they allowed of a request that still waits was allowed before this.
  await tx.authorizationRequest.updateMany({
    where: { clientId: consent.client.id, consentedById: consent.member.id },
    data: { consentedById: null },
  });
  return { ...consent, revokedSignIns: families.count };
}

/**
 * Takes back what a member allowed a client: the consent, the codes and all tokens that the client has by it end at once, and the
 * member is asked anew the next time. What was taken back already stays so, quietly.
 * @throws InputError NOT_FOUND, alike for unknown ids and those of others
 */
export async function revokeConsent(
  deps: RevocationDeps,
  actor: AccountActor,
  holder: ConsentHolder,
  id: string,
): Promise<void> {
  const revoke = async (tx: Tx) => {
    const ended = await endConsent(tx, holder, id, deps.clock());
    if (ended === null) return;
    const { client, member, scopes, revokedSignIns } = ended;
    const changes: AuditChange[] = [
      { field: 'scopes', before: scopes, after: null },
      { field: 'revokedSignIns', before: null, after: String(revokedSignIns) },
    ];
    if (member.id !== holder.memberId) {
      // Of a member of another account an admin of the client's knows no more than the client does.
      const name = member.accountId === actor.accountId ? member.email : member.id;
      changes.unshift({ field: 'member', before: name, after: null });
    }
    await recordAudit(tx, deps, actor, {
      action: 'CONSENT_REVOKED',
      targetId: client.id,
      targetLabel: client.name,
      changes,
    });
  };
  // It may meet those who are getting tokens, or allowing the client anew, at this moment.
  await inTransaction(deps.db, revoke);
}
