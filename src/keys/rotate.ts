// When keys change: the next one is published before it signs, and the old one stays published until its last token expired.
// Unless somebody else may hold them: then all go at once.
import { type Actor, recordAudit } from '../audit/service.js';
import { exclusively, type Tx } from '../db/client.js';
import type { Deps, SigningAlgorithm } from '../deps.js';
import { later } from '../lib/seconds.js';
import { createSigningKey, type NewSigningKey, storeSigningKey } from './store.js';

/** How long others may keep our JWKS; its Cache-Control says so. */
export const jwksMaxAgeSeconds = 300;
/** How far the clocks of our processes may differ. */
const mostClockDifferenceSeconds = 60;
// Our other processes reread within 30 s, whatever they are asked.
const marginSeconds = 30 + mostClockDifferenceSeconds;
/** The longest life of a token that a key signs: client metadata cannot ask for more. */
export const longestTokenSeconds = 86_400;

export const signingAlgorithms: readonly SigningAlgorithm[] = ['RS256', 'ES256'];

/** Makes one key of each algorithm, to be stored by `storeFirstSigningKeys`. */
export function createSigningKeys(deps: Pick<Deps, 'secretKeys' | 'randomBytes'>): Promise<NewSigningKey[]> {
  return Promise.all(signingAlgorithms.map((algorithm) => createSigningKey(deps, algorithm)));
}

/** From when a key is said to sign that signs at once: so it does in processes, too, whose clocks are behind. */
function atOnce(now: Date): Date {
  return later(now, -mostClockDifferenceSeconds);
}

/** Stores an installation's first keys, which sign at once: nobody holds an older JWKS. */
export async function storeFirstSigningKeys(tx: Tx, keys: readonly NewSigningKey[], now: Date): Promise<void> {
  for (const key of keys) await storeSigningKey(tx, key, now, atOnce(now));
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
    const isFirst = !(await isSigning(tx, now));
    const activeAt = isFirst ? now : later(now, jwksMaxAgeSeconds + marginSeconds);
    const unpublishedAt = later(activeAt, longestTokenSeconds + marginSeconds);
    // Keys of an earlier rotation that do not sign yet are retired too: one successor for each algorithm.
    await tx.signingKey.updateMany({ where: { retiredAt: null }, data: { retiredAt: activeAt, unpublishedAt } });
    for (const key of fresh) await storeSigningKey(tx, key, now, isFirst ? atOnce(now) : activeAt);
    const kids = fresh.map((key) => key.kid);
    await recordAudit(tx, deps, actor, { action: 'SIGNING_KEY_ROTATED', targetLabel: kids.join(' ') });
    return { kids, activeAt };
  });
}

/**
 * Ends every key that there is, since somebody else may hold them, and makes new ones that sign at once: nobody can have been
 * told of them before. Whatever the old ones signed is refused from the moment that a process has read this, ID tokens as
 * `id_token_hint` too; refresh tokens and sessions, which no key signed, go on.
 * @returns the new keys' ids, the moment from which they sign, and the ids of the keys that count no more
 */
export async function replaceCompromisedSigningKeys(
  deps: Pick<Deps, 'db' | 'clock' | 'newId' | 'secretKeys' | 'randomBytes'>,
  actor: Actor,
): Promise<{ kids: string[]; activeAt: Date; compromisedKids: string[] }> {
  const fresh = await createSigningKeys(deps);
  return exclusively(deps.db, 'signing-keys', async (tx) => {
    const now = deps.clock();
    const old = await tx.signingKey.findMany({ where: { compromisedAt: null }, select: { kid: true } });
    const end = { compromisedAt: now, retiredAt: now, unpublishedAt: now };
    await tx.signingKey.updateMany({ where: { compromisedAt: null }, data: end });
    for (const key of fresh) await storeSigningKey(tx, key, now, atOnce(now));
    const kids = fresh.map((key) => key.kid);
    const compromisedKids = old.map((key) => key.kid);
    await recordAudit(tx, deps, actor, { action: 'SIGNING_KEY_COMPROMISED', targetLabel: compromisedKids.join(' ') });
    await recordAudit(tx, deps, actor, { action: 'SIGNING_KEY_ROTATED', targetLabel: kids.join(' ') });
    return { kids, activeAt: now, compromisedKids };
  });
}
