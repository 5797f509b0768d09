// Userinfo: what a client does with the access token of a person who has just signed in.
import { prepareCodeFlow, signIn } from './code-flow.mjs';
import { expect, json } from './shared.mjs';

/** @type {import('./index.mjs').Mode} */
export const userinfo = {
  name: 'userinfo',
  title: 'userinfo',
  what: 'GET with a bearer token; answers with subject, name and e-mail address',
  hasPeer: true,
  async prepare(given) {
    const { access_token: token } = await signIn(prepareCodeFlow(given));
    return {
      connection: given.connection,
      path: given.target.paths.userinfo,
      headers: `Authorization: Bearer ${token}\r\n`,
    };
  },
  async cycle({ connection, path, headers }) {
    const answer = await connection.get(path, headers);
    const claims = json(answer);
    expect(claims.sub && claims.email_verified === true && claims.name?.startsWith('Driven'), answer);
  },
};
