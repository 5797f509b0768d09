// Authorization codes: made with their family, claimed once. The order of checks at the token endpoint is in
// oauth/token/authorization-code.ts.
import { type Db, retrying, type Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { sha256 } from '../lib/crypto.js';
import { createToken, isToken } from '../lib/secret-format.js';
import { createFamily, familyWithParties, isWhole, type NewFamily } from './families.js';

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

/** Finds a presented code with all that it is bound to, used or not. @returns null when we did not make it */
export async function findCode(db: Db, code: string) {
  if (!isToken('lkc', code)) return null;
  const found = await db.authorizationCode.findUnique({
    where: { hash: sha256(code) },
    include: { family: { include: familyWithParties } },
  });
  return found?.family && isWhole(found.family) ? found : null;
}

/** Takes a code for the one redemption that it allows. @returns true for exactly one of any number of callers */
export async function claimCode(db: Db, id: string, now: Date): Promise<boolean> {
  const claim = () => db.authorizationCode.updateMany({ where: { id, usedAt: null }, data: { usedAt: now } });
  const { count } = await retrying(claim);
  return count === 1;
}
