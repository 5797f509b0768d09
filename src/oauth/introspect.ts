// The introspection endpoint (RFC 7662): what a token is worth now, told to the client that it was issued to and to the API that
// it is for. Whatever is not a living token of the caller's gets one and the same answer.
import type { Context } from 'hono';
import { scopesOfApi } from '../api-resources/find.js';
import { faultOfFamily, grantedScopes } from '../consents/families.js';
import { hashOfRefreshToken } from '../consents/refresh-tokens.js';
import type {
  CallerKey,
  ClientWithSecret,
  Found,
  HotPaths,
  IntrospectedRows,
  RefreshTokenWithFamily,
} from '../db/client.js';
import type { Deps } from '../deps.js';
import { answerJson } from '../http/answers.js';
import type { Environment } from '../http/environment.js';
import { epochSeconds } from '../lib/seconds.js';
import { type AccessTokenClaims, isStillSigned, livingAccessToken, readAccessToken } from './access-token.js';
import { authenticateClient, type CredentialVerifiers, readCallerAlone } from './client-authentication.js';
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

/** `scope`, left out when there is none: RFC 6749 section 3.3 has no empty one. */
function scopeOf(scopes: readonly string[]): { readonly scope?: string } {
  return scopes.length === 0 ? {} : { scope: scopes.join(' ') };
}

/** What a caller presented: which kind of token, and the row or rows that it stands on. */
type Presented =
  | { readonly kind: 'refresh token'; readonly row: RefreshTokenWithFamily }
  | { readonly kind: 'access token'; readonly claims: AccessTokenClaims; readonly rows: IntrospectedRows };

/**
 * Reads the caller, and what stands behind a token that could be shown to it: that is decided by what the token says, so that
 * another client's takes the same time whether it lives or not.
 */
async function readPresented(deps: Deps, token: string, key: CallerKey, reads: HotPaths): Promise<Found<Presented>> {
  const hash = hashOfRefreshToken(token);
  if (hash !== null) {
    const { caller, presented: row } = await reads.callerWithRefreshToken(key, hash);
    return { caller, presented: row && { kind: 'refresh token', row } };
  }
  const claims = await readAccessToken(deps, token);
  if (!claims || (claims.clientId !== key.clientId && claims.resourceId === undefined)) {
    return readCallerAlone(key, reads);
  }
  const { caller, presented: rows } = await reads.callerWithAccessToken(key, claims);
  const counts = rows !== null && (await isStillSigned(deps, token, claims));
  return { caller, presented: counts ? { kind: 'access token', claims, rows } : null };
}

/**
 * Whom an access token is shown to: the client that it was issued to, the API that it is for, by a client that the API resource
 * names, and nobody else. (A refresh token is never anybody's but its client's.)
 */
function askedBy(client: ClientWithSecret, claims: AccessTokenClaims, rows: IntrospectedRows) {
  if (claims.clientId === client.clientId) return 'its client';
  return rows.isIntrospector ? 'its API' : 'nobody';
}

function aboutAccessToken(
  deps: Deps,
  client: ClientWithSecret,
  claims: AccessTokenClaims,
  rows: IntrospectedRows,
): ActiveToken | null {
  const now = deps.clock();
  // Without the skew that readers of another clock are allowed: an answer says `exp` itself (RFC 7662 section 4).
  if (claims.expiresAt <= epochSeconds(now)) return null;
  const by = askedBy(client, claims, rows);
  const access = by === 'nobody' ? null : livingAccessToken(claims, rows, now);
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

function aboutRefreshToken(deps: Deps, client: ClientWithSecret, row: RefreshTokenWithFamily): ActiveToken | null {
  const now = deps.clock();
  // A used one is spent, though within the grace window it would still give its successor.
  if (row.usedAt !== null || row.expiresAt <= now || faultOfFamily(row.family, now) !== null) return null;
  return {
    active: true,
    ...scopeOf(grantedScopes(row.family)),
    client_id: client.clientId,
    exp: epochSeconds(row.expiresAt),
    iat: epochSeconds(row.createdAt),
    sub: row.family.consent.memberId,
    iss: deps.config.issuer,
  };
}

function about(deps: Deps, client: ClientWithSecret, presented: Presented | null): ActiveToken | null {
  if (presented === null) return null;
  return presented.kind === 'refresh token'
    ? aboutRefreshToken(deps, client, presented.row)
    : aboutAccessToken(deps, client, presented.claims, presented.rows);
}

/**
 * POST `/oauth/introspect`, for clients that prove who they are: a `client_id` alone is known to everybody (RFC 7662
 * section 2.1).
 */
export function introspectionEndpoint(deps: Deps, verifiers: CredentialVerifiers) {
  return async (c: Context<Environment>): Promise<Response> => {
    const form = await readForm(c);
    const { client, presented } = await authenticateClient(deps, verifiers, c, form, (key, reads) =>
      readPresented(deps, form.get('token') ?? '', key, reads),
    );
    if (client.tokenEndpointAuthMethod === 'NONE') {
      const description = 'Only clients that authenticate may ask about tokens; this one is registered for none.';
      throw new OAuthError('invalid_client', description, { status: 401, detail: 'introspection by a public client' });
    }
    readToken(form);
    return answerJson(c, about(deps, client, presented) ?? inactive);
  };
}
