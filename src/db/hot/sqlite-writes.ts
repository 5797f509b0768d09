// The writing half of the hot paths on SQLite: all who ask in one turn of the event loop share one transaction, and so one wait for
// the disk. Nobody else writes meanwhile, so looking is as good as locking.
import { gathering } from './gather.js';
import { mostTogether, type SqliteConnection, type SqliteTransaction, type Value } from './sqlite.js';
import type { HotWrites, NewRefreshToken, NewSignIn } from './writes.js';

/** Waits until no transaction of this process is open, and does the work before another can be. */
export type Alone = <T>(work: () => T) => Promise<T>;

const useCode = 'UPDATE "AuthorizationCode" SET "usedAt" = ? WHERE "id" = ? AND "usedAt" IS NULL';
const useRefreshToken = `UPDATE "RefreshToken" SET "usedAt" = ?, "sealedSuccessor" = ?, "successorId" = ?
  WHERE "id" = ? AND "usedAt" IS NULL`;
const eraseSeal =
  'UPDATE "RefreshToken" SET "sealedSuccessor" = NULL WHERE "successorId" = ? AND "sealedSuccessor" IS NOT NULL';
const insertToken =
  'INSERT INTO "RefreshToken" ("id", "familyId", "hash", "createdAt", "expiresAt") VALUES (?, ?, ?, ?, ?)';
const valuesOf = (token: NewRefreshToken): Value[] => [
  token.id,
  token.familyId,
  token.hash,
  token.createdAt,
  token.expiresAt,
];

const livingSession = 'SELECT 1 FROM "Session" WHERE "id" = ? AND "endedAt" IS NULL';
const standingConsent = 'SELECT 1 FROM "Consent" WHERE "id" = ? AND "revokedAt" IS NULL';
const insertFamily = (
  waiting: boolean,
) => `INSERT INTO "TokenFamily" ("id", "consentId", "sessionId", "scopes", "resource",
    "requestedClaims", "authenticatedAt", "methods", "createdAt", "expiresAt")
  SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE EXISTS (${livingSession}) AND EXISTS (${standingConsent})
  ${waiting ? 'AND EXISTS (SELECT 1 FROM "AuthorizationRequest" WHERE "id" = ?)' : ''}`;
const insertFamilyAtOnce = insertFamily(false);
const insertFamilyOfWaiting = insertFamily(true);
const takeRequest = 'DELETE FROM "AuthorizationRequest" WHERE "id" = ?';
const insertCode = `INSERT INTO "AuthorizationCode" ("id", "familyId", "hash", "redirectUri", "redirectUriRequired",
  "codeChallenge", "nonce", "createdAt", "expiresAt") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const valuesOfFamily = ({ family }: NewSignIn): Value[] => [
  family.id,
  family.consentId,
  family.sessionId,
  family.scopes,
  family.resource,
  family.requestedClaims,
  family.authenticatedAt,
  family.methods,
  family.createdAt,
  family.expiresAt,
];
const valuesOfCode = ({ family, code }: NewSignIn): Value[] => [
  code.id,
  family.id,
  code.hash,
  code.redirectUri,
  code.redirectUriRequired,
  code.codeChallenge,
  code.nonce,
  code.createdAt,
  code.expiresAt,
];

/** One write inside a transaction. @returns false when it found nothing to do, and changed nothing */
type Write = (tx: SqliteTransaction) => boolean;

/** Builds the writing half. */
export function createSqliteWrites({ transaction }: Pick<SqliteConnection, 'transaction'>, alone: Alone): HotWrites {
  const write = gathering<Write, boolean>(mostTogether, (writes) =>
    alone(() => transaction((tx) => writes.map((each) => each(tx)))),
  );
  return {
    redeemCode: (id, usedAt, given) =>
      write((tx) => {
        if (tx.change(useCode, [usedAt, id]) !== 1) return false;
        if (given !== null) tx.change(insertToken, valuesOf(given));
        return true;
      }),
    rotateRefreshToken: (used, successor) =>
      write((tx) => {
        const values = [used.usedAt, used.sealedSuccessor, successor.id, used.id];
        if (tx.change(useRefreshToken, values) !== 1) return false;
        tx.change(insertToken, valuesOf(successor));
        tx.change(eraseSeal, [used.id]);
        return true;
      }),
    storeSignIn: (signIn, requestId) =>
      write((tx) => {
        const { sessionId, consentId } = signIn.family;
        const waiting = requestId === null ? [] : [requestId];
        const values = [...valuesOfFamily(signIn), sessionId, consentId, ...waiting];
        if (tx.change(requestId === null ? insertFamilyAtOnce : insertFamilyOfWaiting, values) !== 1) return false;
        if (requestId !== null) tx.change(takeRequest, [requestId]);
        tx.change(insertCode, valuesOfCode(signIn));
        return true;
      }),
  };
}
