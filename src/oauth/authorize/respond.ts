// The authorization response (RFC 6749 section 4.1.2, RFC 9207): a code or an error, sent to the client by a redirect or by
// a form that posts itself. Answers each stored request once.
import type { Context } from 'hono';
import { issueCode } from '../../consents/codes.js';
import type { Deps } from '../../deps.js';
import type { Environment } from '../../http/environment.js';
import { withResponse } from '../../lib/redirect-uri.js';
import { asDescription } from '../error.js';
import { type PageError, pageError, respondWithFormPost } from '../respond-with-page.js';
import type { AuthorizationFault, AuthorizationRequest, RequestingClient, RequestingSession } from './request.js';
import { audiencesOf } from './resources.js';
import { consumeRequest, type StoredRequest } from './store.js';

/** A page restored from history posts what was answered before. */
export function answeredBefore(): PageError {
  return pageError('signInOver', { status: 403 });
}

/** Sends a response to the redirect URI, which was checked before, in the mode that the request asked for. */
function send(
  deps: Deps,
  c: Context<Environment>,
  { redirectUri, responseMode, state }: AuthorizationRequest,
  values: Record<string, string>,
): Response {
  const response = Object.assign({}, values, state === null ? null : { state }, { iss: deps.config.issuer });
  if (responseMode === 'form_post') return respondWithFormPost(c, redirectUri, response);
  const location = withResponse(redirectUri, response);
  // RFC 9700 section 4.12: 303, so that a password posted to us is never posted on.
  return c.body(null, 303, { Location: location, 'Cache-Control': 'no-store' });
}

/** Tells the client what went wrong. */
export async function respondWithError(
  deps: Deps,
  c: Context<Environment>,
  request: AuthorizationRequest,
  stored: StoredRequest | null,
  fault: AuthorizationFault,
): Promise<Response> {
  if (stored && !(await consumeRequest(deps.db, stored.id))) throw answeredBefore();
  c.get('log').info(
    { error: fault.error, description: fault.description, client: request.clientRowId },
    'authorization refused',
  );
  return send(deps, c, request, { error: fault.error, error_description: asDescription(fault.description) });
}

/** Gives the client a code for a new token family. */
export async function respondWithCode(
  deps: Deps,
  c: Context<Environment>,
  granted: {
    readonly request: AuthorizationRequest;
    readonly stored: StoredRequest | null;
    readonly client: RequestingClient;
    readonly session: RequestingSession;
    readonly consentId: string;
  },
): Promise<Response> {
  const { request, stored, client, session, consentId } = granted;
  const family = {
    consentId,
    sessionId: session.id,
    scopes: request.scopes,
    resources: audiencesOf(request, deps.config.issuer),
    requestedClaims: request.claims ? JSON.stringify(request.claims) : null,
    authenticatedAt: session.authenticatedAt,
    methods: session.methods,
    lifetimeSeconds: client.refreshTokenSeconds,
  };
  const bound = {
    redirectUri: request.redirectUri,
    redirectUriRequired: request.redirectUriSent,
    codeChallenge: request.codeChallenge,
    nonce: request.nonce,
  };
  const code = await issueCode(deps, family, bound, stored?.id ?? null);
  // Signing out, a new password or taking the consent back may have come in between: then nothing more is given.
  if (code === null) throw answeredBefore();
  deps.lastUsed.touch('consent', consentId);
  deps.lastUsed.touch('oauthClient', client.id);
  deps.lastUsed.touch('member', session.memberId);
  return send(deps, c, request, { code });
}
