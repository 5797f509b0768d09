// Gives each request an id and a log, and writes one line when it is answered. Never an address as it was asked for, a query, a
// header or a body: those hold codes, tokens and secrets, and what people paste.
import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import type { Logger } from 'pino';
import type { TrustedProxies } from '../config/network.js';
import { createAddressReader, createProxyCheck } from './client-ip.js';
import type { Environment } from './environment.js';
import { isProbe } from './health.js';

/** What proxies make: UUIDs, hexadecimal, trace ids. */
const safeRequestId = /^[A-Za-z0-9._-]{8,64}$/;

/** The id of a proxy that is trusted, so that its log and ours have the same; otherwise one of our own. */
function requestIdOf(c: Context, isFromProxy: (c: Context) => boolean): string {
  const given = isFromProxy(c) ? c.req.header('x-request-id') : undefined;
  return given !== undefined && safeRequestId.test(given) ? given : randomUUID();
}

/** The pattern of the route that answered, such as /logos/:clientRowId/:hash; the same word for all that lead nowhere. */
function routeOf(c: Context): string {
  const route = matchedRoutes(c).findLast(({ path }) => path !== '/*');
  return route?.path ?? '(none)';
}

function levelOf(c: Context): 'debug' | 'info' | 'warn' | 'error' {
  const { status } = c.res;
  if (isProbe(c.req.path)) return 'debug';
  // 503 is what we say when there is too much to do, or the database is away: the latter has a line of its own.
  if (status >= 500) return status === 503 ? 'warn' : 'error';
  return 'info';
}

/**
 * @param log the service's log
 * @param trustedProxies the proxies in front that may be believed about the address and the request's id
 */
export function requestLog(log: Logger, trustedProxies: TrustedProxies) {
  const addressOf = createAddressReader(trustedProxies);
  const isFromProxy = createProxyCheck(trustedProxies);
  return createMiddleware<Environment>(async function logRequest(c, next) {
    const started = performance.now();
    const requestId = requestIdOf(c, isFromProxy);
    const ipAddress = addressOf(c);
    c.set('requestId', requestId);
    c.set('ipAddress', ipAddress);
    c.set('log', log.child({ requestId }));
    await next();
    c.get('log')[levelOf(c)](
      {
        method: c.req.method,
        route: routeOf(c),
        status: c.res.status,
        ms: Math.round(performance.now() - started),
        ipAddress,
        // Left out by JSON when they are not known.
        client: c.get('clientId'),
        member: c.get('memberId'),
        operation: c.get('operation'),
      },
      'answered',
    );
  });
}
