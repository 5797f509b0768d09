// The two ends of a copy: what each database must be before anything is read or written. The copying is copy.ts's part.
import { existsSync, realpathSync } from 'node:fs';
import { busyTimeoutMilliseconds } from '../busy.js';
import { isOpenElsewhere } from '../open-elsewhere.js';
import { ask, connectToPostgresql } from '../pg-client.js';
import { describeDatabase, providerOf, sqlitePath } from '../url.js';
import { quoted } from './rows.js';

/** A copy that cannot be made. The message says why and what to do; no password of a URL is in it. */
export class CopyError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CopyError';
  }
}

/** @throws CopyError when both URLs name one database */
export function requireTwoDatabases(from: string, to: string): void {
  const nameOf = (url: string) => {
    const name = describeDatabase(url);
    const path = name.replace(/^file:/, '');
    return path !== name && existsSync(path) ? `file:${realpathSync(path)}` : name;
  };
  if (nameOf(from) !== nameOf(to)) return;
  throw new CopyError(`Both ends are the same database, ${describeDatabase(to)}. Name an empty one to copy to.`);
}

/** @throws CopyError when a SQLite file to copy from does not exist: opening it would make it */
export function requireSource(url: string): void {
  if (providerOf(url) !== 'sqlite' || existsSync(sqlitePath(url))) return;
  throw new CopyError(`There is no database at ${sqlitePath(url)} to copy from. Check the path.`);
}

const running =
  'Stop it first: what it writes after the copy has begun would be left behind. For a rehearsal, which takes what is there ' +
  'at one moment, add --while-running.';

/**
 * Sees that nobody else has the database open. Sure on SQLite; on PostgreSQL a service without a connection at the moment,
 * which it may be when idle, goes unseen.
 * @throws CopyError
 */
export async function requireUnused(url: string): Promise<void> {
  if (providerOf(url) === 'sqlite') return requireUnusedFile(sqlitePath(url));
  const connection = await connectToPostgresql(url, 'latchkey copy');
  try {
    const [found] = await ask<{ count: number }>(
      connection,
      `SELECT count(*)::int AS "count" FROM pg_catalog.pg_stat_activity
        WHERE datname = current_database() AND application_name = 'latchkey'`,
    );
    const count = found?.count ?? 0;
    if (count > 0) {
      throw new CopyError(
        `Latchkey is running on ${describeDatabase(url)}: it has ${count} connections open. ${running}`,
      );
    }
  } finally {
    await connection.end();
  }
}

async function requireUnusedFile(path: string): Promise<void> {
  if (await isOpenElsewhere(path, busyTimeoutMilliseconds)) {
    throw new CopyError(`Another process, probably Latchkey, has ${path} open. ${running}`);
  }
}

/**
 * Sees that no table has a row, before anything is made or migrated there: a wrong URL must not change somebody's database.
 * @throws CopyError
 */
export async function requireEmpty(url: string): Promise<void> {
  const filled =
    providerOf(url) === 'sqlite' ? await filledTableOfFile(sqlitePath(url)) : await filledTableOfPostgresql(url);
  if (filled !== undefined) throw notEmpty(url, filled);
}

/** The refusal of a database that holds something. */
export function notEmpty(url: string, table: string): CopyError {
  return new CopyError(
    `${describeDatabase(url)} is not empty: its table ${table} has rows. Copy to a new database that nothing was started ` +
      'on; nothing was changed.',
  );
}

async function filledTableOfFile(path: string): Promise<string | undefined> {
  if (!existsSync(path)) return undefined;
  const { default: Database } = await import('better-sqlite3');
  const connection = new Database(path, { timeout: busyTimeoutMilliseconds, fileMustExist: true });
  try {
    const tables = connection
      .prepare<[], { name: string }>(
        `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> '_prisma_migrations'`,
      )
      .all();
    return tables.find(({ name }) => connection.prepare(`SELECT 1 FROM ${quoted(name)} LIMIT 1`).get())?.name;
  } finally {
    connection.close();
  }
}

async function filledTableOfPostgresql(url: string): Promise<string | undefined> {
  const connection = await connectToPostgresql(url, 'latchkey copy');
  try {
    const tables = await ask<{ name: string }>(
      connection,
      `SELECT tablename::text AS "name" FROM pg_catalog.pg_tables
        WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`,
    );
    for (const { name } of tables) {
      const { rowCount } = await connection.query(`SELECT 1 FROM "public".${quoted(name)} LIMIT 1`);
      if (rowCount) return name;
    }
    return undefined;
  } finally {
    await connection.end();
  }
}
