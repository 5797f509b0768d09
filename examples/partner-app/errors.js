// What went wrong with Latchkey, put into words for the person and the developer in front of this app.
import * as client from 'openid-client';

const refusals = {
  access_denied: { status: 403, title: 'You were not signed in', text: 'The access was not allowed.' },
  invalid_grant: {
    status: 401,
    title: 'Your sign-in has ended',
    text: 'It has expired, was revoked, or you signed out of Latchkey. Sign in again.',
  },
  invalid_client: {
    status: 502,
    title: 'Signing in failed',
    text: 'Latchkey did not accept the credentials of this app. Check CLIENT_ID and CLIENT_SECRET.',
  },
};

function refusal(code, description) {
  const words = refusals[code] ?? { status: 502, title: 'Signing in failed', text: 'Latchkey refused it.' };
  return { ...words, code, description };
}

/** What a 401 says: openid-client reads its WWW-Authenticate, but leaves the body, which says more, to us. */
async function refusalOf({ response, cause }) {
  const body = await response.json().catch(() => ({}));
  const said = body?.error ? body : (cause[0]?.parameters ?? {});
  return refusal(said.error, said.error_description);
}

/** @returns status, title and text of the error page, with `code` and `description` when there are any */
export async function explain(error) {
  // The browser came back with an error, or the token endpoint answered with one.
  if (error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError) {
    return refusal(error.error, error.error_description);
  }
  if (error instanceof client.WWWAuthenticateChallengeError) return refusalOf(error);
  // fetch: no such host, nobody listens there, a certificate that does not fit, no answer in time.
  if (error instanceof TypeError && error.cause?.code) {
    const text = 'Is it running, and is ISSUER its address?';
    return { status: 502, title: 'Latchkey does not answer', text, code: error.cause.code };
  }
  // Whatever else openid-client objects to: an answer that does not fit the request, such as another state or nonce.
  return { status: 502, title: 'Signing in failed', text: error.message, code: error.code };
}

/**
 * What the console of the app is told of a problem that is not the person's: one line, whatever an answer holds. It has no
 * secret, code or token in it, since `explain` takes none.
 */
export function lineAbout({ title, text, code, description }, issuer) {
  const said = [code, description].filter(Boolean).join(': ');
  const line = ['Partner app:', `${title}.`, text, said, `(issuer: ${issuer})`].filter(Boolean).join(' ');
  return `${line.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')}\n`;
}
