// Our own endpoints as resource servers: an access token's signature first, then everything it stands on, live. Which audience
// is demanded is each endpoint's own rule; whether a token lives is told here alone.
import { type ApiResource, readApi, scopesOfApi } from '../api-resources/find.js';
import { type Family, faultOfFamily, grantedScopes } from '../consents/families.js';
import type { AccessTokenRows } from '../db/client.js';
import type { Deps } from '../deps.js';
import { intersection, splitWords, userinfoScopes } from '../lib/scope.js';

/** What an access token of ours says: signed by us and unexpired. Whether it still counts is `livingAccessToken`'s answer. */
export interface AccessTokenClaims {
  readonly jti: string;
  /** The `client_id` that it was issued to. */
  readonly clientId: string;
  readonly subject: unknown;
  readonly scopes: readonly string[];
  readonly audience: unknown;
  /** Seconds since 1970, as the token has them. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** The family of a member's token; undefined for a client's own. */
  readonly familyId: string | undefined;
  /** The client's epoch, in a client's own token. */
  readonly epoch: unknown;
  /** The row of the API that it was issued for; undefined when it is for us alone. */
  readonly resourceId: string | undefined;
  /** The edition of the keys before the signature was verified. */
  readonly keysEdition: number;
}

/** A living access token: of a member through a client, or of a client alone; for an API, or for us when that is null. */
export type AccessToken = { readonly scopes: readonly string[]; readonly api: ApiResource | null } & (
  | { readonly kind: 'member'; readonly family: Family; readonly jti: string }
  | { readonly kind: 'client'; readonly clientId: string }
);

/**
 * Reads what an access token says (RFC 9068 section 4), for whatever audience it was made.
 * @returns null for whatever is not an unexpired access token that we signed
 */
export async function readAccessToken(deps: Pick<Deps, 'keys'>, token: string): Promise<AccessTokenClaims | null> {
  const keysEdition = deps.keys.edition();
  const claims = await deps.keys.verify(token, 'at+jwt');
  if (!claims) return null;
  const { jti, scope, client_id: clientId, iat, exp, fid, rid } = claims;
  if (typeof jti !== 'string' || typeof scope !== 'string' || typeof clientId !== 'string') return null;
  if (typeof iat !== 'number' || typeof exp !== 'number') return null;
  return {
    jti,
    clientId,
    subject: claims.sub,
    scopes: splitWords(scope),
    audience: claims.aud,
    issuedAt: iat,
    expiresAt: exp,
    familyId: typeof fid === 'string' ? fid : undefined,
    epoch: claims.epoch,
    resourceId: typeof rid === 'string' ? rid : undefined,
    keysEdition,
  };
}

/**
 * Whether the signature of an access token, read before the rows that it stands on were, counts still: its key may have ended
 * meanwhile, at another process, which those rows tell of, or the rows of anybody else's request.
 */
export async function isStillSigned(
  deps: Pick<Deps, 'keys'>,
  token: string,
  { keysEdition }: AccessTokenClaims,
): Promise<boolean> {
  return deps.keys.edition() === keysEdition || (await readAccessToken(deps, token)) !== null;
}

/**
 * Says what an access token is worth now: its `jti` is not revoked, the API that it is for is still registered, and family,
 * consent, member and client still stand, or for a client's own token the client, its grant and
 * its epoch. It says no scope that the client may not have any more.
 * @param rows what it stands on, as it is now
 * @returns null when it counts no more
 */
export function livingAccessToken(claims: AccessTokenClaims, rows: AccessTokenRows, now: Date): AccessToken | null {
  if (rows.isRevoked) return null;
  const api = rows.api && readApi(rows.api);
  if (claims.resourceId !== undefined && api === null) return null;
  // What an API takes no more is no longer carried to it.
  const scopes = api === null ? claims.scopes : claims.scopes.filter((scope) => isCarriedTo(api, scope));
  if (claims.familyId !== undefined) {
    const { family } = rows;
    if (!family || faultOfFamily(family, now) !== null || family.consent.memberId !== claims.subject) return null;
    const granted = grantedScopes(family);
    return { kind: 'member', scopes: intersection(scopes, granted), family, jti: claims.jti, api };
  }
  const { client } = rows;
  if (!client || client.disabledAt !== null || client.tokenEpoch !== claims.epoch) return null;
  if (!splitWords(client.grantTypes).includes('client_credentials')) return null;
  return { kind: 'client', scopes: intersection(scopes, splitWords(client.scopes)), clientId: client.clientId, api };
}

/**
 * Verifies an access token that was presented to us, and notes that it was used.
 * @returns null for whatever is not a living access token of ours with the issuer as audience
 */
export async function verifyAccessToken(deps: Deps, token: string): Promise<AccessToken | null> {
  const claims = await readAccessToken(deps, token);
  if (!claims || !hasAudience(claims.audience, deps.config.issuer)) return null;
  const rows = await deps.hotPaths.accessToken(claims);
  if (!(await isStillSigned(deps, token, claims))) return null;
  const access = livingAccessToken(claims, rows, deps.clock());
  if (access?.kind === 'member') {
    deps.lastUsed.touch('consent', access.family.consent.id);
    deps.lastUsed.touch('member', access.family.consent.memberId);
  }
  return access;
}

function isCarriedTo(api: ApiResource, scope: string): boolean {
  return userinfoScopes.includes(scope) || scopesOfApi(api, [scope]).length > 0;
}

function hasAudience(audience: unknown, issuer: string): boolean {
  return audience === issuer || (Array.isArray(audience) && audience.includes(issuer));
}
