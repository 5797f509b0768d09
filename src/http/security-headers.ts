// Headers that every response carries, whatever answers. Pages set their own Content-Security-Policy over the default here.
import { createMiddleware } from 'hono/factory';
import { beginHeaders, completeHeaders } from './answers.js';
import type { Environment } from './environment.js';

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
  const everywhere = {
    // Whatever may be kept says so itself.
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'permissions-policy': permissionsPolicy,
    ...(isHttps ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
  };
  const ofSteps = { ...everywhere, 'cross-origin-opener-policy': 'unsafe-none' };
  const ofOthers = { ...everywhere, 'cross-origin-opener-policy': 'same-origin' };
  return createMiddleware<Environment>(async function setSecurityHeaders(c, next) {
    const defaults = stepsForApps.has(c.req.path) ? ofSteps : ofOthers;
    beginHeaders(c, { 'x-request-id': c.get('requestId'), ...defaults });
    await next();
    completeHeaders(c);
  });
}
