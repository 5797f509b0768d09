// The authorization code grant at the token endpoint (RFC 6749 section 4.1.3, RFC 7636 section 4.6). The order is the guard:
// nobody but the code's own client learns or changes anything, and the code is dead before anything else is looked at.
import { claimCode, findCode } from '../../consents/codes.js';
import { faultOfFamily, grantedScopes } from '../../consents/families.js';
import { issueRefreshToken } from '../../consents/refresh-tokens.js';
import type { Parameters } from '../../http/form.js';
import { verifierMatches } from '../../lib/pkce.js';
import { splitWords } from '../../lib/scope.js';
import { OAuthError } from '../error.js';
import type { Grant } from './grant.js';
import { issueForMember } from './issue.js';
import { revokeAfterReplay } from './replay.js';
import { targetForMember } from './target.js';

type Code = NonNullable<Awaited<ReturnType<typeof findCode>>>;

const refused =
  'The code is not valid: it was used before, has expired, or was issued to another client. Start the sign-in again.';

function invalidGrant(description: string, detail: string): OAuthError {
  return new OAuthError('invalid_grant', description, { detail });
}

/** Why the redirect URI of the token request is not that of the authorization request; null when it is. */
function faultOfRedirect(code: Code, form: Parameters): string | null {
  const sent = form.get('redirect_uri');
  if (sent === undefined) {
    return code.redirectUriRequired ? 'redirect_uri is missing: repeat the one of the authorization request.' : null;
  }
  return sent === code.redirectUri ? null : 'redirect_uri is not the one of the authorization request.';
}

/** Why the verifier does not fit the challenge; null when it does. */
function faultOfVerifier(code: Code, form: Parameters): string | null {
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

export const authorizationCodeGrant: Grant = {
  grantType: 'authorization_code',
  async handle(deps, request) {
    const { client, form } = request;
    const presented = form.get('code');
    if (presented === undefined) throw new OAuthError('invalid_request', 'code is missing.');
    const code = await findCode(deps.db, presented);
    if (!code) throw invalidGrant(refused, 'unknown code');
    if (code.family.consent.clientId !== client.id) throw invalidGrant(refused, "another client's code");
    // Before the code is spent: whoever names a wrong resource may name another (RFC 8707 section 2.2). One that was used
    // before gives nothing, and whether that is a replay is asked first.
    const target =
      code.usedAt === null ? await targetForMember(deps, code.family, grantedScopes(code.family), form) : null;
    const fault = faultOfRedirect(code, form) ?? faultOfVerifier(code, form);
    if (target === null || !(await claimCode(deps.db, code.id, deps.clock()))) {
      // RFC 6749 section 4.1.2: whoever has all that redemption takes has stolen it, or was stolen from.
      if (fault === null) await revokeAfterReplay(deps, code.familyId, request);
      throw invalidGrant(refused, 'the code was used before');
    }
    if (code.expiresAt <= deps.clock()) throw invalidGrant(refused, 'the code has expired');
    if (fault !== null) throw invalidGrant(`${fault} Start the sign-in again.`, fault);
    const familyFault = faultOfFamily(code.family, deps.clock());
    if (familyFault !== null) throw invalidGrant(refused, familyFault);

    const refreshToken = splitWords(client.grantTypes).includes('refresh_token')
      ? (
          await issueRefreshToken(deps.db, deps, {
            familyId: code.familyId,
            familyExpiresAt: code.family.expiresAt,
            idleSeconds: client.refreshTokenIdleSeconds,
          })
        ).token
      : null;
    return issueForMember(deps, code.family, target, { nonce: code.nonce, refreshToken });
  },
};
