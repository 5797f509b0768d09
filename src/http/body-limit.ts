// How long a request's body may be. One that says its length is judged by that, since Node takes no more than was said; only one
// that does not is counted as it comes. Looking at the body of every request would make streams of all of them.
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import type { Environment } from './environment.js';

/**
 * @param mostBytes of a body
 * @param refuse answers whoever sends more, with 413
 */
export function limitBodies(mostBytes: number, refuse: (c: Context<Environment>) => Response) {
  const counting = bodyLimit({ maxSize: mostBytes, onError: refuse });
  return createMiddleware<Environment>(function limitBody(c, next) {
    const length = c.req.header('content-length');
    // RFC 9112 section 6.3: with both, the length means nothing.
    if (length === undefined || c.req.header('transfer-encoding') !== undefined) {
      const hasBody = c.req.method !== 'GET' && c.req.method !== 'HEAD';
      return hasBody ? counting(c, next) : next();
    }
    return Number(length) > mostBytes ? Promise.resolve(refuse(c)) : next();
  });
}
