// Migrating PostgreSQL: in one transaction, beside others that go on serving. Who meets it waits for a moment at most, unless the
// migration itself takes long.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import { codeOf } from '../errors.js';
import { ask, connectToPostgresql } from '../pg-client.js';
import { requireEncoding } from './encoding.js';
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
import { lockStatements } from './table-locks.js';

// The key of the advisory lock that Prisma's own engine takes while it migrates.
const prismaLock = 72707369;

// For each kind of lock, of which there are four. All together it is less than the second (`deadlock_timeout`) after which PostgreSQL
// would end somebody's request that has one of the tables and waits for another.
const tablesWithinMilliseconds = 200;

// Those who have waited for the tables are done by then.
const restMilliseconds = 500;

// After so many, which take some two seconds, somebody wonders why the start takes long.
const attemptsInSilence = 3;

const migrationsTable = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum"              VARCHAR(64) NOT NULL,
    "finished_at"           TIMESTAMPTZ,
    "migration_name"        VARCHAR(255) NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        TIMESTAMPTZ,
    "started_at"            TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count"   INTEGER NOT NULL DEFAULT 0
)`;

async function appliedOn(connection: Client): Promise<AppliedMigration[]> {
  // Not to_regclass: it may answer from a cache that is older than the lock, when another process made the table meanwhile.
  const [found] = await ask<{ exists: boolean }>(
    connection,
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_tables
      WHERE schemaname = 'public' AND tablename = '_prisma_migrations') AS "exists"`,
  );
  if (!found?.exists) return [];
  return asApplied(await ask<AppliedRow>(connection, appliedMigrationsSql('"public"."_prisma_migrations"')));
}

/** Reads which migrations a database has run; none when it has no tables. */
export async function readAppliedOnPostgresql(url: string): Promise<AppliedMigration[]> {
  const connection = await connectToPostgresql(url, 'latchkey migrate');
  try {
    return await appliedOn(connection);
  } finally {
    await connection.end();
  }
}

/**
 * Runs what a database lacks.
 * @param patienceMilliseconds for others that migrate, and then for tables that somebody keeps busy
 * @param warn told what an operator should know of a database that will do for now
 * @returns what was run, oldest first
 * @throws MigrationError
 */
export async function migratePostgresql(
  url: string,
  migrations: readonly Migration[],
  patienceMilliseconds: number,
  warn: (message: string) => void,
): Promise<readonly Migration[]> {
  const connection = await connectToPostgresql(url, 'latchkey migrate');
  const deadline = Date.now() + patienceMilliseconds;
  try {
    const applied = await appliedOn(connection);
    await requireEncoding(connection, applied.length > 0, warn);
    const lacking = planMigrations(migrations, applied);
    tellOfNewer(lacking, warn);
    if (isEmpty(lacking)) return [];
    for (let attempts = 1; ; attempts += 1) {
      const attempt = await attemptOn(connection, migrations, patienceMilliseconds);
      if (attempt !== 'tables in use') return attempt;
      if (Date.now() >= deadline) throw tablesInUse(await holders(connection));
      if (attempts === attemptsInSilence) {
        warn(`the migrations wait for tables that somebody keeps in a long transaction: ${await holders(connection)}`);
      }
      await pause(restMilliseconds);
    }
  } finally {
    await connection.end();
  }
}

async function attemptOn(
  connection: Client,
  migrations: readonly Migration[],
  patienceMilliseconds: number,
): Promise<readonly Migration[] | 'tables in use'> {
  await connection.query('BEGIN');
  try {
    // Until the end of the transaction, since behind a pooler the connection is then somebody else's: the schema where Prisma's
    // statements look, and as long as a migration of many rows may take, whatever the operator has set for this user.
    await connection.query('SET LOCAL search_path = public; SET LOCAL statement_timeout = 0');
    await connection.query(`SET LOCAL lock_timeout = ${patienceMilliseconds}`);
    await connection.query('SELECT pg_advisory_xact_lock($1)', [prismaLock]);
    const { pending, unmarked } = planMigrations(migrations, await appliedOn(connection));
    if (!(await takeTables(connection, pending))) {
      await connection.query('ROLLBACK');
      return 'tables in use';
    }
    await connection.query(migrationsTable);
    for (const migration of pending) await runOn(connection, migration);
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
}

// A time limit, a lock not had in time, a deadlock.
const inUse: ReadonlySet<string | undefined> = new Set(['57014', '55P03', '40P01']);

// YugabyteDB refuses locks of tables as a feature that it lacks, CockroachDB as a mistake of syntax.
const unknownLock: ReadonlySet<string | undefined> = new Set(['0A000', '42601']);

/**
 * Takes the tables that migrations will change, before the first statement: one that already has some of them and waits for another
 * meets requests that have that one and wait for the first, and PostgreSQL would end one of the two. While it waits for a table, so
 * does everybody who comes after it, which is why it soon gives way.
 * @returns whether it has them; if not, the transaction can only be rolled back
 */
export async function takeTables(
  connection: Pick<Client, 'query'>,
  migrations: readonly Migration[],
): Promise<boolean> {
  const { rows } = await connection.query<{ name: string; table: string }>(
    `SELECT tablename AS "name", tablename AS "table" FROM pg_catalog.pg_tables WHERE schemaname = 'public'
      UNION ALL SELECT indexname, tablename FROM pg_catalog.pg_indexes WHERE schemaname = 'public'`,
  );
  const sql = migrations.map((migration) => migration.sql).join('\n');
  const statements = lockStatements(sql, new Map(rows.map(({ name, table }) => [name, table])));
  await connection.query(`SAVEPOINT tables; SET LOCAL statement_timeout = ${tablesWithinMilliseconds}`);
  try {
    for (const statement of statements) await connection.query(statement);
  } catch (error) {
    const code = codeOf(error);
    if (inUse.has(code)) return false;
    if (!unknownLock.has(code)) throw error;
    await connection.query('ROLLBACK TO SAVEPOINT tables');
  }
  await connection.query('SET LOCAL statement_timeout = 0');
  return true;
}

/** Who has been in a transaction for a while, in words. */
async function holders(connection: Client): Promise<string> {
  const { rows } = await connection.query<{ holder: string }>(
    `SELECT format('%s (process %s, since %s)', coalesce(nullif(application_name, ''), backend_type), pid,
        to_char(xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"')) AS "holder"
      FROM pg_catalog.pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start < now() - interval '1 second'
      ORDER BY xact_start LIMIT 3`,
  );
  return rows.map(({ holder }) => holder).join(', ') || 'by now nobody';
}

function tablesInUse(inTransaction: string): MigrationError {
  return new MigrationError(
    'The migrations need tables that somebody keeps in a long transaction, as pg_dump does, so they gave way; the database is as it ' +
      `was. In a transaction: ${inTransaction}. Start again when that has ended.`,
  );
}

async function runOn(connection: Client, migration: Migration): Promise<void> {
  const started = new Date();
  try {
    await connection.query(migration.sql);
  } catch (error) {
    throw migrationFailed(migration, error);
  }
  await connection.query(
    `INSERT INTO "_prisma_migrations"
      ("id", "checksum", "finished_at", "migration_name", "logs", "started_at", "applied_steps_count")
      VALUES ($1, $2, $3, $4, $5, $6, 1)`,
    [randomUUID(), migration.checksum, new Date(), migration.name, migration.additive ? additiveMarker : null, started],
  );
}
