// The first rows of each of several lists at once. Prisma reads all rows of all of them when it is asked for the first few of each, which
// for the consents of a hundred clients can be millions.
import { type Db, providerOfDatabase } from './client.js';
import { Prisma } from './generated/sqlite/client.js';

/** Lists of rows that belong to somebody, and what a row must be to be in one. */
export interface OwnedRows {
  readonly table: 'Consent' | 'Session';
  readonly owner: 'memberId' | 'clientId';
  /** The column that says when it ended: null in a row of the list. */
  readonly ended: 'revokedAt' | 'endedAt';
  /** Columns that say when it ends: later than now. */
  readonly ends: readonly ('expiresAt' | 'idleExpiresAt')[];
}

/** Which part of each list, by the id. */
export interface Part {
  /** The id that it begins beyond; null for the first. */
  readonly beyond: string | null;
  readonly direction: 'asc' | 'desc';
  readonly take: number;
}

/** SQLite puts no more selections than 500 together. */
const mostTogether = 400;

const column = (name: string) => Prisma.raw(`"${name}"`);

function partOf(rows: OwnedRows, ownerId: string, now: Prisma.Sql, { beyond, direction, take }: Part): Prisma.Sql {
  const isAscending = direction === 'asc';
  const conditions = [
    Prisma.sql`${column(rows.owner)} = ${ownerId}`,
    Prisma.sql`${column(rows.ended)} IS NULL`,
    ...rows.ends.map((end) => Prisma.sql`${column(end)} > ${now}`),
    ...(beyond === null ? [] : [Prisma.sql`"id" ${Prisma.raw(isAscending ? '>' : '<')} ${beyond}`]),
  ];
  const sorted = Prisma.sql`SELECT "id", ${column(rows.owner)} AS "owner" FROM ${column(rows.table)}
    WHERE ${Prisma.join(conditions, ' AND ')} ORDER BY "id" ${Prisma.raw(direction)} LIMIT ${take}`;
  // A selection that is sorted has to be put in brackets, which SQLite takes only in FROM.
  return Prisma.sql`SELECT "id", "owner" FROM (${sorted}) AS "part"`;
}

/**
 * Finds the ids of a part of each list, in one statement for each 400 lists.
 * @returns by the owner's id, in the order of the part; nothing for an empty list
 */
export async function firstOfEach(
  db: Db,
  rows: OwnedRows,
  ownerIds: readonly string[],
  now: Date,
  part: Part,
): Promise<Map<string, string[]>> {
  // SQLite holds moments as text, as Prisma writes them; PostgreSQL without a zone, which is UTC.
  const moment =
    providerOfDatabase(db) === 'sqlite' ? Prisma.sql`${now}` : Prisma.sql`${now.toISOString()}::timestamp(3)`;
  const found = new Map<string, string[]>();
  const owners = [...new Set(ownerIds)];
  for (let start = 0; start < owners.length; start += mostTogether) {
    const parts = owners.slice(start, start + mostTogether).map((ownerId) => partOf(rows, ownerId, moment, part));
    const ids = await db.$queryRaw<{ id: string; owner: string }[]>(Prisma.join(parts, ' UNION ALL '));
    for (const { id, owner } of ids) found.set(owner, [...(found.get(owner) ?? []), id]);
  }
  return found;
}
