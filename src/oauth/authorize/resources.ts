// The resources of an authorization request (RFC 8707 section 2): which APIs tokens are asked for, and whether the scopes that
// are asked for are theirs. A scope that no token could carry is refused here, and not dropped in silence later: nobody is asked
// to allow what is of no use.
import { namesAudience } from '../../api-resources/audience.js';
import { type ApiResource, findApis, scopesOfApi } from '../../api-resources/find.js';
import type { Deps } from '../../deps.js';
import type { Parameters } from '../../http/form.js';
import { intersection, isKnownScope, personalScopes, splitWords } from '../../lib/scope.js';
import type {
  AuthorizationFault,
  AuthorizationRequest,
  Checked,
  RequestedTargets,
  RequestingClient,
} from './request.js';

const mostResources = 10;

function scopesOf(parameters: Parameters): string[] {
  return [...new Set(splitWords(parameters.get('scope') ?? ''))];
}

/**
 * Finds the APIs of the client's account that a request names, and those that take a scope which it asks for, in one statement;
 * in none when it is about us alone.
 */
export function findApisOfRequest(
  deps: Pick<Deps, 'db' | 'config'>,
  parameters: Parameters,
  client: RequestingClient,
): Promise<ApiResource[]> {
  const resources = parameters.getAll('resource');
  if (resources.length > mostResources) return Promise.resolve([]);
  const ofApis = scopesOf(parameters).filter((scope) => !isKnownScope(scope));
  const scopes = intersection(ofApis, splitWords(client.scopes));
  return findApis(deps.db, client.accountId, {
    resources: resources.filter((resource) => !namesAudience(resource, deps.config.issuer)),
    scopes,
  });
}

function isNamed(parameters: Parameters, audience: string): boolean {
  return parameters.getAll('resource').some((sent) => namesAudience(sent, audience));
}

/** Whom the tokens of a sound request are to be for. */
export function readTargets({ parameters, apis, issuer }: Checked): RequestedTargets {
  const named = apis.filter(({ audience }) => isNamed(parameters, audience));
  const scopes = scopesOf(parameters);
  return {
    resources: named.map((api) => ({ audience: api.audience, scopes: scopesOfApi(api, scopes) })),
    forIssuer: parameters.getAll('resource').length === 0 || isNamed(parameters, issuer),
  };
}

/** What a token family holds of a request's targets: nothing when there is only us. */
export function audiencesOf({ resources, forIssuer }: AuthorizationRequest, issuer: string): string[] {
  if (resources.length === 0) return [];
  return [...(forIssuer ? [issuer] : []), ...resources.map(({ audience }) => audience)];
}

/** RFC 8707 section 2: every resource is one of ours, or of the client's account. */
export function resourcesExist({ parameters, apis, issuer }: Checked): AuthorizationFault | null {
  const sent = parameters.getAll('resource');
  if (sent.length > mostResources) {
    return { error: 'invalid_target', description: `A request can name at most ${mostResources} resources.` };
  }
  const known = [issuer, ...apis.map(({ audience }) => audience)];
  if (sent.every((resource) => known.some((audience) => namesAudience(resource, audience)))) return null;
  const description = `There is no such resource. It can be the audience of an API resource of the account that registered this client, or ${issuer}.`;
  return { error: 'invalid_target', description };
}

/** Every scope must be taken by a target: those of a person by any, ours by the issuer, others by an API that is named. */
export function scopesHaveResources(checked: Checked): AuthorizationFault | null {
  const { parameters, apis, issuer } = checked;
  const { resources, forIssuer } = readTargets(checked);
  const taken = [...personalScopes, ...resources.flatMap(({ scopes }) => scopes)];
  const untaken = scopesOf(parameters).find((scope) => !taken.includes(scope) && !(forIssuer && isKnownScope(scope)));
  if (untaken === undefined) return null;
  const takers = [
    ...(isKnownScope(untaken) ? [issuer] : []),
    ...apis.filter((api) => scopesOfApi(api, [untaken]).length > 0).map(({ audience }) => audience),
  ];
  const cure =
    takers.length === 0
      ? 'No API takes it any more: leave it out.'
      : `Send resource=${takers.join(' or resource=')} too.`;
  return { error: 'invalid_scope', description: `The scope ${untaken} is for none of the resources. ${cure}` };
}
