// Client secrets that expire soon and that nothing takes the place of: noted once in the audit log, in time for a rotation.
import { recordAudit, systemActor } from '../audit/service.js';
import type { Deps } from '../deps.js';
import { livingAfter } from '../lib/living.js';

const noticeMilliseconds = 30 * 86_400_000;
const batchSize = 100;

type ExpiryDeps = Pick<Deps, 'db' | 'clock' | 'newId'>;

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

/** Notes one secret, unless another process was quicker or it needs no note any more. */
async function note(deps: ExpiryDeps, secretId: string, now: Date): Promise<boolean> {
  return deps.db.$transaction(async (tx) => {
    const { count } = await tx.oAuthClientSecret.updateMany({
      where: { id: secretId, ...expiringUnnoted(now) },
      data: { expiryNotedAt: now },
    });
    if (count !== 1) return false;
    const { client, expiresAt } = await tx.oAuthClientSecret.findUniqueOrThrow({
      where: { id: secretId },
      select: { expiresAt: true, client: { select: { id: true, name: true, accountId: true } } },
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
