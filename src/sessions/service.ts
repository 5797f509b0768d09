// Browser sessions: begun at sign-in, found by the cookie's secret, ended at sign-out. The cookie itself is http's.
import { type Actor, recordAudit } from '../audit/service.js';
import { revokeFamiliesOfMember, revokeFamiliesOfSessions } from '../consents/families.js';
import { type Db, inTransaction, isOrphan, isRetryable, type Tx } from '../db/client.js';
import { inBatches } from '../db/in-batches.js';
import type { Deps } from '../deps.js';
import { sha256 } from '../lib/crypto.js';
import { later } from '../lib/seconds.js';
import type { MailDeps } from '../mail/deliveries.js';
import { noteLogouts } from './logout-deliveries.js';
import { tellOfNewSignIn } from './new-sign-in.js';

const sessionIdleSeconds = 12 * 3600;
export const sessionSeconds = 30 * 24 * 3600;
// How stale the stored last activity may be: not every request writes.
const activityGranularityMilliseconds = 60_000;

/** What a session is found by: the hash of the secret in its cookie. */
export function hashOfSession(secret: string): string {
  return sha256(secret);
}

/** Whether a session lives, and its member may use it. Prisma reads members in a statement of their own: one just removed is missing. */
export function isLiving(
  session: {
    readonly endedAt: Date | null;
    readonly expiresAt: Date;
    readonly idleExpiresAt: Date;
    readonly member: { readonly status: string } | null;
  },
  now: Date,
): boolean {
  if (session.endedAt !== null || session.member?.status !== 'ACTIVE') return false;
  return session.expiresAt > now && session.idleExpiresAt > now;
}

/** Notes that a living session is used, unless that was done lately. */
export async function noteActivity(
  deps: Pick<Deps, 'db' | 'clock'>,
  session: { readonly id: string; readonly lastActiveAt: Date },
): Promise<void> {
  const now = deps.clock();
  if (now.getTime() - session.lastActiveAt.getTime() <= activityGranularityMilliseconds) return;
  await deps.db.session.updateMany({
    where: { id: session.id, endedAt: null },
    data: { lastActiveAt: now, idleExpiresAt: later(now, sessionIdleSeconds) },
  });
}

/** Finds a living session of an active member by the secret in its cookie, and notes the activity. */
export async function findSession(deps: Pick<Deps, 'db' | 'clock'>, secret: string) {
  const session = await deps.db.session.findUnique({
    where: { secretHash: hashOfSession(secret) },
    include: { member: { include: { account: true } } },
  });
  if (!session || !isLiving(session, deps.clock())) return null;
  await noteActivity(deps, session);
  return session;
}

export type LiveSession = NonNullable<Awaited<ReturnType<typeof findSession>>>;

/** A member as they were when they proved who they are. */
export interface ProvenMember {
  readonly id: string;
  readonly email: string;
  readonly passwordHash: string | null;
}

/**
 * Begins a session for a member who has just proved who they are, or renews the one that this browser has of theirs, under a
 * new secret: its sign-ins stay together, so that signing out ends them all. Members are told of a sign-in that is new to them.
 * @returns its id and the cookie's secret, in clear; null when the password or the address was changed meanwhile
 */
export async function beginSession(
  deps: Pick<Deps, 'db' | 'config'> & MailDeps,
  actor: Actor,
  member: ProvenMember,
  methods: readonly string[],
  renewedId: string | null = null,
): Promise<{ id: string; secret: string } | null> {
  const now = deps.clock();
  const secret = deps.randomBytes(32).toString('base64url');
  const origin = { ipAddress: actor.ipAddress, userAgent: actor.userAgent?.slice(0, 500) ?? null };
  const state = {
    secretHash: hashOfSession(secret),
    authenticatedAt: now,
    methods: methods.join(' '),
    ...origin,
    lastActiveAt: now,
    idleExpiresAt: later(now, sessionIdleSeconds),
    expiresAt: later(now, sessionSeconds),
  };
  return inTransaction(deps.db, async (tx) => {
    const asBefore = await tx.member.findUnique({ where: { id: member.id } });
    // Password or address may have been changed while they were being checked: whoever does it waits for this row, or is seen here.
    const { count } = await tx.member.updateMany({
      where: { id: member.id, email: member.email, passwordHash: member.passwordHash, status: 'ACTIVE' },
      data: { lastSeenAt: now, lastSeenSortKey: now.toISOString() },
    });
    if (count === 0 || asBefore === null) return null;
    await tellOfNewSignIn(tx, deps, asBefore, origin, now);
    const renewed =
      renewedId !== null &&
      (await tx.session.updateMany({ where: { id: renewedId, memberId: member.id, endedAt: null }, data: state }))
        .count === 1;
    const id = renewed ? renewedId : deps.newId('session');
    if (!renewed) await tx.session.create({ data: { id, memberId: member.id, ...state } });
    await recordAudit(tx, deps, actor, { action: 'SIGNED_IN', targetId: member.id, targetLabel: member.email });
    return { id, secret };
  });
}

const recentMilliseconds = 600_000;

/** Whether somebody signed in within the last ten minutes, as handing on an account and changing a password demand. */
export function isRecent(authenticatedAt: Date, now: Date): boolean {
  return now.getTime() - authenticatedAt.getTime() <= recentMilliseconds;
}

/**
 * Holds a session while something is given in its name.
 * @returns false when it has ended; whoever ends it waits until the transaction is over
 */
export async function holdSession(tx: Tx, id: string, now: Date): Promise<boolean> {
  const { count } = await tx.session.updateMany({ where: { id, endedAt: null }, data: { lastActiveAt: now } });
  return count === 1;
}

export type EndingDeps = Pick<Deps, 'db' | 'clock' | 'newId' | 'logoutCourier'>;

/**
 * Ends the sessions that are named and have not ended, and notes for every client that was signed in to through one that it is
 * to be told. Nothing else ends sessions, save their expiry. The tokens of their sign-ins are the caller's, and end after this.
 * @param which.except one of the member's that goes on
 * @returns the ids of those that ended
 */
export async function endSessions(
  tx: Tx,
  deps: Pick<Deps, 'newId'>,
  which: { readonly id: string } | { readonly memberId: string; readonly except?: string | null },
  now: Date,
): Promise<string[]> {
  const { except = null, ...named } = 'memberId' in which ? which : { ...which, except: null };
  const ended = await tx.session.updateManyAndReturn({
    where: { ...named, endedAt: null, ...(except === null ? {} : { NOT: { id: except } }) },
    data: { endedAt: now },
    select: { id: true, memberId: true },
  });
  if (ended.length > 0) await noteLogouts(tx, deps, ended, now);
  return ended.map(({ id }) => id);
}

/**
 * Runs a transaction that ends sessions, and then has the clients told. A client may be deleted just before the note for it is
 * written: the second time it is not found any more.
 */
export async function endingSessions(deps: EndingDeps, transaction: (tx: Tx) => Promise<void>): Promise<void> {
  const mayPass = (error: unknown) => isRetryable(error) || isOrphan(error);
  await inTransaction(deps.db, transaction, mayPass);
  deps.logoutCourier.wake();
}

/** Ends a session and, with it, the tokens of its sign-ins, save those granted for offline access. */
export async function endSession(deps: EndingDeps, actor: Actor, id: string): Promise<void> {
  const now = deps.clock();
  await endingSessions(deps, async (tx) => {
    const ended = await endSessions(tx, deps, { id }, now);
    if (ended.length === 0) return;
    await revokeFamiliesOfSessions(tx, ended, now);
    await recordAudit(tx, deps, actor, {
      action: 'SIGNED_OUT',
      targetId: actor.memberId ?? id,
      targetLabel: actor.label,
    });
  });
}

/**
 * Ends a member's sessions but for one and, with them, the tokens of their sign-ins, save those granted for offline access. To
 * be run by `endingSessions`.
 * @param keptId the session to keep; null for none
 */
export async function endOtherSessions(
  tx: Tx,
  deps: Pick<Deps, 'newId'>,
  memberId: string,
  keptId: string | null,
  now: Date,
): Promise<void> {
  await revokeFamiliesOfSessions(tx, await endSessions(tx, deps, { memberId, except: keptId }, now), now);
}

/**
 * Ends every session of a member and all tokens that clients hold for them, as a new password demands. To be run by
 * `endingSessions`.
 */
export async function endEverythingOfMember(
  tx: Tx,
  deps: Pick<Deps, 'newId'>,
  memberId: string,
  now: Date,
): Promise<void> {
  await endSessions(tx, deps, { memberId }, now);
  await revokeFamiliesOfMember(tx, memberId, now);
}

/**
 * Deletes what expired a day ago, ended or not: a browser that signs out every day is known by what it leaves (new-sign-in.ts). Run
 * now and then by every process. A session that expires is no sign-out: its apps keep their tokens, and are told nothing.
 */
export async function deleteOldSessions(db: Db, now: Date): Promise<void> {
  const before = new Date(now.getTime() - 24 * 3600 * 1000);
  await inBatches((most) => db.session.deleteMany({ where: { expiresAt: { lt: before } }, limit: most }));
}
