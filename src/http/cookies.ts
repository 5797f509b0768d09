// Our cookies: the session's; the browser's, which binds forms and waiting authorization requests to the browser that began
// them; and the marks of the members who signed in with it before (known-browsers.ts). On https all have the __Host- prefix, so
// that no other host can set them.
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';

export interface Cookies {
  /** The secret of the session cookie, if the browser sent one. */
  sessionSecret(c: Context): string | null;
  setSession(c: Context, secret: string, maxAgeSeconds: number): void;
  clearSession(c: Context): void;
  /** The browser's own secret, made when there is none yet; the response sets it. */
  browserSecret(c: Context): string;
  /** The browser's secret if it sent one. */
  knownBrowserSecret(c: Context): string | null;
  /** The marks of members, as the browser sent them. */
  knownMarks(c: Context): string | null;
  setKnownMarks(c: Context, marks: string, maxAgeSeconds: number): void;
}

const browserSeconds = 24 * 3600;

const usualPort = '4000';

/**
 * How the cookies of an issuer are named. Browsers keep the cookies of a host for all its ports, so that on this computer two
 * Latchkeys, such as the demo beside another, would sign each other's people out: those that are not at the usual port have
 * theirs in the names.
 */
function cookieNames(issuer: string): (base: string) => string {
  if (issuer.startsWith('https:')) return (base) => `__Host-${base}`;
  const { port } = new URL(issuer);
  return (base) => (port === '' || port === usualPort ? base : `${base}-${port}`);
}

/**
 * @param issuer decides on the names: `__Host-latchkey` on https, `latchkey` on loopback http, `latchkey-4010` at another port
 * @param randomBytes for a new browser's secret
 */
export function createCookies(issuer: string, randomBytes: (length: number) => Buffer): Cookies {
  const secure = issuer.startsWith('https:');
  const name = cookieNames(issuer);
  const options = { path: '/', httpOnly: true, secure, sameSite: 'Lax' } as const;
  const read = (c: Context, base: string) => {
    const value = getCookie(c, name(base));
    return value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : null;
  };
  const inResponse = new WeakMap<Request, string>();
  return {
    sessionSecret: (c) => read(c, 'latchkey'),
    setSession: (c, secret, maxAge) => setCookie(c, name('latchkey'), secret, { ...options, maxAge }),
    clearSession: (c) => setCookie(c, name('latchkey'), '', { ...options, maxAge: 0 }),
    knownMarks: (c) => getCookie(c, name('latchkey-known')) ?? null,
    setKnownMarks: (c, marks, maxAge) => setCookie(c, name('latchkey-known'), marks, { ...options, maxAge }),
    knownBrowserSecret: (c) => read(c, 'latchkey-browser'),
    browserSecret(c) {
      const current = inResponse.get(c.req.raw);
      if (current) return current;
      const secret = read(c, 'latchkey-browser') ?? randomBytes(32).toString('base64url');
      // Set anew each time, so that it never expires in the middle of a sign-in.
      setCookie(c, name('latchkey-browser'), secret, { ...options, maxAge: browserSeconds });
      inResponse.set(c.req.raw, secret);
      return secret;
    },
  };
}
