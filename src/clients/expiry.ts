// Client secrets that expire soon and that nothing takes the place of: noted once in the audit log, and told to those who can
// rotate them, in time for it.
import { recordAudit, systemActor } from '../audit/service.js';
import { inTransaction, type Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { livingAfter } from '../lib/living.js';
import { type MailDeps, queueMail } from '../mail/deliveries.js';
import { secretExpiringMail } from './mails.js';

const noticeMilliseconds = 30 * 86_400_000;
const batchSize = 100;

/** How many are told, the owner first: an account may have hundreds of admins. */
const mostTold = 20;
/** A server that takes no messages for days costs nobody this one, which is noted only once. */
const tellsForSeconds = 7 * 86_400;

type ExpiryDeps = Pick<Deps, 'db' | 'config'> & MailDeps;

/** The living secrets that end within the notice and whose client works by secrets, is enabled and has none that lasts longer. */
function expiringUnnoted(now: Date) {
  const horizon = new Date(now.getTime() + noticeMilliseconds);
  return {
    revokedAt: null,
    expiryNotedAt: null,
    expiresAt: { gt: now, lte: horizon },
    client: {
      disabledAt: null,
      tokenEndpointAuthMethod: { in: ['CLIENT_SECRET_BASIC' as const, 'CLIENT_SECRET_POST' as const] },
      secrets: { none: livingAfter(horizon) },
    },
  };
}

/** Whom to tell about an account's clients: its owner and admins, where their addresses are known to be theirs. */
async function receiversIn(tx: Tx, accountId: string) {
  const find = (role: 'OWNER' | 'ADMIN', take: number) =>
    tx.member.findMany({
      where: { accountId, role, status: 'ACTIVE', emailVerifiedAt: { not: null } },
      orderBy: { id: 'asc' },
      take,
      select: { id: true, email: true },
    });
  const owners = await find('OWNER', 1);
  return [...owners, ...(await find('ADMIN', mostTold - owners.length))];
}

/** Notes one secret, unless another process was quicker or it needs no note any more. */
async function note(deps: ExpiryDeps, secretId: string, now: Date): Promise<boolean> {
  return inTransaction(deps.db, async (tx) => {
    const { count } = await tx.oAuthClientSecret.updateMany({
      where: { id: secretId, ...expiringUnnoted(now) },
      data: { expiryNotedAt: now },
    });
    if (count !== 1) return false;
    const { client, expiresAt, hint } = await tx.oAuthClientSecret.findUniqueOrThrow({
      where: { id: secretId },
      select: { expiresAt: true, hint: true, client: { select: { id: true, name: true, accountId: true } } },
    });
    await recordAudit(tx, deps, systemActor, {
      action: 'OAUTH_CLIENT_SECRET_EXPIRING',
      accountId: client.accountId,
      targetId: client.id,
      targetLabel: client.name,
      changes: [
        { field: 'secret', before: null, after: secretId },
        { field: 'secretExpiresAt', before: null, after: expiresAt?.toISOString() ?? null },
      ],
    });
    // Null only for those that never expire, which are not found above.
    if (expiresAt === null) return true;
    for (const member of await receiversIn(tx, client.accountId)) {
      const mail = secretExpiringMail(deps.config.issuer, member, { clientName: client.name, hint, expiresAt });
      await queueMail(tx, deps, mail, tellsForSeconds);
    }
    return true;
  });
}

/**
 * Notes the secrets that expire within 30 days, each once, however many processes look. Run every minute by every process.
 * @returns how many this run noted
 */
export async function noteExpiringSecrets(deps: ExpiryDeps): Promise<number> {
  const now = deps.clock();
  let noted = 0;
  let last = '';
  for (;;) {
    const secrets = await deps.db.oAuthClientSecret.findMany({
      where: { ...expiringUnnoted(now), id: { gt: last } },
      orderBy: { id: 'asc' },
      take: batchSize,
      select: { id: true },
    });
    for (const { id } of secrets) {
      if (await note(deps, id, now)) noted += 1;
    }
    if (secrets.length < batchSize) return noted;
    last = secrets.at(-1)?.id ?? last;
  }
}
