// Registering a client: an argon2id hash, a transaction and an audit entry.
import { prepareGraphql } from './graphql-list.mjs';
import { expect, json } from './shared.mjs';

const query = `mutation Create($input: CreateOAuthClientInput!) {
  createOAuthClient(input: $input) {
    oauthClient { id clientId name }
    clientSecret
    userErrors { code message path }
  }
}`;

/** @type {import('./index.mjs').Mode} */
export const createClient = {
  name: 'create-client',
  title: 'GraphQL `createOAuthClient`',
  what: 'POST to `/graphql` with an API token; hashes the secret with argon2id and writes the audit log',
  hasPeer: false,
  async prepare(given) {
    const input = { name: `Made ${given.index}`, redirectUris: ['https://made.example.com/callback'] };
    return { ...prepareGraphql(given), body: JSON.stringify({ query, variables: { input } }) };
  },
  async cycle({ connection, headers, body }) {
    const answer = await connection.post('/graphql', headers, body, 'application/json');
    const { data, errors } = json(answer);
    expect(!errors && data.createOAuthClient.clientSecret?.startsWith('lks_'), answer);
  },
};
