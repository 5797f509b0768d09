// The writing half of the hot paths on PostgreSQL: each write is one statement, which is a transaction by itself and one journey,
// and serves all who ask in one turn of the event loop. Who asks for the same at once is told apart by the place in the list.
import { gathering } from './gather.js';
import { mostTogether, type Send } from './postgresql.js';
import type { HotWrites, NewRefreshToken, NewSignIn, UsedRefreshToken } from './writes.js';

const moment = 'timestamp(3)';

/**
 * The rows that are asked for, of which there are few: PostgreSQL, which would expect a hundred, is told so by LIMIT and looks
 * them up by index.
 * @param columns with their types
 */
function asked(columns: Readonly<Record<string, string>>): string {
  const types = Object.entries(columns).map(([name, type]) => `"${name}" ${type}`);
  const names = Object.keys(columns).map((name) => `"${name}"`);
  return `asked AS MATERIALIZED (SELECT * FROM ROWS FROM (json_to_recordset($1::json) AS (${types.join(', ')}))
    WITH ORDINALITY AS rows(${names.join(', ')}, "place") LIMIT ${mostTogether})`;
}

const tokenColumns = '("id", "familyId", "hash", "createdAt", "expiresAt")';
const tokenTypes = { familyId: 'text', hash: 'text', createdAt: moment, expiresAt: moment };

const useCodes = `WITH ${asked({ id: 'text', usedAt: moment, tokenId: 'text', ...tokenTypes })},
  used AS (UPDATE "AuthorizationCode" c SET "usedAt" = a."usedAt" FROM asked a
    WHERE c."id" = a."id" AND c."usedAt" IS NULL RETURNING a."place"),
  given AS (INSERT INTO "RefreshToken" ${tokenColumns}
    SELECT a."tokenId", a."familyId", a."hash", a."createdAt", a."expiresAt"
    FROM asked a JOIN used USING ("place") WHERE a."tokenId" IS NOT NULL)
  SELECT "place" FROM used`;

const rotate = `WITH ${asked({ id: 'text', usedAt: moment, sealedSuccessor: 'text', tokenId: 'text', ...tokenTypes })},
  used AS (UPDATE "RefreshToken" t
    SET "usedAt" = a."usedAt", "sealedSuccessor" = a."sealedSuccessor", "successorId" = a."tokenId" FROM asked a
    WHERE t."id" = a."id" AND t."usedAt" IS NULL RETURNING a."place", t."id"),
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
const listed = (columns: object, of = '') =>
  Object.keys(columns)
    .map((name) => `${of}"${name}"`)
    .join(', ');

// Each step only where the one before it found its row, which also sets the order in which rows are locked.
const storeSignIns = `WITH ${asked({
  ...familyColumns,
  ...codeColumns,
  familyId: 'text',
  codeId: 'text',
  codeCreatedAt: moment,
  codeExpiresAt: moment,
  requestId: 'text',
})},
  living AS (SELECT a.* FROM asked a JOIN "Session" s ON s."id" = a."sessionId" WHERE s."endedAt" IS NULL FOR SHARE OF s),
  standing AS (SELECT a.* FROM living a JOIN "Consent" k ON k."id" = a."consentId" WHERE k."revokedAt" IS NULL FOR SHARE OF k),
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
    ...used,
    tokenId,
    ...token,
  }));
  const storeOne = together<Storing>(storeSignIns, ({ signIn, requestId }) => {
    const { id: familyId, ...family } = signIn.family;
    const { id: codeId, createdAt: codeCreatedAt, expiresAt: codeExpiresAt, ...code } = signIn.code;
    return { ...family, ...code, familyId, codeId, codeCreatedAt, codeExpiresAt, requestId };
  });

  return {
    redeemCode: (id, usedAt, given) => redeem({ id, usedAt, given }),
    rotateRefreshToken: (used, successor) => rotateOne({ used, successor }),
    storeSignIn: (signIn, requestId) => storeOne({ signIn, requestId }),
  };
}
