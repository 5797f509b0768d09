// Refuses requests, early and for next to nothing, when more are under way than can be answered in reasonable time: what is
// let in is answered soon, and once the load is over nothing of it is left to be worked off. It counts in this process alone.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from 'pino';
import { refusalOf } from './refusals.js';
import { turns } from './turns.js';
import { hasBody, underWay } from './under-way.js';

/** Answers a request, as Hono does. */
type Fetch = Parameters<typeof getRequestListener>[0];

// So many are let in whatever the rate: fewer than a load balancer keeps open are not refused because of their number.
const fewest = 64;

// Longer than that nobody should wait for the requests before theirs.
const longestWaitSeconds = 2;

// Who has waited for so long all the same, since the rate fell, has given up or soon will, and is not worked on. Less than what is
// under way may take when the process stops.
const longestInLineSeconds = 7;

const lookEveryMilliseconds = 1_000;
const logEverySeconds = 10;

// Whoever watches over the process asks these, and they cost nothing.
const neverRefused = /^\/(?:healthz|readyz)(?:\?|$)/;

// So long the rest of a body that nobody reads may take: then whoever sends it keeps the connection.
const mostOfBodyMilliseconds = 500;

function closeUnlessRead(incoming: IncomingMessage): void {
  if (!hasBody(incoming) || incoming.complete) return;
  setTimeout(() => {
    if (!incoming.complete) incoming.socket.destroySoon();
  }, mostOfBodyMilliseconds).unref();
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

// Not in a WeakMap, which keeps whatever is under way when garbage is collected until the collection after that.
const end = Symbol('end');

/** A request that is counted, with what is to be called when it is over. */
interface Counted extends IncomingMessage {
  [end]?: (worked: boolean) => void;
}

/** What answers requests, in the two ways in which Node tells of what comes. */
interface Shedding {
  readonly listener: RequestListener;
  /** To call when a connection was accepted. */
  accepted(): void;
  /** Counts no longer. */
  stop(): void;
}

/**
 * Lets requests in while fewer than the bound are under way, and works on them in the order in which they came.
 * @param most the bound when nothing else is known (LATCHKEY_MAX_IN_FLIGHT)
 */
export function shedding(fetch: Fetch, most: number, log: Pick<Logger, 'warn'>): Shedding {
  const requests = underWay();
  const line = turns();
  let bound = most;
  let refused = 0;
  let seconds = 0;

  const timer = setInterval(() => {
    const { least, done, now } = requests.look();
    bound = boundAfter(most, least, done);
    seconds += 1;
    if (seconds % logEverySeconds !== 0 || refused === 0) return;
    log.warn({ refused, underWay: now, bound, seconds: logEverySeconds }, 'too much at once: requests were refused');
    refused = 0;
  }, lookEveryMilliseconds).unref();

  function refuse(incoming: IncomingMessage, outgoing: ServerResponse): void {
    refused += 1;
    const { headers, body } = refusalOf(incoming.url ?? '/');
    const answer = () => {
      outgoing.writeHead(503, headers).end(body);
      closeUnlessRead(incoming);
    };
    // Behind another one of its connection, of which Node reads more for as long as nothing is answered.
    if (outgoing.socket === null) answer();
    else line.refuse(answer);
  }

  const work = getRequestListener(async (request, environment) => {
    try {
      return await fetch(request, environment);
    } finally {
      (environment.incoming as Counted)[end]?.(true);
    }
  });

  return {
    listener(incoming, outgoing) {
      if (neverRefused.test(incoming.url ?? '/')) {
        line.passed();
        void work(incoming, outgoing);
        return;
      }
      // The line for itself: who waits there is not counted while a body that has come was not read.
      if (requests.isAtLeast(bound) || line.waiting() >= bound) {
        refuse(incoming, outgoing);
        return;
      }
      const over = requests.begin(incoming);
      (incoming as Counted)[end] = over;
      line.wait(longestInLineSeconds * 1000, async (found) => {
        if (found === 'its turn' && !incoming.socket.destroyed) await work(incoming, outgoing);
        // Of whoever has gone, and of whoever was answered before the app was asked.
        over(false);
        if (found === 'too long') refuse(incoming, outgoing);
      });
    },
    accepted: line.accepted,
    stop: () => clearInterval(timer),
  };
}
