// How long entries of the audit log are kept: what is older than the operator wants goes little by little.
import type { Deps } from '../deps.js';

const dayMilliseconds = 86_400_000;

/** A statement deletes this many, which holds SQLite's lock for some hundredths of a second. */
const batchSize = 500;
/** The rest of a long backlog waits for the next minute. */
const mostBatches = 20;

/**
 * Deletes entries older than LATCHKEY_AUDIT_RETENTION_DAYS, at most 10,000 of them. Run every minute by every process.
 * @returns how many
 */
export async function deleteOldEntries(deps: Pick<Deps, 'db' | 'clock' | 'config'>): Promise<number> {
  const days = deps.config.auditRetentionDays;
  if (days === 0) return 0;
  const end = new Date(deps.clock().getTime() - days * dayMilliseconds);
  let deleted = 0;
  for (let batch = 0; batch < mostBatches; batch += 1) {
    const { count } = await deps.db.auditLogEntry.deleteMany({
      where: { occurredAt: { lt: end } },
      limit: batchSize,
    });
    deleted += count;
    if (count < batchSize) break;
  }
  return deleted;
}
