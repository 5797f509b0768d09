// Links that are sent to a member's address and act for whoever opens them: made, found and used once. Only the hash of the
// token is kept. What using one does is the caller's.
import { type Db, inTransaction, type Tx } from '../db/client.js';
import { inBatches } from '../db/in-batches.js';
import type { Deps } from '../deps.js';
import { sha256 } from '../lib/crypto.js';
import { emailKey } from '../lib/email.js';
import { later } from '../lib/seconds.js';
import { createToken, isToken } from '../lib/secret-format.js';

/** How long a link works, by what it is for. */
export const secondsOf = { RESET_PASSWORD: 30 * 60, VERIFY_EMAIL: 24 * 3600, CHANGE_EMAIL: 3600 } as const;

export type LinkPurpose = keyof typeof secondsOf;

/**
 * Of each purpose a member gets this many in an hour, so that nobody can fill a mailbox. For a forgotten password they get another
 * one besides whenever none of them works any more: anybody can ask for those, and must not keep the member from one. Since one
 * works for half an hour unless it is used, that makes five in an hour at most.
 */
const mostInAnHour = 3;
const hourMilliseconds = 3_600_000;
const dayMilliseconds = 86_400_000;

/**
 * Makes a link and ends the older ones of its purpose. Costs the same queries for a member who is not there.
 * @param memberId '' for nobody
 * @param email the address that it is sent to
 * @returns the token in clear, to be sent; null when the member is not active or was sent enough of them in this hour
 */
export async function makeLink(
  tx: Tx,
  deps: Pick<Deps, 'clock' | 'newId' | 'randomBytes'>,
  memberId: string,
  purpose: LinkPurpose,
  email: string,
): Promise<string | null> {
  const now = deps.clock();
  // Holds the member's row, so that two links made at once see each other.
  const held = await tx.member.updateMany({ where: { id: memberId, status: 'ACTIVE' }, data: { status: 'ACTIVE' } });
  const recent = await tx.oneTimeLink.findMany({
    where: { memberId, purpose, createdAt: { gt: new Date(now.getTime() - hourMilliseconds) } },
    select: { usedAt: true, expiresAt: true },
  });
  const works = recent.some(({ usedAt, expiresAt }) => usedAt === null && expiresAt > now);
  const isEnough = recent.length >= mostInAnHour && (works || purpose !== 'RESET_PASSWORD');
  const isRefused = held.count === 0 || isEnough;
  // Refused too, for nobody: it must cost the same.
  await endLinks(tx, isRefused ? '' : memberId, [purpose], now);
  if (isRefused) return null;
  const token = createToken('lkl', deps.randomBytes);
  await tx.oneTimeLink.create({
    data: {
      id: deps.newId('oneTimeLink'),
      memberId,
      purpose,
      hash: sha256(token),
      email,
      createdAt: now,
      expiresAt: later(now, secondsOf[purpose]),
    },
  });
  return token;
}

/** How many seconds a member who got enough links of a purpose has to wait for another. */
export async function secondsToNextLink(tx: Tx, memberId: string, purpose: LinkPurpose, now: Date): Promise<number> {
  const [oldest] = await tx.oneTimeLink.findMany({
    where: { memberId, purpose, createdAt: { gt: new Date(now.getTime() - hourMilliseconds) } },
    select: { createdAt: true },
    orderBy: { createdAt: 'desc' },
    skip: mostInAnHour - 1,
    take: 1,
  });
  return oldest === undefined ? 0 : (oldest.createdAt.getTime() + hourMilliseconds - now.getTime()) / 1000;
}

/** Ends a member's unused links of these purposes. They stay as rows for a while, since they count. */
export async function endLinks(tx: Tx, memberId: string, purposes: readonly LinkPurpose[], now: Date): Promise<void> {
  await tx.oneTimeLink.updateMany({
    where: { memberId, purpose: { in: [...purposes] }, usedAt: null, expiresAt: { gt: now } },
    data: { expiresAt: now },
  });
}

/** Ends all unused links of a member, whatever they are for. */
export function endAllLinks(tx: Tx, memberId: string, now: Date): Promise<void> {
  return endLinks(tx, memberId, Object.keys(secondsOf) as LinkPurpose[], now);
}

/** Ends all unused links of everybody. @returns how many */
export async function endLinksOfEverybody({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<number> {
  const now = clock();
  const ending = { where: { usedAt: null, expiresAt: { gt: now } }, data: { expiresAt: now } };
  return (await inTransaction(db, (tx) => tx.oneTimeLink.updateMany(ending))).count;
}

/**
 * Finds a living link of this purpose, with its member.
 * @returns null alike for unknown, used, ended and expired ones, those of another purpose, and when the member is not active
 */
export async function findLink(deps: Pick<Deps, 'db' | 'clock'>, purpose: LinkPurpose, token: string) {
  if (!isToken('lkl', token)) return null;
  const link = await deps.db.oneTimeLink.findUnique({ where: { hash: sha256(token) }, include: { member: true } });
  if (!link || link.purpose !== purpose || link.usedAt !== null || link.expiresAt <= deps.clock()) return null;
  if (link.member?.status !== 'ACTIVE') return null;
  // What was sent to a former address proves nothing about the present one.
  if (purpose !== 'CHANGE_EMAIL' && emailKey(link.email) !== link.member.emailKey) return null;
  return link;
}

/**
 * Finds a link that was used to prove the very address that its member has now, so that whoever opens it again or posts its
 * form twice is told that it is done.
 */
export async function findProofOfNow(deps: Pick<Deps, 'db'>, token: string) {
  if (!isToken('lkl', token)) return null;
  const link = await deps.db.oneTimeLink.findUnique({ where: { hash: sha256(token) }, include: { member: true } });
  const { member, usedAt } = link ?? {};
  if (!link || !member || !usedAt || link.purpose === 'RESET_PASSWORD') return null;
  const isProven = member.emailVerifiedAt !== null && member.emailKey === emailKey(link.email);
  return isProven && member.status === 'ACTIVE' ? link : null;
}

/**
 * Uses a link, in the transaction of what it does. Holds its member's row before, as whoever else writes both does: in another order
 * two of them could wait for each other.
 * @param member what else must be so of the member
 * @returns false when the link was used or ended meanwhile, or its member is not so, or not active
 */
export async function takeLink(
  tx: Tx,
  link: { readonly id: string; readonly memberId: string },
  now: Date,
  member: { readonly emailKey?: string } = {},
): Promise<boolean> {
  const active = { status: 'ACTIVE' } as const;
  const held = await tx.member.updateMany({ where: { id: link.memberId, ...member, ...active }, data: active });
  if (held.count === 0) return false;
  const { count } = await tx.oneTimeLink.updateMany({
    where: { id: link.id, usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
  });
  return count === 1;
}

/** Deletes links that have been over for a day. Run every minute by every process. */
export async function deleteOldLinks(db: Db, now: Date): Promise<void> {
  const before = new Date(now.getTime() - dayMilliseconds);
  await inBatches((most) => db.oneTimeLink.deleteMany({ where: { expiresAt: { lt: before } }, limit: most }));
}
