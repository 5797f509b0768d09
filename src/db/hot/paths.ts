// What is sent past Prisma's engine: through it, an answer of the token, userinfo or introspection endpoint cost ten times what
// signing it does (docs/performance.md). Alike on both databases (test/db/hot-reads.test.ts, hot-writes.test.ts). All else goes
// through Prisma.
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import { readingTogether, sendingOver } from './postgresql.js';
import { createPostgresqlWrites } from './postgresql-writes.js';
import { createHotReads, type HotReads } from './reads.js';
import type { SqliteConnection } from './sqlite.js';
import { type Alone, createSqliteWrites } from './sqlite-writes.js';
import type { HotWrites } from './writes.js';

export type HotPaths = HotReads & HotWrites;

/**
 * Builds the hot paths over PostgreSQL.
 * @param adapter the one that Prisma has
 * @param onQuery called with each statement
 */
export function hotPathsOnPostgresql(
  adapter: Pick<SqlDriverAdapter, 'queryRaw'>,
  onQuery?: (sql: string) => void,
): HotPaths {
  const send = sendingOver(adapter, onQuery);
  return { ...createHotReads(readingTogether(send), 'postgresql'), ...createPostgresqlWrites(send) };
}

/** Builds the hot paths over a connection to SQLite of their own. */
export function hotPathsOnSqlite(connection: SqliteConnection, alone: Alone): HotPaths {
  return { ...createHotReads(connection.readRow, 'sqlite'), ...createSqliteWrites(connection, alone) };
}
