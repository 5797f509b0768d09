// Consents: what a member allowed a client, remembered. When to ask anew is decided at the authorization endpoint; here is
// what was said.
import { type Actor, recordAudit } from '../audit/service.js';
import type { Db, Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { isKnownScope, splitWords, union } from '../lib/scope.js';

/**
 * How a consent holds that a scope was allowed at an API. Whoever allowed `admin` at a shop has not allowed it here, nor at
 * another API that happens to have the same word. An audience has no fragment, so that no two pairs are written alike.
 */
export function scopeAt(audience: string, scope: string): string {
  return `${audience}#${scope}`;
}

/** What was allowed: here, and API by API there. An API without scopes was allowed as a whole. */
export interface Allowed {
  readonly here: readonly string[];
  readonly there: readonly { readonly audience: string; readonly scopes: readonly string[] }[];
}

/** Takes the words of a consent apart again. */
export function allowedBy(words: readonly string[]): Allowed {
  const there = new Map<string, string[]>();
  for (const word of words.filter((each) => !isKnownScope(each))) {
    const end = word.indexOf('#');
    const audience = end === -1 ? word : word.slice(0, end);
    there.set(audience, [...(there.get(audience) ?? []), ...(end === -1 ? [] : [word.slice(end + 1)])]);
  }
  return {
    here: words.filter(isKnownScope),
    there: [...there].map(([audience, scopes]) => ({ audience, scopes })),
  };
}

/** A consent as it counts: null when there is none, or it was taken back. */
export function standing(consent: { id: string; scopes: string; revokedAt: Date | null } | null) {
  return consent?.revokedAt === null ? { id: consent.id, scopes: splitWords(consent.scopes) } : null;
}

/** The consent that a member gave a client and did not take back, or null. */
export async function findConsent(db: Db, memberId: string, clientId: string) {
  const consent = await db.consent.findUnique({ where: { memberId_clientId: { memberId, clientId } } });
  const counts = standing(consent);
  return consent && counts && { ...counts, consentedAt: consent.consentedAt };
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
  // Written before it is read: whoever takes the consent back at this moment waits, or is seen here.
  await tx.consent.updateMany({ where: key, data: { consentedAt: deps.clock() } });
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

/** Records that a member did not allow a client what it asked for. What they allowed before stays as it is. */
export async function denyConsent(
  tx: Tx,
  deps: Pick<Deps, 'clock' | 'newId'>,
  actor: Actor,
  client: { readonly id: string; readonly name: string; readonly accountId: string },
): Promise<void> {
  const target = { accountId: client.accountId, targetId: client.id, targetLabel: client.name };
  await recordAudit(tx, deps, actor, { action: 'CONSENT_DENIED', ...target });
}
