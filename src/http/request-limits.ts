// How many requests are answered, whatever comes of them: what a flood may cost. Counted so that no answer waits for it
// (shared-counting.ts). Failed attempts, for which everybody waits to know all, are throttle.ts.
import type { Context } from 'hono';
import type { Budget, Clock, RequestLimit, RequestLimits, RequestsLeft } from '../deps.js';
import { RateLimitedError, TooManyRequestsError } from '../lib/errors.js';
import { networkOf } from '../lib/network.js';
import { createWindowCounter } from '../lib/window-counter.js';
import { noteHeader } from './answers.js';
import type { Environment } from './environment.js';
import type { SharedCounter, SharedCounting } from './shared-counting.js';

interface Row {
  readonly key: 'network' | 'client' | 'member';
  readonly points: number;
  readonly seconds: number;
  readonly why: string;
}

/** Every limit, as docs/operations.md shows them. A network is an IPv4 address, or a /64 of IPv6. */
export const requestLimits: Readonly<Record<keyof RequestLimits, Row>> = {
  'sign-in': {
    key: 'network',
    points: 300,
    seconds: 60,
    why: 'Each sign-in may take an argon2. In a browser that the member signed in with before it is counted, but not refused.',
  },
  'sign-in-known': {
    key: 'member',
    points: 60,
    seconds: 60,
    why: 'Sign-ins in browsers that the member signed in with before, right passwords as well as wrong ones: all such browsers of a member together.',
  },
  link: {
    key: 'network',
    points: 120,
    seconds: 60,
    why: 'Asking for a link by e-mail and using one: messages, database rows and an argon2 each.',
  },
  authorize: {
    key: 'network',
    points: 10_000,
    seconds: 3600,
    why: 'Without a session, each authorization request is a database row for an hour.',
  },
  unproven: {
    key: 'network',
    points: 6000,
    seconds: 60,
    why: 'Requests to token, introspection, revocation and userinfo that fail to prove who sends them. Those that prove it are not refused by this.',
  },
  client: {
    key: 'client',
    points: 600_000,
    seconds: 60,
    why: 'Token, introspection and revocation requests of one client together: a guard against scripts gone wild, above what one process does.',
  },
  anonymous: {
    key: 'network',
    points: 6000,
    seconds: 60,
    why: 'GraphQL requests of callers who are not signed in, or whose token is not valid.',
  },
};

function createRequestLimit(
  name: string,
  limit: number,
  seconds: number,
  counter: SharedCounter,
  clock: Clock,
): RequestLimit {
  return {
    take(key) {
      const count = counter.add(key, 1);
      const resetSeconds = Math.max(1, Math.ceil((count.endsAt - clock().getTime()) / 1000));
      const remaining = Math.max(0, limit - count.points);
      return { name, limit, seconds, remaining, resetSeconds, isOver: count.points > limit };
    },
  };
}

const unlimited: RequestLimit = { take: () => null };

/**
 * Builds the limits.
 * @param factor LATCHKEY_RATE_LIMIT_FACTOR: what each is multiplied by; 0 switches them off
 * @param sharing counts all of them but `client`, which guards a process
 */
export function createRequestLimits(factor: number, clock: Clock, sharing: SharedCounting): RequestLimits {
  const entries = Object.entries(requestLimits).map(([name, { points, seconds, key }]) => {
    if (factor === 0) return [name, unlimited] as const;
    const limit = Math.max(1, Math.round(points * factor));
    const rule = { name: `requests-${name}`, points: limit, seconds };
    const counter = key === 'client' ? createWindowCounter(seconds, () => clock().getTime()) : sharing.counter(rule);
    return [name, createRequestLimit(name, limit, seconds, counter, clock)] as const;
  });
  return Object.fromEntries(entries) as Record<keyof RequestLimits, RequestLimit>;
}

/** The headers that say what is left (draft-ietf-httpapi-ratelimit-headers). */
export function rateLimitHeaders(left: Omit<RequestsLeft, 'isOver'>) {
  const { name, limit, seconds, remaining, resetSeconds } = left;
  return {
    RateLimit: `"${name}";r=${remaining};t=${resetSeconds}`,
    'RateLimit-Policy': `"${name}";q=${limit};w=${seconds}`,
  };
}

/** @throws TooManyRequestsError when it was one too many */
function requireLeft(state: RequestsLeft | null): void {
  if (state?.isOver) throw new TooManyRequestsError(state.resetSeconds);
}

/** Takes a request and says in the answer's headers what is left. */
function takeAndTell(c: Context<Environment>, limit: RequestLimit, key: string): RequestsLeft | null {
  const state = limit.take(key);
  if (state === null) return null;
  const told = rateLimitHeaders(state);
  noteHeader(c, 'ratelimit', told.RateLimit);
  noteHeader(c, 'ratelimit-policy', told['RateLimit-Policy']);
  return state;
}

/**
 * Takes a request of a client's and says in the answer's headers what is left.
 * @throws TooManyRequestsError
 */
export function limitClient(c: Context<Environment>, limits: RequestLimits, clientRowId: string): void {
  requireLeft(takeAndTell(c, limits.client, clientRowId));
}

/**
 * Takes a request from a limit by the network that it comes from, and says in the answer's headers what is left.
 * @throws TooManyRequestsError
 */
export function limitNetwork(c: Context<Environment>, limit: RequestLimit): void {
  requireLeft(takeAndTell(c, limit, networkOf(c.get('ipAddress') ?? '')));
}

/**
 * Counts a sign-in by its network, and says so in the same headers whoever it is: they must not tell whose browser this is. It
 * is refused by the network's limit, or in a browser that is known to be a member's by theirs.
 * @param memberId that member; null for a browser that is not known
 * @throws TooManyRequestsError
 */
export function limitSignIn(c: Context<Environment>, limits: RequestLimits, memberId: string | null): void {
  const byNetwork = takeAndTell(c, limits['sign-in'], networkOf(c.get('ipAddress') ?? ''));
  requireLeft(memberId === null ? byNetwork : limits['sign-in-known'].take(memberId));
}

/**
 * Builds the budget of GraphQL callers.
 * @param limit points that each may spend in a minute
 */
export function createBudget(limit: number, clock: Clock, sharing: SharedCounting): Budget {
  const counter = sharing.counter({ name: 'graphql-points', points: limit, seconds: 60 });
  return {
    async spend(key, points) {
      const count = counter.add(key, points);
      const secondsLeft = Math.max(1, Math.ceil((count.endsAt - clock().getTime()) / 1000));
      if (count.points > limit) throw new RateLimitedError(limit, secondsLeft);
      return { limit, remaining: limit - count.points, resetAt: new Date(count.endsAt) };
    },
  };
}
