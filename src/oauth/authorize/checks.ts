// What an authorization request must satisfy, in order. First the client and its redirect URI, whose faults are shown and
// never redirected (RFC 6749 section 4.1.2.1); then the list of what the client is told.
import type { Parameters } from '../../http/form.js';
import { isCodeChallenge } from '../../lib/pkce.js';
import { matchesRedirectUri } from '../../lib/redirect-uri.js';
import { isSubset, parseScope, splitWords } from '../../lib/scope.js';
import { acrOfPassword, parseClaims } from '../claims.js';
import { pageError } from '../respond-with-page.js';
import {
  type AuthorizationErrorCode,
  type AuthorizationFault,
  type Checked,
  longestValue,
  prompts,
  type RequestingClient,
  responseModesOf,
} from './request.js';
import { resourcesExist, scopesHaveResources } from './resources.js';

/** The client_id of a request that names one. @throws PageError */
export function requireClientId(parameters: Parameters): string {
  const clientId = parameters.get('client_id');
  if (clientId !== undefined) return clientId;
  throw pageError('clientIdMissing');
}

/** The client that the request names. @throws PageError for an unknown or disabled one */
export function requireClient<Client extends RequestingClient>(client: Client | null): Client {
  if (!client) throw pageError('unknownApp', { detail: 'unknown client_id' });
  if (client.disabledAt !== null) throw pageError('disabledApp', { status: 403, detail: client.id });
  return client;
}

function isRegistered(uri: string, client: RequestingClient): boolean {
  return client.redirectUris.some((each) => matchesRedirectUri(uri, each.uri, client.type === 'NATIVE'));
}

/** A request that has waited must still be for a registered redirect URI: an admin may have taken it away. @throws PageError */
export function requireStillRegistered(uri: string, client: RequestingClient): void {
  if (isRegistered(uri, client)) return;
  throw pageError('redirectUriTaken', { detail: client.id });
}

/** The redirect URI to answer to: the one sent, if registered, or the only one there is. @throws PageError */
export function requireRedirectUri(parameters: Parameters, client: RequestingClient): string {
  const registered = client.redirectUris.map(({ uri }) => uri);
  const sent = parameters.get('redirect_uri');
  if (parameters.unusable.has('redirect_uri')) throw pageError('redirectUriUnusable', { detail: client.id });
  if (sent === undefined) {
    const [only] = registered;
    if (only !== undefined && registered.length === 1) return only;
    throw pageError('redirectUriMissing', { detail: client.id });
  }
  if (isRegistered(sent, client)) return sent;
  throw pageError('redirectUriUnknown', { detail: `${client.id} sent ${sent.slice(0, 500)}` });
}

type Check = (checked: Checked) => AuthorizationFault | null;

function fault(error: AuthorizationErrorCode, description: string): AuthorizationFault {
  return { error, description };
}

function noUnusableParameters({ parameters }: Checked) {
  const [name] = parameters.unusable;
  return name === undefined
    ? null
    : fault('invalid_request', `The parameter ${name.slice(0, 40)} was sent more than once, or with a NUL character.`);
}

function noOverlongParameters({ parameters }: Checked) {
  const name = ['state', 'nonce', 'scope', 'login_hint', 'claims', 'resource'].find((each) =>
    parameters.getAll(each).some((value) => value.length > longestValue),
  );
  return name === undefined ? null : fault('invalid_request', `${name} can have at most ${longestValue} characters.`);
}

/** OpenID Connect Core section 3.1.2.6: never silently ignored. */
function noRequestObjects({ parameters }: Checked) {
  if (parameters.get('request') !== undefined)
    return fault('request_not_supported', 'Request objects are not supported. Send plain parameters.');
  if (parameters.get('request_uri') !== undefined)
    return fault('request_uri_not_supported', 'request_uri is not supported. Send plain parameters.');
  if (parameters.get('registration') !== undefined)
    return fault('registration_not_supported', 'registration is not supported.');
  return null;
}

function responseType({ parameters }: Checked) {
  const type = parameters.get('response_type');
  if (type === undefined) return fault('invalid_request', 'response_type is missing. It must be code.');
  return type === 'code' ? null : fault('unsupported_response_type', 'Only response_type=code is supported.');
}

/** Form Post Response Mode section 2; of those modes only what the client is registered for (ASVS 5.0 10.4.12). */
function responseMode({ parameters, client }: Checked) {
  const mode: string = parameters.get('response_mode') ?? 'query';
  const modes = responseModesOf(client);
  return (modes as readonly string[]).includes(mode)
    ? null
    : fault('invalid_request', `response_mode of this client can be: ${modes.join(', ')}. Without it, it is query.`);
}

function grantIsRegistered({ client }: Checked) {
  if (splitWords(client.grantTypes).includes('authorization_code')) return null;
  return fault('unauthorized_client', 'This client is not registered for the grant authorization_code.');
}

function scope({ parameters, client }: Checked) {
  const text = parameters.get('scope');
  const allowed = `This client can ask for: ${client.scopes}`;
  if (text === undefined) return fault('invalid_scope', `scope is missing. ${allowed}`);
  const scopes = parseScope(text);
  if (scopes === null) return fault('invalid_scope', 'scope must be words with one space between them.');
  return isSubset(scopes, splitWords(client.scopes))
    ? null
    : fault('invalid_scope', `A scope is not registered for this client. ${allowed}`);
}

/** RFC 7636 section 4.4.1, RFC 9700 section 2.1.1. */
function pkce({ parameters, client }: Checked) {
  const challenge = parameters.get('code_challenge');
  const method = parameters.get('code_challenge_method');
  if (challenge === undefined) {
    if (method !== undefined)
      return fault('invalid_request', 'code_challenge_method was sent without a code_challenge.');
    return client.requirePkce
      ? fault('invalid_request', 'code_challenge is missing: this client must use PKCE with S256.')
      : null;
  }
  if (method !== 'S256') return fault('invalid_request', 'code_challenge_method must be S256.');
  return isCodeChallenge(challenge)
    ? null
    : fault('invalid_request', 'code_challenge must be the 43 characters of a base64url SHA-256.');
}

function prompt({ parameters }: Checked) {
  const words = splitWords(parameters.get('prompt') ?? '');
  const unknown = words.find((word) => !(prompts as readonly string[]).includes(word));
  if (unknown !== undefined) return fault('invalid_request', `prompt can be: ${prompts.join(', ')}.`);
  return words.includes('none') && words.length > 1
    ? fault('invalid_request', 'prompt=none goes with no other value.')
    : null;
}

function maxAge({ parameters }: Checked) {
  const text = parameters.get('max_age');
  return text === undefined || /^\d{1,9}$/.test(text)
    ? null
    : fault('invalid_request', 'max_age must be a number of seconds.');
}

/** OpenID Connect Core section 3.1.2.1: a token of ours, and for this client. */
function idTokenHint({ parameters, client, hint }: Checked) {
  if (parameters.get('id_token_hint') === undefined || hint?.clientId === client.clientId) return null;
  return fault('invalid_request', 'id_token_hint must be an ID token that this client got from us.');
}

/** OpenID Connect Core section 5.5. Of acr_values nothing is demanded, of an essential acr one of its values (5.5.1.1). */
function claims({ parameters }: Checked) {
  const text = parameters.get('claims');
  if (text === undefined) return null;
  const parsed = parseClaims(text);
  if (parsed === null)
    return fault('invalid_request', 'claims must be a JSON object as OpenID Connect Core 5.5 describes it.');
  const acrs = parsed.essentialAcr;
  return acrs === null || acrs.includes(acrOfPassword)
    ? null
    : fault('unmet_authentication_requirements', `The acr can only be ${acrOfPassword}.`);
}

const checks: readonly Check[] = [
  noUnusableParameters,
  noOverlongParameters,
  noRequestObjects,
  responseType,
  responseMode,
  grantIsRegistered,
  scope,
  pkce,
  prompt,
  maxAge,
  idTokenHint,
  claims,
  resourcesExist,
  scopesHaveResources,
];

/** The first thing that is wrong with a request whose client and redirect URI are valid; null when all is well. */
export function faultOfRequest(checked: Checked): AuthorizationFault | null {
  for (const check of checks) {
    const found = check(checked);
    if (found) return found;
  }
  return null;
}
