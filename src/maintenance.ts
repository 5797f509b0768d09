// What every process does now and then: tidies what is over for good and no longer tells anything, and notes what is about to
// end. Each step may run in several processes at once.
import { deleteOldEntries } from './audit/retention.js';
import { noteExpiringSecrets } from './clients/expiry.js';
import { eraseOldSeals } from './consents/refresh-tokens.js';
import { createFaultLog } from './db/client.js';
import type { Deps } from './deps.js';
import type { MailDeps } from './mail/deliveries.js';
import { giveUpExpiredMails } from './mail/outbox.js';
import { deleteOldLinks } from './members/one-time-links.js';
import { giveUpExpiredLogouts } from './sessions/logout-deliveries.js';
import { deleteOldSessions } from './sessions/service.js';

const everyMilliseconds = 60_000;
const dayMilliseconds = 86_400_000;

/** Runs all steps once. */
export async function tidy(deps: Pick<Deps, 'db' | 'config' | 'log'> & MailDeps): Promise<void> {
  const now = deps.clock();
  const yesterday = new Date(now.getTime() - dayMilliseconds);
  await eraseOldSeals(deps.db, now, deps.config.refreshGraceSeconds);
  await deps.db.authorizationRequest.deleteMany({ where: { expiresAt: { lt: now } } });
  await deps.db.revokedAccessToken.deleteMany({ where: { expiresAt: { lt: yesterday } } });
  await deps.db.assertionReplay.deleteMany({ where: { expiresAt: { lt: now } } });
  await deps.db.idempotencyRecord.deleteMany({ where: { expiresAt: { lt: now } } });
  await deps.db.tokenFamily.deleteMany({ where: { expiresAt: { lt: yesterday } } });
  // Sign-ins whose code nobody redeemed gave no tokens.
  const unredeemed = { some: { usedAt: null, expiresAt: { lt: yesterday } } };
  await deps.db.tokenFamily.deleteMany({ where: { codes: unredeemed } });
  await deps.db.rateLimiterFlexible.deleteMany({ where: { expire: { lt: yesterday } } });
  await deleteOldSessions(deps.db, now);
  await deleteOldLinks(deps.db, now);
  await giveUpExpiredLogouts(deps);
  await giveUpExpiredMails(deps);
  await noteExpiringSecrets(deps);
  await deleteOldEntries(deps);
}

/**
 * Tidies every minute. A failure is logged, and tried again a minute later.
 * @returns how to stop: begins nothing new, and waits for what is under way
 */
export function startMaintenance(deps: Deps): () => Promise<void> {
  const logFault = createFaultLog(deps.log);
  let underWay: Promise<void> | undefined;
  const timer = setInterval(() => {
    // A round that takes longer than its minute is not overtaken by the next.
    underWay ??= tidy(deps)
      .catch((error: unknown) => logFault(error, 'tidying failed'))
      .finally(() => {
        underWay = undefined;
      });
  }, everyMilliseconds);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await underWay;
  };
}
