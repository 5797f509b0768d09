// The Content-Security-Policy of our pages: nothing from elsewhere, no inline script, never in a frame.

/**
 * Where a form's answer may lead, as a CSP source. Chrome and Safari check every hop of a form's redirects, so the page that
 * ends in a redirect to a client must admit it.
 * @param redirectUri a validated redirect URI
 */
export function formActionSource(redirectUri: string): string {
  const url = new URL(redirectUri);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return url.protocol;
  // CSP has no syntax for IPv6 addresses, so the scheme has to do.
  return url.hostname.startsWith('[') ? url.protocol : url.origin;
}

/**
 * The policy of the page that posts an authorization response to a client: its form leads there alone, and of scripts only
 * the one that sends it may run.
 * @param scriptHash the base64 SHA-256 of that script
 */
export function formPostContentSecurityPolicy(redirectUri: string, scriptHash: string): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    `script-src 'sha256-${scriptHash}'`,
    `form-action ${formActionSource(redirectUri)}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}

/** The policy of a page whose forms post to us and may end at `formTargets`. */
export function pageContentSecurityPolicy(formTargets: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}
