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
  /**
   * Counts an attempt, whatever comes of it.
   * @param memberId whose browser it is known to be; null for one that is not known
   * @throws TooManyRequestsError
   */
  admit(memberId: string | null): void;
}

/** No browser, or one of which nothing is known. */
export const unknownBrowser: BrowserOfAttempt = { markOf: () => null, admit() {} };

/**
 * @param email the hash of the address: what people type into the wrong field is not stored
 * @param known the member whose browser it is and its mark, from `BrowserOfAttempt.markOf`; null for a browser that is not known
 */
export function attemptOf(
  throttles: Throttles,
  email: string,
  network: string,
  known: { readonly memberId: string; readonly mark: string } | null,
): SignInAttempt {
  if (known !== null) {
    const throttle = throttles.signInByKnownBrowser;
    const { memberId, mark } = known;
    return {
      // Not the mark: whoever signs in with an empty cookie jar gets another one each time.
      line: memberId,
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
