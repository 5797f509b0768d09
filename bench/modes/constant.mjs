// The driver's own measure: the request of client credentials, put to a server that answers with a constant (servers/bare.mjs).
import { basic, tokens } from './shared.mjs';

/** @type {import('./index.mjs').Mode} */
export const constant = {
  name: 'constant',
  title: 'a constant, by bare node:http',
  what: 'the request of client credentials to a server that only answers',
  hasPeer: false,
  async prepare({ connection, user }) {
    return { connection, headers: basic(user) };
  },
  async cycle({ connection, headers }) {
    tokens(await connection.post('/oauth/token', headers, 'grant_type=client_credentials'));
  },
};
