// Gives each request an id and a log, and writes one line when it is answered. Never a query, a header or a body: those hold
// codes, tokens and secrets.
import { randomUUID } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import type { Logger } from 'pino';
import { addressOfClient } from './client-ip.js';
import type { Environment } from './environment.js';
import { isProbe } from './health.js';

/**
 * @param log the service's log
 * @param trustedProxies how many proxies in front may be believed about the address
 */
export function requestLog(log: Logger, trustedProxies: number) {
  return createMiddleware<Environment>(async function logRequest(c, next) {
    const started = performance.now();
    const requestId = randomUUID();
    const ipAddress = addressOfClient(c, trustedProxies);
    c.set('requestId', requestId);
    c.set('ipAddress', ipAddress);
    c.set('log', log.child({ requestId }));
    await next();
    c.header('X-Request-Id', requestId);
    const level = isProbe(c.req.path) ? 'debug' : 'info';
    c.get('log')[level](
      {
        method: c.req.method,
        path: c.req.path,
        status: c.res.status,
        ipAddress,
        ms: Math.round(performance.now() - started),
      },
      'answered',
    );
  });
}
