// What an app built with Relay asks of Latchkey: every directive of Relay's that demands something of a schema. The
// compiler reads this file and writes generated/; nothing runs it, which would take Relay's Babel plugin.
import { graphql } from 'relay-runtime';

// Node: any object is fetched again by its id.
graphql`
  fragment documents_client on OAuthClient @refetchable(queryName: "documentsClientRefetchQuery") {
    id
    clientId
    name
    disabledAt
    logoImageUrl
    version
    secrets {
      id
      hint
      expiresAt
    }
  }
`;

// Connections: names, PageInfo, cursors, and arguments beside first and after.
graphql`
  fragment documents_clients on Query
  @argumentDefinitions(
    count: { type: "Int", defaultValue: 2 }
    cursor: { type: "String" }
    search: { type: "String" }
  )
  @refetchable(queryName: "documentsClientsPageQuery") {
    oauthClients(
      first: $count
      after: $cursor
      filter: { search: $search }
      orderBy: { field: NAME, direction: ASC }
    ) @connection(key: "documents_clients_oauthClients", filters: ["filter", "orderBy"]) {
      __id
      totalCount
      edges {
        node {
          id
          name
          ...documents_client
          ...documents_updatable
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`;

graphql`
  query documentsClientsQuery($search: String) {
    viewer {
      role
      permissions
      member {
        id
        createdAt
        ...documents_creator
      }
    }
    ...documents_clients @arguments(search: $search)
  }
`;

// Backwards, too.
graphql`
  query documentsMembersQuery($last: Int!, $before: String) {
    members(last: $last, before: $before) @connection(key: "documents_members") {
      edges {
        node {
          id
          email
        }
      }
    }
  }
`;

// Interfaces and unions: an entry of the audit log names things of several types.
graphql`
  query documentsAuditLogQuery($first: Int!, $after: String) {
    auditLog(first: $first, after: $after) @connection(key: "documents_auditLog") {
      edges {
        node {
          action
          actor {
            __typename
            ... on Member {
              email
            }
            ... on ApiToken {
              hint
            }
            ... on OAuthClient {
              clientId
            }
          }
          target {
            __typename
            id
          }
        }
      }
    }
  }
`;

// Mutations that change lists in the store: a node without its edge, and the id of what is no more.
graphql`
  mutation documentsRegisterMutation($input: CreateOAuthClientInput!, $connections: [ID!]!) {
    createOAuthClient(input: $input) {
      clientSecret
      oauthClient @appendNode(connections: $connections, edgeTypeName: "OAuthClientEdge") {
        id
        name
        ...documents_client
        ...documents_updatable
      }
      userErrors {
        code
        message
        path
      }
    }
  }
`;

graphql`
  mutation documentsDeleteMutation($id: ID!, $connections: [ID!]!) {
    deleteOAuthClient(input: { id: $id }) {
      deletedOAuthClientId @deleteEdge(connections: $connections)
      userErrors {
        code
        message
        path
      }
    }
  }
`;

graphql`
  mutation documentsRevokeSecretMutation($secretId: ID!) {
    revokeOAuthClientSecret(input: { secretId: $secretId }) {
      revokedSecretId @deleteRecord
      oauthClient {
        secrets {
          id
        }
      }
    }
  }
`;

// A mutation that returns what it changed: the record with this id follows by itself.
graphql`
  mutation documentsRenameMutation($input: UpdateOAuthClientInput!) @raw_response_type {
    updateOAuthClient(input: $input) {
      oauthClient {
        id
        name
        version
      }
      userErrors {
        code
      }
    }
  }
`;

// Written to the store ahead of the answer, with types.
graphql`
  query documentsNameUpdatableQuery($id: ID!) @updatable {
    oauthClient(id: $id) {
      name
      disabledAt
    }
  }
`;

// What can be put in a field of an updatable fragment.
graphql`
  fragment documents_creator on Member @assignable {
    __typename
  }
`;

graphql`
  fragment documents_updatable on OAuthClient @updatable {
    name
    createdBy {
      __typename
      ...documents_creator
    }
  }
`;
