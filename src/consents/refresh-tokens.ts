// Refresh tokens: issued, and rotated so that a lost reply signs nobody out and no family ever has two living ends.
import { type Db, retrying, type Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { deriveKey, seal, sha256, unseal } from '../lib/crypto.js';
import { createToken, isToken } from '../lib/secret-format.js';
import { familyWithParties, isWhole } from './families.js';

type Row = NonNullable<Awaited<ReturnType<typeof findRefreshToken>>>;

/** What became of a rotation. */
export type Rotation =
  | { readonly outcome: 'rotated' | 'repeated'; readonly refreshToken: string }
  /** A second use outside the grace window, or after the successor was used: somebody holds a copy. */
  | { readonly outcome: 'replayed' };

/** The key to the successor comes from the presented token alone: neither our keys nor the database open the seal. */
function successorKey(presented: string, rowId: string): Buffer {
  return deriveKey(presented, 'latchkey/refresh-successor/v1', rowId);
}

function idleEnd(now: Date, idleSeconds: number, familyEnd: Date): Date {
  return new Date(Math.min(now.getTime() + idleSeconds * 1000, familyEnd.getTime()));
}

interface Issue {
  readonly familyId: string;
  readonly familyExpiresAt: Date;
  readonly idleSeconds: number;
}

/** Stores a fresh refresh token. @returns its id and the token in clear, for the response and nowhere else */
export async function issueRefreshToken(
  tx: Db | Tx,
  deps: Pick<Deps, 'clock' | 'newId' | 'randomBytes'>,
  issue: Issue,
  token = createToken('lkr', deps.randomBytes),
): Promise<{ id: string; token: string }> {
  const now = deps.clock();
  const id = deps.newId('refreshToken');
  await tx.refreshToken.create({
    data: {
      id,
      familyId: issue.familyId,
      hash: sha256(token),
      createdAt: now,
      expiresAt: idleEnd(now, issue.idleSeconds, issue.familyExpiresAt),
    },
  });
  return { id, token };
}

/** Finds a presented refresh token with all that it is bound to, used or not. @returns null when we did not make it */
export async function findRefreshToken(db: Db, token: string) {
  if (!isToken('lkr', token)) return null;
  const found = await db.refreshToken.findUnique({
    where: { hash: sha256(token) },
    include: { family: { include: familyWithParties } },
  });
  return found?.family && isWhole(found.family) ? found : null;
}

/**
 * Finds a presented refresh token of this very client, used or not. Another client's is as unknown as an invented one: the
 * same statement finds nothing.
 * @param clientId the client's row
 */
export async function findRefreshTokenOf(db: Db, clientId: string, token: string) {
  if (!isToken('lkr', token)) return null;
  const found = await db.refreshToken.findFirst({
    where: { hash: sha256(token), family: { consent: { clientId } } },
    include: { family: { include: familyWithParties } },
  });
  return found?.family && isWhole(found.family) ? found : null;
}

/**
 * Exchanges a presented token, already found and checked, for its successor: the first use makes one, a repeat within the
 * grace window gets the same one, any other repeat is reported as a replay.
 */
export async function rotateRefreshToken(
  deps: Pick<Deps, 'db' | 'clock' | 'newId' | 'randomBytes' | 'config'>,
  presented: string,
  row: Row,
  idleSeconds: number,
): Promise<Rotation> {
  const now = deps.clock();
  const family = row.family;
  const refreshToken = createToken('lkr', deps.randomBytes);
  // Sealed before the transaction, which does nothing but write.
  const sealedSuccessor =
    deps.config.refreshGraceSeconds > 0 ? seal(successorKey(presented, row.id), refreshToken, deps.randomBytes) : null;
  const rotate = async (tx: Tx) => {
    const claimed = await tx.refreshToken.updateMany({
      where: { id: row.id, usedAt: null },
      data: { usedAt: now, sealedSuccessor },
    });
    if (claimed.count !== 1) return false;
    const successor = await issueRefreshToken(
      tx,
      deps,
      { familyId: family.id, familyExpiresAt: family.expiresAt, idleSeconds },
      refreshToken,
    );
    await tx.refreshToken.update({ where: { id: row.id }, data: { successorId: successor.id } });
    // The token that this one succeeded can no longer be repeated.
    await tx.refreshToken.updateMany({ where: { successorId: row.id }, data: { sealedSuccessor: null } });
    return true;
  };
  // It may meet whoever ends or deletes the client at this moment, each waiting for a row of the other.
  const rotated = row.usedAt === null && (await retrying(() => deps.db.$transaction(rotate)));
  if (rotated) return { outcome: 'rotated', refreshToken };
  const repeated = await successorWithinGrace(deps, presented, row.id, now);
  return repeated === null ? { outcome: 'replayed' } : { outcome: 'repeated', refreshToken: repeated };
}

async function successorWithinGrace(
  deps: Pick<Deps, 'db' | 'config'>,
  presented: string,
  id: string,
  now: Date,
): Promise<string | null> {
  const used = await deps.db.refreshToken.findUnique({ where: { id } });
  if (!used?.usedAt || !used.successorId || !used.sealedSuccessor) return null;
  if (now.getTime() - used.usedAt.getTime() > deps.config.refreshGraceSeconds * 1000) return null;
  const successor = await deps.db.refreshToken.findUnique({ where: { id: used.successorId } });
  if (!successor || successor.usedAt !== null) return null;
  return unseal(successorKey(presented, id), used.sealedSuccessor);
}

/** Erases the seals whose grace window has ended. Run now and then by every process. */
export async function eraseOldSeals(db: Db, now: Date, graceSeconds: number): Promise<void> {
  await db.refreshToken.updateMany({
    where: { usedAt: { lt: new Date(now.getTime() - graceSeconds * 1000) }, sealedSuccessor: { not: null } },
    data: { sealedSuccessor: null },
  });
}
