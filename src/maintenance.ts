// What every process does now and then: tidies what is over for good and no longer tells anything, and notes what is about to
// end. Each step may run in several processes at once.
import { deleteOldEntries } from './audit/retention.js';
import { noteExpiringSecrets } from './clients/expiry.js';
import { tidySignIns } from './consents/tidying.js';
import { createFaultLog } from './db/client.js';
import { inBatches } from './db/in-batches.js';
import type { Deps } from './deps.js';
import type { MailDeps } from './mail/deliveries.js';
import { giveUpExpiredMails } from './mail/outbox.js';
import { deleteOldLinks } from './members/one-time-links.js';
import { giveUpExpiredLogouts } from './sessions/logout-deliveries.js';
import { deleteOldSessions } from './sessions/service.js';

const everyMilliseconds = 60_000;
const dayMilliseconds = 86_400_000;

type TidyDeps = Pick<Deps, 'db' | 'config' | 'log'> & MailDeps;

/** What is done, in this order. What no feature owns alone is deleted here, little by little as all is. */
function stepsOf(deps: TidyDeps): (() => Promise<unknown>)[] {
  const { db } = deps;
  const now = deps.clock();
  const yesterday = new Date(now.getTime() - dayMilliseconds);
  const expired = { where: { expiresAt: { lt: now } } };
  return [
    () => tidySignIns(db, now, deps.config.refreshGraceSeconds),
    () => inBatches((limit) => db.authorizationRequest.deleteMany({ ...expired, limit })),
    () => inBatches((limit) => db.assertionReplay.deleteMany({ ...expired, limit })),
    () => inBatches((limit) => db.idempotencyRecord.deleteMany({ ...expired, limit })),
    () => inBatches((limit) => db.revokedAccessToken.deleteMany({ where: { expiresAt: { lt: yesterday } }, limit })),
    () => inBatches((limit) => db.rateLimiterFlexible.deleteMany({ where: { expire: { lt: yesterday } }, limit })),
    () => deleteOldSessions(db, now),
    () => deleteOldLinks(db, now),
    () => giveUpExpiredLogouts(deps),
    () => giveUpExpiredMails(deps),
    () => noteExpiringSecrets(deps),
    () => deleteOldEntries(deps),
  ];
}

/**
 * Runs all steps once. What one throws keeps no other from its turn.
 * @param signal begins no other step once it is aborted
 * @throws what the first of them threw that failed
 */
export async function tidy(deps: TidyDeps, signal?: AbortSignal): Promise<void> {
  const faults: unknown[] = [];
  for (const step of stepsOf(deps)) {
    if (signal?.aborted) break;
    await step().catch((error: unknown) => faults.push(error));
  }
  if (faults.length > 0) throw faults[0];
}

/**
 * Tidies every minute. A failure is logged, and tried again a minute later.
 * @returns how to stop: begins nothing new, and waits for what is under way
 */
export function startMaintenance(deps: Deps): () => Promise<void> {
  const logFault = createFaultLog(deps.log);
  let underWay: Promise<void> | undefined;
  const stopping = new AbortController();
  const timer = setInterval(() => {
    // A round that takes longer than its minute is not overtaken by the next.
    underWay ??= tidy(deps, stopping.signal)
      .catch((error: unknown) => logFault(error, 'tidying failed'))
      .finally(() => {
        underWay = undefined;
      });
  }, everyMilliseconds);
  timer.unref();
  return async () => {
    clearInterval(timer);
    stopping.abort();
    await underWay;
  };
}
