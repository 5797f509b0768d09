// The introspection endpoint (RFC 7662): what a token is worth now, told to the client that it was issued to and to the API that
// it is for. Whatever is not a living token of the caller's gets one and the same answer.
import type { Context } from 'hono';
import { isIntrospector, scopesOfApi } from '../api-resources/find.js';
import type { ClientWithSecret } from '../clients/secrets.js';
import { faultOfFamily, grantedScopes } from '../consents/families.js';
import { findRefreshTokenOf } from '../consents/refresh-tokens.js';
import type { Deps } from '../deps.js';
import type { Environment } from '../http/environment.js';
import { type AccessTokenClaims, livingAccessToken, readAccessToken } from './access-token.js';
import { authenticateClient, type CredentialVerifiers } from './client-authentication.js';
import { OAuthError } from './error.js';
import { readForm, readToken } from './params.js';

/** RFC 7662 section 2.2. No `username`: who the member is, userinfo tells as far as they consented. */
interface ActiveToken {
  readonly active: true;
  readonly scope?: string;
  readonly client_id: string;
  /** Only of access tokens: a refresh token is no type that opens anything (RFC 6749 section 5.1). */
  readonly token_type?: 'Bearer';
  readonly exp: number;
  readonly iat: number;
  readonly sub: unknown;
  readonly aud?: unknown;
  readonly iss: string;
  readonly jti?: string;
}

/** The whole answer, so that it tells nothing of why (RFC 7662 section 2.2, CVE-2026-37979). */
const inactive = { active: false } as const;

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/** `scope`, left out when there is none: RFC 6749 section 3.3 has no empty one. */
function scopeOf(scopes: readonly string[]): { readonly scope?: string } {
  return scopes.length === 0 ? {} : { scope: scopes.join(' ') };
}

/**
 * Whom an access token is shown to: the client that it was issued to, the API that it is for, by a client that the API resource
 * names, and nobody else. (A refresh token is never anybody's but its client's.)
 */
async function askedBy(deps: Deps, client: ClientWithSecret, claims: AccessTokenClaims) {
  if (claims.clientId === client.clientId) return 'its client';
  if (claims.resourceId === undefined) return 'nobody';
  return (await isIntrospector(deps.db, claims.resourceId, client.id)) ? 'its API' : 'nobody';
}

async function aboutAccessToken(deps: Deps, client: ClientWithSecret, token: string): Promise<ActiveToken | null> {
  const claims = await readAccessToken(deps, token);
  // Before anything is looked up, so that another client's token takes the same time whether it lives or not.
  const by = claims && (await askedBy(deps, client, claims));
  if (!claims || by === 'nobody') return null;
  const access = await livingAccessToken(deps, claims);
  if (!access) return null;
  // What else the token opens, at userinfo, is no business of the API's.
  const scopes = by === 'its API' && access.api ? scopesOfApi(access.api, access.scopes) : access.scopes;
  return {
    active: true,
    ...scopeOf(scopes),
    client_id: claims.clientId,
    token_type: 'Bearer',
    exp: claims.expiresAt,
    iat: claims.issuedAt,
    sub: claims.subject,
    aud: claims.audience,
    iss: deps.config.issuer,
    jti: claims.jti,
  };
}

async function aboutRefreshToken(deps: Deps, client: ClientWithSecret, token: string): Promise<ActiveToken | null> {
  const row = await findRefreshTokenOf(deps.db, client.id, token);
  const now = deps.clock();
  // A used one is spent, though within the grace window it would still give its successor.
  if (!row || row.usedAt !== null || row.expiresAt <= now || faultOfFamily(row.family, now) !== null) return null;
  return {
    active: true,
    ...scopeOf(grantedScopes(row.family)),
    client_id: client.clientId,
    exp: seconds(row.expiresAt),
    iat: seconds(row.createdAt),
    sub: row.family.consent.memberId,
    iss: deps.config.issuer,
  };
}

/**
 * POST `/oauth/introspect`, for clients that prove who they are: a `client_id` alone is known to everybody (RFC 7662
 * section 2.1).
 */
export function introspectionEndpoint(deps: Deps, verifiers: CredentialVerifiers) {
  return async (c: Context<Environment>): Promise<Response> => {
    const form = await readForm(c);
    const client = await authenticateClient(deps, verifiers, c, form);
    if (client.tokenEndpointAuthMethod === 'NONE') {
      const description = 'Only clients that authenticate may ask about tokens; this one is registered for none.';
      throw new OAuthError('invalid_client', description, { status: 401, detail: 'introspection by a public client' });
    }
    const token = readToken(form);
    const about = (await aboutRefreshToken(deps, client, token)) ?? (await aboutAccessToken(deps, client, token));
    c.header('Cache-Control', 'no-store');
    return c.json(about ?? inactive);
  };
}
