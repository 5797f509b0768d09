// GraphiQL's tabs about what programs prove themselves with: client secrets and API tokens.
import type { Example } from './example.js';

const secrets: Example = {
  name: 'Rotate a secret',
  query: `# A new client secret without downtime:
#
# 1. RotateSecret makes it. The old ones work on for
#    a day.
# 2. Put it in place where the app runs.
# 3. ListSecrets shows when each was last used.
# 4. RevokeSecret ends the old one, once nothing
#    uses it.
#
# clientSecret is shown this once: copy it from the
# answer.
mutation RotateSecret($clientId: String!) {
  rotateOAuthClientSecret(
    input: {
      clientId: $clientId
      previousSecretsExpireInSeconds: 86400
    }
  ) {
    clientSecret
    secret { id hint }
    userErrors { code message path }
  }
}

query ListSecrets($clientId: String!) {
  oauthClient(clientId: $clientId) {
    secrets { id hint createdAt expiresAt lastUsedAt }
  }
}

mutation RevokeSecret($secretId: ID!) {
  revokeOAuthClientSecret(input: { secretId: $secretId }) {
    revokedSecretId
    userErrors { code message path }
  }
}
`,
  variables: { clientId: 'PASTE_A_CLIENT_ID', secretId: 'PASTE_A_SECRET_ID' },
};

const apiTokens: Example = {
  name: 'API tokens',
  query: `# An API token calls this API from a script, in the
# header "Authorization: Bearer lkt_…". It can never
# do more than your own role allows. With
# "isService": true it belongs to a service rather
# than to you.
#
# token is shown this once: copy it from the answer
# now.
mutation CreateApiToken($input: CreateApiTokenInput!) {
  createApiToken(input: $input) {
    token
    apiToken { id name hint role expiresAt }
    userErrors { code message path }
  }
}

query ListApiTokens {
  apiTokens(first: 20) {
    totalCount
    nodes {
      id
      name
      hint
      role
      isService
      isCurrent
      expiresAt
      lastUsedAt
      owner { id name }
    }
  }
}

# Makes one in its place; the old one works on for a
# day.
mutation RotateApiToken($tokenId: ID!) {
  rotateApiToken(
    input: {
      id: $tokenId
      previousTokenExpiresInSeconds: 86400
    }
  ) {
    token
    apiToken { id name hint role }
    userErrors { code message path }
  }
}

mutation RevokeApiToken($revokedTokenId: ID!) {
  revokeApiToken(input: { id: $revokedTokenId }) {
    revokedApiTokenId
    userErrors { code message path }
  }
}
`,
  variables: {
    input: { name: 'My script', role: 'READER', isService: false, expiresAt: null },
    tokenId: 'PASTE_A_TOKEN_ID',
    revokedTokenId: 'PASTE_A_TOKEN_ID_TO_REVOKE',
  },
};

export const credentialExamples: readonly Example[] = [secrets, apiTokens];
