// Client credentials: a client asks for a token in its own name, with its secret.
import { basic, tokens } from './shared.mjs';

/** @type {import('./index.mjs').Mode} */
export const clientCredentials = {
  name: 'client-credentials',
  title: 'client credentials',
  what: 'POST to the token endpoint with `client_secret_basic`; the peer stores an opaque token, Latchkey signs a JWT',
  hasPeer: true,
  async prepare({ connection, target, user }) {
    return { connection, path: target.paths.token, headers: basic(user) };
  },
  async cycle({ connection, path, headers }) {
    tokens(await connection.post(path, headers, 'grant_type=client_credentials'));
  },
};
