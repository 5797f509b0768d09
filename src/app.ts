// The whole HTTP application as one function from what it depends on: middleware in order, then the routes.
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { refusal } from './api/context.js';
import { graphqlRoutes } from './api/routes.js';
import { asUnavailable, isOrphan } from './db/client.js';
import type { Deps } from './deps.js';
import { createBrowser } from './http/browser.js';
import type { Environment } from './http/environment.js';
import { healthRoutes } from './http/health.js';
import { requestLog } from './http/request-log.js';
import { securityHeaders } from './http/security-headers.js';
import { interactionRoutes } from './interaction/routes.js';
import { OverloadedError, ThrottledError, UnavailableError } from './lib/errors.js';
import { PageError, pageError, respondWithErrorPage } from './oauth/respond-with-page.js';
import { oauthRoutes } from './oauth/routes.js';
import { icon } from './pages/icon.js';
import { stylesheet, stylesheetPath } from './pages/stylesheet.js';

const mostBodyBytes = 100 * 1000;

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
  app.use(
    bodyLimit({
      maxSize: mostBodyBytes,
      onError(c) {
        const message = `A body can have at most ${mostBodyBytes} bytes.`;
        return c.req.path === '/graphql'
          ? c.json(refusal('QUERY_TOO_LARGE', message), 413)
          : c.json({ error: 'invalid_request', error_description: message }, 413);
      },
    }),
  );
  app.onError((raised, c) => {
    const error = asUnavailable(raised) ?? raised;
    const page = asPageError(error);
    if (page.status === 500) c.get('log').error({ err: error }, 'failed');
    if (error instanceof ThrottledError || error instanceof OverloadedError || error instanceof UnavailableError)
      c.header('Retry-After', String(error.retryAfterSeconds));
    return respondWithErrorPage(c, page);
  });
  app.notFound((c) => respondWithErrorPage(c, pageError('notFound', { status: 404 })));

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
