// Says which client calls the token endpoint (RFC 6749 section 2.3): one method, the registered one, in one place.
// How a secret is checked is clients/secrets.ts.
import type { Context } from 'hono';
import type { Actor } from '../audit/service.js';
import { type ClientWithSecret, findClientWithSecret, type SecretVerifier } from '../clients/secrets.js';
import type { Deps } from '../deps.js';
import { originForAudit } from '../http/browser.js';
import type { Environment } from '../http/environment.js';
import type { Parameters } from '../http/form.js';
import { parseBasicCredentials } from '../lib/basic-credentials.js';
import { OAuthError } from './error.js';

interface Presented {
  readonly method: 'CLIENT_SECRET_BASIC' | 'CLIENT_SECRET_POST' | 'NONE';
  readonly clientId: string;
  readonly secret: string | null;
}

const methodNames = {
  CLIENT_SECRET_BASIC: 'client_secret_basic',
  CLIENT_SECRET_POST: 'client_secret_post',
  NONE: 'none',
};

function invalidClient(usedHeader: boolean, description: string, detail: string): OAuthError {
  // RFC 6749 section 5.2: 401, with a challenge for the scheme when the Authorization header was used.
  const headers = usedHeader ? { 'WWW-Authenticate': 'Basic realm="Latchkey", charset="UTF-8"' } : {};
  return new OAuthError('invalid_client', description, { status: 401, detail, headers });
}

const refused =
  'Client authentication failed. Check client_id and client_secret, and that the secret has not expired or been revoked.';

function readPresented(c: Context, form: Parameters): Presented {
  const header = c.req.header('authorization');
  const basic = header === undefined ? null : parseBasicCredentials(header);
  const bodyId = form.get('client_id');
  const bodySecret = form.get('client_secret');
  if (header !== undefined && (basic === null || basic === 'malformed')) {
    const description =
      'The Authorization header is not valid: send Basic, then base64 of client_id:client_secret, both form-encoded.';
    throw invalidClient(true, description, 'malformed Authorization header');
  }
  if (form.get('client_assertion') !== undefined || form.get('client_assertion_type') !== undefined) {
    throw invalidClient(
      basic !== null,
      'client_assertion is not supported. Use the client secret.',
      'client_assertion presented',
    );
  }
  if (basic && basic !== 'malformed') {
    if (bodySecret !== undefined) {
      throw new OAuthError(
        'invalid_request',
        'Authenticate in one way only: the Authorization header or client_secret in the body.',
      );
    }
    if (bodyId !== undefined && bodyId !== basic.id) {
      throw new OAuthError('invalid_request', 'client_id in the body is not the one in the Authorization header.');
    }
    return { method: 'CLIENT_SECRET_BASIC', clientId: basic.id, secret: basic.secret };
  }
  if (bodyId === undefined) {
    throw invalidClient(
      false,
      'No client authentication was sent. Send client_id and client_secret, or the Authorization header.',
      'no client_id',
    );
  }
  if (bodySecret !== undefined) return { method: 'CLIENT_SECRET_POST', clientId: bodyId, secret: bodySecret };
  return { method: 'NONE', clientId: bodyId, secret: null };
}

/** The client itself as the actor of what it does at the protocol endpoints. */
export function actorOfClient(c: Context<Environment>, client: ClientWithSecret): Actor {
  return {
    kind: 'OAUTH_CLIENT',
    id: client.id,
    label: client.name,
    accountId: client.accountId,
    memberId: null,
    viaClientId: client.id,
    ...originForAudit(c),
  };
}

/**
 * Authenticates the calling client. Unknown clients and wrong secrets are answered alike.
 * @throws OAuthError invalid_client or invalid_request; ThrottledError and OverloadedError from the check
 */
export async function authenticateClient(
  deps: Deps,
  verifier: SecretVerifier,
  c: Context<Environment>,
  form: Parameters,
): Promise<ClientWithSecret> {
  const presented = readPresented(c, form);
  const usedHeader = presented.method === 'CLIENT_SECRET_BASIC';
  const client = await findClientWithSecret(deps.db, presented.clientId, presented.secret);
  if (!client) throw invalidClient(usedHeader, refused, 'unknown client');
  if (presented.secret === null) {
    if (client.tokenEndpointAuthMethod !== 'NONE') throw invalidClient(usedHeader, refused, 'no secret presented');
  } else if (!(await verifier.verify(client, presented.secret, actorOfClient(c, client)))) {
    throw invalidClient(usedHeader, refused, 'wrong, expired or revoked secret');
  }
  // Said only to a caller who knows the secret, so that it tells nobody which clients exist.
  if (client.tokenEndpointAuthMethod !== presented.method) {
    const description = `This client is registered for ${methodNames[client.tokenEndpointAuthMethod]}, but used ${methodNames[presented.method]}.`;
    throw invalidClient(usedHeader, description, 'another method than the registered one');
  }
  if (client.disabledAt !== null) {
    throw invalidClient(
      usedHeader,
      'This client is disabled. An admin of its account can enable it.',
      'disabled client',
    );
  }
  deps.lastUsed.touch('oauthClient', client.id);
  return client;
}
