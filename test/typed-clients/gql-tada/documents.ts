// Documents as an app with gql.tada writes them, and the types that must come of them: tsc checks this file, nothing runs it.
import { type FragmentOf, initGraphQLTada, type ResultOf, readFragment, type VariablesOf } from 'gql.tada';
import type { introspection } from './generated/graphql-env.js';

const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { DateTime: string; URL: string };
}>();

type Same<Left, Right> = [Left] extends [Right] ? ([Right] extends [Left] ? true : false) : false;

export const client = graphql(`
  fragment Client on OAuthClient {
    id
    name
    type
    grantTypes
    createdAt
    lastUsedAt
    logoImageUrl
    secrets { hint }
    lifetimes { accessTokenSeconds }
  }
`);

export const clients = graphql(
  `
    query Clients($first: Int, $after: String, $filter: OAuthClientFilter) {
      oauthClients(first: $first, after: $after, filter: $filter, orderBy: { field: NAME, direction: ASC }) {
        totalCount
        edges { cursor node { __typename ...Client } }
        pageInfo { hasNextPage endCursor }
      }
    }
  `,
  [client],
);

export const create = graphql(`
  mutation Create($input: CreateOAuthClientInput!) {
    createOAuthClient(input: $input) {
      clientSecret
      replayed
      oauthClient { id clientId }
      userErrors { code message path }
    }
  }
`);

export const rotate = graphql(`
  mutation Rotate($input: RotateOAuthClientSecretInput!) {
    rotateOAuthClientSecret(input: $input) { clientSecret replayed userErrors { code path } }
  }
`);

export const auditLog = graphql(`
  query Audit($filter: AuditLogFilter) {
    auditLog(first: 20, filter: $filter) {
      nodes {
        action
        actor { __typename ... on Member { email } ... on OAuthClient { clientId } }
        target { __typename id }
      }
    }
  }
`);

/** What a component does with the node that it is handed. */
export function nameOf(node: FragmentOf<typeof client>): string {
  return readFragment(client, node).name;
}

type Client = ResultOf<typeof client>;
type Clients = ResultOf<typeof clients>['oauthClients'];
type Created = ResultOf<typeof create>['createOAuthClient'];
type Entry = NonNullable<ResultOf<typeof auditLog>['auditLog']>['nodes'][number];
type Actor = NonNullable<Entry['actor']>;

type Holds<Check extends true> = Check;

export type Checks = [
  Holds<Same<Client['type'], 'CONFIDENTIAL' | 'PUBLIC' | 'NATIVE'>>,
  Holds<Same<Client['grantTypes'][number], 'AUTHORIZATION_CODE' | 'CLIENT_CREDENTIALS' | 'REFRESH_TOKEN'>>,
  Holds<Same<Client['createdAt'], string>>,
  Holds<Same<Client['lastUsedAt'], string | null>>,
  Holds<Same<Client['logoImageUrl'], string | null>>,
  Holds<Same<Client['secrets'][number]['hint'], string>>,
  Holds<Same<Client['lifetimes']['accessTokenSeconds'], number>>,
  Holds<Same<null extends Clients ? true : false, true>>,
  Holds<Same<NonNullable<Clients>['pageInfo'], { hasNextPage: boolean; endCursor: string | null }>>,
  Holds<Same<NonNullable<Clients>['edges'][number]['node']['__typename'], 'OAuthClient'>>,
  Holds<Same<null extends Created ? true : false, true>>,
  Holds<Same<NonNullable<Created>['clientSecret'], string | null>>,
  Holds<Same<NonNullable<Created>['oauthClient'], { id: string; clientId: string } | null>>,
  Holds<Same<NonNullable<Created>['userErrors'][number]['path'], string[]>>,
  Holds<Same<Extract<NonNullable<Created>['userErrors'][number]['code'], 'CONFLICT'>, 'CONFLICT'>>,
  Holds<Same<Actor['__typename'], 'ApiToken' | 'Member' | 'OAuthClient'>>,
  Holds<Same<Extract<Actor, { __typename: 'Member' }>['email'], string | null>>,
  Holds<Same<Extract<NonNullable<Entry['target']>['__typename'], 'OAuthClient'>, 'OAuthClient'>>,
  Holds<Same<Extract<Entry['action'], 'OAUTH_CLIENT_CREATED'>, 'OAUTH_CLIENT_CREATED'>>,
  Holds<Same<VariablesOf<typeof clients>['first'], number | null | undefined>>,
  Holds<Same<VariablesOf<typeof rotate>['input']['idempotencyKey'], string | null | undefined>>,
];

// Only the name must be given: all else has a default, in the schema or in the service.
export const least: VariablesOf<typeof create> = { input: { name: 'My app' } };
// @ts-expect-error There is no such field.
export const unknown: VariablesOf<typeof create> = { input: { name: 'My app', secret: 'mine' } };
// @ts-expect-error There is no such value.
export const wrong: VariablesOf<typeof create> = { input: { name: 'My app', type: 'SECRET' } };
