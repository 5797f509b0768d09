// The refresh token grant at the token endpoint (RFC 6749 section 6, RFC 9700 section 4.14). How a token is rotated is
// consents/refresh-tokens.ts; here is who may ask, and for what.
import { faultOfFamily, grantedScopes } from '../../consents/families.js';
import { hashOfRefreshToken, rotateRefreshToken } from '../../consents/refresh-tokens.js';
import type { RefreshTokenWithFamily } from '../../db/client.js';
import { isSubset, parseScope } from '../../lib/scope.js';
import { readCallerAlone } from '../client-authentication.js';
import { OAuthError } from '../error.js';
import type { Grant } from './grant.js';
import { issueForMember } from './issue.js';
import { revokeAfterReplay } from './replay.js';
import { targetForMember } from './target.js';

const refused =
  'The refresh token is not valid: it was used before, has expired, or was revoked. The person must sign in again.';

function invalidGrant(detail: string): OAuthError {
  return new OAuthError('invalid_grant', refused, { detail });
}

/** The scopes of the new access token: those asked for, which may only narrow what was granted. */
function narrowedScopes(asked: string | undefined, granted: readonly string[]): readonly string[] {
  if (asked === undefined) return granted;
  const scopes = parseScope(asked);
  if (scopes === null || !isSubset(scopes, granted)) {
    throw new OAuthError('invalid_scope', `scope can only name what was granted: ${granted.join(' ')}`);
  }
  return scopes;
}

export const refreshTokenGrant: Grant<RefreshTokenWithFamily> = {
  grantType: 'refresh_token',
  read(key, reads, form) {
    const hash = hashOfRefreshToken(form.get('refresh_token') ?? '');
    return hash === null ? readCallerAlone(key, reads) : reads.callerWithRefreshToken(key, hash);
  },
  async handle(deps, request) {
    const { client, form, presented: row } = request;
    const presented = form.get('refresh_token');
    if (presented === undefined) throw new OAuthError('invalid_request', 'refresh_token is missing.');
    // Another client's is as unknown as an invented one, and untouched.
    if (!row) throw invalidGrant("unknown refresh token, or another client's");
    const now = deps.clock();
    const fault = faultOfFamily(row.family, now);
    if (fault !== null) throw invalidGrant(fault);
    // A used one that comes back is a replay, however old.
    if (row.usedAt === null && row.expiresAt <= now) throw invalidGrant('the refresh token has expired');
    const scopes = narrowedScopes(form.get('scope'), grantedScopes(row.family));
    const target = await targetForMember(deps, row.family, scopes, form);

    const [rotation, response] = await Promise.all([
      rotateRefreshToken(deps, presented, row, client.refreshTokenIdleSeconds),
      issueForMember(deps, row.family, target, null),
    ]);
    if (rotation.outcome === 'replayed') {
      await revokeAfterReplay(deps, row.familyId, request);
      throw invalidGrant('the refresh token was used before');
    }
    return Object.assign(response, { refresh_token: rotation.refreshToken });
  },
};
