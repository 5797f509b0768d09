// Authorization codes: made with their family, claimed once. The order of checks at the token endpoint is in
// oauth/token/authorization-code.ts.
import { retrying, type Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { sha256 } from '../lib/crypto.js';
import { createToken, isToken } from '../lib/secret-format.js';
import { createFamily, type NewFamily } from './families.js';
import type { NewRefreshToken } from './refresh-tokens.js';

const codeSeconds = 60;

export interface NewCode {
  readonly redirectUri: string;
  readonly redirectUriRequired: boolean;
  readonly codeChallenge: string | null;
  readonly nonce: string | null;
}

/** Makes a family and its code. @returns the code in clear, for the redirect and nowhere else */
export async function issueCode(
  tx: Tx,
  deps: Pick<Deps, 'clock' | 'newId' | 'randomBytes'>,
  family: NewFamily,
  code: NewCode,
): Promise<string> {
  const familyId = await createFamily(tx, deps, family);
  const clear = createToken('lkc', deps.randomBytes);
  const now = deps.clock();
  await tx.authorizationCode.create({
    data: {
      id: deps.newId('authorizationCode'),
      familyId,
      hash: sha256(clear),
      ...code,
      createdAt: now,
      expiresAt: new Date(now.getTime() + codeSeconds * 1000),
    },
  });
  return clear;
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
