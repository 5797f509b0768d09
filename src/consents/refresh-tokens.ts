// Refresh tokens: issued, and rotated so that a lost reply signs nobody out and no family ever has two living ends.
import { type RefreshTokenWithFamily, retrying } from '../db/client.js';
import type { Deps } from '../deps.js';
import { deriveKey, seal, sha256, unseal } from '../lib/crypto.js';
import { createToken, isToken } from '../lib/secret-format.js';

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

/** A refresh token that is made and not yet stored: what is stored of it, and the token in clear for the response alone. */
export interface NewRefreshToken {
  readonly token: string;
  readonly row: {
    readonly id: string;
    readonly familyId: string;
    readonly hash: string;
    readonly createdAt: Date;
    readonly expiresAt: Date;
  };
}

/** Makes a refresh token of a family. It counts once it is stored. */
export function makeRefreshToken(
  deps: Pick<Deps, 'clock' | 'newId' | 'randomBytes'>,
  family: { readonly id: string; readonly expiresAt: Date },
  idleSeconds: number,
): NewRefreshToken {
  const now = deps.clock();
  const token = createToken('lkr', deps.randomBytes);
  const row = {
    id: deps.newId('refreshToken'),
    familyId: family.id,
    hash: sha256(token),
    createdAt: now,
    expiresAt: idleEnd(now, idleSeconds, family.expiresAt),
  };
  return { token, row };
}

/** The hash that a presented refresh token is found by; null for what is no refresh token of ours. */
export function hashOfRefreshToken(token: string): string | null {
  return isToken('lkr', token) ? sha256(token) : null;
}

/**
 * Exchanges a presented token, already found and checked, for its successor: the first use makes one, a repeat within the
 * grace window gets the same one, any other repeat is reported as a replay.
 */
export async function rotateRefreshToken(
  deps: Pick<Deps, 'db' | 'hotPaths' | 'clock' | 'newId' | 'randomBytes' | 'config'>,
  presented: string,
  row: RefreshTokenWithFamily,
  idleSeconds: number,
): Promise<Rotation> {
  const now = deps.clock();
  const successor = makeRefreshToken(deps, row.family, idleSeconds);
  const sealedSuccessor =
    deps.config.refreshGraceSeconds > 0
      ? seal(successorKey(presented, row.id), successor.token, deps.randomBytes)
      : null;
  const used = { id: row.id, usedAt: now, sealedSuccessor };
  // It may meet whoever ends or deletes the client at this moment, each waiting for a row of the other.
  const rotated = row.usedAt === null && (await retrying(() => deps.hotPaths.rotateRefreshToken(used, successor.row)));
  if (rotated) return { outcome: 'rotated', refreshToken: successor.token };
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
