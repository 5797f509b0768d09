/**
 * Owns the example operations that GraphiQL opens as tabs on a first visit. Leaves to others: showing them
 * (graphiql.tsx). Each is a working document against the public schema; ids are to be filled in by the reader.
 */

/** One tab: what it shows, its document (whose operation name becomes the tab's title) and its variables. */
export interface Example {
  name: string;
  query: string;
  variables?: Readonly<Record<string, unknown>>;
}

/** The tabs, in the order a newcomer needs them. */
export const examples: readonly Example[] = [
  {
    name: 'Who am I',
    query: `# Welcome to Latchkey's GraphQL API.
# Press ▶ or Ctrl-Enter to run this query.
#
# The other tabs register, list, change and delete OAuth
# clients, and make API tokens. "Docs" on the left describes
# every type and field; Ctrl-Space completes what you type.
query WhoAmI {
  viewer {
    role
    scopes
    member {
      id
      email
      name
    }
    apiToken {
      id
      name
      hint
    }
  }
  account {
    id
    name
  }
}
`,
  },
  {
    name: 'List clients',
    query: `# The OAuth clients of your account, a page at a time. For
# the next page set "after" to the endCursor of this one.
query ListClients($first: Int, $after: String) {
  oauthClients(first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      id
      clientId
      name
      type
      redirectUris
      scopes
      createdAt
      lastUsedAt
      secrets {
        id
        hint
        expiresAt
      }
    }
  }
}
`,
    variables: { first: 20 },
  },
  {
    name: 'Register a client',
    query: `# Registers an app that people sign in to with Latchkey.
#
# clientSecret is shown this once: copy it from the answer
# now. Only its hash is kept, so nobody can read it later.
# userErrors names everything that is wrong with the input.
mutation RegisterClient($input: CreateOAuthClientInput!) {
  createOAuthClient(input: $input) {
    clientSecret
    oauthClient {
      id
      clientId
      name
      type
      redirectUris
      grantTypes
      scopes
      tokenEndpointAuthMethod
    }
    userErrors {
      code
      message
      path
    }
  }
}
`,
    variables: {
      input: {
        name: 'My first app',
        type: 'CONFIDENTIAL',
        description: 'Trying out Latchkey.',
        redirectUris: ['https://app.example.com/oauth/callback'],
      },
    },
  },
  {
    name: 'Update a client',
    query: `# Changes only what the input holds; null clears. Name the
# client by "id" or by "clientId". With "version" an update
# is refused if somebody changed the client in between.
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
    userErrors {
      code
      message
      path
    }
  }
}
`,
    variables: {
      input: {
        clientId: 'PASTE_A_CLIENT_ID',
        name: 'My renamed app',
        redirectUris: ['https://app.example.com/oauth/callback', 'https://staging.example.com/oauth/callback'],
      },
    },
  },
  {
    name: 'Delete a client',
    query: `# Deletes a client for good. Its secrets and every token it
# was given stop working at once.
mutation DeleteClient($input: DeleteOAuthClientInput!) {
  deleteOAuthClient(input: $input) {
    deletedOAuthClientId
    userErrors {
      code
      message
      path
    }
  }
}
`,
    variables: { input: { clientId: 'PASTE_A_CLIENT_ID' } },
  },
  {
    name: 'Create an API token',
    query: `# An API token calls this API from a script, in the header
# "Authorization: Bearer lkt_…". It can never do more than
# your own role allows.
#
# token is shown this once: copy it from the answer now.
mutation CreateApiToken($input: CreateApiTokenInput!) {
  createApiToken(input: $input) {
    token
    apiToken {
      id
      name
      hint
      role
      expiresAt
    }
    userErrors {
      code
      message
      path
    }
  }
}
`,
    variables: { input: { name: 'My script', role: 'READER' } },
  },
  {
    name: 'Revoke an API token',
    query: `# The token stops working at once. Its id is in the answer
# that created it.
mutation RevokeApiToken($input: RevokeApiTokenInput!) {
  revokeApiToken(input: $input) {
    revokedApiTokenId
    userErrors {
      code
      message
      path
    }
  }
}
`,
    variables: { input: { id: 'PASTE_A_TOKEN_ID' } },
  },
];
