// Client credentials where the peer issues a JWT as Latchkey does: for an API, the only case in which it can. It then stores
// nothing at all, neither the token nor that it was issued.
import { apiAudience, basic, expect, tokens } from './shared.mjs';

/** @type {import('./index.mjs').Mode} */
export const clientCredentialsJwt = {
  name: 'client-credentials-jwt',
  title: 'client credentials, JWT',
  what: 'the same, but the peer signs a JWT with ES256 as Latchkey does, and stores nothing',
  hasPeer: true,
  async prepare({ connection, target, user }) {
    const resource = target.side === 'latchkey' ? '' : `&resource=${encodeURIComponent(apiAudience)}`;
    return {
      connection,
      path: target.paths.token,
      headers: basic(user),
      body: `grant_type=client_credentials${resource}`,
    };
  },
  async cycle({ connection, path, headers, body }) {
    const answer = await connection.post(path, headers, body);
    expect(tokens(answer).access_token.split('.').length === 3, answer);
  },
};
