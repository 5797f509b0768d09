// The news of a sign-out for each client that is to be told (OpenID Connect Back-Channel Logout 1.0 section 2.5), as rows: noted
// with the end of the session, claimed by one process at a time, put off after each failure, given up after a day. What is
// sent, and sending it, are oauth/logout-token.ts and oauth/logout-courier.ts.
import { recordRefusal, systemActor } from '../audit/service.js';
import { type Db, inTransaction, type Tx } from '../db/client.js';
import { inBatches } from '../db/in-batches.js';
import type { Deps } from '../deps.js';
import { later } from '../lib/seconds.js';

const dayMilliseconds = 86_400_000;
/** How long whoever claimed a row has it alone: more than a call out can last, and clocks may differ by as much as is left. */
const leaseMilliseconds = 60_000;
/** How long to wait after the first failure, the second and so on; the last of them again and again. */
const pausesInSeconds = [5, 30, 120, 600, 3600, 4 * 3600];
const batchSize = 100;

type DeliveryDeps = Pick<Deps, 'db' | 'clock' | 'newId' | 'log'>;

/** A client that is not told: what waits for it goes unsent, until it is enabled again or the day is over. */
const isTold = { disabledAt: null, backchannelLogoutUri: { not: null } } as const;

/**
 * Notes that sessions have ended, for every client that has a living sign-in through one of them and a back-channel logout URI.
 * To be called in the transaction that ends them, before it ends the sign-ins.
 */
export async function noteLogouts(
  tx: Tx,
  deps: Pick<Deps, 'newId'>,
  sessions: readonly { readonly id: string; readonly memberId: string }[],
  now: Date,
): Promise<void> {
  // Grouped, since an app that renews its tokens by prompt=none has hundreds of sign-ins in one session.
  const signIns = await tx.tokenFamily.groupBy({
    by: ['sessionId', 'consentId'],
    where: {
      sessionId: { in: sessions.map(({ id }) => id) },
      revokedAt: null,
      expiresAt: { gt: now },
      consent: { revokedAt: null, client: isTold },
    },
  });
  if (signIns.length === 0) return;
  const consents = await tx.consent.findMany({
    where: { id: { in: signIns.map(({ consentId }) => consentId) } },
    select: { id: true, clientId: true, memberId: true },
  });
  const consentsById = new Map(consents.map((consent) => [consent.id, consent]));
  const rows = signIns.flatMap(({ sessionId, consentId }) => {
    const consent = consentsById.get(consentId);
    return sessionId === null || consent === undefined
      ? []
      : [{ sessionId, clientId: consent.clientId, memberId: consent.memberId }];
  });
  await tx.logoutDelivery.createMany({
    data: rows.map((row) => ({
      id: deps.newId('logoutDelivery'),
      ...row,
      createdAt: now,
      nextAttemptAt: now,
      expiresAt: new Date(now.getTime() + dayMilliseconds),
    })),
  });
}

function findRows(db: Db, where: object, most: number) {
  return db.logoutDelivery.findMany({
    where,
    // What was never tried goes first: a client that has been dead for hours makes nobody wait.
    orderBy: [{ attempts: 'asc' }, { nextAttemptAt: 'asc' }, { id: 'asc' }],
    take: most,
    include: { client: true },
  });
}

/** A row with its client. `nextAttemptAt` is how whoever has claimed it recognises it. */
export type LogoutDelivery = Awaited<ReturnType<typeof findRows>>[number];

/** What is to be sent now, save to the clients that are named. */
export async function findDueLogouts(
  deps: Pick<Deps, 'db' | 'clock'>,
  { except, most }: { readonly except: readonly string[]; readonly most: number },
): Promise<LogoutDelivery[]> {
  const now = deps.clock();
  const due = { nextAttemptAt: { lte: now }, expiresAt: { gt: now }, clientId: { notIn: [...except] }, client: isTold };
  const rows = await findRows(deps.db, due, most);
  // Prisma reads the clients in a statement of their own: one that was deleted between the two is missing.
  return rows.filter(({ client }) => client != null);
}

/** Takes a row for one attempt. @returns it as it is now, or null when another process was quicker */
export async function claimLogout(
  deps: Pick<Deps, 'db' | 'clock'>,
  delivery: LogoutDelivery,
): Promise<LogoutDelivery | null> {
  const nextAttemptAt = new Date(deps.clock().getTime() + leaseMilliseconds);
  const { count } = await deps.db.logoutDelivery.updateMany({
    where: { id: delivery.id, nextAttemptAt: delivery.nextAttemptAt },
    data: { nextAttemptAt },
  });
  return count === 1 ? { ...delivery, nextAttemptAt } : null;
}

/** Forgets what the client has taken. */
export async function noteTaken(db: Db, { id }: LogoutDelivery): Promise<void> {
  await db.logoutDelivery.deleteMany({ where: { id } });
}

/** Ends the attempts and tells the account's admins in the audit log, unless somebody else did or does something with the row. */
async function giveUp(deps: DeliveryDeps, delivery: LogoutDelivery, attempts: number, reason: string): Promise<void> {
  const { id, nextAttemptAt, client } = delivery;
  const gaveUp = await inTransaction(deps.db, async (tx) => {
    const { count } = await tx.logoutDelivery.deleteMany({ where: { id, nextAttemptAt } });
    if (count === 0) return false;
    await recordRefusal({ ...deps, db: tx }, systemActor, {
      action: 'BACKCHANNEL_LOGOUT_FAILED',
      accountId: client.accountId,
      targetId: client.id,
      targetLabel: client.name,
      changes: [
        { field: 'attempts', before: null, after: String(attempts) },
        { field: 'reason', before: null, after: reason },
      ],
    });
    return true;
  });
  if (gaveUp)
    deps.log.warn({ client: client.id, attempts, reason }, 'a client was not told of a sign-out, and will not be');
}

/** Puts a claimed row off after an attempt in vain, or gives it up when there is no time for another. */
export async function noteFailure(deps: DeliveryDeps, delivery: LogoutDelivery, reason: string): Promise<void> {
  const attempts = delivery.attempts + 1;
  const pause = pausesInSeconds[Math.min(attempts, pausesInSeconds.length) - 1] ?? 0;
  const nextAttemptAt = later(deps.clock(), pause);
  if (nextAttemptAt >= delivery.expiresAt) return giveUp(deps, delivery, attempts, reason);
  deps.log.info({ client: delivery.client.id, attempts, reason }, 'a client was not told of a sign-out yet');
  await deps.db.logoutDelivery.updateMany({
    where: { id: delivery.id, nextAttemptAt: delivery.nextAttemptAt },
    data: { attempts, nextAttemptAt },
  });
}

/**
 * Gives up what expired before it was taken, as while no process ran or its client was disabled: no failure of a client that was
 * not to be told. Run now and then by every process.
 */
export async function giveUpExpiredLogouts(deps: DeliveryDeps): Promise<void> {
  const now = deps.clock();
  // What is being sent at this moment has a later nextAttemptAt.
  const over = { expiresAt: { lte: now }, nextAttemptAt: { lte: now } };
  const untold = { ...over, client: { NOT: isTold } };
  await inBatches((most) => deps.db.logoutDelivery.deleteMany({ where: untold, limit: most }));
  for (;;) {
    const rows = await findRows(deps.db, { ...over, client: isTold }, batchSize);
    for (const row of rows) {
      if (row.client == null) continue;
      await giveUp(deps, row, row.attempts, 'The day was over before the service could try again.');
    }
    if (rows.length < batchSize) return;
  }
}
