// The UserInfo endpoint (OpenID Connect Core section 5.3): claims about the member, as far as the
// consent reaches. Which they are is in claims.ts.
import type { Context } from 'hono';
import type { Family } from '../consents/families.js';
import type { Deps, SigningAlgorithm } from '../deps.js';
import { answerJson } from '../http/answers.js';
import type { Environment } from '../http/environment.js';
import { rawForm, readParameters } from '../http/form.js';
import { limitNetwork } from '../http/request-limits.js';
import { parseBearerToken } from '../lib/authorization-header.js';
import { epochSeconds } from '../lib/seconds.js';
import { verifyAccessToken } from './access-token.js';
import { userinfoClaims } from './claims.js';
import { OAuthError } from './error.js';

function challenge(error?: string, description?: string, scope?: string): Record<string, string> {
  const parts = ['realm="Latchkey"'];
  if (error) parts.push(`error="${error}"`);
  if (description) parts.push(`error_description="${description}"`);
  if (scope) parts.push(`scope="${scope}"`);
  return { 'WWW-Authenticate': `Bearer ${parts.join(', ')}` };
}

function refuse(code: 'invalid_request' | 'invalid_token', description: string): OAuthError {
  const status = code === 'invalid_token' ? 401 : 400;
  return new OAuthError(code, description, { status, headers: challenge(code, description) });
}

const inHeader = 'in the header Authorization: Bearer';

/** A request without a token, or with another kind of credential, is told no error code in the challenge (RFC 6750 section 3.1). */
function refuseWithoutToken(description: string): OAuthError {
  return new OAuthError('invalid_token', description, { status: 401, headers: challenge() });
}

/**
 * Reads the access token: from the header (RFC 6750 section 2.1), or from the form of a POST (section 2.2), which OpenID Connect
 * Core section 5.3.1 has us take. Never from the query, which logs and histories keep (OAuth 2.1 section 5.1).
 * @throws OAuthError when there is none, more than one (section 2), or what cannot be one
 */
async function readAccessTokenOf(c: Context<Environment>): Promise<string> {
  const header = c.req.header('authorization');
  const form = readParameters((c.req.method === 'POST' ? await rawForm(c) : null) ?? '');
  const posted = form.get('access_token');
  if (form.unusable.has('access_token') || (header !== undefined && posted !== undefined)) {
    throw refuse('invalid_request', 'Send the access token once: in the header, or as access_token in the body.');
  }
  if (header === undefined) {
    if (posted === undefined) throw refuseWithoutToken(`Send the access token ${inHeader}.`);
    return posted;
  }
  const token = parseBearerToken(header);
  if (token === null)
    throw refuseWithoutToken(`The Authorization header is of another scheme: send the token ${inHeader}.`);
  if (token !== 'malformed') return token;
  throw refuse(
    'invalid_token',
    `This cannot be an access token: send it ${inHeader}, without quotation marks or spaces.`,
  );
}

/**
 * The claims as a JWT (section 5.3.2). Without exp, so that neither our own endpoints nor anybody else can take it for an ID
 * token, which must have one (RFC 8725 section 3.12).
 */
function signedClaims(deps: Deps, family: Family, claims: Record<string, unknown>, algorithm: SigningAlgorithm) {
  const { clientId } = family.consent.client;
  const iat = epochSeconds(deps.clock());
  return deps.keys.sign(algorithm, 'JWT', { ...claims, iss: deps.config.issuer, aud: clientId, iat });
}

const notForUserinfo =
  'This is no valid access token for userinfo: it may have expired, been revoked, be for an API of its own audience, or be another kind of token.';

/** GET and POST `/oauth/userinfo`: JSON, or a JWT for a client that is registered for it. */
export function userinfoEndpoint(deps: Deps) {
  return async (c: Context<Environment>): Promise<Response> => {
    const token = await readAccessTokenOf(c).catch((error: unknown) => {
      limitNetwork(c, deps.requestLimits.unproven);
      throw error;
    });
    const access = await verifyAccessToken(deps, token);
    if (!access) limitNetwork(c, deps.requestLimits.unproven);
    if (!access) throw refuse('invalid_token', notForUserinfo);
    if (access.kind === 'client' || !access.scopes.includes('openid')) {
      const description = 'The access token needs the scope openid.';
      const headers = challenge('insufficient_scope', description, 'openid');
      throw new OAuthError('insufficient_scope', description, { status: 403, headers });
    }
    c.set('clientId', access.family.consent.clientId);
    c.set('memberId', access.family.consent.memberId);
    const claims = userinfoClaims(access.family, access.scopes);
    const algorithm = access.family.consent.client.userinfoSigningAlgorithm;
    if (algorithm === null) return answerJson(c, claims);
    return c.body(await signedClaims(deps, access.family, claims, algorithm), 200, {
      'Content-Type': 'application/jwt',
    });
  };
}
