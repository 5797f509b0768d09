// Refresh: each virtual user signs in once, and then exchanges each refresh token for the next.
import { prepareCodeFlow, signIn } from './code-flow.mjs';
import { expect, tokens } from './shared.mjs';

/** @type {import('./index.mjs').Mode} */
export const refresh = {
  name: 'refresh',
  title: 'refresh',
  what: 'POST of a refresh token, rotated each time on both sides; gives access, refresh and ID token',
  hasPeer: true,
  async prepare(given) {
    const user = prepareCodeFlow(given);
    return { ...user, refreshToken: (await signIn(user)).refresh_token };
  },
  async cycle(user) {
    const answer = await user.connection.post(
      user.token,
      user.headers,
      `grant_type=refresh_token&refresh_token=${user.refreshToken}`,
    );
    const body = tokens(answer);
    expect(body.id_token && body.refresh_token && body.refresh_token !== user.refreshToken, answer);
    user.refreshToken = body.refresh_token;
  },
};
