// Headers that every response carries, whatever answers. Pages set their own Content-Security-Policy over the default here.
import { createMiddleware } from 'hono/factory';

/** @param isHttps whether the issuer is on https: only then does Strict-Transport-Security make sense */
export function securityHeaders(isHttps: boolean) {
  return createMiddleware(async function setSecurityHeaders(c, next) {
    await next();
    const defaults: Record<string, string> = {
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'X-Frame-Options': 'DENY',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      ...(isHttps ? { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' } : {}),
    };
    for (const [name, value] of Object.entries(defaults)) if (!c.res.headers.has(name)) c.header(name, value);
  });
}
