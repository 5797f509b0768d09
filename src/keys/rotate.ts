// When keys change: the next one is published before it signs, and the old one stays published until its last token expired.
import { type Actor, recordAudit } from '../audit/service.js';
import { exclusively, type Tx } from '../db/client.js';
import type { Deps, SigningAlgorithm } from '../deps.js';
import { createSigningKey, type NewSigningKey, storeSigningKey } from './store.js';

/** How long others may keep our JWKS; its Cache-Control says so. */
export const jwksMaxAgeSeconds = 300;
// Our other processes reread within 30 s, and clocks differ by up to a minute.
const marginSeconds = 90;
/** The longest life of a token that a key signs: client metadata cannot ask for more. */
export const longestTokenSeconds = 86_400;

export const signingAlgorithms: readonly SigningAlgorithm[] = ['RS256', 'ES256'];

function later(date: Date, seconds: number): Date {
  return new Date(date.getTime() + seconds * 1000);
}

/** Makes one key of each algorithm, to be stored by `storeFirstSigningKeys`. */
export function createSigningKeys(deps: Pick<Deps, 'secretKeys' | 'randomBytes'>): Promise<NewSigningKey[]> {
  return Promise.all(signingAlgorithms.map((algorithm) => createSigningKey(deps, algorithm)));
}

/** Stores an installation's first keys, which sign at once: nobody holds an older JWKS. */
export async function storeFirstSigningKeys(tx: Tx, keys: readonly NewSigningKey[], now: Date): Promise<void> {
  for (const key of keys) await storeSigningKey(tx, key, now, now);
}

/** Says whether a key signs at this moment, so that others hold a JWKS to wait out. */
async function isSigning(tx: Tx, now: Date): Promise<boolean> {
  const notRetired = [{ retiredAt: null }, { retiredAt: { gt: now } }];
  return (await tx.signingKey.count({ where: { activeAt: { lte: now }, OR: notRetired } })) > 0;
}

/**
 * Begins a rotation of both algorithms' keys. Where no key signs, as before the first start, the new ones do at once.
 * @returns the new keys' ids and the moment from which they sign
 */
export async function rotateSigningKeys(
  deps: Pick<Deps, 'db' | 'clock' | 'newId' | 'secretKeys' | 'randomBytes'>,
  actor: Actor,
): Promise<{ kids: string[]; activeAt: Date }> {
  const fresh = await createSigningKeys(deps);
  return exclusively(deps.db, 'signing-keys', async (tx) => {
    const now = deps.clock();
    const activeAt = (await isSigning(tx, now)) ? later(now, jwksMaxAgeSeconds + marginSeconds) : now;
    const unpublishedAt = later(activeAt, longestTokenSeconds + marginSeconds);
    // Keys of an earlier rotation that do not sign yet are retired too: one successor for each algorithm.
    await tx.signingKey.updateMany({ where: { retiredAt: null }, data: { retiredAt: activeAt, unpublishedAt } });
    for (const key of fresh) await storeSigningKey(tx, key, now, activeAt);
    const kids = fresh.map((key) => key.kid);
    await recordAudit(tx, deps, actor, { action: 'SIGNING_KEY_ROTATED', targetLabel: kids.join(' ') });
    return { kids, activeAt };
  });
}
