// GraphiQL's tab about API resources: the account's own APIs, which access tokens can be for.
import type { Example } from './example.js';

const resources: Example = {
  name: 'Your own APIs',
  query: `# An API of yours that access tokens are for
# (RFC 8707). An app sends its audience as
# "resource", at /oauth/authorize and /oauth/token,
# and gets a token for this API with its scopes.
#
# The audience is a name: nothing is called there,
# and it cannot be changed. The description of a
# scope is what people read on the consent page.
mutation RegisterApi(
  $audience: String!
  $name: String!
  $scopes: [ApiScopeInput!]
) {
  createApiResource(
    input: { audience: $audience, name: $name, scopes: $scopes }
  ) {
    apiResource { ...Api }
    userErrors { code message path }
  }
}

query ListApis {
  apiResources(first: 20) {
    totalCount
    nodes { ...Api }
  }
}

# Who may ask /oauth/introspect about tokens for
# the API, beside the apps that hold them: the API
# itself, as a client. It replaces the old list.
mutation LetApiIntrospect($apiId: ID!, $clients: [ID!]) {
  updateApiResource(
    input: { id: $apiId, introspectionClientIds: $clients }
  ) {
    apiResource { ...Api }
    userErrors { code message path }
  }
}

# No token is issued for it any more.
mutation DeleteApi($deletedApiId: ID!) {
  deleteApiResource(input: { id: $deletedApiId }) {
    deletedApiResourceId
    userErrors { code message path }
  }
}

fragment Api on ApiResource {
  id
  audience
  name
  scopes { name description }
  accessTokenSeconds
  signingAlgorithm
  introspectionClients { id name }
}
`,
  variables: {
    audience: 'https://api.example.com/orders',
    name: 'Orders API',
    scopes: [{ name: 'orders:read', description: 'Read your orders' }],
    apiId: 'PASTE_AN_API_ID',
    clients: ['PASTE_THE_ID_OF_A_CLIENT'],
    deletedApiId: 'PASTE_THE_ID_OF_AN_API_TO_DELETE',
  },
};

export const apiExamples: readonly Example[] = [resources];
