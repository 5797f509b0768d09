// What lives at /graphql: GraphiQL for a browser that navigates there, the API for everybody else, and the schema as a file. Who
// may come in is decided here and in context.ts; what is executed is yoga.ts's.
import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { etag } from 'hono/etag';
import { recordRefusedRequest } from '../audit/refused-requests.js';
import { asUnavailable } from '../db/client.js';
import type { Deps } from '../deps.js';
import { faultMessage } from '../graphql/fault-message.js';
import type { Browser } from '../http/browser.js';
import type { Environment } from '../http/environment.js';
import { limitNetwork } from '../http/request-limits.js';
import { TooManyRequestsError } from '../lib/errors.js';
import { CallerRefused, recogniseCaller, refusal } from './context.js';
import { graphiqlContentSecurityPolicy, graphiqlPage } from './graphiql.js';
import { graphiqlAssets, graphiqlAssetsPrefix } from './graphiql-assets.js';

/** Loads what executes GraphQL and tells of it: half of all that there is to load, so the service listens before it does this. */
export async function loadGraphql() {
  const [{ execute }, { printedSchema }] = await Promise.all([import('./yoga.js'), import('./schema.js')]);
  return { execute, printedSchema };
}

/** For the audit log, where a caller is refused whatever it asks for. */
const everyField = '*';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Says who calls, and counts requests of nobody and with tokens that are not valid. @throws TooManyRequestsError, CallerRefused */
async function recogniseWithinLimits(deps: Deps, browser: Browser, c: Context<Environment>) {
  try {
    const caller = await recogniseCaller(deps, browser, c);
    if (!caller) limitNetwork(c, deps.requestLimits.anonymous);
    return caller;
  } catch (error) {
    if (error instanceof CallerRefused && error.status === 401) limitNetwork(c, deps.requestLimits.anonymous);
    throw error;
  }
}

/** Answers with what stopped a request before it was executed, or broke its execution. */
async function answerFailure(deps: Deps, c: Context<Environment>, error: unknown): Promise<Response> {
  if (error instanceof TooManyRequestsError) {
    c.header('Retry-After', String(error.retryAfterSeconds));
    return c.json(refusal('RATE_LIMITED', error.message), 429);
  }
  if (error instanceof CallerRefused) {
    if (error.actor) await recordRefusedRequest({ ...deps, log: c.get('log') }, error.actor, [everyField]);
    if (error.challenge) c.header('WWW-Authenticate', error.challenge);
    return c.json(refusal(error.code, error.message), error.status);
  }
  const unavailable = asUnavailable(error);
  if (unavailable) {
    c.get('log').warn({ reason: unavailable.reason }, 'the service cannot be used for the moment');
    c.header('Retry-After', String(unavailable.retryAfterSeconds));
    return c.json(refusal('SERVICE_UNAVAILABLE', unavailable.message), 503);
  }
  // Whoever hangs up is no fault of ours, and nobody is there to be answered: 499 is what nginx writes for it.
  if (c.req.raw.signal.aborted) {
    c.get('log').info({ err: error }, 'a GraphQL request was given up');
    return new Response(null, { status: 499 });
  }
  c.get('log').error({ err: error }, 'a GraphQL request failed');
  return c.json(refusal('INTERNAL_SERVER_ERROR', faultMessage(c.get('requestId'))), 500);
}

/** Builds `/graphql` and GraphiQL's assets. */
export function graphqlRoutes(deps: Deps, browser: Browser): Hono<Environment> {
  const app = new Hono<Environment>();

  app.get(`${graphiqlAssetsPrefix}*`, async (c) => {
    const asset = await graphiqlAssets(c.req.path, c.req.header('accept-encoding'), c.req.header('if-none-match'));
    return asset ?? c.notFound();
  });

  // For code generators and editors, which fetch it without a credential. It does not change while we run.
  let printed: string | undefined;
  app.get('/graphql/schema.graphql', etag(), async (c) => {
    printed ??= (await loadGraphql()).printedSchema();
    return c.body(printed, 200, {
      'Content-Type': 'text/plain; charset=utf-8',
      'Cache-Control': 'public, max-age=300',
    });
  });

  // Bearer callers only: a browser never sends cookies along to us from these origins, nor would they be accepted.
  const allowed = cors({
    origin: [...deps.config.corsOrigins],
    allowMethods: ['GET', 'POST'],
    allowHeaders: ['Authorization', 'Content-Type'],
    exposeHeaders: ['RateLimit', 'RateLimit-Policy', 'Retry-After', 'WWW-Authenticate', 'X-Request-Id'],
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
    if (c.req.method === 'POST' && mediaType.trim() !== 'application/json') {
      return c.json(refusal('BAD_USER_INPUT', 'Send the operation as JSON, with Content-Type: application/json.'), 415);
    }
    // Yoga would take a GET's broken JSON for a fault of ours.
    const broken = ['variables', 'extensions'].find((name) => !isJson(c.req.query(name) || '{}'));
    if (broken !== undefined) return c.json(refusal('BAD_USER_INPUT', `${broken} must be JSON.`), 400);
    try {
      const caller = await recogniseWithinLimits(deps, browser, c);
      if (caller) c.set('memberId', caller.memberId);
      if (caller?.oauthClientId) c.set('clientId', caller.oauthClientId);
      const { execute } = await loadGraphql();
      return await execute(c.req.raw, {
        deps,
        caller,
        spent: { usage: null },
        log: c.get('log'),
        requestId: c.get('requestId'),
        ipAddress: c.get('ipAddress'),
        onOperation: (name) => c.set('operation', name),
      });
    } catch (error) {
      return answerFailure(deps, c, error);
    }
  });
  app.all('/graphql', (c) => {
    c.header('Allow', 'GET, POST');
    return c.json(refusal('BAD_USER_INPUT', 'Use POST, or GET for queries.'), 405);
  });
  return app;
}
