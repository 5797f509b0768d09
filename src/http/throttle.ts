// Counting failures, and what may be done only so often, and when there were too many. Where they are counted is counters.ts;
// requests that did not fail are request-limits.ts.
import type { Allowance, Guess, Throttle, Throttles } from '../deps.js';
import { ThrottledError } from '../lib/errors.js';
import { neighbourhoodOf } from '../lib/network.js';
import type { Count } from '../lib/window-counter.js';
import type { Counters, Rule } from './counters.js';

/** @throws ThrottledError */
function refuse(count: Count): never {
  throw new ThrottledError(Math.max(1, Math.ceil((count.endsAt - Date.now()) / 1000)));
}

function createThrottle(counters: Counters, rule: Rule): Throttle {
  const counter = counters(rule);
  return {
    async check(key) {
      const count = await counter.get(key);
      if (count && count.points >= rule.points) refuse(count);
    },
    async fail(key) {
      await counter.add(key);
    },
    forgive: (key) => counter.delete(key),
  };
}

function createAllowance(counters: Counters, rule: Rule): Allowance {
  const counter = counters(rule);
  return {
    async take(key) {
      const count = await counter.add(key);
      if (count.points > rule.points) refuse(count);
    },
  };
}

interface GuessRules {
  /** Guesses at one secret from one network. */
  readonly pair: Rule;
  /** Guesses at one secret from everywhere: from there on, `strict` holds. */
  readonly secret: Rule;
  /** Guesses at one secret from one neighbourhood, when many guess at it. */
  readonly strict: Rule;
}

/**
 * Counts guesses. However many guess at a secret from elsewhere, a network that has not failed is not refused: whoever could
 * lock a secret by guessing could keep its owner out. What many networks together may try is a few times each.
 */
function createGuessThrottle(counters: Counters, rules: GuessRules): Throttle<Guess> {
  const [pair, secret, strict] = [counters(rules.pair), counters(rules.secret), counters(rules.strict)];
  const pairOf = ({ at, from }: Guess) => `${at} ${from}`;
  const strictOf = ({ at, from }: Guess) => `${at} ${neighbourhoodOf(from)}`;
  return {
    async check(guess) {
      const byPair = await pair.get(pairOf(guess));
      if (byPair && byPair.points >= rules.pair.points) refuse(byPair);
      const bySecret = await secret.get(guess.at);
      if (!bySecret || bySecret.points < rules.secret.points) return;
      const strictly = await strict.get(strictOf(guess));
      if (strictly && strictly.points >= rules.strict.points) refuse(strictly);
    },
    async fail(guess) {
      await pair.add(pairOf(guess));
      const { points } = await secret.add(guess.at);
      // What was mistyped before anybody attacked is not held against a neighbourhood.
      if (points > rules.secret.points) await strict.add(strictOf(guess));
    },
    async forgive(guess) {
      await pair.delete(pairOf(guess));
      await strict.delete(strictOf(guess));
    },
  };
}

const minutes = 60;

/** Builds the throttles that the services are given. */
export function createThrottles(counters: Counters): Throttles {
  const throttle = (name: string, points: number, seconds: number) =>
    createThrottle(counters, { name, points, seconds });
  const allowance = (name: string, points: number, seconds: number) =>
    createAllowance(counters, { name, points, seconds });
  return {
    clientSecret: createGuessThrottle(counters, {
      pair: { name: 'client-secret', points: 10, seconds: 5 * minutes },
      secret: { name: 'client-secret-all', points: 50, seconds: 5 * minutes },
      strict: { name: 'client-secret-strict', points: 1, seconds: 5 * minutes },
    }),
    signIn: createGuessThrottle(counters, {
      pair: { name: 'sign-in', points: 10, seconds: 15 * minutes },
      secret: { name: 'sign-in-email', points: 30, seconds: 60 * minutes },
      strict: { name: 'sign-in-strict', points: 3, seconds: 60 * minutes },
    }),
    signInByAddress: throttle('sign-in-address', 100, 15 * minutes),
    signInByKnownBrowser: throttle('sign-in-known', 10, 15 * minutes),
    invitation: allowance('invitation', 100, 60 * minutes),
    resentInvitation: allowance('invitation-again', 5, 60 * minutes),
    resetRequests: allowance('reset-request', 30, 15 * minutes),
    resetLinks: throttle('reset-link', 100, 15 * minutes),
    emailLinks: allowance('email-link', 30, 15 * minutes),
    dataExports: allowance('data-export', 10, 60 * minutes),
  };
}
