// An authorization request as a typed value: read once, checked once, then kept as it is while the person signs in.
import type { ApiResource } from '../../api-resources/find.js';
import type { ResponseMode } from '../../clients/metadata.js';
import { scopeAt } from '../../consents/service.js';
import type { ClientWithRedirectUris } from '../../db/client.js';
import type { Deps } from '../../deps.js';
import type { Parameters } from '../../http/form.js';
import { intersection, isKnownScope, personalScopes, splitWords, union } from '../../lib/scope.js';
import { coveringScopes, parseClaims, type RequestedClaims } from '../claims.js';
import type { IdTokenHint } from '../id-token-hint.js';

export const prompts = ['none', 'login', 'consent', 'select_account'] as const;
export type Prompt = (typeof prompts)[number];

/**
 * The error codes of an authorization response (RFC 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6, and OpenID
 * Connect Core Error Code unmet_authentication_requirements).
 */
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
  | 'unmet_authentication_requirements'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'registration_not_supported';

export interface AuthorizationFault {
  readonly error: AuthorizationErrorCode;
  readonly description: string;
}

/** What the checks look at. */
export interface Checked {
  readonly parameters: Parameters;
  readonly client: RequestingClient;
  /** What id_token_hint says; null when there is none, or it is not a token of ours. */
  readonly hint: IdTokenHint | null;
  /** The APIs of the client's account that are named, or take a scope that is asked for. */
  readonly apis: readonly ApiResource[];
  readonly issuer: string;
}

/** Whom the tokens are to be for. */
export type RequestedTargets = Pick<AuthorizationRequest, 'resources' | 'forIssuer'>;

/** An API that tokens are asked for, with those of the scopes that it took when it was asked. */
export interface RequestedResource {
  readonly audience: string;
  readonly scopes: readonly string[];
}

/** A request whose client and redirect URI are valid. All plain values: it is stored as JSON. */
export interface AuthorizationRequest {
  /** The client row's id. */
  readonly clientRowId: string;
  readonly redirectUri: string;
  /** Whether the request named the redirect URI itself. */
  readonly redirectUriSent: boolean;
  readonly responseMode: ResponseMode;
  readonly state: string | null;
  readonly scopes: readonly string[];
  readonly nonce: string | null;
  readonly codeChallenge: string | null;
  readonly prompts: readonly Prompt[];
  /** Seconds. */
  readonly maxAge: number | null;
  readonly loginHint: string | null;
  /** The claims that are asked for by name. */
  readonly claims: RequestedClaims | null;
  /** The scopes that cover them. */
  readonly claimScopes: readonly string[];
  /** The members who alone may be signed in: whom id_token_hint or claims names; null for anybody (Core section 3.1.2.2). */
  readonly subjects: readonly string[] | null;
  /** The APIs that tokens are asked for (RFC 8707 section 2). */
  readonly resources: readonly RequestedResource[];
  /** Whether tokens for us are asked for: no resource is named, or the issuer is one of them. */
  readonly forIssuer: boolean;
  /** What is wrong with it, to be told to the client once the person is known (RFC 9700 section 4.11.2). */
  readonly fault: AuthorizationFault | null;
}

/** The scopes that a person must have allowed us: those asked for here, and those that cover claims asked for by name. */
export function scopesToAllowHere({ scopes, claimScopes, forIssuer }: AuthorizationRequest): string[] {
  return union(forIssuer ? scopes.filter(isKnownScope) : intersection(scopes, personalScopes), claimScopes);
}

/** All that a person must have allowed, in the words of a consent: scopes, APIs, and scopes at those. */
export function scopesToAllow(request: AuthorizationRequest): string[] {
  const atApis = request.resources.flatMap(({ audience, scopes }) => [
    audience,
    ...scopes.map((scope) => scopeAt(audience, scope)),
  ]);
  return [...scopesToAllowHere(request), ...atApis];
}

/** The client with what the checks need of it. */
export async function findAuthorizingClient(deps: Pick<Deps, 'db'>, id: string) {
  return deps.db.oAuthClient.findUnique({ where: { id }, include: { redirectUris: true, account: true } });
}

/** The client as the pages show it, too. */
export type AuthorizingClient = NonNullable<Awaited<ReturnType<typeof findAuthorizingClient>>>;

/** The client as far as the request and its answer depend on it. */
export type RequestingClient = ClientWithRedirectUris;

/** The session as far as the request and its answer depend on it. */
export interface RequestingSession {
  readonly id: string;
  readonly memberId: string;
  readonly authenticatedAt: Date;
  readonly methods: string;
  readonly member: { readonly accountId: string };
}

/** Longer values of what clients choose are refused, and not stored either. */
export const longestValue = 2048;

/** What a sound request asks for by name. Without openid there is nobody to make claims about. */
function readWishes(parameters: Parameters, client: RequestingClient, hint: IdTokenHint | null) {
  const asksForPerson = splitWords(parameters.get('scope') ?? '').includes('openid');
  const text = asksForPerson ? parameters.get('claims') : undefined;
  const parsed = text === undefined ? null : parseClaims(text);
  const { userinfo = [], idToken = [], subjects = null } = parsed ?? {};
  return {
    claims: userinfo.length + idToken.length === 0 ? null : { userinfo, idToken },
    claimScopes: coveringScopes({ userinfo, idToken }, splitWords(client.scopes)),
    subjects: hint === null ? subjects : [hint.subject].filter((subject) => subjects?.includes(subject) ?? true),
  };
}

/** The response modes that a client may ask for; the first is what it gets when it asks for none or for another. */
export function responseModesOf(client: RequestingClient): ResponseMode[] {
  return splitWords(client.responseModes) as ResponseMode[];
}

/** Reads the parameters into a request. Of one with a fault only what telling of it takes: the rest is anything at all. */
export function readRequest(
  parameters: Parameters,
  client: RequestingClient,
  redirectUri: string,
  hint: IdTokenHint | null,
  targets: RequestedTargets,
  fault: AuthorizationFault | null,
): AuthorizationRequest {
  const sound = (name: string) => (fault === null ? parameters.get(name) : undefined);
  const maxAge = sound('max_age');
  const prompt = splitWords(parameters.get('prompt') ?? '');
  const modes = responseModesOf(client);
  return {
    clientRowId: client.id,
    redirectUri,
    redirectUriSent: parameters.get('redirect_uri') !== undefined,
    // One that the client may not ask for is a fault, which is told in one that it may.
    responseMode: modes.find((mode) => mode === (parameters.get('response_mode') ?? 'query')) ?? modes[0] ?? 'query',
    state: parameters.get('state')?.slice(0, longestValue) ?? null,
    scopes: [...new Set(splitWords(sound('scope') ?? ''))],
    nonce: sound('nonce') ?? null,
    codeChallenge: sound('code_challenge') ?? null,
    prompts: prompts.filter((known) => prompt.includes(known)),
    maxAge: maxAge === undefined ? null : Number(maxAge),
    loginHint: sound('login_hint') ?? null,
    ...(fault === null ? targets : { resources: [], forIssuer: true }),
    ...(fault === null ? readWishes(parameters, client, hint) : { claims: null, claimScopes: [], subjects: null }),
    fault,
  };
}
