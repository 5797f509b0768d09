// Brings a database to this program's version at start: runs the migrations it lacks, all in one transaction, and notes them
// in `_prisma_migrations` as `prisma migrate deploy` does, so that either may be used. Authoring migrations is
// scripts/migration-new.mjs's part.
//
// Two rules for migrations follow from the single transaction: no CREATE INDEX CONCURRENTLY, and a value added to a
// PostgreSQL enum cannot be used before the next release.
import { describeDatabase, providerOf } from '../url.js';
import { MigrationError, migrationsFolder, planMigrations, readMigrations } from './plan.js';
import { migratePostgresql, readAppliedOnPostgresql } from './postgresql.js';
import { migrateSqlite, readAppliedOnSqlite } from './sqlite.js';

export { MigrationError } from './plan.js';

export interface MigrateOptions {
  /** Where the migrations are; by default those of this program for the URL's provider. */
  readonly folder?: string;
  /**
   * Milliseconds that a start waits for others that start at the same time, of which one migrates, however long its SQL
   * takes within reason, and for tables that are in use; two minutes by default.
   */
  readonly patienceMilliseconds?: number;
  /** Told what an operator should know of a database that will do for now, and of a wait that somebody else must end. */
  readonly warn?: (message: string) => void;
}

/**
 * Runs the migrations that a database lacks; on an empty one, all. Any number of processes may call it at the same time:
 * one does the work and the others find nothing left to do.
 * @param url as in DATABASE_URL; a SQLite file, and its folder, are made when missing
 * @returns the names of the migrations that this call ran, oldest first
 * @throws MigrationError when the database is newer than the program or cannot keep all text, when a migration was changed
 *   after it ran, when one fails or the tables are not to be had, which leaves the database as it was; NotReachedError when it
 *   cannot connect
 */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<{ applied: string[] }> {
  const provider = providerOf(url);
  const migrations = readMigrations(options.folder ?? migrationsFolder(provider));
  const run = provider === 'sqlite' ? migrateSqlite : migratePostgresql;
  const pending = await run(url, migrations, options.patienceMilliseconds ?? 120_000, options.warn ?? (() => {}));
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
  const { pending, unknown } = planMigrations(migrations, applied);
  if (pending.length > 0) {
    throw new MigrationError(
      `The database lacks migrations of this program: ${pending.map((migration) => migration.name).join(', ')}. Run ` +
        '"npm run cli -- migrate" with its DATABASE_URL, or start this version on it once.',
    );
  }
  return [...unknown];
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
