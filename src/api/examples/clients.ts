// GraphiQL's tabs about OAuth clients: listed, registered, changed, stopped and deleted. Their secrets are in credentials.ts.
import type { Example } from './example.js';

const list: Example = {
  name: 'List clients',
  query: `# The OAuth clients of your account, a page at a
# time. For the next page set "after" to the
# endCursor of this one.
query ListClients(
  $first: Int
  $after: String
  $filter: OAuthClientFilter
  $orderBy: OAuthClientOrder
) {
  oauthClients(
    first: $first
    after: $after
    filter: $filter
    orderBy: $orderBy
  ) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { id clientId name type createdAt lastUsedAt }
  }
}

# One of them, by its client_id.
query ReadClient($clientId: String!) {
  oauthClient(clientId: $clientId) {
    id
    name
    description
    type
    redirectUris
    grantTypes
    scopes
    tokenEndpointAuthMethod
    version
    verifiedAt
    disabledAt
    secrets { id hint createdAt expiresAt lastUsedAt }
    createdBy { name email }
  }
}
`,
  variables: {
    first: 20,
    after: null,
    filter: { search: '' },
    orderBy: { field: 'CREATED_AT', direction: 'DESC' },
    clientId: 'PASTE_A_CLIENT_ID',
  },
};

const register: Example = {
  name: 'Register a client',
  query: `# RegisterClient registers an app on a server, which
# people sign in to with Latchkey. The others are
# for an app that lives in a browser, for one on
# people's own devices, and for a program that signs
# in by itself.
#
# clientSecret is shown this once: copy it from the
# answer now. Only its hash is kept, so nobody can
# read it later. userErrors names everything that is
# wrong with the input.
mutation RegisterClient($name: String!, $uris: [String!]!) {
  createOAuthClient(
    input: { name: $name, redirectUris: $uris }
  ) {
    ...Registered
  }
}

mutation RegisterSinglePageApp(
  $name: String!
  $uris: [String!]!
) {
  createOAuthClient(
    input: { type: PUBLIC, name: $name, redirectUris: $uris }
  ) {
    ...Registered
  }
}

mutation RegisterNativeApp($name: String!, $uris: [String!]!) {
  createOAuthClient(
    input: { type: NATIVE, name: $name, redirectUris: $uris }
  ) {
    ...Registered
  }
}

mutation RegisterMachine($name: String!) {
  createOAuthClient(
    input: {
      name: $name
      grantTypes: [CLIENT_CREDENTIALS]
      scopes: ["reader"]
    }
  ) {
    ...Registered
  }
}

fragment Registered on CreateOAuthClientPayload {
  clientSecret
  oauthClient {
    id
    clientId
    type
    redirectUris
    grantTypes
    scopes
    tokenEndpointAuthMethod
  }
  userErrors { code message path }
}

# The scopes that a client can be registered for.
query ListScopes {
  scopes { name description }
}
`,
  variables: { name: 'My first app', uris: ['https://app.example.com/oauth/callback'] },
};

const change: Example = {
  name: 'Change a client',
  query: `# Changes only what the input holds, such as a new
# "name" or "description"; null goes back to the
# default. A list, such as "redirectUris", replaces
# the old one. Another name, logo, link or redirect
# host takes back an operator's verification.
#
# Name the client by "clientId" or by "id". With
# "version", as ReadClient shows it, the change is
# refused if somebody made another since.
mutation UpdateClient($input: UpdateOAuthClientInput!) {
  updateOAuthClient(input: $input) {
    oauthClient {
      id
      name
      description
      redirectUris
      version
      updatedAt
    }
    verificationCleared
    userErrors { code message path }
  }
}

# A disabled client signs nobody in, and its tokens
# are refused, until it is enabled again.
mutation DisableClient($clientId: String!) {
  disableOAuthClient(input: { clientId: $clientId }) {
    oauthClient { id name disabledAt }
    userErrors { code message path }
  }
}

mutation EnableClient($clientId: String!) {
  enableOAuthClient(input: { clientId: $clientId }) {
    oauthClient { id name disabledAt }
    userErrors { code message path }
  }
}

# Ends every token of the client now. It works on,
# and asks people for consent anew.
mutation RevokeTokensOfClient($revokedClientId: String!) {
  revokeOAuthClientTokens(
    input: { clientId: $revokedClientId }
  ) {
    oauthClient { id name }
    revokedConsentCount
    userErrors { code message path }
  }
}

# Deletes a client for good. Its secrets and every
# token it was given stop working at once.
mutation DeleteClient($deletedClientId: String!) {
  deleteOAuthClient(input: { clientId: $deletedClientId }) {
    deletedOAuthClientId
    revokedSecretCount
    revokedConsentCount
    endedSignInCount
    userErrors { code message path }
  }
}
`,
  variables: {
    clientId: 'PASTE_A_CLIENT_ID',
    input: { clientId: 'PASTE_A_CLIENT_ID', name: '' },
    revokedClientId: 'PASTE_A_CLIENT_ID_TO_REVOKE_ITS_TOKENS',
    deletedClientId: 'PASTE_A_CLIENT_ID_TO_DELETE',
  },
};

export const clientExamples: readonly Example[] = [list, register, change];
