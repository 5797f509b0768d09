// Counting failures in the database, for all processes alike; and what callers of the GraphQL API spend, in memory.
import { RateLimiterMemory, RateLimiterPrisma, RateLimiterRes } from 'rate-limiter-flexible';
import type { Db } from '../db/client.js';
import type { Budget, Clock, Throttle, Throttles } from '../deps.js';
import { RateLimitedError, ThrottledError } from '../lib/errors.js';

interface Limit {
  readonly name: string;
  readonly failures: number;
  readonly withinSeconds: number;
}

function createThrottle(db: Db, limit: Limit): Throttle {
  const limiter = new RateLimiterPrisma({
    storeClient: db,
    tableName: 'rateLimiterFlexible',
    keyPrefix: limit.name,
    points: limit.failures,
    duration: limit.withinSeconds,
    // maintenance.ts does that, with everything else that is over.
    clearExpiredByTimeout: false,
  });
  return {
    async check(key) {
      const state = await limiter.get(key);
      if (state && state.consumedPoints >= limit.failures) {
        throw new ThrottledError(Math.max(1, Math.ceil(state.msBeforeNext / 1000)));
      }
    },
    async fail(key) {
      // `penalty` counts past the limit too, where `consume` would throw.
      await limiter.penalty(key);
    },
    async forgive(key) {
      await limiter.delete(key);
    },
  };
}

/** Builds the throttles that the services are given. */
export function createThrottles(db: Db): Throttles {
  return {
    clientSecret: createThrottle(db, { name: 'client-secret', failures: 10, withinSeconds: 300 }),
    signIn: createThrottle(db, { name: 'sign-in', failures: 10, withinSeconds: 900 }),
    // Generous, since anybody can fail on purpose in somebody's name.
    signInByEmail: createThrottle(db, { name: 'sign-in-email', failures: 100, withinSeconds: 3600 }),
    signInByAddress: createThrottle(db, { name: 'sign-in-address', failures: 100, withinSeconds: 900 }),
    invitation: createThrottle(db, { name: 'invitation', failures: 100, withinSeconds: 3600 }),
    resentInvitation: createThrottle(db, { name: 'invitation-again', failures: 5, withinSeconds: 3600 }),
    waitingRequest: createThrottle(db, { name: 'waiting-request', failures: 10_000, withinSeconds: 3600 }),
    resetRequests: createThrottle(db, { name: 'reset-request', failures: 30, withinSeconds: 900 }),
    resetLinks: createThrottle(db, { name: 'reset-link', failures: 100, withinSeconds: 900 }),
  };
}

/**
 * Builds the budget of GraphQL callers.
 * @param limit points that each may spend in a minute
 */
export function createBudget(limit: number, clock: Clock): Budget {
  const limiter = new RateLimiterMemory({ points: limit, duration: 60 });
  return {
    async spend(key, points) {
      try {
        const { remainingPoints, msBeforeNext } = await limiter.consume(key, points);
        return { limit, remaining: remainingPoints, resetAt: new Date(clock().getTime() + msBeforeNext) };
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        throw new RateLimitedError(limit, Math.max(1, Math.ceil(error.msBeforeNext / 1000)));
      }
    },
  };
}
