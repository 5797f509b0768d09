// Which protocol endpoint lives where, by which methods, and how each answers an error.
import { type Context, Hono } from 'hono';
import { asUnavailable, isOrphan } from '../db/client.js';
import type { Deps } from '../deps.js';
import type { Browser } from '../http/browser.js';
import { publicDocuments } from '../http/endpoints.js';
import type { Environment } from '../http/environment.js';
import { OverloadedError, ThrottledError } from '../lib/errors.js';
import { authorizationEndpoint, authorizationPostEndpoint } from './authorize/endpoint.js';
import { createCredentialVerifiers } from './client-authentication.js';
import { clientOfAccessToken, openToAll, openToClientsOrigins } from './cors.js';
import { createListedOrigins } from './cors-origins.js';
import { endSessionEndpoint, endSessionPostEndpoint } from './end-session.js';
import { OAuthError, respondWithOAuthError } from './error.js';
import { introspectionEndpoint } from './introspect.js';
import { discoveryEndpoint, jwksEndpoint } from './metadata.js';
import { revocationEndpoint } from './revoke.js';
import { tokenEndpoint } from './token/handler.js';
import { userinfoEndpoint } from './userinfo.js';

/** Turns what the services raise into an error of the protocol. @throws what is no refusal but a fault of ours */
function asOAuthError(error: Error): OAuthError {
  if (error instanceof OAuthError) return error;
  if (isOrphan(error)) {
    const description = 'What the token is for is there no longer. Start again at the authorization endpoint.';
    return new OAuthError('invalid_grant', description, { detail: 'deleted meanwhile' });
  }
  const unavailable = asUnavailable(error);
  if (unavailable) {
    const headers = { 'Retry-After': String(unavailable.retryAfterSeconds) };
    return new OAuthError('temporarily_unavailable', unavailable.message, {
      status: 503,
      detail: unavailable.reason,
      headers,
    });
  }
  if (error instanceof ThrottledError || error instanceof OverloadedError) {
    const headers = { 'Retry-After': String(error.retryAfterSeconds) };
    const status = error instanceof ThrottledError ? 429 : 503;
    return new OAuthError('temporarily_unavailable', error.message, { status, headers });
  }
  throw error;
}

/** Answers in JSON with whatever an endpoint raised that programs call. */
export function respondWithJsonError(c: Context<Environment>, error: Error): Response {
  try {
    return respondWithOAuthError(c, asOAuthError(error));
  } catch (fault) {
    c.get('log').error({ err: fault }, 'failed');
    return respondWithOAuthError(
      c,
      new OAuthError('server_error', 'Something went wrong on our side.', { status: 500 }),
    );
  }
}

function jsonEndpoints(deps: Deps): Hono<Environment> {
  const app = new Hono<Environment>();
  const verifiers = createCredentialVerifiers(deps);
  const origins = createListedOrigins(deps);

  // Which pages of other origins may read an answer. Introspection is for servers.
  app.use('/oauth/token', openToClientsOrigins(origins, 'POST'));
  app.use('/oauth/revoke', openToClientsOrigins(origins, 'POST'));
  app.use('/oauth/userinfo', openToClientsOrigins(origins, 'GET, POST'), clientOfAccessToken(deps));
  for (const path of publicDocuments) app.use(path, openToAll());

  app.post('/oauth/token', tokenEndpoint(deps, verifiers));
  app.on(['GET', 'POST'], '/oauth/userinfo', userinfoEndpoint(deps));
  app.post('/oauth/revoke', revocationEndpoint(deps, verifiers));
  app.post('/oauth/introspect', introspectionEndpoint(deps, verifiers));
  app.get('/oauth/jwks', jwksEndpoint(deps));
  app.get('/.well-known/openid-configuration', discoveryEndpoint(deps));
  app.get('/.well-known/oauth-authorization-server', discoveryEndpoint(deps));
  return app;
}

/** All protocol endpoints. */
export function oauthRoutes(deps: Deps, browser: Browser): Hono<Environment> {
  const app = new Hono<Environment>();
  app.route('/', jsonEndpoints(deps));
  app.get('/oauth/authorize', authorizationEndpoint(deps, browser));
  app.post('/oauth/authorize', authorizationPostEndpoint());
  app.get('/oauth/logout', endSessionEndpoint(deps, browser));
  app.post('/oauth/logout', endSessionPostEndpoint());
  return app;
}
