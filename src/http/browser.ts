// What we know of the browser that sent a request: its cookies, its session, and the tokens of its forms.
import type { Context } from 'hono';
import type { Deps } from '../deps.js';
import { sha256 } from '../lib/crypto.js';
import { findSession, type LiveSession } from '../sessions/service.js';
import { type Cookies, createCookies } from './cookies.js';
import { createFormTokens, type FormTokens } from './csrf.js';
import type { Environment } from './environment.js';
import { createKnownBrowsers, type KnownBrowsers } from './known-browsers.js';

export interface Browser {
  readonly cookies: Cookies;
  readonly formTokens: FormTokens;
  readonly knownBrowsers: KnownBrowsers;
  /** The living session that the cookie names, or null. */
  session(c: Context): Promise<LiveSession | null>;
  /** What an authorization request is bound to: the hash of the browser's cookie, which is set when there is none. */
  bindingHash(c: Context): string;
  /** The same for a browser that must have the cookie already; null when it has none. */
  knownBindingHash(c: Context): string | null;
}

/** Where a request comes from, for the audit log. */
export function originForAudit(c: Context<Environment>): { ipAddress: string | null; userAgent: string | null } {
  return { ipAddress: c.get('ipAddress'), userAgent: c.req.header('user-agent') ?? null };
}

/** Builds the reading and writing of browser state over the services. */
export function createBrowser(deps: Deps): Browser {
  const cookies = createCookies(deps.config.issuer, deps.randomBytes);
  return {
    cookies,
    formTokens: createFormTokens(deps.secretKeys, cookies, deps.config.issuer),
    knownBrowsers: createKnownBrowsers(deps, cookies),
    async session(c) {
      const secret = cookies.sessionSecret(c);
      const session = secret === null ? null : await findSession(deps, secret);
      if (session) c.set('memberId', session.memberId);
      return session;
    },
    bindingHash: (c) => sha256(cookies.browserSecret(c)),
    knownBindingHash(c) {
      const secret = cookies.knownBrowserSecret(c);
      return secret === null ? null : sha256(secret);
    },
  };
}
