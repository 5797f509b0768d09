// Which methods an address answers, for whoever came with another one (RFC 9110 section 15.5.6).
import type { Hono } from 'hono';
import type { Environment } from './environment.js';

const methods = ['GET', 'POST'] as const;

/** The methods of the routes at this path, as the Allow header names them. None where there is nothing. */
export function methodsAt({ router }: Pick<Hono<Environment>, 'router'>, path: string): string[] {
  // What answers all methods is middleware.
  const isAt = (method: string) => router.match(method, path)[0].some(([[, route]]) => route.method === method);
  return methods.filter(isAt).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
}
