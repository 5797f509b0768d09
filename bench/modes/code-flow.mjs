// The code flow of a person who is signed in and has consented: the authorization endpoint answers at once with a code, which the
// client exchanges. Two requests a cycle.
import { createHash, randomBytes } from 'node:crypto';
import { header } from '../driver/connection.mjs';
import { basic, expect, redirectUri, scope, tokens } from './shared.mjs';

const encodedRedirectUri = encodeURIComponent(redirectUri);

/** @param {import('./index.mjs').Given} given */
export function prepareCodeFlow({ connection, target, user }) {
  const query = `response_type=code&client_id=${user.clientId}&redirect_uri=${encodedRedirectUri}&scope=${encodeURIComponent(scope)}&code_challenge_method=S256`;
  return {
    connection,
    authorize: `${target.paths.authorize}?${query}`,
    token: target.paths.token,
    cookie: `Cookie: ${user.cookie}\r\n`,
    headers: basic(user),
  };
}

/**
 * Signs in, and exchanges the code.
 * @returns the token response: access token, refresh token and ID token
 */
export async function signIn({ connection, authorize, token, cookie, headers }) {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const state = verifier.slice(0, 16);
  const redirect = await connection.get(
    `${authorize}&code_challenge=${challenge}&state=${state}&nonce=${state}`,
    cookie,
  );
  const location = header(redirect.head, 'location') ?? '';
  expect(redirect.status === 303 && location.startsWith(`${redirectUri}?`), redirect);
  const parameters = new URLSearchParams(location.slice(redirectUri.length + 1));
  const code = parameters.get('code');
  expect(code && parameters.get('state') === state && parameters.get('iss'), redirect);
  const answer = await connection.post(
    token,
    headers,
    `grant_type=authorization_code&code=${code}&redirect_uri=${encodedRedirectUri}&code_verifier=${verifier}`,
  );
  const body = tokens(answer);
  expect(body.refresh_token && body.id_token?.split('.').length === 3, answer);
  return body;
}

/** @type {import('./index.mjs').Mode} */
export const codeFlow = {
  name: 'code-flow',
  title: 'code flow',
  what: 'GET to the authorization endpoint with a session cookie and PKCE, and POST of the code; gives access, refresh and ID token',
  hasPeer: true,
  async prepare(given) {
    return prepareCodeFlow(given);
  },
  async cycle(user) {
    await signIn(user);
  },
};
