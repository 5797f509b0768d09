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

// The types have to be said: they are not seen through a SELECT.
const insertWhenUsed = `INSERT INTO "RefreshToken" ${columns}
  SELECT ?, ?, ?, ?::timestamp(3), ?::timestamp(3) FROM used`;

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
  };
}

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
  };
}

/** Builds the writing half over a connected database. */
export function createHotWrites(driver: Driver): HotWrites {
  return driver.provider === 'postgresql' ? onPostgresql(driver) : onSqlite(driver);
}
