// Introspection: a client asks what a living access token of its own is worth.
import { prepareCodeFlow, signIn } from './code-flow.mjs';
import { basic, expect, json } from './shared.mjs';

/** @type {import('./index.mjs').Mode} */
export const introspection = {
  name: 'introspection',
  title: 'introspection',
  what: 'POST of a living access token with `client_secret_basic`',
  hasPeer: true,
  async prepare(given) {
    const { access_token: token } = await signIn(prepareCodeFlow(given));
    return {
      connection: given.connection,
      path: given.target.paths.introspect,
      headers: basic(given.user),
      body: `token=${token}`,
    };
  },
  async cycle({ connection, path, headers, body }) {
    const answer = await connection.post(path, headers, body);
    const about = json(answer);
    expect(about.active === true && about.sub && about.exp, answer);
  },
};
