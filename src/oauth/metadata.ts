// What clients can know of us without asking: the discovery document (OpenID Connect Discovery section 3, RFC 8414) and the
// JSON Web Key Set.
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { assertionAlgorithms } from '../clients/client-keys.js';
import { responseModes } from '../clients/metadata.js';
import type { Deps } from '../deps.js';
import type { Environment } from '../http/environment.js';
import { isKnownByTag } from '../http/if-none-match.js';
import { jwksMaxAgeSeconds, signingAlgorithms } from '../keys/rotate.js';
import { knownScopes } from '../lib/scope.js';
import { acrOfPassword, personalClaims } from './claims.js';

/** How a client proves who it is. */
const provenMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'];

/** The metadata document, the same for OpenID Connect and OAuth. Lists only what works. */
function serverMetadata(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    token_endpoint: `${issuer}/oauth/token`,
    userinfo_endpoint: `${issuer}/oauth/userinfo`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    introspection_endpoint: `${issuer}/oauth/introspect`,
    end_session_endpoint: `${issuer}/oauth/logout`,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    jwks_uri: `${issuer}/oauth/jwks`,
    scopes_supported: Object.keys(knownScopes),
    response_types_supported: ['code'],
    response_modes_supported: responseModes,
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: signingAlgorithms,
    userinfo_signing_alg_values_supported: signingAlgorithms,
    token_endpoint_auth_methods_supported: [...provenMethods, 'none'],
    token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    revocation_endpoint_auth_methods_supported: [...provenMethods, 'none'],
    revocation_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    introspection_endpoint_auth_methods_supported: provenMethods,
    introspection_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    code_challenge_methods_supported: ['S256'],
    prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
    claim_types_supported: ['normal'],
    claims_supported: [
      'sub',
      'iss',
      'aud',
      'exp',
      'iat',
      'auth_time',
      'nonce',
      'at_hash',
      'acr',
      'amr',
      'sid',
      ...personalClaims,
    ],
    acr_values_supported: [acrOfPassword],
    claims_parameter_supported: true,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    authorization_response_iss_parameter_supported: true,
  };
}

function cachedJson(c: Context<Environment>, body: unknown, maxAgeSeconds: number, contentType: string): Response {
  const text = JSON.stringify(body);
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
  const headers = { 'Cache-Control': `public, max-age=${maxAgeSeconds}`, ETag: etag };
  if (isKnownByTag(c.req.header('if-none-match'), [etag])) return c.body(null, 304, headers);
  return c.body(text, 200, { ...headers, 'Content-Type': contentType });
}

/** GET `/.well-known/openid-configuration` and `/.well-known/oauth-authorization-server`. */
export function discoveryEndpoint(deps: Deps) {
  const document = serverMetadata(deps.config.issuer);
  return (c: Context<Environment>) => cachedJson(c, document, 3600, 'application/json');
}

/** GET `/oauth/jwks`. */
export function jwksEndpoint(deps: Deps) {
  return async (c: Context<Environment>) =>
    cachedJson(c, { keys: await deps.keys.published() }, jwksMaxAgeSeconds, 'application/jwk-set+json');
}
