// The revocation endpoint (RFC 7009): a client gives back a token that it no longer needs. What ends with a token is
// consents/revocation.ts; here is who may give back which, and what is answered.
import type { Context } from 'hono';
import type { Actor } from '../audit/service.js';
import { hashOfRefreshToken } from '../consents/refresh-tokens.js';
import { revokeAccessToken, revokeSignIn } from '../consents/revocation.js';
import { asUnavailable, type ClientWithSecret, type RefreshTokenWithFamily } from '../db/client.js';
import type { Deps } from '../deps.js';
import type { Environment } from '../http/environment.js';
import { OverloadedError, ThrottledError } from '../lib/errors.js';
import { readAccessToken } from './access-token.js';
import {
  actorOfClient,
  authenticateClient,
  type CredentialVerifiers,
  readCallerAlone,
} from './client-authentication.js';
import { OAuthError } from './error.js';
import { readForm, readToken } from './params.js';

const retryAfterSeconds = 5;

/**
 * Revokes what the token stands for, if it is this client's. Whatever else it is, nothing changes: ID tokens, codes, tokens
 * that are over, inventions, and other clients' tokens. RFC 7009 section 2.1 would have the last refused with an error, but
 * a different answer would tell whoever tries a text that it is somebody's token (CVE-2018-1000211 has the other half: it
 * must stay untouched).
 */
async function giveBack(
  deps: Deps,
  client: ClientWithSecret,
  actor: Actor,
  token: string,
  refreshToken: RefreshTokenWithFamily | null,
): Promise<void> {
  // A used one too: its client wants the sign-in to end, and may never have got the successor.
  if (refreshToken) return revokeSignIn(deps, actor, client, refreshToken.family);
  const claims = await readAccessToken(deps, token);
  if (claims?.clientId !== client.clientId) return;
  // Not asked is whether it still counts: a token of a suspended member would count again once the member may sign in.
  await revokeAccessToken(deps, actor, client, { jti: claims.jti, expiresAt: new Date(claims.expiresAt * 1000) });
}

/** A fault of ours as the answer after which a client must take the token for living (RFC 7009 section 2.2.1). */
function unavailable(c: Context<Environment>, fault: unknown): OAuthError {
  const detail = asUnavailable(fault)?.reason;
  if (detail === undefined) c.get('log').error({ err: fault }, 'revocation failed');
  const description = `The token could not be revoked and may still be valid. Try again in ${retryAfterSeconds} seconds.`;
  const headers = { 'Retry-After': String(retryAfterSeconds) };
  return new OAuthError('temporarily_unavailable', description, {
    status: 503,
    headers,
    ...(detail === undefined ? {} : { detail }),
  });
}

function isRefusal(error: unknown): boolean {
  return error instanceof OAuthError || error instanceof ThrottledError || error instanceof OverloadedError;
}

/**
 * POST `/oauth/revoke`. The 200 says that the token, if it was the caller's, is of no more use (RFC 7009 section 2.2). Its body
 * means nothing, but is JSON: simple-oauth2 takes nothing else, and oidc-client-ts takes no other type.
 */
export function revocationEndpoint(deps: Deps, verifiers: CredentialVerifiers) {
  return async (c: Context<Environment>): Promise<Response> => {
    try {
      const form = await readForm(c);
      const hash = hashOfRefreshToken(form.get('token') ?? '');
      const { client, presented } = await authenticateClient(deps, verifiers, c, form, (key, reads) =>
        hash === null ? readCallerAlone(key, reads) : reads.callerWithRefreshToken(key, hash),
      );
      await giveBack(deps, client, actorOfClient(c, client), readToken(form), presented);
    } catch (error) {
      // Never a success that was none (CVE-2020-15223).
      throw isRefusal(error) ? error : unavailable(c, error);
    }
    c.header('Cache-Control', 'no-store');
    return c.json({});
  };
}
