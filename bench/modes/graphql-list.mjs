// The first page of the list of OAuth clients, as an admin's page asks for it.
import { expect, json } from './shared.mjs';

const query = `query Clients($first: Int!) {
  oauthClients(first: $first) {
    nodes { id clientId name type redirectUris scopes createdAt lastUsedAt disabledAt }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** @param {import('./index.mjs').Given} given */
export function prepareGraphql({ connection, target }) {
  return { connection, headers: `Authorization: Bearer ${target.apiToken}\r\nAccept: application/json\r\n` };
}

/** @type {import('./index.mjs').Mode} */
export const graphqlList = {
  name: 'graphql-list',
  title: 'GraphQL `oauthClients(first: 20)`',
  what: 'POST to `/graphql` with an API token; 20 clients of nine fields each',
  hasPeer: false,
  async prepare(given) {
    return { ...prepareGraphql(given), body: JSON.stringify({ query, variables: { first: 20 } }) };
  },
  async cycle({ connection, headers, body }) {
    const answer = await connection.post('/graphql', headers, body, 'application/json');
    const { data, errors } = json(answer);
    expect(!errors && data.oauthClients.nodes.length === 20 && data.oauthClients.nodes[0].clientId, answer);
  },
};
