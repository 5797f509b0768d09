// Messages that wait to be sent, as rows: which are due, claimed by one process at a time, put off after each failure, given up
// when they tell nobody anything any more. Nothing of a message is logged.
import type { Db } from '../db/client.js';
import { inBatches } from '../db/in-batches.js';
import type { Deps } from '../deps.js';
import { later } from '../lib/seconds.js';

/** How long whoever claimed a row has it alone: more than an attempt can last, and clocks may differ by as much as is left. */
const leaseMilliseconds = 60_000;
/** How long to wait after the first failure, the second and so on; the last of them again and again. */
const pausesInSeconds = [5, 30, 120, 600, 1800];

type OutboxDeps = Pick<Deps, 'db' | 'clock' | 'log'>;

function findRows(db: Db, where: object, most: number) {
  // What was never tried goes first: nobody waits for a message that a server keeps refusing.
  return db.mailDelivery.findMany({
    where,
    orderBy: [{ attempts: 'asc' }, { nextAttemptAt: 'asc' }, { id: 'asc' }],
    take: most,
  });
}

/** A row. `nextAttemptAt` is how whoever has claimed it recognises it. */
export type MailRow = Awaited<ReturnType<typeof findRows>>[number];

/** What is to be sent now. */
export async function findDueMails({ db, clock }: Pick<Deps, 'db' | 'clock'>, most: number): Promise<MailRow[]> {
  const now = clock();
  return findRows(db, { nextAttemptAt: { lte: now }, expiresAt: { gt: now } }, most);
}

/** Takes a row for one attempt. @returns it as it is now, or null when another process was quicker */
export async function claimMail({ db, clock }: Pick<Deps, 'db' | 'clock'>, row: MailRow): Promise<MailRow | null> {
  const nextAttemptAt = new Date(clock().getTime() + leaseMilliseconds);
  const { count } = await db.mailDelivery.updateMany({
    where: { id: row.id, nextAttemptAt: row.nextAttemptAt },
    data: { nextAttemptAt },
  });
  return count === 1 ? { ...row, nextAttemptAt } : null;
}

/** Forgets what was taken. */
export async function noteSent(db: Db, { id }: MailRow): Promise<void> {
  await db.mailDelivery.deleteMany({ where: { id } });
}

/**
 * Puts a claimed row off after an attempt in vain, or gives it up when another would end the same or come too late.
 * @param member the id of whom it is about, for the log
 */
export async function noteMailFailure(
  deps: OutboxDeps,
  row: MailRow,
  { message: reason, isFinal }: { readonly message: string; readonly isFinal: boolean },
  member: string | undefined,
): Promise<void> {
  const attempts = row.attempts + 1;
  const pause = pausesInSeconds[Math.min(attempts, pausesInSeconds.length) - 1] ?? 0;
  const nextAttemptAt = later(deps.clock(), pause);
  // Unless somebody else has it by now.
  const mine = { id: row.id, nextAttemptAt: row.nextAttemptAt };
  if (isFinal || nextAttemptAt >= row.expiresAt) {
    const { count } = await deps.db.mailDelivery.deleteMany({ where: mine });
    if (count === 1)
      deps.log.warn({ mail: row.id, member, attempts, reason }, 'a message was not sent, and will not be');
    return;
  }
  const { count } = await deps.db.mailDelivery.updateMany({ where: mine, data: { attempts, nextAttemptAt } });
  if (count === 1)
    deps.log.warn({ mail: row.id, member, attempts, reason, nextAttemptAt }, 'a message was not sent yet');
}

/** Gives up what expired before it was taken, as while no process ran. Run now and then by every process. */
export async function giveUpExpiredMails({ db, clock, log }: OutboxDeps): Promise<void> {
  const now = clock();
  // What is being sent at this moment has a later nextAttemptAt.
  const over = { expiresAt: { lte: now }, nextAttemptAt: { lte: now } };
  const count = await inBatches((most) => db.mailDelivery.deleteMany({ where: over, limit: most }));
  if (count > 0) log.warn({ messages: count }, 'messages were not sent before they expired, and will not be');
}
