// Brings a database to this program's version at start: runs the migrations it lacks, all in one transaction, and notes them
// in `_prisma_migrations` as `prisma migrate deploy` does, so that either may be used. Authoring migrations is scripts/migration-new.mjs's part.
//
// Two rules for migrations follow from the single transaction: no CREATE INDEX CONCURRENTLY, and a value added to a
// PostgreSQL enum cannot be used before the next release.
import { randomUUID } from 'node:crypto';
import { busyTimeoutMilliseconds, whileBusy } from './busy.js';
import {
  type AppliedMigration,
  type AppliedRow,
  additiveMarker,
  appliedMigrationsSql,
  asApplied,
  type Migration,
  MigrationError,
  type MigrationPlan,
  migrationsFolder,
  planMigrations,
  readMigrations,
} from './migrations.js';
import { connectToPostgresql } from './pg-client.js';
import { describeDatabase, prepareSqliteFile, providerOf, sqlitePath } from './url.js';

export { MigrationError } from './migrations.js';

export interface MigrateOptions {
  /** Where the migrations are; by default those of this program for the URL's provider. */
  readonly folder?: string;
}

// Others that start at the same time wait for the one that migrates, however long its SQL takes within reason.
const patienceMilliseconds = 120_000;

// The key of the advisory lock that Prisma's own engine takes while it migrates.
const prismaLock = 72707369;

const sqliteMigrationsTable = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

const postgresqlMigrationsTable = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum"              VARCHAR(64) NOT NULL,
    "finished_at"           TIMESTAMPTZ,
    "migration_name"        VARCHAR(255) NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        TIMESTAMPTZ,
    "started_at"            TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count"   INTEGER NOT NULL DEFAULT 0
)`;

function appliedOnSqlite(connection: import('better-sqlite3').Database): AppliedMigration[] {
  const exists = connection.prepare(`SELECT 1 FROM sqlite_master WHERE name = '_prisma_migrations'`).get();
  if (!exists) return [];
  return asApplied(connection.prepare<[], AppliedRow>(appliedMigrationsSql()).all());
}

async function appliedOnPostgresql(connection: import('pg').Client): Promise<AppliedMigration[]> {
  // Not to_regclass: it may answer from a cache that is older than the lock, when another process made the table meanwhile.
  const { rows } = await connection.query(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_tables
      WHERE schemaname = 'public' AND tablename = '_prisma_migrations') AS "exists"`,
  );
  if (!rows[0]?.exists) return [];
  return asApplied((await connection.query<AppliedRow>(appliedMigrationsSql('"public"."_prisma_migrations"'))).rows);
}

function isEmpty(plan: MigrationPlan): boolean {
  return plan.pending.length === 0 && plan.unmarked.length === 0;
}

function failure(migration: Migration, error: unknown): MigrationError {
  const detail = error instanceof Error ? error.message : String(error);
  return new MigrationError(
    `The migration ${migration.name} failed and everything was rolled back; the database is as it was. It said: ${detail}`,
    { cause: error },
  );
}

/**
 * Runs the migrations that a database lacks; on an empty one, all. Any number of processes may call it at the same time:
 * one does the work and the others find nothing left to do.
 * @param url as in DATABASE_URL; a SQLite file, and its folder, are made when missing
 * @returns the names of the migrations that this call ran, oldest first
 * @throws MigrationError when the database is newer than the program, when a migration was changed after it ran, or when
 *   one fails, which leaves the database as it was; the driver's own error when it cannot connect
 */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<{ applied: string[] }> {
  const provider = providerOf(url);
  const migrations = readMigrations(options.folder ?? migrationsFolder(provider));
  const pending =
    provider === 'sqlite' ? await migrateSqlite(url, migrations) : await migratePostgresql(url, migrations);
  return { applied: pending.map((migration) => migration.name) };
}

/**
 * Sees that a database has tables of Latchkey and lacks none of this program's migrations, and changes nothing. What a newer
 * program added is no matter, as at a start.
 * @returns the names of the migrations that it has run and this program does not know, all of them additive
 * @throws MigrationError
 */
export async function requireMigrated(url: string): Promise<string[]> {
  const provider = providerOf(url);
  const migrations = readMigrations(migrationsFolder(provider));
  const applied = provider === 'sqlite' ? await readAppliedOnSqlite(url) : await readAppliedOnPostgresql(url);
  if (applied.length === 0) {
    throw new MigrationError(
      `There are no tables of Latchkey in ${describeDatabase(url)}. Check DATABASE_URL, or the URL that the command was ` +
        'given. A start makes them, as "npm run cli -- migrate" does.',
    );
  }
  const { pending } = planMigrations(migrations, applied);
  if (pending.length > 0) {
    throw new MigrationError(
      `The database lacks migrations of this program: ${pending.map((migration) => migration.name).join(', ')}. Run ` +
        '"npm run cli -- migrate" with its DATABASE_URL, or start this version on it once.',
    );
  }
  const known = new Set(migrations.map((migration) => migration.name));
  return applied.filter((row) => !known.has(row.name)).map((row) => row.name);
}

/**
 * Sees that a database has run just this program's migrations, and changes nothing.
 * @throws MigrationError when it lacks one or has run one that this program does not know, be it additive
 */
export async function requireCurrent(url: string): Promise<void> {
  const unknown = await requireMigrated(url);
  if (unknown.length === 0) return;
  throw new MigrationError(
    `The database is newer than this program: it has run ${unknown.join(', ')}, and may hold what this program would leave ` +
      'out. Use the newer version.',
  );
}

async function readAppliedOnSqlite(url: string): Promise<AppliedMigration[]> {
  const { default: Database } = await import('better-sqlite3');
  const connection = new Database(sqlitePath(url), { timeout: busyTimeoutMilliseconds, fileMustExist: true });
  try {
    return await whileBusy(() => appliedOnSqlite(connection));
  } finally {
    connection.close();
  }
}

async function readAppliedOnPostgresql(url: string): Promise<AppliedMigration[]> {
  const connection = await connectToPostgresql(url, 'latchkey migrate');
  try {
    return await appliedOnPostgresql(connection);
  } finally {
    await connection.end();
  }
}

async function migrateSqlite(url: string, migrations: readonly Migration[]): Promise<readonly Migration[]> {
  const path = prepareSqliteFile(url);
  const { default: Database } = await import('better-sqlite3');
  const connection = new Database(path, { timeout: busyTimeoutMilliseconds });
  const plan = () => planMigrations(migrations, appliedOnSqlite(connection));
  try {
    // Looking first spares a start that has nothing to do the write lock.
    if (isEmpty(await whileBusy(plan, patienceMilliseconds))) return [];
    await whileBusy(() => connection.exec('PRAGMA journal_mode = WAL'), patienceMilliseconds);
    connection.exec('PRAGMA synchronous = FULL');
    // SQLite changes a table by making it anew, during which references to it dangle. Has no effect inside a transaction.
    connection.exec('PRAGMA foreign_keys = OFF');
    await whileBusy(() => connection.exec('BEGIN IMMEDIATE'), patienceMilliseconds);
    try {
      const { pending, unmarked } = plan();
      connection.exec(sqliteMigrationsTable);
      for (const migration of pending) runOnSqlite(connection, migration);
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

function runOnSqlite(connection: import('better-sqlite3').Database, migration: Migration): void {
  const started = Date.now();
  try {
    connection.exec(migration.sql);
  } catch (error) {
    throw failure(migration, error);
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

async function migratePostgresql(url: string, migrations: readonly Migration[]): Promise<readonly Migration[]> {
  const connection = await connectToPostgresql(url, 'latchkey migrate');
  const plan = async () => planMigrations(migrations, await appliedOnPostgresql(connection));
  try {
    if (isEmpty(await plan())) return [];
    await connection.query('BEGIN');
    try {
      // Until the end of the transaction, since behind a pooler the connection is then somebody else's: the schema where Prisma's
      // statements look, and as long as a migration of many rows may take, whatever the operator has set for this user.
      await connection.query('SET LOCAL search_path = public; SET LOCAL statement_timeout = 0');
      await connection.query(`SET LOCAL lock_timeout = ${patienceMilliseconds}`);
      await connection.query('SELECT pg_advisory_xact_lock($1)', [prismaLock]);
      const { pending, unmarked } = await plan();
      await connection.query(postgresqlMigrationsTable);
      for (const migration of pending) await runOnPostgresql(connection, migration);
      for (const migration of unmarked) {
        await connection.query('UPDATE "_prisma_migrations" SET "logs" = $1 WHERE "migration_name" = $2', [
          additiveMarker,
          migration.name,
        ]);
      }
      await connection.query('COMMIT');
      return pending;
    } catch (error) {
      // When the connection itself broke, the server has rolled back; the first error is the one to report.
      await connection.query('ROLLBACK').catch(() => {});
      throw error;
    }
  } finally {
    await connection.end();
  }
}

async function runOnPostgresql(connection: import('pg').Client, migration: Migration): Promise<void> {
  const started = new Date();
  try {
    await connection.query(migration.sql);
  } catch (error) {
    throw failure(migration, error);
  }
  await connection.query(
    `INSERT INTO "_prisma_migrations"
      ("id", "checksum", "finished_at", "migration_name", "logs", "started_at", "applied_steps_count")
      VALUES ($1, $2, $3, $4, $5, $6, 1)`,
    [randomUUID(), migration.checksum, new Date(), migration.name, migration.additive ? additiveMarker : null, started],
  );
}
