// What goes of sign-ins by itself: families that are over, with their codes and refresh tokens, and seals whose grace window has
// ended. Of a living family every used refresh token stays, as its hash: only by that is a copy recognised for what it is.
import type { Db } from '../db/client.js';
import { inBatches } from '../db/in-batches.js';
import { idAt } from '../lib/ids.js';

const dayMilliseconds = 86_400_000;

/** A family has thousands of refresh tokens when it was refreshed every few minutes for months. */
const familiesAtOnce = 50;

/** Deletes what belongs to the families first, so that no statement deletes more than its share by cascade. */
async function deleteFamilies(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const familyId = { in: [...ids] };
  await inBatches((most) => db.refreshToken.deleteMany({ where: { familyId }, limit: most }));
  await db.tokenFamily.deleteMany({
    where: { id: familyId, refreshTokens: { none: {} } },
  });
}

/** Deletes families that have been over for a day. */
async function deleteOldFamilies(db: Db, before: Date): Promise<void> {
  await inBatches(async (most) => {
    const rows = await db.tokenFamily.findMany({
      where: { expiresAt: { lt: before } },
      orderBy: { expiresAt: 'asc' },
      take: Math.min(familiesAtOnce, most),
      select: { id: true },
    });
    await deleteFamilies(
      db,
      rows.map(({ id }) => id),
    );
    return { count: rows.length < familiesAtOnce ? rows.length : most };
  });
}

/** How far each database was looked through: by code, and by when a refresh token was used. A new process begins anew. */
const lookedThrough = new WeakMap<Db, { code: string; usedAt: Date }>();

function progressOf(db: Db) {
  const known = lookedThrough.get(db) ?? { code: '', usedAt: new Date(0) };
  lookedThrough.set(db, known);
  return known;
}

/** Deletes families whose code nobody redeemed, a day after: they gave no tokens. Goes through the codes once, in their order. */
async function deleteUnredeemed(db: Db, before: Date): Promise<void> {
  const progress = progressOf(db);
  const end = idAt('authorizationCode', before);
  await inBatches(async (most) => {
    const codes = await db.authorizationCode.findMany({
      where: { id: { gt: progress.code, lt: end } },
      orderBy: { id: 'asc' },
      take: most,
      select: { id: true, familyId: true, usedAt: true },
    });
    const ids = codes.filter(({ usedAt }) => usedAt === null).map(({ familyId }) => familyId);
    // A code that old cannot be redeemed, nor one that was not.
    await deleteFamilies(db, ids);
    progress.code = codes.at(-1)?.id ?? progress.code;
    return { count: codes.length };
  });
}

/** Erases the seals whose grace window has ended. Goes through the used tokens once, in the order of their use. */
async function eraseOldSeals(db: Db, end: Date): Promise<void> {
  const progress = progressOf(db);
  await inBatches(async (most) => {
    const since = { gt: progress.usedAt, lt: end };
    const [last] = await db.refreshToken.findMany({
      where: { usedAt: since },
      orderBy: { usedAt: 'asc' },
      skip: most - 1,
      take: 1,
      select: { usedAt: true },
    });
    // Up to that one and all that were used in the same moment; or up to the end, where there are not so many.
    const usedAt = last?.usedAt ? { gt: progress.usedAt, lte: last.usedAt } : since;
    await db.refreshToken.updateMany({
      where: { usedAt, sealedSuccessor: { not: null } },
      data: { sealedSuccessor: null },
    });
    progress.usedAt = last?.usedAt ?? new Date(Math.max(progress.usedAt.getTime(), end.getTime() - 1));
    return { count: last ? most : 0 };
  });
}

/** Does all of it. Run every minute by every process. */
export async function tidySignIns(db: Db, now: Date, graceSeconds: number): Promise<void> {
  const yesterday = new Date(now.getTime() - dayMilliseconds);
  await eraseOldSeals(db, new Date(now.getTime() - graceSeconds * 1000));
  await deleteOldFamilies(db, yesterday);
  await deleteUnredeemed(db, yesterday);
}
