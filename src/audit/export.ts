// The audit log from its beginning to its end, for archives and log collectors: all of it passes through, none is kept.
import type { Db } from '../db/client.js';
import type { AuditAction } from './actions.js';
import { type AuditFilter, idsOfTime } from './list.js';
import type { AuditChange } from './service.js';

const batchSize = 1000;

type Row = Awaited<ReturnType<Db['auditLogEntry']['findMany']>>[number];

function exported({ action, changes, ...row }: Row) {
  return {
    id: row.id,
    accountId: row.accountId,
    occurredAt: row.occurredAt,
    action: action as AuditAction,
    actorKind: row.actorKind,
    actorId: row.actorId,
    actorLabel: row.actorLabel,
    viaClientId: row.viaClientId,
    targetId: row.targetId,
    targetLabel: row.targetLabel,
    changes: JSON.parse(changes) as AuditChange[],
    ipAddress: row.ipAddress,
    userAgent: row.userAgent,
    count: row.count,
  };
}

/** An entry as it is exported. The names are those of the GraphQL API, and stay. */
export type ExportedEntry = ReturnType<typeof exported>;

type Filter = Pick<AuditFilter, 'actions' | 'after' | 'before'>;

function where(accountId: string | null, filter: Filter) {
  const { actions, after, before } = filter;
  const { to } = idsOfTime(filter);
  return {
    ...(accountId === null ? {} : { accountId }),
    ...(actions == null || actions.length === 0 ? {} : { action: { in: [...actions] } }),
    ...(after == null && before == null
      ? {}
      : { occurredAt: { ...(after == null ? {} : { gte: after }), ...(before == null ? {} : { lt: before }) } }),
    ...(to === null ? {} : { AND: [{ id: { lt: to } }] }),
  };
}

/**
 * Entries in batches, oldest first. Each batch goes on from the last one's id, so that the log may grow meanwhile.
 * @param accountId null for those of all accounts and of none
 */
export async function* entriesOldestFirst(
  db: Db,
  accountId: string | null,
  filter: Filter,
): AsyncGenerator<readonly ExportedEntry[]> {
  const wanted = where(accountId, filter);
  let last = idsOfTime(filter).from ?? '';
  for (;;) {
    const rows = await db.auditLogEntry.findMany({
      where: { ...wanted, id: { gt: last } },
      orderBy: { id: 'asc' },
      take: batchSize,
    });
    if (rows.length > 0) yield rows.map(exported);
    if (rows.length < batchSize) return;
    last = rows.at(-1)?.id ?? last;
  }
}
