// Refuses requests, early and for next to nothing, when more are under way than can be answered in reasonable time: what is
// let in is answered soon, and once the load is over nothing of it is left to be worked off. It counts in this process alone.
import type { HttpBindings } from '@hono/node-server';
import type { Logger } from 'pino';

/** What Node has of a request when its headers have come. */
type Incoming = Pick<HttpBindings['incoming'], 'method' | 'url' | 'headers'> & {
  once(event: 'end', listener: () => void): unknown;
};

/** Answers a request, as Hono does below Node's server. */
type Fetch = (request: Request, environment: { incoming: Incoming }) => Response | Promise<Response>;

// So many are let in whatever the rate: fewer than a load balancer keeps open must never be refused.
const fewest = 64;

// The one method whose bodies are read here. The end of a body that nobody reads never comes.
const methodOfBodies = 'POST';

// Longer than that nobody should wait for the requests before theirs.
const longestWaitSeconds = 2;

const retryAfterSeconds = 2;
const lookEveryMilliseconds = 1_000;
const logEverySeconds = 10;

const message = `The service is busy. Try again in ${retryAfterSeconds} seconds.`;

// Whoever watches over the process asks these, and they cost nothing.
const neverRefused = /^\/(?:healthz|readyz)(?:\?|$)/;

// Its bytes are always the same: nothing is rendered while there is too much to do.
const page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Please wait a moment</title><h1>Please wait a moment</h1><p>${message} Then reload the page.</p></html>`;

const headers = { 'Retry-After': String(retryAfterSeconds), 'Cache-Control': 'no-store' };

function refusal(path: string): Response {
  const json = (body: object) =>
    new Response(JSON.stringify(body), { status: 503, headers: { ...headers, 'Content-Type': 'application/json' } });
  if (path.startsWith('/graphql')) return json({ errors: [{ message, extensions: { code: 'SERVICE_UNAVAILABLE' } }] });
  if (/^\/(?:oauth\/(?:token|revoke|introspect|userinfo|jwks)|\.well-known)\b/.test(path)) {
    return json({ error: 'temporarily_unavailable', error_description: message });
  }
  return new Response(page, {
    status: 503,
    headers: {
      ...headers,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'X-Content-Type-Options': 'nosniff',
    },
  });
}

/**
 * How many requests may be under way, from the last second's: no more than would be answered in two seconds at its rate, as
 * far as that was the rate of a process that had enough to do throughout (Little's law).
 * @param leastUnderWay the fewest at any moment of that second
 */
export function boundAfter(most: number, leastUnderWay: number, answered: number): number {
  const few = Math.min(fewest, most);
  if (leastUnderWay < few) return most;
  return Math.min(most, Math.max(few, answered * longestWaitSeconds));
}

/**
 * Lets requests in while fewer than the bound are under way.
 * @param most the bound when nothing else is known (LATCHKEY_MAX_IN_FLIGHT)
 * @returns `fetch` to serve with, and how to stop counting
 */
export function shedding(fetch: Fetch, most: number, log: Pick<Logger, 'warn'>): { fetch: Fetch; stop(): void } {
  let bound = most;
  let underWay = 0;
  let leastUnderWay = 0;
  let answered = 0;
  let refused = 0;
  let seconds = 0;

  const timer = setInterval(() => {
    bound = boundAfter(most, leastUnderWay, answered);
    leastUnderWay = underWay;
    answered = 0;
    seconds += 1;
    if (seconds % logEverySeconds !== 0 || refused === 0) return;
    log.warn({ refused, underWay, bound, seconds: logEverySeconds }, 'too much at once: requests were refused');
    refused = 0;
  }, lookEveryMilliseconds).unref();

  // What is answered without ever waiting, as most is on SQLite, is never under way together with anything else. Yet all that
  // came in the same turn of the event loop wait for each other: so each counts until the turn is over.
  let endingWithTurn = 0;
  function endWithTurn(): void {
    if (endingWithTurn === 0) setImmediate(endTurn);
    endingWithTurn += 1;
  }
  function endTurn(): void {
    answered += endingWithTurn;
    underWay -= endingWithTurn;
    endingWithTurn = 0;
    leastUnderWay = Math.min(leastUnderWay, underWay);
  }

  /**
   * Counts from when the body has come, so that nobody takes places by sending one slowly; without one to wait for, at once.
   * @returns to call when answered
   */
  function begin(incoming: Incoming): () => void {
    let counted = false;
    let ended = false;
    const count = () => {
      if (ended) return;
      counted = true;
      underWay += 1;
    };
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = incoming.headers;
    const hasBody = encoding !== undefined || Number(length) !== 0;
    if (hasBody && incoming.method === methodOfBodies) incoming.once('end', count);
    else count();
    return () => {
      ended = true;
      // What was refused before its body had come was no work, and says nothing of how much can be done.
      if (counted) endWithTurn();
    };
  }

  return {
    async fetch(request, environment) {
      const { incoming } = environment;
      const path = incoming.url ?? '/';
      if (underWay >= bound && !neverRefused.test(path)) {
        refused += 1;
        return refusal(path);
      }
      const end = begin(incoming);
      try {
        return await fetch(request, environment);
      } finally {
        end();
      }
    },
    stop: () => clearInterval(timer),
  };
}
