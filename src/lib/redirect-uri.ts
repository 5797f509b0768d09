// Redirect URIs: what may be registered, what matches at the authorization endpoint, and how one is shown to people.
// Pure rules; which schemes an account may use comes in as a list that an operator set.
import { parseUrl } from './url.js';

/** Names in a query that an authorization response would answer under (RFC 6749 section 4.1.2, RFC 9207). */
const responseParameters = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri', 'response'];

/** Schemes that run or read something in the browser, whatever an operator allows. */
const forbiddenSchemes = [
  'javascript',
  'data',
  'file',
  'blob',
  'vbscript',
  'about',
  'filesystem',
  'view-source',
  'ws',
  'wss',
  'ftp',
];

/** The most characters of a redirect URI. */
export const longestRedirectUri = 2048;

/** What a registration depends on beside the URI. */
export interface RedirectUriRules {
  readonly clientType: 'CONFIDENTIAL' | 'PUBLIC' | 'NATIVE';
  /** What an operator allowed beside https: `loopback`, `localhost`, or a private-use scheme with a dot. */
  readonly allowedSchemes: readonly string[];
  /** The account's id, for the message that names the operator's command. */
  readonly accountId: string;
}

function isLoopbackAddress(hostname: string): boolean {
  return hostname === '127.0.0.1' || hostname === '[::1]';
}

/** Reads a redirect scheme as an operator names it. @returns what is wrong with it, or null */
export function faultOfRedirectScheme(scheme: string): string | null {
  if (scheme === 'loopback' || scheme === 'localhost') return null;
  if (forbiddenSchemes.includes(scheme)) return `${scheme} can never be allowed: it is not safe to redirect to.`;
  // RFC 8252 section 7.1: a private-use scheme is a reversed domain name, so that two apps do not claim the same.
  if (/^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+$/.test(scheme)) return null;
  return 'A scheme must be loopback, localhost, or a private-use scheme in lower case with a dot, such as com.example.app.';
}

/**
 * Says what keeps a URI from being registered (RFC 9700 section 2.1, OAuth 2.1 section 2.3, RFC 8252 section 7).
 * @returns a message that says what to do, or null when the URI is fine
 */
export function faultOfRedirectUri(uri: string, rules: RedirectUriRules): string | null {
  if (uri.length > longestRedirectUri) return `A redirect URI can have at most ${longestRedirectUri} characters.`;
  if (!/^[a-z][a-z0-9+.-]*:/i.test(uri)) {
    return 'A redirect URI must be a whole address, such as https://app.example.com/callback.';
  }
  if (!/^[\x21-\x7E]+$/.test(uri)) {
    return 'A redirect URI must be printable ASCII without spaces; write other characters percent-encoded, and host names in punycode.';
  }
  const url = parseUrl(uri);
  if (url === null) return 'A redirect URI must be a whole address, such as https://app.example.com/callback.';
  const scheme = url.protocol.slice(0, -1);
  if (forbiddenSchemes.includes(scheme)) return `The scheme ${scheme} is not allowed in a redirect URI. Use https.`;
  if (uri.includes('#')) return 'A redirect URI must not have a fragment (#).';
  if (uri.includes('*')) return 'A redirect URI must not have a wildcard (*). Register each URI.';
  if (url.username !== '' || url.password !== '' || /^[a-z]+:\/\/[^/?]*@/i.test(uri)) {
    return 'A redirect URI must not have a user name or password.';
  }
  const reserved = responseParameters.find((name) => url.searchParams.has(name));
  if (reserved !== undefined) return `A redirect URI must not have a query parameter named ${reserved}.`;
  if (url.href !== uri && url.href !== `${uri}/`) {
    return `A redirect URI must be written in its normal form: ${url.href}`;
  }
  return faultOfScheme(url, scheme, rules);
}

function faultOfScheme(url: URL, scheme: string, rules: RedirectUriRules): string | null {
  // Host names only: what else URL lets pass, such as a semicolon, would break a Content-Security-Policy.
  if (scheme === 'https' && !/^([a-z0-9._-]+|\[[0-9a-f:.]+\])$/.test(url.hostname)) {
    return 'The host of a redirect URI must be a host name in lower case, such as app.example.com.';
  }
  if (scheme === 'https') return null;
  const command = (what: string) => `npm run cli -- accounts allow-redirects ${rules.accountId} ${what}`;
  if (scheme === 'http') {
    if (isLoopbackAddress(url.hostname)) {
      if (rules.allowedSchemes.includes('loopback')) return null;
      return `A redirect URI must use https. An operator can allow http on 127.0.0.1 and [::1] for this account: ${command('loopback')}`;
    }
    if (url.hostname === 'localhost') {
      if (rules.allowedSchemes.includes('localhost')) return null;
      return `A redirect URI must use https. An operator can allow http on localhost for this account: ${command('localhost')}`;
    }
    return 'A redirect URI must use https; http is only ever allowed on this computer (127.0.0.1, [::1], localhost).';
  }
  if (!scheme.includes('.')) {
    return `A redirect URI must use https. A private-use scheme needs a dot, such as com.example.app, not ${scheme}.`;
  }
  if (rules.allowedSchemes.includes(scheme)) return null;
  return `A redirect URI must use https. An operator can allow the scheme ${scheme} for this account: ${command(scheme)}`;
}

/**
 * Says what is wrong with an origin whose pages shall call us from a browser (RFC 6454 section 6.2).
 * @returns null when it can be registered
 */
export function faultOfOrigin(text: string, rules: Omit<RedirectUriRules, 'clientType'>): string | null {
  const form =
    'An origin is a scheme and a host, with a port where it needs one, and nothing after it: https://app.example.com';
  const url = text.length > longestRedirectUri ? null : parseUrl(text);
  if (url === null) return form;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return form;
  if (url.origin !== text) return `${form}. Is ${url.origin} meant?`;
  // As for a redirect to that origin: https, and what an operator allowed beside it.
  return (
    faultOfScheme(url, url.protocol.slice(0, -1), { ...rules, clientType: 'PUBLIC' })?.replace(
      'A redirect URI',
      'An origin',
    ) ?? null
  );
}

/**
 * Says whether a requested URI is a registered one: byte for byte, save for the port of a native client's loopback address
 * (RFC 9700 section 2.1, RFC 8252 section 7.3).
 */
export function matchesRedirectUri(requested: string, registered: string, isNative: boolean): boolean {
  if (requested === registered) return true;
  if (!isNative) return false;
  const withoutPort = (uri: string) => /^(http:\/\/(?:127\.0\.0\.1|\[::1\]))(?::(\d{1,5}))?([/?].*)?$/.exec(uri);
  const left = withoutPort(requested);
  const right = withoutPort(registered);
  if (!left || !right || Number(left[2] ?? 80) > 65535) return false;
  return left[1] === right[1] && left[3] === right[3];
}

/** What a person is told of where a redirect leads: the host, or the scheme of an app on their own device. */
export function redirectHost(uri: string): string {
  const url = new URL(uri);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.host : `${url.protocol}//`;
}

/** Says whether the redirect goes to a web site that its owner proved by a certificate. */
export function isHttps(uri: string): boolean {
  return uri.startsWith('https://');
}

/** Adds an authorization response to a redirect URI, keeping a query that it was registered with. */
export function withResponse(uri: string, response: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(response)) if (value !== undefined) query.append(name, value);
  return `${uri}${uri.includes('?') ? (uri.endsWith('?') ? '' : '&') : '?'}${query}`;
}
