// The whole HTTP application as one function from what it depends on: middleware in order, then the routes.
import { type Context, Hono } from 'hono';
import { refusal } from './api/context.js';
import { graphqlRoutes } from './api/routes.js';
import { asUnavailable, isOrphan } from './db/client.js';
import type { Deps } from './deps.js';
import { limitBodies } from './http/body-limit.js';
import { createBrowser } from './http/browser.js';
import { wordingAt } from './http/endpoints.js';
import type { Environment } from './http/environment.js';
import { healthRoutes } from './http/health.js';
import { methodsAt } from './http/methods-at.js';
import { requestLog } from './http/request-log.js';
import { securityHeaders } from './http/security-headers.js';
import { interactionRoutes } from './interaction/routes.js';
import { OverloadedError, ThrottledError, UnavailableError } from './lib/errors.js';
import { PageError, pageError, respondWithErrorPage } from './oauth/respond-with-page.js';
import { oauthRoutes, respondWithJsonError } from './oauth/routes.js';
import { icon } from './pages/icon.js';
import { stylesheet, stylesheetPath } from './pages/stylesheet.js';

const mostBodyBytes = 100 * 1000;

/** Says that a body is too long, in the way of whoever it was sent to. */
function refuseBody(c: Context<Environment>): Response {
  const message = `A body can have at most ${mostBodyBytes} bytes.`;
  const wording = wordingAt(c.req.path);
  if (wording === 'graphql') return c.json(refusal('QUERY_TOO_LARGE', message), 413);
  if (wording === 'protocol') return c.json({ error: 'invalid_request', error_description: message }, 413);
  return respondWithErrorPage(c, pageError('formTooLong', { values: { bytes: String(mostBodyBytes) }, status: 413 }));
}

/** Turns whatever a page's route raised into the page that says so. */
function asPageError(error: unknown): PageError {
  if (error instanceof PageError) return error;
  if (error instanceof ThrottledError || error instanceof OverloadedError) {
    return pageError('wait', {
      values: { reason: error.message },
      status: error instanceof ThrottledError ? 429 : 503,
    });
  }
  if (error instanceof UnavailableError) {
    return pageError('unavailable', { values: { reason: error.message }, status: 503, detail: error.reason });
  }
  if (isOrphan(error)) return pageError('appRemoved', { detail: 'deleted meanwhile' });
  return pageError('ourFault', { status: 500 });
}

/** Builds the application. It listens to nothing by itself: `fetch` answers one request. */
export function createApp(deps: Deps): Hono<Environment> {
  const browser = createBrowser(deps);
  const app = new Hono<Environment>();
  app.use(requestLog(deps.log, deps.config.trustedProxies));
  app.use(securityHeaders(deps.config.issuer.startsWith('https:')));
  app.use(limitBodies(mostBodyBytes, refuseBody));
  // Here for all routes: those of an app that has an onError of its own are each wrapped in layers that every request passes.
  app.onError((raised, c) => {
    if (wordingAt(c.req.path) === 'protocol') return respondWithJsonError(c, raised);
    const error = asUnavailable(raised) ?? raised;
    const page = asPageError(error);
    if (page.status === 500) c.get('log').error({ err: error }, 'failed');
    if (error instanceof ThrottledError || error instanceof OverloadedError || error instanceof UnavailableError)
      c.header('Retry-After', String(error.retryAfterSeconds));
    return respondWithErrorPage(c, page);
  });
  app.notFound((c) => {
    const methods = methodsAt(app, c.req.path);
    const isOther = methods.length > 0 && !methods.includes(c.req.method);
    if (!isOther) return respondWithErrorPage(c, pageError('notFound', { status: 404 }));
    c.header('Allow', methods.join(', '));
    if (wordingAt(c.req.path) === 'protocol') {
      return c.json({ error: 'invalid_request', error_description: `Use ${methods.join(' or ')}.` }, 405);
    }
    return respondWithErrorPage(c, pageError('wrongMethod', { status: 405 }));
  });

  app.get(stylesheetPath, (c) =>
    c.body(stylesheet, 200, {
      'Content-Type': 'text/css; charset=utf-8',
      'Cache-Control': 'public, max-age=31536000, immutable',
    }),
  );
  app.get('/favicon.ico', (c) =>
    c.body(icon, 200, { 'Content-Type': 'image/svg+xml', 'Cache-Control': 'public, max-age=86400' }),
  );
  app.route('/', healthRoutes(deps.readiness));
  app.route('/', oauthRoutes(deps, browser));
  app.route('/', interactionRoutes({ deps, browser }));
  app.route('/', graphqlRoutes(deps, browser));
  return app;
}
