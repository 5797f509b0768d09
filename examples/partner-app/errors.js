// What went wrong with Latchkey, put into words for the person and the developer in front of this app.
import * as client from 'openid-client';

const refusals = {
  access_denied: { status: 403, title: 'You were not signed in', text: 'The access was not allowed.' },
  invalid_grant: {
    status: 401,
    title: 'Your sign-in has ended',
    text: 'It has expired, was revoked, or you signed out of Latchkey. Sign in again.',
  },
};

/** @returns status, title and text of the error page, with `code` and `description` when Latchkey gave them */
export function explain(error) {
  // The browser came back with an error, or the token endpoint answered with one.
  if (error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError) {
    const refusal = refusals[error.error] ?? { status: 502, title: 'Signing in failed', text: 'Latchkey refused it.' };
    return { ...refusal, code: error.error, description: error.error_description };
  }
  if (error instanceof client.WWWAuthenticateChallengeError) {
    const text = 'Latchkey did not accept the credentials of this app. Check CLIENT_ID and CLIENT_SECRET.';
    return { status: 502, title: 'Signing in failed', text };
  }
  if (error instanceof TypeError && error.cause?.code === 'ECONNREFUSED') {
    return { status: 502, title: 'Latchkey does not answer', text: 'Is it running, and is ISSUER its address?' };
  }
  // Whatever else openid-client objects to: an answer that does not fit the request, such as another state or nonce.
  return { status: 502, title: 'Signing in failed', text: error.message, code: error.code };
}
