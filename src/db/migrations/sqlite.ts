// Migrating a SQLite file: in one transaction, which keeps everybody else from writing.
import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { busyTimeoutMilliseconds, whileBusy } from '../busy.js';
import { prepareSqliteFile, sqlitePath } from '../url.js';
import {
  type AppliedMigration,
  type AppliedRow,
  additiveMarker,
  appliedMigrationsSql,
  asApplied,
  isEmpty,
  type Migration,
  MigrationError,
  migrationFailed,
  planMigrations,
  tellOfNewer,
} from './plan.js';

const migrationsTable = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

function appliedOn(connection: Database): AppliedMigration[] {
  const exists = connection.prepare(`SELECT 1 FROM sqlite_master WHERE name = '_prisma_migrations'`).get();
  if (!exists) return [];
  return asApplied(connection.prepare<[], AppliedRow>(appliedMigrationsSql()).all());
}

/** Reads which migrations a file has run; none when it has no tables. */
export async function readAppliedOnSqlite(url: string): Promise<AppliedMigration[]> {
  const { default: Sqlite } = await import('better-sqlite3');
  const connection = new Sqlite(sqlitePath(url), { timeout: busyTimeoutMilliseconds, fileMustExist: true });
  try {
    return await whileBusy(() => appliedOn(connection));
  } finally {
    connection.close();
  }
}

/**
 * Runs what a file lacks.
 * @param patienceMilliseconds for others that write
 * @param warn told what an operator should know of a database that will do for now
 * @returns what was run, oldest first
 * @throws MigrationError
 */
export async function migrateSqlite(
  url: string,
  migrations: readonly Migration[],
  patienceMilliseconds: number,
  warn: (message: string) => void,
): Promise<readonly Migration[]> {
  const path = prepareSqliteFile(url);
  const { default: Sqlite } = await import('better-sqlite3');
  const connection = new Sqlite(path, { timeout: busyTimeoutMilliseconds });
  const plan = () => planMigrations(migrations, appliedOn(connection));
  try {
    // Looking first spares a start that has nothing to do the write lock.
    const lacking = await whileBusy(plan, patienceMilliseconds);
    tellOfNewer(lacking, warn);
    if (isEmpty(lacking)) return [];
    await whileBusy(() => connection.exec('PRAGMA journal_mode = WAL'), patienceMilliseconds);
    connection.exec('PRAGMA synchronous = FULL');
    // SQLite changes a table by making it anew, during which references to it dangle. Has no effect inside a transaction.
    connection.exec('PRAGMA foreign_keys = OFF');
    await whileBusy(() => connection.exec('BEGIN IMMEDIATE'), patienceMilliseconds);
    try {
      const { pending, unmarked } = plan();
      connection.exec(migrationsTable);
      for (const migration of pending) runOn(connection, migration);
      const mark = connection.prepare('UPDATE "_prisma_migrations" SET "logs" = ? WHERE "migration_name" = ?');
      for (const migration of unmarked) mark.run(additiveMarker, migration.name);
      refuseDangling(connection.prepare<[], { table: string }>('PRAGMA foreign_key_check').all());
      connection.exec('COMMIT');
      return pending;
    } catch (error) {
      if (connection.inTransaction) connection.exec('ROLLBACK');
      throw error;
    }
  } finally {
    connection.close();
  }
}

function runOn(connection: Database, migration: Migration): void {
  const started = Date.now();
  try {
    connection.exec(migration.sql);
  } catch (error) {
    throw migrationFailed(migration, error);
  }
  connection
    .prepare(
      `INSERT INTO "_prisma_migrations"
        ("id", "checksum", "finished_at", "migration_name", "logs", "started_at", "applied_steps_count")
        VALUES (?, ?, ?, ?, ?, ?, 1)`,
    )
    // Prisma's own engine keeps milliseconds since 1970 in these columns.
    .run(
      randomUUID(),
      migration.checksum,
      Date.now(),
      migration.name,
      migration.additive ? additiveMarker : null,
      started,
    );
}

function refuseDangling(rows: readonly { table: string }[]): void {
  if (rows.length === 0) return;
  const tables = [...new Set(rows.map((row) => row.table))].join(', ');
  throw new MigrationError(
    `After the migrations, rows of ${tables} would refer to rows that do not exist. Everything was rolled back; the ` +
      'database is as it was. Run "PRAGMA foreign_key_check" with the sqlite3 command to see whether they are there already.',
  );
}
