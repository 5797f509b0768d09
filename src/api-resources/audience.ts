// Audiences of API resources: which URIs can be one, and which spellings of a URI are the same. Pure rules; whether one is
// taken is service.ts's.
//
// An audience names an API and is never called, so that a URN will do as well as an address. What it must not be is another
// name for us, or one that two parties could both hold to be theirs: one issuer signs for all accounts, and an API has nothing
// but the audience to tell its own tokens by.
import { parseUrl } from '../lib/url.js';

/** The most characters of an audience. */
export const longestAudience = 500;

/** The characters of a URI (RFC 3986 section 2), save `#`, which would begin a fragment. */
const uriCharacters = /^[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=%]+$/;

const whole =
  'An audience must be a whole URI of ASCII characters without spaces, such as https://api.example.com/orders.';

/** Schemes that lead to a program or a file instead of naming anything. */
const otherSchemes =
  'An audience must use https, or be a URN such as urn:example:orders, or use a private scheme with a dot such as com.example.orders:/v1. http is only for an API on this computer (localhost, 127.0.0.1, [::1]).';

function faultOfScheme(url: URL, uri: string): string | null {
  switch (url.protocol) {
    case 'https:':
      return null;
    case 'http:':
      return ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname) ? null : otherSchemes;
    case 'urn:':
      // RFC 8141 section 2: a namespace, and a name in it.
      return /^urn:[a-z0-9][a-z0-9-]{0,30}[a-z0-9]:[^?]+/i.test(uri) ? null : otherSchemes;
    default:
      // RFC 8252 section 7.1: a reversed domain name, which somebody owns.
      return /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(url.protocol) ? null : otherSchemes;
  }
}

/**
 * Says what keeps a URI from being an API's audience (RFC 8707 section 2: an absolute URI without a fragment).
 * @param issuer ours: a token for it, or for anything at its origin, is for Latchkey itself
 * @returns a message that says what to do, or null when the URI is fine
 */
export function faultOfAudience(uri: string, issuer: string): string | null {
  if (uri.length > longestAudience) return `An audience can have at most ${longestAudience} characters.`;
  if (uri.includes('#')) return 'An audience must not have a fragment (#).';
  const url = uriCharacters.test(uri) ? parseUrl(uri) : null;
  if (url === null) return whole;
  const scheme = faultOfScheme(url, uri);
  if (scheme !== null) return scheme;
  if (url.username !== '' || url.password !== '') return 'An audience must not have a user name or password.';
  if (url.href !== uri && url.href !== `${uri}/`) return `An audience must be written in its normal form: ${url.href}`;
  if (url.origin === new URL(issuer).origin) {
    return `${url.origin} is Latchkey itself, for which every token without a resource is. Name the API by an address of its own.`;
  }
  return null;
}

/**
 * The spellings of a resource indicator: of a bare origin with and without the slash, which RFC 3986 section 6.2.3 holds to be
 * the same. Libraries that read it as a URL add the slash. Everything else is compared byte for byte.
 */
export function spellingsOf(uri: string): readonly string[] {
  const [, origin] = /^(https?:\/\/[^/?#]+)\/?$/.exec(uri) ?? [];
  return origin === undefined ? [uri] : [origin, `${origin}/`];
}

/** Whether a resource indicator that was sent names this audience. */
export function namesAudience(sent: string, audience: string): boolean {
  return spellingsOf(audience).includes(sent);
}
