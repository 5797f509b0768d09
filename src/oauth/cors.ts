// Which pages of other origins may read what the protocol endpoints answer (the CORS protocol of the Fetch standard). Never
// with cookies: no endpoint here looks at one. An endpoint without any of this, as authorize and introspection, is closed. Under
// too much load, where nobody's endpoint is asked, it is http/refusals.ts that answers, and the same to every page.
//
// - What is public (discovery, keys) is open to every page.
// - What is about a client (token, userinfo, revocation) is open to the origins that this client lists.
// - A preflight names no client, nor does a request that fails before its client is known. Those are open to the origins that
//   some enabled client lists, so that a page of a known app reads why it was refused; a stranger's page reads nothing.
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { decodeJwt, errors } from 'jose';
import type { Deps } from '../deps.js';
import { noteHeader } from '../http/answers.js';
import type { Environment } from '../http/environment.js';
import { parseBearerToken } from '../lib/authorization-header.js';
import { splitWords } from '../lib/scope.js';
import type { ListedOrigins } from './cors-origins.js';

const maxAgeSeconds = 600;

function isPreflight(c: Context): boolean {
  return c.req.method === 'OPTIONS' && c.req.header('access-control-request-method') !== undefined;
}

function answerPreflight(c: Context, methods: string, headers: string): Response {
  c.header('Access-Control-Allow-Methods', methods);
  c.header('Access-Control-Allow-Headers', headers);
  c.header('Access-Control-Max-Age', String(maxAgeSeconds));
  return c.body(null, 204);
}

/** Opens what everybody may know to every page. Said to all alike, so the answer does not vary by origin. */
export function openToAll() {
  return createMiddleware<Environment>(async function allowAll(c, next) {
    c.header('Access-Control-Allow-Origin', '*');
    if (isPreflight(c) && c.req.header('origin') !== undefined) return answerPreflight(c, 'GET', 'Content-Type');
    await next();
  });
}

/** Whether a page of this origin, which some client lists, may read this very answer. */
function mayRead(c: Context<Environment>, origin: string): boolean {
  const client = c.get('client');
  if (client) return splitWords(client.allowedOrigins).includes(origin);
  // Without a client nothing can have succeeded; should it ever, nobody's page reads it.
  return c.res.status >= 400;
}

/**
 * Opens an endpoint to the origins that its calling client lists. A request from any other page is answered too, as are
 * those of servers that send `Origin`: the page's browser withholds the answer.
 * @param methods what the endpoint answers, as a header lists it
 */
export function openToClientsOrigins(listed: ListedOrigins, methods: string) {
  return createMiddleware<Environment>(async function allowClientsOrigins(c, next) {
    const origin = c.req.header('origin');
    // Asked before anything is done: failing here loses nobody the answer to what was done.
    const isListed = origin !== undefined && (await listed.includes(origin));
    if (origin !== undefined && isPreflight(c)) {
      c.header('Vary', 'Origin', { append: true });
      if (!isListed) return c.body(null, 204);
      c.header('Access-Control-Allow-Origin', origin);
      return answerPreflight(c, methods, 'Authorization, Content-Type');
    }
    noteHeader(c, 'vary', 'Origin');
    await next();
    if (origin === undefined || !isListed || !mayRead(c, origin)) return;
    // Not c.header, which makes the finished response anew for each header, with its body as a stream.
    const { headers } = c.res;
    headers.set('Access-Control-Allow-Origin', origin);
    headers.set('Access-Control-Expose-Headers', 'WWW-Authenticate, Retry-After, RateLimit, RateLimit-Policy');
  });
}

/** The `client_id` that an access token names, proven or not; null when it could be nobody's. */
function clientIdIn(token: string): string | null {
  try {
    const clientId = decodeJwt(token).client_id;
    // What RFC 6749 appendix A.1 allows. PostgreSQL would not take a NUL.
    return typeof clientId === 'string' && /^[\x20-\x7E]{1,255}$/.test(clientId) ? clientId : null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

/**
 * Makes the client that an access token names known to the rule above, for requests from pages alone. Nothing is proven here:
 * an answer with anything in it comes only after the endpoint has verified the token, and with it this name.
 */
export function clientOfAccessToken(deps: Pick<Deps, 'db'>) {
  return createMiddleware<Environment>(async function findClientOfAccessToken(c, next) {
    const token = c.req.header('origin') === undefined ? null : parseBearerToken(c.req.header('authorization') ?? '');
    const clientId = token === null || token === 'malformed' ? null : clientIdIn(token);
    if (clientId !== null) {
      const client = await deps.db.oAuthClient.findUnique({ where: { clientId }, select: { allowedOrigins: true } });
      if (client) c.set('client', client);
    }
    await next();
  });
}
