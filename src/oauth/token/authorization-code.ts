// The authorization code grant at the token endpoint (RFC 6749 section 4.1.3, RFC 7636 section 4.6). The order is the guard:
// nobody but the code's own client learns or changes anything, and what is wrong with its request is answered once the code is
// dead, but for a wrong resource, which may be asked for anew. So all is judged first, and then the code is claimed, while what
// it gives is signed: whoever comes second gets none of it.
import { hashOfCode, redeemCode } from '../../consents/codes.js';
import { faultOfFamily, grantedScopes } from '../../consents/families.js';
import { makeRefreshToken } from '../../consents/refresh-tokens.js';
import type { CodeWithFamily } from '../../db/client.js';
import type { Deps } from '../../deps.js';
import type { Parameters } from '../../http/form.js';
import { verifierMatches } from '../../lib/pkce.js';
import { splitWords } from '../../lib/scope.js';
import { readCallerAlone } from '../client-authentication.js';
import { OAuthError } from '../error.js';
import type { Grant, TokenRequest } from './grant.js';
import { issueForMember } from './issue.js';
import { revokeAfterReplay } from './replay.js';
import { targetForMember } from './target.js';

const refused =
  'The code is not valid: it was used before, has expired, or was issued to another client. Start the sign-in again.';

function invalidGrant(description: string, detail: string): OAuthError {
  return new OAuthError('invalid_grant', description, { detail });
}

/** Why the redirect URI of the token request is not that of the authorization request; null when it is. */
function faultOfRedirect(code: CodeWithFamily, form: Parameters): string | null {
  const sent = form.get('redirect_uri');
  if (sent === undefined) {
    return code.redirectUriRequired ? 'redirect_uri is missing: repeat the one of the authorization request.' : null;
  }
  return sent === code.redirectUri ? null : 'redirect_uri is not the one of the authorization request.';
}

/** Why the verifier does not fit the challenge; null when it does. */
function faultOfVerifier(code: CodeWithFamily, form: Parameters): string | null {
  const verifier = form.get('code_verifier');
  if (code.codeChallenge === null) {
    // RFC 9700 section 4.8.2: a verifier without a challenge is a sign of a downgrade.
    return verifier === undefined
      ? null
      : 'code_verifier was sent, but the authorization request had no code_challenge.';
  }
  if (verifier === undefined) return 'code_verifier is missing.';
  return verifierMatches(verifier, code.codeChallenge) ? null : 'code_verifier does not match the code_challenge.';
}

/** Why a code that was claimed gives nothing; null when it gives tokens. */
function faultAfterClaim(code: CodeWithFamily, fault: string | null, now: Date): OAuthError | null {
  if (code.expiresAt <= now) return invalidGrant(refused, 'the code has expired');
  if (fault !== null) return invalidGrant(`${fault} Start the sign-in again.`, fault);
  const familyFault = faultOfFamily(code.family, now);
  return familyFault === null ? null : invalidGrant(refused, familyFault);
}

/**
 * Refuses a code that was used before.
 * @param fault what is wrong with the request; null when it has all that redemption takes: whoever sends that has stolen the code, or
 *   was stolen from, and what it gave ends (RFC 6749 section 4.1.2)
 */
async function refuseReplay(
  deps: Deps,
  request: TokenRequest,
  code: CodeWithFamily,
  fault: string | null,
): Promise<never> {
  if (fault === null) await revokeAfterReplay(deps, code.familyId, request);
  throw invalidGrant(refused, 'the code was used before');
}

export const authorizationCodeGrant: Grant<CodeWithFamily> = {
  grantType: 'authorization_code',
  read(key, reads, form) {
    const hash = hashOfCode(form.get('code') ?? '');
    return hash === null ? readCallerAlone(key, reads) : reads.callerWithCode(key, hash);
  },
  async handle(deps, request) {
    const { client, form, presented: code } = request;
    if (form.get('code') === undefined) throw new OAuthError('invalid_request', 'code is missing.');
    // Another client's is as unknown as an invented one, and untouched.
    if (!code) throw invalidGrant(refused, "unknown code, or another client's");
    const { family } = code;
    const fault = faultOfRedirect(code, form) ?? faultOfVerifier(code, form);
    if (code.usedAt !== null) return refuseReplay(deps, request, code, fault);
    // RFC 8707 section 2.2: whoever names a wrong resource may name another.
    const target = await targetForMember(deps, family, grantedScopes(family), form);
    const now = deps.clock();
    const faultThen = faultAfterClaim(code, fault, now);
    const getsRefreshToken = faultThen === null && splitWords(client.grantTypes).includes('refresh_token');
    const refreshToken = getsRefreshToken ? makeRefreshToken(deps, family, client.refreshTokenIdleSeconds) : null;
    const [isRedeemed, outcome] = await Promise.all([
      redeemCode(deps, code.id, now, refreshToken),
      faultThen ?? issueForMember(deps, family, target, code.nonce),
    ]);
    if (!isRedeemed) return refuseReplay(deps, request, code, fault);
    if (outcome instanceof OAuthError) throw outcome;
    return refreshToken === null ? outcome : Object.assign(outcome, { refresh_token: refreshToken.token });
  },
};
