// The writing half of the hot paths on PostgreSQL: each write is one statement, which is a transaction by itself and one journey,
// and serves all who ask in one turn of the event loop. Who asks for the same at once is told apart by the place in the list.
import { gathering } from './gather.js';
import { mostTogether, type Send } from './postgresql.js';
import type { HotWrites, NewRefreshToken, NewSignIn, UsedRefreshToken } from './writes.js';

const moment = 'timestamp(3)';

/**
 * The rows that are asked for. Of a range that it knows nothing of PostgreSQL expects few, and so looks rows up by index, also
 * with a plan that it made when its tables were empty.
 * @param columns with their types
 * @param lockedBy in whose order rows are locked, the same for all groups of all processes, so that no two wait for each other
 */
function asked(columns: Readonly<Record<string, string>>, lockedBy: string): string {
  const types = Object.entries(columns).map(([name, type]) => `"${name}" ${type}`);
  const names = Object.keys(columns).map((name) => `"${name}"`);
  return `asked AS MATERIALIZED (SELECT * FROM ROWS FROM (json_to_recordset($1::json) AS (${types.join(', ')}))
    WITH ORDINALITY AS rows(${names.join(', ')}, "place")
    WHERE "place" BETWEEN 1 AND ${mostTogether} ORDER BY "${lockedBy}")`;
}

/**
 * Those whose row is not used, as the row is once it is locked: whoever waited for it sees its use. Looked for by its id alone, and
 * judged then: of a condition beside it PostgreSQL would think that reading a small table as a whole is quicker.
 */
function lockedUnused(table: string): string {
  return `locked AS (SELECT a.*, r."usedAt" AS "before" FROM asked a JOIN "${table}" r ON r."id" = a."id" FOR UPDATE OF r),
  unused AS (SELECT * FROM locked WHERE "before" IS NULL)`;
}

const tokenColumns = '("id", "familyId", "hash", "createdAt", "expiresAt")';
const tokenTypes = { familyId: 'text', hash: 'text', createdAt: moment, expiresAt: moment };

const useCodes = `WITH ${asked({ id: 'text', usedAt: moment, tokenId: 'text', ...tokenTypes }, 'id')},
  ${lockedUnused('AuthorizationCode')},
  used AS (UPDATE "AuthorizationCode" c SET "usedAt" = a."usedAt" FROM unused a WHERE c."id" = a."id"
    RETURNING a."place"),
  given AS (INSERT INTO "RefreshToken" ${tokenColumns}
    SELECT a."tokenId", a."familyId", a."hash", a."createdAt", a."expiresAt"
    FROM asked a JOIN used USING ("place") WHERE a."tokenId" IS NOT NULL)
  SELECT "place" FROM used`;

const rotate = `WITH ${asked({ id: 'text', usedAt: moment, sealedSuccessor: 'text', tokenId: 'text', ...tokenTypes }, 'id')},
  ${lockedUnused('RefreshToken')},
  used AS (UPDATE "RefreshToken" t
    SET "usedAt" = a."usedAt", "sealedSuccessor" = a."sealedSuccessor", "successorId" = a."tokenId" FROM unused a
    WHERE t."id" = a."id" RETURNING a."place", t."id"),
  given AS (INSERT INTO "RefreshToken" ${tokenColumns}
    SELECT a."tokenId", a."familyId", a."hash", a."createdAt", a."expiresAt" FROM asked a JOIN used USING ("place")),
  erased AS (UPDATE "RefreshToken" t SET "sealedSuccessor" = NULL FROM used
    WHERE t."successorId" = used."id" AND t."sealedSuccessor" IS NOT NULL)
  SELECT "place" FROM used`;

const familyColumns = {
  consentId: 'text',
  sessionId: 'text',
  scopes: 'text',
  resource: 'text',
  requestedClaims: 'text',
  authenticatedAt: moment,
  methods: 'text',
  createdAt: moment,
  expiresAt: moment,
};
const codeColumns = {
  hash: 'text',
  redirectUri: 'text',
  redirectUriRequired: 'boolean',
  codeChallenge: 'text',
  nonce: 'text',
};
const listed = (columns: object) =>
  Object.keys(columns)
    .map((name) => `"${name}"`)
    .join(', ');
const signInTypes = {
  ...familyColumns,
  ...codeColumns,
  familyId: 'text',
  codeId: 'text',
  codeCreatedAt: moment,
  codeExpiresAt: moment,
  requestId: 'text',
};

// Each step only where the one before it found its row. All sessions are locked, then all consents, each kind in the order of ids:
// whoever writes many of them, as the last uses are, takes them in that order as well.
const storeSignIns = `WITH ${asked(signInTypes, 'sessionId')},
  found AS (SELECT a.*, s."endedAt" FROM asked a JOIN "Session" s ON s."id" = a."sessionId" FOR SHARE OF s),
  living AS (SELECT * FROM found WHERE "endedAt" IS NULL ORDER BY "consentId"),
  allowed AS (SELECT a.*, k."revokedAt" FROM living a JOIN "Consent" k ON k."id" = a."consentId" FOR SHARE OF k),
  standing AS (SELECT * FROM allowed WHERE "revokedAt" IS NULL),
  taken AS (DELETE FROM "AuthorizationRequest" r USING standing a WHERE r."id" = a."requestId" RETURNING a."place"),
  ready AS (SELECT a.* FROM standing a WHERE a."requestId" IS NULL OR a."place" IN (SELECT "place" FROM taken)),
  family AS (INSERT INTO "TokenFamily" ("id", ${listed(familyColumns)}) SELECT "familyId", ${listed(familyColumns)} FROM ready),
  code AS (INSERT INTO "AuthorizationCode" ("id", "familyId", "createdAt", "expiresAt", ${listed(codeColumns)})
    SELECT "codeId", "familyId", "codeCreatedAt", "codeExpiresAt", ${listed(codeColumns)} FROM ready)
  SELECT "place" FROM ready`;

interface Redemption {
  readonly id: string;
  readonly usedAt: Date;
  readonly given: NewRefreshToken | null;
}

interface Rotating {
  readonly used: UsedRefreshToken;
  readonly successor: NewRefreshToken;
}

interface Storing {
  readonly signIn: NewSignIn;
  readonly requestId: string | null;
}

/** Builds the writing half over what sends. */
export function createPostgresqlWrites(send: Send): HotWrites {
  /** Asks for all of a group with one statement, which gives the places of those that were done. */
  const together = <Item>(sql: string, rowOf: (item: Item) => object) =>
    gathering<Item, boolean>(mostTogether, async (items) => {
      const places = new Set((await send(sql, items.map(rowOf))).map(([place]) => Number(place)));
      return items.map((_, index) => places.has(index + 1));
    });

  const redeem = together<Redemption>(useCodes, ({ id, usedAt, given }) => {
    const { id: tokenId, ...token } = given ?? { id: null };
    return { id, usedAt, tokenId, ...token };
  });
  const rotateOne = together<Rotating>(rotate, ({ used, successor: { id: tokenId, ...token } }) => ({
    tokenId,
    ...used,
    ...token,
  }));
  const storeOne = together<Storing>(storeSignIns, ({ signIn, requestId }) => {
    const { id: familyId, ...family } = signIn.family;
    const { id: codeId, createdAt: codeCreatedAt, expiresAt: codeExpiresAt, ...code } = signIn.code;
    return { familyId, codeId, codeCreatedAt, codeExpiresAt, requestId, ...family, ...code };
  });

  return {
    redeemCode: (id, usedAt, given) => redeem({ id, usedAt, given }),
    rotateRefreshToken: (used, successor) => rotateOne({ used, successor }),
    storeSignIn: (signIn, requestId) => storeOne({ signIn, requestId }),
  };
}
