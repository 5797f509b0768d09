// Consents: what a member allowed a client, remembered. When to ask anew is decided at the authorization endpoint; here is
// what was said.
import { type Actor, recordAudit } from '../audit/service.js';
import type { Db, Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { splitWords, union } from '../lib/scope.js';

/**
 * How a consent holds that a scope was allowed at an API. Whoever allowed `admin` at a shop has not allowed it here, nor at
 * another API that happens to have the same word. An audience has no fragment, so that no two pairs are written alike.
 */
export function scopeAt(audience: string, scope: string): string {
  return `${audience}#${scope}`;
}

/** The consent that a member gave a client and did not take back, or null. */
export async function findConsent(db: Db, memberId: string, clientId: string) {
  const consent = await db.consent.findUnique({ where: { memberId_clientId: { memberId, clientId } } });
  if (consent?.revokedAt !== null) return null;
  return { id: consent.id, scopes: splitWords(consent.scopes), consentedAt: consent.consentedAt };
}

/**
 * Stores that a member allowed a client these scopes, beside what they allowed before. A consent that was taken back begins
 * anew. @returns its id
 */
export async function giveConsent(
  tx: Tx,
  deps: Pick<Deps, 'clock' | 'newId'>,
  actor: Actor,
  given: { memberId: string; client: { id: string; name: string }; scopes: readonly string[] },
): Promise<string> {
  const key = { memberId: given.memberId, clientId: given.client.id };
  const before = await tx.consent.findUnique({ where: { memberId_clientId: key } });
  const remembered = before?.revokedAt === null ? splitWords(before.scopes) : [];
  const scopes = union(remembered, given.scopes).join(' ');
  const state = { scopes, consentedAt: deps.clock(), revokedAt: null };
  // An upsert, so that two tabs that allow at once both succeed.
  const consent = await tx.consent.upsert({
    where: { memberId_clientId: key },
    create: { id: deps.newId('consent'), ...key, ...state },
    update: state,
  });
  // What ended with the old consent stays ended.
  if (before && before.revokedAt !== null) {
    const old = { consentId: before.id, revokedAt: null };
    await tx.tokenFamily.updateMany({ where: old, data: { revokedAt: deps.clock() } });
  }
  await recordAudit(tx, deps, actor, {
    action: 'CONSENT_GIVEN',
    targetId: given.client.id,
    targetLabel: given.client.name,
    changes: [{ field: 'scopes', before: remembered.join(' ') || null, after: scopes }],
  });
  return consent.id;
}
