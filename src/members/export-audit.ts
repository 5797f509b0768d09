// The part of a member's export that is the audit log: what they did, by themselves or with their API tokens, and what was done
// to them. Where others acted, the entry does not say from where: that is about them.
import type { AuditChange } from '../audit/service.js';
import type { Db } from '../db/client.js';

/** Ten thousand entries are some megabytes of JSON. */
const mostEntries = 10_000;
/** Owners of more API tokens than this find what the older ones did in the audit log itself. */
const mostTokens = 500;

/**
 * The tokens whose acts are the member's own: the personal ones, and those service tokens that the log says they made or rotated
 * themselves. With another one, which they were given, its former owner acted.
 */
async function ownTokens(db: Db, accountId: string, memberId: string): Promise<string[]> {
  const tokens = await db.apiToken.findMany({
    where: { ownerId: memberId },
    select: { id: true, isService: true },
    orderBy: { id: 'desc' },
    take: mostTokens,
  });
  const idsOf = (isService: boolean) => tokens.filter((token) => token.isService === isService).map(({ id }) => id);
  const action = { in: ['API_TOKEN_CREATED', 'API_TOKEN_ROTATED'] };
  const made = await db.auditLogEntry.findMany({
    where: { accountId, targetId: { in: idsOf(true) }, actorId: memberId, action },
    select: { targetId: true },
  });
  return [...idsOf(false), ...made.flatMap(({ targetId }) => targetId ?? [])];
}

/**
 * The newest entries by or about a member.
 * @param before only those with a lesser id; null for all
 */
export async function ownEntries(db: Db, accountId: string, memberId: string, before: string | null) {
  const own = new Set([memberId, ...(await ownTokens(db, accountId, memberId))]);
  const page = {
    orderBy: { id: 'desc' },
    take: mostEntries + 1,
    omit: { accountId: true, repeatKey: true },
  } as const;
  const older = before === null ? {} : { id: { lt: before } };
  // Each by an index of its own; what is in both is told once.
  const [by, about] = await Promise.all([
    db.auditLogEntry.findMany({ ...page, where: { accountId, actorId: { in: [...own] }, ...older } }),
    db.auditLogEntry.findMany({ ...page, where: { accountId, targetId: memberId, ...older } }),
  ]);
  const found = [...new Map([...by, ...about].map((entry) => [entry.id, entry])).values()];
  const entries = found.sort((one, other) => (one.id < other.id ? 1 : -1)).slice(0, mostEntries);
  return {
    isCut: found.length > mostEntries,
    entries: entries.map(({ changes, actorLabel, ipAddress, userAgent, ...entry }) => ({
      ...entry,
      ...(entry.actorId !== null && own.has(entry.actorId) ? { actorLabel, ipAddress, userAgent } : {}),
      changes: JSON.parse(changes) as AuditChange[],
    })),
  };
}
