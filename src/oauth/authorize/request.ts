// An authorization request as a typed value: read once, checked once, then kept as it is while the person signs in.
import type { Deps } from '../../deps.js';
import type { Parameters } from '../../http/form.js';
import { splitWords } from '../../lib/scope.js';

export const prompts = ['none', 'login', 'consent', 'select_account'] as const;
export type Prompt = (typeof prompts)[number];

/** The error codes of an authorization response (RFC 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6). */
export type AuthorizationErrorCode =
  | 'invalid_request'
  | 'unauthorized_client'
  | 'access_denied'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'login_required'
  | 'consent_required'
  | 'interaction_required'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'registration_not_supported';

export interface AuthorizationFault {
  readonly error: AuthorizationErrorCode;
  readonly description: string;
}

/** A request whose client and redirect URI are valid. All plain values: it is stored as JSON. */
export interface AuthorizationRequest {
  /** The client row's id. */
  readonly clientRowId: string;
  readonly redirectUri: string;
  /** Whether the request named the redirect URI itself. */
  readonly redirectUriSent: boolean;
  readonly state: string | null;
  readonly scopes: readonly string[];
  readonly nonce: string | null;
  readonly codeChallenge: string | null;
  readonly prompts: readonly Prompt[];
  /** Seconds. */
  readonly maxAge: number | null;
  readonly loginHint: string | null;
  /** What is wrong with it, to be told to the client once the person is known (RFC 9700 section 4.11.2). */
  readonly fault: AuthorizationFault | null;
}

/** The client with what the checks need of it. */
export async function findAuthorizingClient(deps: Pick<Deps, 'db'>, where: { clientId: string } | { id: string }) {
  return deps.db.oAuthClient.findUnique({ where, include: { redirectUris: true, account: true } });
}

export type AuthorizingClient = NonNullable<Awaited<ReturnType<typeof findAuthorizingClient>>>;

/** Longer values of what clients choose are refused, and not stored either. */
export const longestValue = 2048;

/** Reads the parameters into a request. Of one with a fault only what telling of it takes: the rest is anything at all. */
export function readRequest(
  parameters: Parameters,
  client: AuthorizingClient,
  redirectUri: string,
  fault: AuthorizationFault | null,
): AuthorizationRequest {
  const sound = (name: string) => (fault === null ? parameters.get(name) : undefined);
  const maxAge = sound('max_age');
  const prompt = splitWords(parameters.get('prompt') ?? '');
  return {
    clientRowId: client.id,
    redirectUri,
    redirectUriSent: parameters.get('redirect_uri') !== undefined,
    state: parameters.get('state')?.slice(0, longestValue) ?? null,
    scopes: [...new Set(splitWords(sound('scope') ?? ''))],
    nonce: sound('nonce') ?? null,
    codeChallenge: sound('code_challenge') ?? null,
    prompts: prompts.filter((known) => prompt.includes(known)),
    maxAge: maxAge === undefined ? null : Number(maxAge),
    loginHint: sound('login_hint') ?? null,
    fault,
  };
}
