// What the token endpoint writes: the use of something that is used once, and what it gives, both or neither. On PostgreSQL one
// statement, which is a transaction by itself and one journey; SQLite has no such statements, and needs no journeys.
import type { Driver, Value } from './driver.js';

/** A refresh token that is to be stored. */
export interface NewRefreshToken {
  readonly id: string;
  readonly familyId: string;
  readonly hash: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** A refresh token that is used up by its successor. */
export interface UsedRefreshToken {
  readonly id: string;
  readonly usedAt: Date;
  /** The successor, sealed for a repeat; null when there is no grace window. */
  readonly sealedSuccessor: string | null;
}

/** A sign-in through a client that is to be stored: its family and the code that the client gets. */
export interface NewSignIn {
  readonly family: {
    readonly id: string;
    readonly consentId: string;
    readonly sessionId: string;
    readonly scopes: string;
    readonly resource: string | null;
    readonly requestedClaims: string | null;
    readonly authenticatedAt: Date;
    readonly methods: string;
    readonly createdAt: Date;
    readonly expiresAt: Date;
  };
  readonly code: {
    readonly id: string;
    readonly hash: string;
    readonly redirectUri: string;
    readonly redirectUriRequired: boolean;
    readonly codeChallenge: string | null;
    readonly nonce: string | null;
    readonly createdAt: Date;
    readonly expiresAt: Date;
  };
}

/** The writing half of the hot paths. */
export interface HotWrites {
  /**
   * Uses a code up and stores the refresh token that it gives, if it gives one.
   * @returns true for exactly one of any number of callers; for the others nothing is stored
   */
  redeemCode(id: string, usedAt: Date, given: NewRefreshToken | null): Promise<boolean>;
  /**
   * Uses a refresh token up and stores its successor. The seal of the token that it had succeeded itself is erased.
   * @returns true for exactly one of any number of callers; for the others nothing is stored
   */
  rotateRefreshToken(used: UsedRefreshToken, successor: NewRefreshToken): Promise<boolean>;
  /**
   * Stores a sign-in while its session lives and its consent stands, and takes the request that waited for it, all or none. Whoever
   * ends the session or takes the consent back at this moment waits, or is seen here; session first, then consent, then request.
   * @param requestId the waiting request; null when it did not wait
   * @returns false when session, consent or request was over: then nothing is stored, and the request stays
   */
  storeSignIn(signIn: NewSignIn, requestId: string | null): Promise<boolean>;
}

const useCode = 'UPDATE "AuthorizationCode" SET "usedAt" = ? WHERE "id" = ? AND "usedAt" IS NULL';
const useRefreshToken = `UPDATE "RefreshToken" SET "usedAt" = ?, "sealedSuccessor" = ?, "successorId" = ?
  WHERE "id" = ? AND "usedAt" IS NULL`;
const eraseSeal =
  'UPDATE "RefreshToken" SET "sealedSuccessor" = NULL WHERE "successorId" = ? AND "sealedSuccessor" IS NOT NULL';
const columns = '("id", "familyId", "hash", "createdAt", "expiresAt")';
const insert = `INSERT INTO "RefreshToken" ${columns} VALUES (?, ?, ?, ?, ?)`;
const valuesOf = (token: NewRefreshToken): Value[] => [
  token.id,
  token.familyId,
  token.hash,
  token.createdAt,
  token.expiresAt,
];

const familyColumns = `("id", "consentId", "sessionId", "scopes", "resource", "requestedClaims", "authenticatedAt", "methods",
  "createdAt", "expiresAt")`;
const codeColumns = `("id", "familyId", "hash", "redirectUri", "redirectUriRequired", "codeChallenge", "nonce", "createdAt",
  "expiresAt")`;
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
const livingSession = 'SELECT "id" FROM "Session" WHERE "id" = ? AND "endedAt" IS NULL';
const standingConsent = 'SELECT "id" FROM "Consent" WHERE "id" = ? AND "revokedAt" IS NULL';
const takeRequest = 'DELETE FROM "AuthorizationRequest" WHERE "id" = ?';

// The types have to be said: they are not seen through a SELECT.
const insertWhenUsed = `INSERT INTO "RefreshToken" ${columns}
  SELECT ?, ?, ?, ?::timestamp(3), ?::timestamp(3) FROM used`;

/** Each step only when the one before it found its row, which also sets the order in which rows are locked. */
const storeSignInWhen = (waited: boolean) => `WITH living AS (${livingSession} FOR SHARE),
  standing AS (${standingConsent} AND EXISTS (SELECT 1 FROM living) FOR SHARE),
  ${waited ? `taken AS (${takeRequest} AND EXISTS (SELECT 1 FROM standing) RETURNING "id"),` : ''}
  family AS (INSERT INTO "TokenFamily" ${familyColumns}
    SELECT ?, ?, ?, ?, ?, ?, ?::timestamp(3), ?, ?::timestamp(3), ?::timestamp(3)
    FROM ${waited ? 'taken' : 'standing'} RETURNING "id")
  INSERT INTO "AuthorizationCode" ${codeColumns}
    SELECT ?, ?, ?, ?, ?, ?, ?, ?::timestamp(3), ?::timestamp(3) FROM family RETURNING "id"`;

function onPostgresql(driver: Driver): HotWrites {
  const wasUsed = async (sql: string, values: readonly Value[]) => (await driver.query(sql, values)).length === 1;
  return {
    redeemCode: async (id, usedAt, given) =>
      given === null
        ? (await driver.execute(useCode, [usedAt, id])) === 1
        : wasUsed(`WITH used AS (${useCode} RETURNING "id"), given AS (${insertWhenUsed}) SELECT "id" FROM used`, [
            usedAt,
            id,
            ...valuesOf(given),
          ]),
    rotateRefreshToken: (used, successor) =>
      wasUsed(
        `WITH used AS (${useRefreshToken} RETURNING "id"), given AS (${insertWhenUsed}),
  erased AS (${eraseSeal} AND EXISTS (SELECT 1 FROM used)) SELECT "id" FROM used`,
        [used.usedAt, used.sealedSuccessor, successor.id, used.id, ...valuesOf(successor), used.id],
      ),
    storeSignIn(signIn, requestId) {
      const { sessionId, consentId } = signIn.family;
      const waiting = requestId === null ? [] : [requestId];
      const values = [sessionId, consentId, ...waiting, ...valuesOfFamily(signIn), ...valuesOfCode(signIn)];
      return wasUsed(storeSignInWhen(requestId !== null), values);
    },
  };
}

// Nobody else writes meanwhile, so looking is as good as locking.
const insertFamilyWhile = (waiting: boolean) => `INSERT INTO "TokenFamily" ${familyColumns}
  SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE EXISTS (${livingSession}) AND EXISTS (${standingConsent})
  ${waiting ? 'AND EXISTS (SELECT 1 FROM "AuthorizationRequest" WHERE "id" = ?)' : ''}`;
const insertCode = `INSERT INTO "AuthorizationCode" ${codeColumns} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

function onSqlite(driver: Driver): HotWrites {
  return {
    redeemCode: (id, usedAt, given) =>
      driver.transaction(async (tx) => {
        if ((await tx.execute(useCode, [usedAt, id])) !== 1) return false;
        if (given !== null) await tx.execute(insert, valuesOf(given));
        return true;
      }),
    rotateRefreshToken: (used, successor) =>
      driver.transaction(async (tx) => {
        const values = [used.usedAt, used.sealedSuccessor, successor.id, used.id];
        if ((await tx.execute(useRefreshToken, values)) !== 1) return false;
        await tx.execute(insert, valuesOf(successor));
        await tx.execute(eraseSeal, [used.id]);
        return true;
      }),
    storeSignIn: (signIn, requestId) =>
      driver.transaction(async (tx) => {
        const { sessionId, consentId } = signIn.family;
        const waiting = requestId === null ? [] : [requestId];
        const values = [...valuesOfFamily(signIn), sessionId, consentId, ...waiting];
        if ((await tx.execute(insertFamilyWhile(requestId !== null), values)) !== 1) return false;
        if (requestId !== null) await tx.execute(takeRequest, [requestId]);
        await tx.execute(insertCode, valuesOfCode(signIn));
        return true;
      }),
  };
}

/** Builds the writing half over a connected database. */
export function createHotWrites(driver: Driver): HotWrites {
  return driver.provider === 'postgresql' ? onPostgresql(driver) : onSqlite(driver);
}
