// Headers that every response carries, whatever answers. Pages set their own Content-Security-Policy over the default here.
import { createMiddleware } from 'hono/factory';

/** What no page of ours uses, so that nothing that might get into one can. Passkeys and copying are left as browsers have them. */
const permissionsPolicy = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'screen-wake-lock',
  'usb',
  'xr-spatial-tracking',
]
  .map((feature) => `${feature}=()`)
  .join(', ');

/**
 * The pages on the way of somebody whom an app sent here. An app may have opened them in a window of its own, as single-page apps
 * do: with any other Cross-Origin-Opener-Policy the window would forget its opener for good, and the app would wait in vain. They
 * have nothing to fear from an opener, which can only close them or lead them elsewhere.
 */
const stepsForApps: ReadonlySet<string> = new Set([
  '/oauth/authorize',
  '/oauth/logout',
  '/login',
  '/logout',
  '/choose-account',
  '/consent',
  '/other-account',
  '/forgot-password',
  '/reset-password',
]);

/** @param isHttps whether the issuer is on https: only then does Strict-Transport-Security make sense */
export function securityHeaders(isHttps: boolean) {
  return createMiddleware(async function setSecurityHeaders(c, next) {
    await next();
    const defaults: Record<string, string> = {
      // Whatever may be kept says so itself.
      'Cache-Control': 'no-store',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'X-Frame-Options': 'DENY',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Permissions-Policy': permissionsPolicy,
      'Cross-Origin-Opener-Policy': stepsForApps.has(c.req.path) ? 'unsafe-none' : 'same-origin',
      ...(isHttps ? { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' } : {}),
    };
    // Not c.header, which makes the finished response anew for each header, with its body as a stream.
    const { headers } = c.res;
    for (const [name, value] of Object.entries(defaults)) if (!headers.has(name)) headers.set(name, value);
  });
}
