// One attempt to sign in: under what it is counted, and where it waits. From a browser that the member signed in with before,
// by that browser alone, so that nobody elsewhere can use up their attempts; from any other, by e-mail address and network.
import type { Throttles } from '../deps.js';
import type { Lane } from '../lib/hasher.js';

export interface SignInAttempt {
  /** Whose turn in the hash queue it is. */
  readonly line: string;
  readonly lane: Lane;
  /** @throws ThrottledError after too many failures */
  check(): Promise<void>;
  fail(): Promise<void>;
  forgive(): Promise<void>;
}

/** What the transport knows of the browser. */
export interface BrowserOfAttempt {
  /** The mark by which the browser is known to be the member's; null for any other. */
  markOf(member: { readonly id: string; readonly passwordHash: string | null }): string | null;
  /** Counts an attempt from a browser that is not known. @throws TooManyRequestsError */
  admitStranger(): void;
}

/** No browser, or one of which nothing is known. */
export const unknownBrowser: BrowserOfAttempt = { markOf: () => null, admitStranger() {} };

/**
 * @param email the hash of the address: what people type into the wrong field is not stored
 * @param mark from `BrowserOfAttempt.markOf`
 */
export function attemptOf(throttles: Throttles, email: string, network: string, mark: string | null): SignInAttempt {
  if (mark !== null) {
    const throttle = throttles.signInByKnownBrowser;
    return {
      line: mark,
      lane: 'known',
      check: () => throttle.check(mark),
      fail: () => throttle.fail(mark),
      forgive: () => throttle.forgive(mark),
    };
  }
  const guess = { at: email, from: network };
  return {
    line: network,
    lane: 'people',
    async check() {
      await throttles.signIn.check(guess);
      await throttles.signInByAddress.check(network);
    },
    async fail() {
      await throttles.signIn.fail(guess);
      await throttles.signInByAddress.fail(network);
    },
    forgive: () => throttles.signIn.forgive(guess),
  };
}
