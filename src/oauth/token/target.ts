// Whom an access token is for (RFC 8707 section 2.2), and what follows from that: its audience, its scopes, how long it lives and
// how it is signed. A sign-in's resources only ever narrow, never widen.
import { namesAudience } from '../../api-resources/audience.js';
import { type ApiResource, findByAudience, scopesOfApi } from '../../api-resources/find.js';
import { type Family, scopesAllowedAt } from '../../consents/families.js';
import type { Deps, SigningAlgorithm } from '../../deps.js';
import type { Parameters } from '../../http/form.js';
import { intersection, isKnownScope, splitWords, userinfoScopes } from '../../lib/scope.js';
import { OAuthError } from '../error.js';

type TargetDeps = Pick<Deps, 'db' | 'config'>;

/** Whom an access token is for, and what it is therefore like. */
export interface Target {
  /** The `aud` of the token. */
  readonly audience: string | readonly string[];
  /** What the token carries. */
  readonly scopes: readonly string[];
  readonly lifetimeSeconds: number;
  readonly signingAlgorithm: SigningAlgorithm;
  /** The API's row; undefined for us. */
  readonly resourceId?: string;
}

/** The client, as far as tokens for us depend on it. */
interface TargetClient {
  readonly accountId: string;
  readonly accessTokenSeconds: number;
  readonly accessTokenSigningAlgorithm: SigningAlgorithm;
}

function invalidTarget(description: string): OAuthError {
  return new OAuthError('invalid_target', description);
}

/** A token for us: the scopes of APIs mean nothing here, and are not carried. */
function targetHere(deps: TargetDeps, client: TargetClient, scopes: readonly string[]): Target {
  return {
    audience: deps.config.issuer,
    scopes: scopes.filter(isKnownScope),
    lifetimeSeconds: client.accessTokenSeconds,
    signingAlgorithm: client.accessTokenSigningAlgorithm,
  };
}

/** A token for an API. @param audience the API's, and ours where the token also opens userinfo */
function targetAt(api: ApiResource, audience: string | readonly string[], scopes: readonly string[]): Target {
  return {
    audience,
    scopes,
    lifetimeSeconds: api.accessTokenSeconds,
    signingAlgorithm: api.signingAlgorithm,
    resourceId: api.id,
  };
}

/** The API of the client's account that a resource indicator names. @throws OAuthError invalid_target */
async function requireApi(deps: TargetDeps, accountId: string, resource: string): Promise<ApiResource> {
  const api = await findByAudience(deps.db, accountId, resource);
  if (api) return api;
  const description = `There is no such resource, or no longer. It can be the audience of an API resource of the account that registered this client, or ${deps.config.issuer}.`;
  throw invalidTarget(description);
}

/** Which of the resources of a sign-in a token request means. @throws OAuthError invalid_target */
function resourceMeant(family: Family, sent: string | undefined, issuer: string): string {
  const granted = splitWords(family.resource ?? issuer);
  if (sent === undefined) {
    const [only = issuer] = granted;
    if (granted.length <= 1) return only;
    throw invalidTarget(`The sign-in was for several resources. Send one of them as resource: ${granted.join(', ')}.`);
  }
  const meant = granted.find((audience) => namesAudience(sent, audience));
  if (meant !== undefined) return meant;
  throw invalidTarget(
    `The sign-in was not for this resource, but for ${granted.join(', ')}. To ask for another, begin a sign-in that names it.`,
  );
}

/**
 * The target of a token for a member: the resource that is named, which must be one of the sign-in's, or the only one that it
 * has. The scopes are those that the API takes and the member allowed at it. With `openid` the token is for userinfo as well,
 * and then carries nothing that would let the API act here in the member's name.
 * @param scopes the family's scopes, or those of them that are asked for
 * @throws OAuthError invalid_target
 */
export async function targetForMember(
  deps: TargetDeps,
  family: Family,
  scopes: readonly string[],
  form: Parameters,
): Promise<Target> {
  const { client } = family.consent;
  const { issuer } = deps.config;
  const resource = resourceMeant(family, form.get('resource'), issuer);
  if (resource === issuer) return targetHere(deps, client, scopes);
  const api = await requireApi(deps, client.accountId, resource);
  const carried = scopesAllowedAt(family, api.audience, scopesOfApi(api, scopes));
  if (!scopes.includes('openid')) return targetAt(api, api.audience, carried);
  const ofApi = carried.filter((scope) => !isKnownScope(scope));
  return targetAt(api, [api.audience, issuer], [...intersection(scopes, userinfoScopes), ...ofApi]);
}

/**
 * The target of a client's own token, and the scopes that the client may have there.
 * @param scopes all that the client may have by itself
 * @throws OAuthError invalid_target
 */
export async function targetForClient(
  deps: TargetDeps,
  client: TargetClient,
  scopes: readonly string[],
  form: Parameters,
): Promise<Target> {
  const resource = form.get('resource') ?? deps.config.issuer;
  if (namesAudience(resource, deps.config.issuer)) return targetHere(deps, client, scopes);
  const api = await requireApi(deps, client.accountId, resource);
  return targetAt(api, api.audience, scopesOfApi(api, scopes));
}
