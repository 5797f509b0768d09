// The Pothos schema builder: plugins, what authScopes mean, and the scalars. Types are declared beside their services.
import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { type IdKind, kindOfId } from '../lib/ids.js';
import type { Permission } from '../lib/roles.js';
import CallerStandingPlugin from './caller-standing.js';
import { actsDirectly, type Caller, type GraphQLContext, mayManageCredentials } from './context-type.js';
import { dateTime } from './date-time.js';
import { apiError } from './errors.js';
import type PothosPrismaTypes from './generated/pothos-types.js';
import { getDatamodel } from './generated/pothos-types.js';
import LoadedColumnsPlugin from './loaded-columns.js';

const typeOfKind: Partial<Record<IdKind, string>> = {
  account: 'Account',
  member: 'Member',
  session: 'Session',
  consent: 'Consent',
  apiToken: 'ApiToken',
  apiResource: 'ApiResource',
  oauthClient: 'OAuthClient',
  clientSecret: 'OAuthClientSecret',
  auditLogEntry: 'AuditLogEntry',
};

/** The type that an id belongs to. Anything that is no id of a node is taken for an account's, of which it finds none. */
function typeOfId(id: string): string {
  const kind = kindOfId(id);
  return (kind === null ? undefined : typeOfKind[kind]) ?? 'Account';
}

/** What scope-auth tells of a refusal: one scope, or all that it tried. */
interface Failure {
  readonly kind: string;
  readonly scope?: unknown;
  readonly failures?: readonly Failure[];
}

function lacks(failure: Failure, scope: string): boolean {
  return failure.scope === scope || (failure.failures ?? []).some((part) => lacks(part, scope));
}

/** Says what a field needs, and what keeps this caller from it. */
function forbiddenMessage(field: string, caller: Caller, failure: Failure): string {
  if (lacks(failure, 'credentialManager')) {
    return `${field} needs a browser session or an API token of role ADMIN.`;
  }
  if (lacks(failure, 'direct')) return `${field} needs a browser session or an API token, never an OAuth token.`;
  const limits = {
    session: '.',
    apiToken: ', as far as its API token and the token’s owner go.',
    oauth: ', as far as its access token’s scopes and the member go. More may need the scope admin.',
  };
  return `${field} needs the role OWNER or ADMIN. This caller is ${caller.role}${limits[caller.via]}`;
}

const mostNodes = 100;

export const builder = new SchemaBuilder<{
  Context: GraphQLContext;
  PrismaTypes: PothosPrismaTypes;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  Scalars: {
    DateTime: { Input: Date; Output: Date };
    ID: { Input: string; Output: string };
    URL: { Input: never; Output: string };
  };
  AuthScopes: {
    /** Anybody who is recognised. */
    caller: boolean;
    /** A permission of the caller's role, capped by its token. */
    permission: Permission;
    /** A browser session, or an API token of role ADMIN. */
    credentialManager: boolean;
    /** A browser session or an API token, never an OAuth token. */
    direct: boolean;
  };
}>({
  plugins: [RelayPlugin, ScopeAuthPlugin, CallerStandingPlugin, LoadedColumnsPlugin, PrismaPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  relay: {
    clientMutationId: 'omit',
    cursorType: 'String',
    // An id of ours says its own type: it is the global id as it stands.
    encodeGlobalID: (_, id) => String(id),
    decodeGlobalID: (id) => ({ typename: typeOfId(id), id }),
    idFieldOptions: { description: 'The id, also for `node`.' },
    nodeTypeOptions: { description: 'Anything that has an id of its own.' },
    pageInfoTypeOptions: { description: 'Where a page of a list lies.' },
    nodeQueryOptions: {
      description: 'Anything of your account by its id; null when there is no such thing, or it is not for you to see.',
      nullable: true,
      authScopes: { caller: true },
      args: { id: { description: 'An id as any `id` field gives it.' } },
    },
    nodesQueryOptions: {
      description: `Several things of your account by their ids, in the same order, null for those not found. At most ${mostNodes}.`,
      nullable: { list: false, items: true },
      authScopes: { caller: true },
      args: { ids: { description: 'Ids as any `id` field gives them.' } },
      complexity: ({ ids }) => ({ field: 1, multiplier: ids.length }),
      resolve: (_, { ids }, _context, _info, resolveNodes) => {
        if (ids.length > mostNodes) throw apiError('BAD_USER_INPUT', `nodes takes at most ${mostNodes} ids.`);
        return resolveNodes(ids);
      },
    },
    // The connection is what multiplies: it knows how many were asked for.
    nodesOnConnection: {
      description: 'The things on this page, without their cursors.',
      complexity: { field: 0, multiplier: 1 },
    },
    edgesFieldOptions: {
      complexity: { field: 0, multiplier: 1 },
      nullable: { list: false, items: false },
      description: 'The things on this page, each with its cursor.',
    },
    cursorFieldOptions: { description: 'The place of this thing in the list, for `after` and `before`.' },
    nodeFieldOptions: { description: 'The thing itself.' },
    pageInfoFieldOptions: { description: 'Where this page lies in the whole list.' },
    hasNextPageFieldOptions: { description: 'Whether there is more after this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether there is more before this page.' },
    startCursorFieldOptions: { description: 'The cursor of the first thing on this page.' },
    endCursorFieldOptions: {
      description: 'The cursor of the last thing on this page: `after` it begins the next one.',
    },
    firstArgOptions: { description: 'How many from the beginning, or after `after`. 20 by default, 100 at most.' },
    afterArgOptions: { description: 'The cursor to go on from: `endCursor` of the page before.' },
    lastArgOptions: { description: 'How many from the end, or before `before`. 100 at most.' },
    beforeArgOptions: { description: 'The cursor to end before: `startCursor` of the page after.' },
  },
  scopeAuth: {
    authScopes: ({ caller }) => ({
      caller: caller !== null,
      permission: (permission) => caller?.permissions.includes(permission) ?? false,
      credentialManager: caller !== null && mayManageCredentials(caller),
      direct: caller !== null && actsDirectly(caller),
    }),
    unauthorizedError: (_, context, info, result) => {
      if (!context.caller) {
        return apiError(
          'UNAUTHENTICATED',
          'Sign in at /login, or send an API token in the header Authorization: Bearer lkt_….',
        );
      }
      return apiError('FORBIDDEN', forbiddenMessage(info.fieldName, context.caller, result.failure));
    },
  },
  prisma: {
    client: (context) => context.deps.db,
    dmmf: getDatamodel(),
    exposeDescriptions: false,
    onUnusedQuery: process.env.NODE_ENV === 'test' ? 'error' : null,
  },
  // What an operation may cost is api/cost.ts's.
  complexity: { defaultComplexity: 1, defaultListMultiplier: 10 },
});

builder.addScalarType('DateTime', dateTime);
// For output alone, and as it was stored: the usual scalar rewrites what it reads and writes.
builder.scalarType('URL', { description: 'An absolute https address.', serialize: (url) => url });
builder.queryType({ description: 'Everything that can be read.' });
builder.mutationType({
  description:
    'Everything that can be changed. Each takes one input and returns one payload, whose userErrors say what to correct.',
});
