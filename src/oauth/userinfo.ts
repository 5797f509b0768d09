// The UserInfo endpoint (OpenID Connect Core section 5.3): claims about the member, as far as the
// consent reaches. Which they are is in claims.ts.
import type { Context } from 'hono';
import type { Deps } from '../deps.js';
import type { Environment } from '../http/environment.js';
import { parseBearerToken } from '../lib/basic-credentials.js';
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

/** GET and POST `/oauth/userinfo`. The token comes in the Authorization header only (RFC 6750 section 2.1). */
export function userinfoEndpoint(deps: Deps) {
  return async (c: Context<Environment>): Promise<Response> => {
    const header = c.req.header('authorization');
    if (header === undefined) {
      // RFC 6750 section 3.1: no error code for a request without a token.
      const description = 'Send the access token in the header Authorization: Bearer.';
      throw new OAuthError('invalid_token', description, { status: 401, headers: challenge() });
    }
    const token = parseBearerToken(header);
    const access = token === null || token === 'malformed' ? null : await verifyAccessToken(deps, token);
    if (!access) {
      const description = 'The access token is not valid: it may have expired or been revoked.';
      throw new OAuthError('invalid_token', description, {
        status: 401,
        headers: challenge('invalid_token', description),
      });
    }
    if (access.kind === 'client' || !access.scopes.includes('openid')) {
      const description = 'The access token needs the scope openid.';
      const headers = challenge('insufficient_scope', description, 'openid');
      throw new OAuthError('insufficient_scope', description, { status: 403, headers });
    }
    c.header('Cache-Control', 'no-store');
    return c.json(userinfoClaims(access.family, access.scopes));
  };
}
