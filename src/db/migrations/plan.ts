// Which migrations there are, and what a database that has run some of them still needs. Pure but for reading the folder;
// running them is migrate.ts's part.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../lib/package-root.js';
import type { Provider } from '../url.js';

/** A database that cannot be brought to this program's version. The message says why and what to do. */
export class MigrationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MigrationError';
  }
}

/** One migration of this program. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file in hexadecimal, as Prisma keeps it. */
  readonly checksum: string;
  /** Whether its first line is a comment that begins with `additive`: programs older than it work on as before. */
  readonly additive: boolean;
}

/** A row of `_prisma_migrations`. */
export interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
  readonly logs: string | null;
}

/** A statement that reads what planning needs, in the order of running. @param table with its schema where that has to be said */
export const appliedMigrationsSql = (
  table = '"_prisma_migrations"',
) => `SELECT "migration_name" AS "name", "checksum", "logs",
  "finished_at" IS NOT NULL AS "finished"
  FROM ${table} WHERE "rolled_back_at" IS NULL ORDER BY "started_at", "migration_name"`;

/** What it reads: SQLite has no truth values. */
export interface AppliedRow {
  readonly name: string;
  readonly checksum: string;
  readonly logs: string | null;
  readonly finished: boolean | number | bigint;
}

export function asApplied(rows: readonly AppliedRow[]): AppliedMigration[] {
  return rows.map((row) => ({ ...row, finished: Boolean(row.finished) }));
}

/** What is to be done. */
export interface MigrationPlan {
  readonly pending: readonly Migration[];
  /** Applied by `prisma migrate deploy`, which does not write the marker. */
  readonly unmarked: readonly Migration[];
  /** The names of those that a newer program ran, all of them additive. */
  readonly unknown: readonly string[];
}

/** Says whether nothing is to be done. */
export function isEmpty(plan: MigrationPlan): boolean {
  return plan.pending.length === 0 && plan.unmarked.length === 0;
}

/** Tells the operator, who may have started an older version without knowing, that a newer one was here. */
export function tellOfNewer({ unknown }: MigrationPlan, warn: (message: string) => void): void {
  if (unknown.length === 0) return;
  warn(
    `a newer version has run ${unknown.join(', ')} on this database, which this one does not know. It serves all the same, ` +
      'since they are additive. Start the newer version unless you are going back on purpose',
  );
}

/** What is raised when a migration's SQL fails. */
export function migrationFailed(migration: Migration, error: unknown): MigrationError {
  const detail = error instanceof Error ? error.message : String(error);
  return new MigrationError(
    `The migration ${migration.name} failed and everything was rolled back; the database is as it was. It said: ${detail}`,
    { cause: error },
  );
}

/**
 * What the column `logs` of `_prisma_migrations` says of an additive migration. An older program lacks the migration's
 * file, so the database itself must tell it; Prisma reads that column for failed migrations only.
 */
export const additiveMarker = 'latchkey: additive';

/** The folder of this program's own migrations. */
export function migrationsFolder(provider: Provider): string {
  return join(packageRoot, 'prisma', provider, 'migrations');
}

function checksumOf(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}

/**
 * Reads all migrations, oldest first.
 * @param folder holds `<timestamp>_<name>/migration.sql`
 * @throws MigrationError when the folder, or a migration's file, is missing
 */
export function readMigrations(folder: string): Migration[] {
  if (!existsSync(folder)) {
    throw new MigrationError(`The migrations are missing from this installation: there is no ${folder}.`);
  }
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return names.map((name) => {
    const file = join(folder, name, 'migration.sql');
    if (!existsSync(file)) throw new MigrationError(`The migration ${name} has no file: there is no ${file}.`);
    const sql = readFileSync(file, 'utf8');
    return { name, sql, checksum: checksumOf(sql), additive: /^--\s*additive\b/i.test(sql) };
  });
}

// Git may have turned line endings on checkout, which changes nothing that matters; Prisma forgives it too.
function sameFile(migration: Migration, checksum: string): boolean {
  if (migration.checksum === checksum) return true;
  const unix = migration.sql.replaceAll('\r\n', '\n');
  return [unix, unix.replaceAll('\n', '\r\n')].some((sql) => checksumOf(sql) === checksum);
}

/**
 * Compares this program's migrations with those that a database has run.
 * @throws MigrationError when one was changed after it ran, one failed part way, or the database is newer than the program
 */
export function planMigrations(migrations: readonly Migration[], applied: readonly AppliedMigration[]): MigrationPlan {
  const failed = applied.find((row) => !row.finished);
  if (failed) {
    throw new MigrationError(
      `The migration ${failed.name} was begun by the prisma command and never finished. Repair what it left, then say so ` +
        'with "npx prisma migrate resolve --applied" or "--rolled-back" and its name, and start again.',
    );
  }
  const rows = new Map(applied.map((row) => [row.name, row]));
  const changed = migrations.find((migration) => {
    const row = rows.get(migration.name);
    return row && !sameFile(migration, row.checksum);
  });
  if (changed) {
    throw new MigrationError(
      `The migration ${changed.name} was changed after this database ran it. Put its migration.sql back as it was, and ` +
        'make the change in a new migration: npm run migration:new <name>.',
    );
  }
  const pending = migrations.filter((migration) => !rows.has(migration.name));
  const known = new Set(migrations.map((migration) => migration.name));
  const unknown = applied.filter((row) => !known.has(row.name));
  refuseNewerDatabase(unknown, pending);
  const unmarked = migrations.filter(
    (migration) => migration.additive && rows.has(migration.name) && rows.get(migration.name)?.logs !== additiveMarker,
  );
  return { pending, unmarked, unknown: unknown.map((row) => row.name) };
}

function refuseNewerDatabase(unknown: readonly AppliedMigration[], pending: readonly Migration[]): void {
  if (unknown.length === 0) return;
  const names = unknown.map((row) => row.name).join(', ');
  if (pending.length > 0) {
    throw new MigrationError(
      `This database belongs to another line of versions: it has run ${names}, which this program does not know, and not ` +
        `${pending.map((migration) => migration.name).join(', ')}. Run the version that knows all of them.`,
    );
  }
  const breaking = unknown.filter((row) => row.logs !== additiveMarker);
  if (breaking.length > 0) {
    throw new MigrationError(
      `This database is newer than this program: it has run ${breaking.map((row) => row.name).join(', ')}, which this ` +
        'program does not know and which is not marked additive. Run the newer version, or restore a backup made before it.',
    );
  }
}
