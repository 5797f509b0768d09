// Says which client calls a machine endpoint (RFC 6749 section 2.3): one method, the registered one, in one place.
// How a secret is checked is clients/secrets.ts, how an assertion is clients/assertions.ts.
import type { Context } from 'hono';
import type { Actor } from '../audit/service.js';
import {
  AssertionRefusedError,
  type AssertionVerifier,
  createAssertionVerifier,
  readAssertion,
  refusedAssertion,
  type UnverifiedAssertion,
} from '../clients/assertions.js';
import { createSecretVerifier, hasLiveSecret, type SecretVerifier } from '../clients/secrets.js';
import type { CallerKey, ClientWithSecret, Found, HotPaths } from '../db/client.js';
import type { Deps } from '../deps.js';
import { originForAudit } from '../http/browser.js';
import type { Environment } from '../http/environment.js';
import type { Parameters } from '../http/form.js';
import { limitClient, limitNetwork } from '../http/request-limits.js';
import { parseBasicCredentials } from '../lib/authorization-header.js';
import { selectorOfClientSecret } from '../lib/secret-format.js';
import { OAuthError } from './error.js';

/** What a caller proves itself with, of which nothing is proven yet. */
type Credential = { readonly clientId: string } & (
  | { readonly method: 'CLIENT_SECRET_BASIC' | 'CLIENT_SECRET_POST'; readonly secret: string }
  | { readonly method: 'PRIVATE_KEY_JWT'; readonly assertion: UnverifiedAssertion }
  | { readonly method: 'NONE' }
);

/** What checks a credential, each with what it remembers. */
export interface CredentialVerifiers {
  readonly secret: SecretVerifier;
  readonly assertion: AssertionVerifier;
}

/** Builds the verifiers, once for all endpoints that clients authenticate at. */
export function createCredentialVerifiers(deps: Deps): CredentialVerifiers {
  return { secret: createSecretVerifier(deps), assertion: createAssertionVerifier(deps) };
}

const methodNames = {
  CLIENT_SECRET_BASIC: 'client_secret_basic',
  CLIENT_SECRET_POST: 'client_secret_post',
  PRIVATE_KEY_JWT: 'private_key_jwt',
  NONE: 'none',
};

function invalidClient(usedHeader: boolean, description: string, detail: string): OAuthError {
  // RFC 6749 section 5.2: 401, with a challenge for the scheme when the Authorization header was used.
  const headers = usedHeader ? { 'WWW-Authenticate': 'Basic realm="Latchkey", charset="UTF-8"' } : {};
  return new OAuthError('invalid_client', description, { status: 401, detail, headers });
}

/** What a refused caller is told, by what it sent alone: the same whether there is such a client or not. */
function refusedText({ method }: Credential): string {
  if (method === 'PRIVATE_KEY_JWT') return refusedAssertion;
  return method === 'NONE'
    ? 'Client authentication failed. Neither the body nor the Authorization header has a client secret: check client_id, and send the secret if the client has one, or client_assertion if it is registered for a key. In the address none of them is read.'
    : 'Client authentication failed. Check client_id and client_secret, and that the secret has not expired or been revoked. A client that has no secret sends its client_id alone, or client_assertion if it is registered for a key.';
}

function readCredential(c: Context, form: Parameters): Credential {
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
    // RFC 6749 section 5.2. Beside a secret an assertion neither helps nor is passed over, whatever it is (CVE-2026-16093).
    if (basic || bodySecret !== undefined) {
      throw new OAuthError('invalid_request', 'Authenticate in one way only: client_assertion or the client secret.');
    }
    return readAssertionCredential(form, bodyId);
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
      'No client authentication was sent. Send client_id and client_secret, the Authorization header, or client_assertion.',
      'no client_id',
    );
  }
  if (bodySecret !== undefined) return { method: 'CLIENT_SECRET_POST', clientId: bodyId, secret: bodySecret };
  return { method: 'NONE', clientId: bodyId };
}

function readAssertionCredential(form: Parameters, bodyId: string | undefined): Credential {
  const assertion = readAssertion(form.get('client_assertion_type'), form.get('client_assertion'));
  if (bodyId !== undefined && bodyId !== assertion.clientId) {
    throw new OAuthError('invalid_request', 'client_id in the body is not the sub of the assertion.');
  }
  return { method: 'PRIVATE_KEY_JWT', clientId: assertion.clientId, assertion };
}

/** The client itself as the actor of what it does at the protocol endpoints. */
export function actorOfClient(
  c: Context<Environment>,
  client: Pick<ClientWithSecret, 'id' | 'name' | 'accountId'>,
): Actor {
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

/** What a check of a credential comes to: why it is refused, for the log; else whether it took its time. */
type Verdict = { readonly fault: string } | { readonly fault: null; readonly waited: boolean };

async function judge(
  verifiers: CredentialVerifiers,
  c: Context<Environment>,
  client: ClientWithSecret,
  credential: Credential,
): Promise<Verdict> {
  switch (credential.method) {
    case 'NONE':
      return client.tokenEndpointAuthMethod === 'NONE'
        ? { fault: null, waited: false }
        : { fault: 'no secret presented' };
    case 'PRIVATE_KEY_JWT':
      await verifiers.assertion.verify(client, credential.assertion, actorOfClient(c, client));
      return { fault: null, waited: true };
    default: {
      const outcome = await verifiers.secret.verify(client, credential.secret, () => actorOfClient(c, client));
      if (outcome === 'wrong') return { fault: 'wrong, expired or revoked secret' };
      return { fault: null, waited: outcome === 'hashed' };
    }
  }
}

/** Whether a credential that was right for the client as it was read before is right for it as it is now. */
function isStillRight(credential: Credential, before: ClientWithSecret, client: ClientWithSecret, now: Date): boolean {
  switch (credential.method) {
    case 'NONE':
      return true;
    case 'PRIVATE_KEY_JWT':
      return client.jwks === before.jwks && client.jwksUri === before.jwksUri;
    default:
      return hasLiveSecret(client, now);
  }
}

/**
 * How an endpoint reads its caller, and with it what the caller presents, in one statement. What is presented is not looked at
 * before the caller is authenticated.
 */
type Read<Presented> = (key: CallerKey, reads: HotPaths) => Promise<Found<Presented>>;

/** How a request is read that presents nothing, or nothing that could be ours. */
export async function readCallerAlone(key: CallerKey, reads: HotPaths): Promise<Found<never>> {
  return { caller: await reads.caller(key), presented: null };
}

/** A caller that proved who it is, and the row of what it presented. */
export interface Authenticated<Presented> {
  readonly client: ClientWithSecret;
  /** Null when there is no such row, or nothing was presented. */
  readonly presented: Presented | null;
}

async function authenticate<Presented>(
  deps: Deps,
  verifiers: CredentialVerifiers,
  c: Context<Environment>,
  form: Parameters,
  read: Read<Presented>,
): Promise<Authenticated<Presented>> {
  const credential = readCredential(c, form);
  const usedHeader = credential.method === 'CLIENT_SECRET_BASIC';
  const selector = 'secret' in credential ? selectorOfClientSecret(credential.secret) : null;
  const readNow = () => read({ clientId: credential.clientId, selector }, deps.hotPaths);
  const found = await readNow();
  if (!found.caller) throw invalidClient(usedHeader, refusedText(credential), 'unknown client');
  const verdict = await judge(verifiers, c, found.caller, credential);
  if (verdict.fault !== null) throw invalidClient(usedHeader, refusedText(credential), verdict.fault);
  // Much may have ended while a secret was hashed or keys were fetched, the secret and the keys among it.
  const { caller: client, presented } = verdict.waited ? await readNow() : found;
  if (!client || !isStillRight(credential, found.caller, client, deps.clock())) {
    throw invalidClient(usedHeader, refusedText(credential), 'ended meanwhile');
  }
  // Said only to a caller who knows the secret, so that it tells nobody which clients exist.
  if (client.tokenEndpointAuthMethod !== credential.method) {
    const description = `This client is registered for ${methodNames[client.tokenEndpointAuthMethod]}, but used ${methodNames[credential.method]}.`;
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
  return { client, presented };
}

/**
 * Authenticates the calling client. Unknown clients and wrong credentials are answered alike.
 * @param read reads the client and what it presents
 * @throws OAuthError invalid_client or invalid_request; ThrottledError and OverloadedError from the check or its limits
 */
export async function authenticateClient<Presented>(
  deps: Deps,
  verifiers: CredentialVerifiers,
  c: Context<Environment>,
  form: Parameters,
  read: Read<Presented>,
): Promise<Authenticated<Presented>> {
  try {
    const authenticated = await authenticate(deps, verifiers, c, form, read);
    const { client } = authenticated;
    c.set('client', client);
    c.set('clientId', client.id);
    limitClient(c, deps.requestLimits, client.id);
    return authenticated;
  } catch (error) {
    const refusal = error instanceof AssertionRefusedError ? invalidClient(false, error.message, error.detail) : error;
    if (refusal instanceof OAuthError) limitNetwork(c, deps.requestLimits.unproven);
    throw refusal;
  }
}
