// Everything that this app says to Latchkey, through openid-client: discovery, the redirect to sign in, the code that comes
// back, and the refresh. The rest of the app knows nothing of OAuth.
import * as client from 'openid-client';
import { isLoopbackHttp } from './configuration.js';

const scope = 'openid profile email';

/** What the app keeps of a person who signed in. */
async function personFrom(config, tokens, before = null) {
  const claims = tokens.claims() ?? before?.claims;
  return {
    claims,
    // Checked against the subject of the ID token, so that the answer is about the same person.
    userinfo: await client.fetchUserInfo(config, tokens.access_token, claims.sub),
    // A refresh gives a new refresh token each time; the old one must not be used again.
    refreshToken: tokens.refresh_token ?? before?.refreshToken,
    accessTokenExpiresAt: new Date(Date.now() + tokens.expiresIn() * 1000),
    refreshes: before === null ? 0 : before.refreshes + 1,
  };
}

/** Builds the conversation with one issuer. */
export function createSignIn({ issuer, clientId, clientSecret, redirectUri }) {
  const server = new URL(issuer);
  let discovered;

  /** The server's addresses and abilities, asked for at the first sign-in; after a failure, asked for again. */
  function configuration() {
    discovered ??= client
      .discovery(server, clientId, clientSecret, client.ClientSecretBasic(), {
        // openid-client speaks https only. This lets it speak http to a server on this computer.
        execute: isLoopbackHttp(server) ? [client.allowInsecureRequests] : [],
      })
      .catch((error) => {
        discovered = undefined;
        throw error;
      });
    return discovered;
  }

  return {
    /** Where to send the browser, and what to keep in its session until it comes back. */
    async begin() {
      const config = await configuration();
      const pending = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        codeVerifier: client.randomPKCECodeVerifier(),
      };
      const address = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(pending.codeVerifier),
        code_challenge_method: 'S256',
      });
      return { address, pending };
    },

    /**
     * Exchanges the code that the browser brought back. openid-client checks state, issuer, nonce and ID token.
     * @throws when the answer is an error, or does not fit what was begun; errors.js puts it in words
     */
    async finish(currentUrl, pending) {
      const config = await configuration();
      const tokens = await client.authorizationCodeGrant(config, currentUrl, {
        pkceCodeVerifier: pending.codeVerifier,
        expectedState: pending.state,
        expectedNonce: pending.nonce,
        idTokenExpected: true,
      });
      return personFrom(config, tokens);
    },

    /** New tokens for a person who is signed in, without asking them anything. */
    async refresh(person) {
      const config = await configuration();
      const tokens = await client.refreshTokenGrant(config, person.refreshToken);
      return personFrom(config, tokens, person);
    },
  };
}
