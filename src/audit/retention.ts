// How long entries of the audit log are kept: what is older than the operator wants goes little by little.
import { inBatches } from '../db/in-batches.js';
import type { Deps } from '../deps.js';

const dayMilliseconds = 86_400_000;

/**
 * Deletes entries older than LATCHKEY_AUDIT_RETENTION_DAYS. Run every minute by every process.
 * @returns how many
 */
export async function deleteOldEntries({ db, clock, config }: Pick<Deps, 'db' | 'clock' | 'config'>): Promise<number> {
  const days = config.auditRetentionDays;
  if (days === 0) return 0;
  const occurredAt = { lt: new Date(clock().getTime() - days * dayMilliseconds) };
  return inBatches((most) => db.auditLogEntry.deleteMany({ where: { occurredAt }, limit: most }));
}
