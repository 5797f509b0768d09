// Documents as an app with gql.tada writes them, and the types that must come of them: tsc checks this file, nothing runs it.
import { initGraphQLTada, type ResultOf, type VariablesOf } from 'gql.tada';
import type { introspection } from './generated/graphql-env.js';

const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { DateTime: string; URL: string };
}>();

const clients = graphql(`
  query Clients($after: String, $filter: OAuthClientFilter) {
    oauthClients(first: 20, after: $after, filter: $filter, orderBy: { field: NAME, direction: ASC }) {
      totalCount
      nodes { id name type lastUsedAt secrets { hint } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

const rotate = graphql(`
  mutation Rotate($input: RotateOAuthClientSecretInput!) {
    rotateOAuthClientSecret(input: $input) { clientSecret replayed userErrors { code path } }
  }
`);

type Same<Left, Right> = [Left] extends [Right] ? ([Right] extends [Left] ? true : false) : false;

type Client = NonNullable<ResultOf<typeof clients>['oauthClients']>['nodes'][number];
type Payload = NonNullable<ResultOf<typeof rotate>['rotateOAuthClientSecret']>;

export const checks: [
  Same<Client['lastUsedAt'], string | null>,
  Same<Client['type'], 'CONFIDENTIAL' | 'PUBLIC' | 'NATIVE'>,
  Same<Client['secrets'][number]['hint'], string>,
  Same<Payload['clientSecret'], string | null>,
  Same<VariablesOf<typeof rotate>['input']['idempotencyKey'], string | null | undefined>,
] = [true, true, true, true, true];
