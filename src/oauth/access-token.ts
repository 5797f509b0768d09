// Our own endpoints as resource servers: an access token's signature first, then everything it stands on, live.

import { type Family, faultOfFamily, findFamily, grantedScopes } from '../consents/families.js';
import type { Deps } from '../deps.js';
import { splitWords } from '../lib/scope.js';

/** A living access token: of a member through a client, or of a client alone. */
export type AccessToken =
  | { readonly kind: 'member'; readonly scopes: readonly string[]; readonly family: Family }
  | { readonly kind: 'client'; readonly scopes: readonly string[]; readonly clientId: string };

/**
 * Verifies an access token that was presented to us.
 * @returns null for whatever is not a living access token of ours with the issuer as audience
 */
export async function verifyAccessToken(deps: Deps, token: string): Promise<AccessToken | null> {
  const claims = await deps.keys.verify(token, 'at+jwt');
  if (!claims || !hasAudience(claims.aud, deps.config.issuer)) return null;
  if (typeof claims.jti !== 'string' || typeof claims.scope !== 'string' || typeof claims.client_id !== 'string')
    return null;
  if (await deps.db.revokedAccessToken.findUnique({ where: { jti: claims.jti } })) return null;
  const scopes = splitWords(claims.scope);
  if (typeof claims.fid === 'string') {
    const family = await findFamily(deps.db, claims.fid);
    if (!family || faultOfFamily(family, deps.clock()) !== null || family.consent.memberId !== claims.sub) return null;
    deps.lastUsed.touch('consent', family.consentId);
    deps.lastUsed.touch('member', family.consent.memberId);
    const granted = grantedScopes(family);
    return { kind: 'member', scopes: scopes.filter((scope) => granted.includes(scope)), family };
  }
  const client = await deps.db.oAuthClient.findUnique({ where: { clientId: claims.client_id } });
  if (!client || client.disabledAt !== null || client.tokenEpoch !== claims.epoch) return null;
  return { kind: 'client', scopes, clientId: client.clientId };
}

function hasAudience(audience: unknown, issuer: string): boolean {
  return audience === issuer || (Array.isArray(audience) && audience.includes(issuer));
}
