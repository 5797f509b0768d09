// The GraphQL endpoint: Yoga over the schema, mounted at /graphql with everything off that is not needed.

import type { GraphQLError } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import type { Logger } from 'pino';
import type { Deps } from '../deps.js';
import type { GraphQLContext } from '../graphql/context-type.js';
import { errorBody, presentError } from '../graphql/errors.js';
import type { Browser } from '../http/browser.js';
import type { Environment } from '../http/environment.js';
import { CallerRefused, recogniseCaller } from './context.js';
import { graphiqlContentSecurityPolicy, graphiqlPage } from './graphiql.js';
import { limitsPlugin } from './limits.js';
import { schema } from './schema.js';

interface ServerContext extends GraphQLContext {
  readonly log: Logger;
  readonly requestId: string;
}

/** Gives every error of a result its code, and hides faults of ours. */
function errorsPlugin(): Plugin<ServerContext> {
  const present = (errors: readonly unknown[], { log, requestId }: ServerContext) =>
    errors.map((error) => presentError(error, log, requestId));
  return {
    onResultProcess({ result, setResult, serverContext }) {
      if (Array.isArray(result) || !('errors' in result) || !result.errors) return;
      setResult({
        ...result,
        errors: present(result.errors, serverContext as unknown as ServerContext) as GraphQLError[],
      });
    },
  };
}

/** Builds `/graphql`: GraphiQL for a browser that navigates to it, the API for everybody else. */
export function graphqlRoutes(deps: Deps, browser: Browser): Hono<Environment> {
  const yoga = createYoga<ServerContext>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    graphiql: false,
    cors: false,
    multipart: false,
    batching: false,
    logging: false,
    // errorsPlugin answers for all errors, also for those that execution never sees.
    maskedErrors: false,
    plugins: [limitsPlugin(), errorsPlugin()],
  });
  const app = new Hono<Environment>();

  // Bearer callers only: a browser never sends cookies along to us from these origins, nor would they be accepted.
  const allowed = cors({
    origin: [...deps.config.corsOrigins],
    allowMethods: ['GET', 'POST'],
    allowHeaders: ['Authorization', 'Content-Type'],
    exposeHeaders: ['WWW-Authenticate', 'X-Request-Id'],
    maxAge: 600,
    credentials: false,
  });
  if (deps.config.corsOrigins.length > 0) app.use('/graphql', allowed);

  app.get('/graphql', async (c, next) => {
    if (!(c.req.header('accept') ?? '').includes('text/html')) return next();
    const session = await browser.session(c);
    const viewer = session ? { email: session.member.email, role: session.member.role } : null;
    return c.html(graphiqlPage({ issuer: deps.config.issuer, viewer }), 200, {
      'Cache-Control': 'no-store',
      'Content-Security-Policy': graphiqlContentSecurityPolicy(),
    });
  });

  app.on(['GET', 'POST'], '/graphql', async (c) => {
    c.header('Cache-Control', 'no-store');
    const [mediaType = ''] = (c.req.header('content-type') ?? '').split(';');
    if (c.req.method === 'POST' && mediaType.trim().toLowerCase() !== 'application/json') {
      return c.json(
        errorBody('BAD_USER_INPUT', 'Send the operation as JSON, with Content-Type: application/json.'),
        415,
      );
    }
    try {
      const caller = await recogniseCaller(deps, browser, c);
      const context = { deps, caller, log: c.get('log'), requestId: c.get('requestId') };
      const response = await yoga.fetch(c.req.raw, context);
      const headers = new Headers(response.headers);
      headers.set('Cache-Control', 'no-store');
      return new Response(await response.text(), { status: response.status, headers });
    } catch (error) {
      if (!(error instanceof CallerRefused)) throw error;
      if (error.challenge) c.header('WWW-Authenticate', error.challenge);
      return c.json(errorBody(error.code, error.message), error.status);
    }
  });
  app.all('/graphql', (c) => {
    c.header('Allow', 'GET, POST');
    return c.json(errorBody('BAD_USER_INPUT', 'Use POST, or GET for queries.'), 405);
  });
  return app;
}
