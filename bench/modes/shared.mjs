// What all modes and both seedings agree on: the redirect URI, the scopes, the API.

/** Registered for every driven client. Nobody answers there: the driver reads the code out of the Location header. */
export const redirectUri = 'https://bench.example.com/callback';

/** What people have allowed: tokens that end with the session on both sides, an ID token, and claims to tell. */
export const scope = 'openid profile email';

/** The API for which the peer makes JWTs. */
export const apiAudience = 'https://api.bench.example.com';

/**
 * An Authorization header with a client's secret (RFC 6749 section 2.3.1). Neither part has anything to encode.
 * @param {import('../driver/target.mjs').User} user
 */
export function basic({ clientId, clientSecret }) {
  return `Authorization: Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}\r\n`;
}

/**
 * Reads the JSON of a good answer.
 * @param {import('../driver/connection.mjs').Answer} answer
 * @throws Error at any status but 200
 */
export function json({ status, head, body }) {
  if (status !== 200) throw new Error(`${head}\n\n${body}`);
  return JSON.parse(body);
}

/**
 * @param {unknown} condition
 * @param {import('../driver/connection.mjs').Answer} answer
 */
export function expect(condition, answer) {
  if (!condition) throw new Error(`Not the answer that was expected:\n${answer.head}\n\n${answer.body}`);
}

/** A token response must be of this kind (RFC 6749 section 5.1). */
export function tokens(answer) {
  const body = json(answer);
  expect(body.token_type === 'Bearer' && body.access_token?.length > 20 && body.expires_in > 0, answer);
  return body;
}
