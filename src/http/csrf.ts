// Protection against requests that another site makes with our cookies: where the request comes from, and a token in each form.
import type { Context } from 'hono';
import { constantTimeEqual, hmacOfParts } from '../lib/crypto.js';
import type { SecretKeys } from '../lib/secret-keys.js';
import type { Cookies } from './cookies.js';

const purpose = 'latchkey/csrf/v1';

/**
 * Says which page a request comes from, as far as the browser tells. Every current browser tells one way or the other;
 * what says nothing is no page at all, such as a script.
 */
export function originOfRequest(c: Context, issuer: string): 'ours' | 'foreign' | 'unknown' {
  const origin = c.req.header('origin');
  // Our own forms send "null", since our pages send no referrer: then Sec-Fetch-Site decides.
  if (origin !== undefined && origin !== 'null') return origin === issuer ? 'ours' : 'foreign';
  const site = c.req.header('sec-fetch-site');
  if (site === undefined) return 'unknown';
  return site === 'same-origin' ? 'ours' : 'foreign';
}

export interface FormTokens {
  /** The token for the forms of a page. Sets the browser cookie when there is none. */
  issue(c: Context): string;
  /** Whether a posted form has the token of this very browser and does not come from elsewhere. */
  accepts(c: Context, token: string | undefined): boolean;
}

/** Builds the tokens: an HMAC of the browser cookie, so that nothing is stored and they hold before sign-in too. */
export function createFormTokens(secretKeys: SecretKeys, cookies: Cookies, issuer: string): FormTokens {
  return {
    issue: (c) => hmacOfParts(secretKeys.current(purpose), [cookies.browserSecret(c)]),
    accepts(c, token) {
      const browser = cookies.knownBrowserSecret(c);
      if (browser === null || token === undefined || originOfRequest(c, issuer) === 'foreign') return false;
      return secretKeys.all(purpose).some((key) => constantTimeEqual(hmacOfParts(key, [browser]), token));
    },
  };
}
