// Makes the tokens of a response: access tokens (RFC 9068) and ID tokens (OpenID Connect Core section 2). Refresh tokens are
// stored by consents/refresh-tokens.ts.
import { createHash } from 'node:crypto';
import type { Family } from '../../consents/families.js';
import type { Deps } from '../../deps.js';
import { splitWords } from '../../lib/scope.js';
import { acrOfPassword, idTokenClaims } from '../claims.js';
import type { TokenResponse } from './grant.js';

type IssueDeps = Pick<Deps, 'keys' | 'clock' | 'randomBytes' | 'config'>;

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/** What a client says of its access tokens. */
type Issuing = Pick<Family['consent']['client'], 'accessTokenSeconds' | 'accessTokenSigningAlgorithm'>;

async function signAccessToken(deps: IssueDeps, client: Issuing, claims: Readonly<Record<string, unknown>>) {
  const now = seconds(deps.clock());
  return deps.keys.sign(client.accessTokenSigningAlgorithm, 'at+jwt', {
    iss: deps.config.issuer,
    aud: deps.config.issuer,
    iat: now,
    exp: now + client.accessTokenSeconds,
    jti: deps.randomBytes(16).toString('base64url'),
    ...claims,
  });
}

/** The left half of the access token's SHA-256, which binds the ID token to it (OpenID Connect Core section 3.1.3.6). */
function accessTokenHash(accessToken: string): string {
  return createHash('sha256').update(accessToken, 'ascii').digest().subarray(0, 16).toString('base64url');
}

async function signIdToken(
  deps: IssueDeps,
  family: Family,
  accessToken: string,
  nonce: string | null,
): Promise<string> {
  const { client, member } = family.consent;
  const now = seconds(deps.clock());
  return deps.keys.sign(client.idTokenSigningAlgorithm, 'JWT', {
    ...idTokenClaims(family),
    iss: deps.config.issuer,
    sub: member.id,
    aud: client.clientId,
    iat: now,
    exp: now + client.idTokenSeconds,
    auth_time: seconds(family.authenticatedAt),
    acr: acrOfPassword,
    amr: splitWords(family.methods),
    at_hash: accessTokenHash(accessToken),
    ...(family.sessionId === null ? {} : { sid: family.sessionId }),
    ...(nonce === null ? {} : { nonce }),
  });
}

/**
 * The response to a grant that acts for a member.
 * @param scopes what this access token carries: the family's scopes or fewer
 */
export async function issueForMember(
  deps: IssueDeps,
  family: Family,
  scopes: readonly string[],
  parts: { readonly nonce: string | null; readonly refreshToken: string | null },
): Promise<TokenResponse> {
  const { client, member } = family.consent;
  const scope = scopes.join(' ');
  const accessToken = await signAccessToken(deps, client, {
    sub: member.id,
    client_id: client.clientId,
    scope,
    fid: family.id,
    auth_time: seconds(family.authenticatedAt),
  });
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: client.accessTokenSeconds,
    scope,
    ...(parts.refreshToken === null ? {} : { refresh_token: parts.refreshToken }),
    ...(scopes.includes('openid') ? { id_token: await signIdToken(deps, family, accessToken, parts.nonce) } : {}),
  };
}

/** The response to client credentials: the subject is the client itself (RFC 9068 section 2.2). */
export async function issueForClient(
  deps: IssueDeps,
  client: Issuing & { readonly clientId: string; readonly tokenEpoch: number },
  scopes: readonly string[],
): Promise<TokenResponse> {
  const scope = scopes.join(' ');
  const claims = { sub: client.clientId, client_id: client.clientId, scope, epoch: client.tokenEpoch };
  return {
    access_token: await signAccessToken(deps, client, claims),
    token_type: 'Bearer',
    expires_in: client.accessTokenSeconds,
    scope,
  };
}
