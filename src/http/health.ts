// What probes ask: `/healthz`, whether the process is up, and `/readyz`, whether it can serve. They cost nothing, set no
// cookie and are not throttled. What is looked at is readiness.ts's part.
import { Hono } from 'hono';
import type { Readiness } from '../deps.js';
import type { Environment } from './environment.js';

const upPath = '/healthz';
const readyPath = '/readyz';

/** Whether a request is a probe's: of those there are too many to log each. */
export function isProbe(path: string): boolean {
  return path === upPath || path === readyPath;
}

/** The routes. */
export function healthRoutes(readiness: Readiness): Hono<Environment> {
  const routes = new Hono<Environment>();
  routes.get(upPath, (c) => c.json({ status: 'ok' }, 200, { 'Cache-Control': 'no-store' }));
  routes.get(readyPath, async (c) => {
    const found = await readiness.look();
    return c.json(found, found.status === 'ok' ? 200 : 503, { 'Cache-Control': 'no-store' });
  });
  return routes;
}
