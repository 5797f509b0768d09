// Token families: all tokens of one sign-in through one client, and the one rule of whether they still count.
// Codes and refresh tokens are in codes.ts and refresh-tokens.ts.
import type { Db, FamilyWithParties, Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { splitWords } from '../lib/scope.js';
import { later } from '../lib/seconds.js';
import { scopeAt } from './service.js';

/** A family with its consent, client and member, dead or alive. */
export type Family = FamilyWithParties;

/** Whether a client may sign this member in at all: verified, or of the member's own account. */
export function mayServe(
  client: { readonly accountId: string; readonly verifiedAt: Date | null },
  member: { readonly accountId: string },
): boolean {
  return client.verifiedAt !== null || client.accountId === member.accountId;
}

/**
 * Why a family's tokens no longer count, as a detail for the log; null while they do. Everything is asked live: family,
 * consent, member, client, and whether the client may serve the member.
 */
export function faultOfFamily(family: Family, now: Date): string | null {
  const { client, member } = family.consent;
  if (family.revokedAt !== null) return 'the token family is revoked';
  if (family.expiresAt <= now) return 'the token family has expired';
  if (family.consent.revokedAt !== null) return 'the consent is revoked';
  if (member.status !== 'ACTIVE') return 'the member is not active';
  if (client.disabledAt !== null) return 'the client is disabled';
  if (!mayServe(client, member)) return 'the client is not verified and the member is of another account';
  return null;
}

/** The scopes that a family's tokens can have now: those granted, less what the client was registered for no longer. */
export function grantedScopes(family: Family): string[] {
  const registered = splitWords(family.consent.client.scopes);
  return splitWords(family.scopes).filter((scope) => registered.includes(scope));
}

/** Those of the scopes that the member allowed the client at this API. */
export function scopesAllowedAt(family: Family, audience: string, scopes: readonly string[]): string[] {
  const allowed = splitWords(family.consent.scopes);
  return scopes.filter((scope) => allowed.includes(scopeAt(audience, scope)));
}

/** What one sign-in through a client is made of. */
export interface NewFamily {
  readonly consentId: string;
  readonly sessionId: string;
  readonly scopes: readonly string[];
  /** The resources that tokens may be for, ours among them when it was named; empty for us alone (RFC 8707 section 2). */
  readonly resources: readonly string[];
  /** JSON: the claims that were asked for by name; null when none were. */
  readonly requestedClaims: string | null;
  readonly authenticatedAt: Date;
  readonly methods: string;
  /** Seconds until its absolute end. */
  readonly lifetimeSeconds: number;
}

/** What is stored of a new family. */
export function familyRow(deps: Pick<Deps, 'clock' | 'newId'>, family: NewFamily) {
  const now = deps.clock();
  return {
    id: deps.newId('tokenFamily'),
    consentId: family.consentId,
    sessionId: family.sessionId,
    scopes: family.scopes.join(' '),
    resource: family.resources.join(' ') || null,
    requestedClaims: family.requestedClaims,
    authenticatedAt: family.authenticatedAt,
    methods: family.methods,
    createdAt: now,
    expiresAt: later(now, family.lifetimeSeconds),
  };
}

/** Ends a family and with it every token that it gave. @returns false when it was revoked before */
export async function revokeFamily(db: Db | Tx, id: string, now: Date): Promise<boolean> {
  const { count } = await db.tokenFamily.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: now } });
  return count === 1;
}

/** Ends what the sign-ins of sessions gave, save those that were granted access while the person is away. */
export async function revokeFamiliesOfSessions(tx: Tx, sessionIds: readonly string[], now: Date): Promise<void> {
  await tx.tokenFamily.updateMany({
    where: { sessionId: { in: [...sessionIds] }, revokedAt: null, NOT: { scopes: { contains: 'offline_access' } } },
    data: { revokedAt: now },
  });
}

/** Ends everything that any client holds for a member, as a new password demands. */
export async function revokeFamiliesOfMember(tx: Tx, memberId: string, now: Date): Promise<void> {
  await tx.tokenFamily.updateMany({ where: { consent: { memberId }, revokedAt: null }, data: { revokedAt: now } });
}

/** How many members allow a client something now, and how many sign-ins through it live. */
export async function countLivingOfClient(tx: Tx, clientId: string, now: Date) {
  const live = { consent: { clientId }, revokedAt: null, expiresAt: { gt: now } };
  const families = await tx.tokenFamily.count({ where: live });
  return { consents: await tx.consent.count({ where: { clientId, revokedAt: null } }), families };
}

/**
 * Ends what every member allowed a client and every token that it got by that.
 * @returns how many consents and how many sign-ins ended
 */
export async function revokeEverythingOfClient(tx: Tx, clientId: string, now: Date) {
  const live = { consent: { clientId }, revokedAt: null };
  const { families } = await countLivingOfClient(tx, clientId, now);
  // In the order of whoever takes one consent back.
  const consents = await tx.consent.updateMany({ where: { clientId, revokedAt: null }, data: { revokedAt: now } });
  await tx.tokenFamily.updateMany({ where: live, data: { revokedAt: now } });
  return { consents: consents.count, families };
}
