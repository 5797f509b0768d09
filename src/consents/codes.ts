// Authorization codes: made with their family, claimed once. The order of checks at the token endpoint is in
// oauth/token/authorization-code.ts.
import { retrying } from '../db/client.js';
import type { Deps } from '../deps.js';
import { sha256 } from '../lib/crypto.js';
import { later } from '../lib/seconds.js';
import { createToken, isToken } from '../lib/secret-format.js';
import { familyRow, type NewFamily } from './families.js';
import type { NewRefreshToken } from './refresh-tokens.js';

const codeSeconds = 60;

export interface NewCode {
  readonly redirectUri: string;
  readonly redirectUriRequired: boolean;
  readonly codeChallenge: string | null;
  readonly nonce: string | null;
}

/**
 * Stores a sign-in with its code, while its session lives and its consent stands; the request that waited for it is answered by that.
 * @param requestId null when it did not wait
 * @returns the code in clear, for the redirect and nowhere else; null when session, consent or request was over
 */
export async function issueCode(
  deps: Pick<Deps, 'hotPaths' | 'clock' | 'newId' | 'randomBytes'>,
  family: NewFamily,
  code: NewCode,
  requestId: string | null,
): Promise<string | null> {
  const clear = createToken('lkc', deps.randomBytes);
  const createdAt = deps.clock();
  const signIn = {
    family: familyRow(deps, family),
    code: {
      id: deps.newId('authorizationCode'),
      hash: sha256(clear),
      ...code,
      createdAt,
      expiresAt: later(createdAt, codeSeconds),
    },
  };
  return (await retrying(() => deps.hotPaths.storeSignIn(signIn, requestId))) ? clear : null;
}

/** The hash that a presented code is found by; null for what is no code of ours. */
export function hashOfCode(code: string): string | null {
  return isToken('lkc', code) ? sha256(code) : null;
}

/**
 * Takes a code for the one redemption that it allows, and stores the refresh token that it gives.
 * @param given null when it gives none, as when it is only to be dead from now on
 * @returns true for exactly one of any number of callers
 */
export async function redeemCode(
  deps: Pick<Deps, 'hotPaths'>,
  id: string,
  now: Date,
  given: NewRefreshToken | null,
): Promise<boolean> {
  return retrying(() => deps.hotPaths.redeemCode(id, now, given?.row ?? null));
}
