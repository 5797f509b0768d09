// Makes the tokens of a response: access tokens (RFC 9068) and ID tokens (OpenID Connect Core section 2). Refresh tokens are
// stored by consents/refresh-tokens.ts.
import { hash } from 'node:crypto';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Family } from '../../consents/families.js';
import type { Deps } from '../../deps.js';
import { splitWords } from '../../lib/scope.js';
import { epochSeconds } from '../../lib/seconds.js';
import { acrOfPassword, idTokenClaims } from '../claims.js';
import type { TokenResponse } from './grant.js';
import type { Target } from './target.js';

type IssueDeps = Pick<Deps, 'keys' | 'clock' | 'randomBytes' | 'config'>;

async function signAccessToken(deps: IssueDeps, target: Target, claims: Readonly<Record<string, unknown>>) {
  const now = epochSeconds(deps.clock());
  return deps.keys.sign(target.signingAlgorithm, 'at+jwt', {
    iss: deps.config.issuer,
    aud: target.audience,
    iat: now,
    exp: now + target.lifetimeSeconds,
    jti: deps.randomBytes(16).toString('base64url'),
    scope: target.scopes.join(' '),
    ...(target.resourceId === undefined ? {} : { rid: target.resourceId }),
    ...claims,
  });
}

/** What every response says of its access token (RFC 6749 section 5.1). */
function aboutAccessToken(accessToken: string, target: Target) {
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: target.lifetimeSeconds,
    scope: target.scopes.join(' '),
  } as const;
}

/** The left half of the access token's SHA-256, which binds the ID token to it (OpenID Connect Core section 3.1.3.6). */
function accessTokenHash(accessToken: string): string {
  return hash('sha256', accessToken, 'buffer').subarray(0, 16).toString('base64url');
}

async function signIdToken(
  deps: IssueDeps,
  family: Family,
  accessToken: string,
  nonce: string | null,
): Promise<string> {
  const { client, member } = family.consent;
  const now = epochSeconds(deps.clock());
  return deps.keys.sign(client.idTokenSigningAlgorithm, 'JWT', {
    ...idTokenClaims(family),
    iss: deps.config.issuer,
    sub: member.id,
    aud: client.clientId,
    iat: now,
    exp: now + client.idTokenSeconds,
    auth_time: epochSeconds(family.authenticatedAt),
    acr: acrOfPassword,
    amr: splitWords(family.methods),
    at_hash: accessTokenHash(accessToken),
    ...(family.sessionId === null ? {} : { sid: family.sessionId }),
    ...(nonce === null ? {} : { nonce }),
  });
}

/**
 * The response to a grant that acts for a member, but for its refresh token. Call it when what goes with it is on its way to be
 * stored, and answer with it once that is stored: it is signed meanwhile, which takes the processor about as long as a commit takes the
 * disk.
 * @param target whom the access token is for, and what it carries: the family's scopes or fewer
 * @param nonce of the authorization request, for the ID token; null when there was none
 */
export async function issueForMember(
  deps: IssueDeps,
  family: Family,
  target: Target,
  nonce: string | null,
): Promise<TokenResponse> {
  // What is stored goes to the database at the end of this turn, and this thread can do nothing else while it signs.
  await turnOfTheLoop();
  const { client, member } = family.consent;
  const accessToken = await signAccessToken(deps, target, {
    sub: member.id,
    client_id: client.clientId,
    fid: family.id,
    auth_time: epochSeconds(family.authenticatedAt),
  });
  const response = aboutAccessToken(accessToken, target);
  const isAboutPerson = target.scopes.includes('openid');
  return isAboutPerson
    ? Object.assign(response, { id_token: await signIdToken(deps, family, accessToken, nonce) })
    : response;
}

/** The response to client credentials: the subject is the client itself (RFC 9068 section 2.2). */
export async function issueForClient(
  deps: IssueDeps,
  client: { readonly clientId: string; readonly tokenEpoch: number },
  target: Target,
): Promise<TokenResponse> {
  const claims = { sub: client.clientId, client_id: client.clientId, epoch: client.tokenEpoch };
  return aboutAccessToken(await signAccessToken(deps, target, claims), target);
}
