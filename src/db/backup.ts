// Copies of a SQLite database: made while it is in use, and put back in its place. PostgreSQL has its own tools for both, which
// docs/operations.md names.
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import {
  type AppliedRow,
  appliedMigrationsSql,
  asApplied,
  migrationsFolder,
  planMigrations,
  readMigrations,
} from './migrations/plan.js';
import { isOpenElsewhere } from './open-elsewhere.js';

/** Why a copy cannot be made or put back. The message says what to do. */
export class BackupError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BackupError';
  }
}

const companions = ['-wal', '-shm', '-journal'];

/** Makes what was written to a file, and its name, outlast a power failure. */
function sync(path: string): void {
  for (const name of [path, dirname(path)]) {
    const descriptor = openSync(name, 'r');
    fsyncSync(descriptor);
    closeSync(descriptor);
  }
}

/**
 * Looks whether a file is a whole database of Latchkey that this program can run on.
 * @throws BackupError when it is not
 */
async function verify(path: string): Promise<void> {
  const { default: Database } = await import('better-sqlite3');
  const connection = new Database(path, { readonly: true });
  try {
    const found = connection.pragma('integrity_check', { simple: true });
    if (found !== 'ok') throw new BackupError(`${path} is damaged: ${found}`);
    if (!connection.prepare(`SELECT 1 FROM sqlite_master WHERE name = '_prisma_migrations'`).get()) {
      throw new BackupError(`${path} is not a database of Latchkey.`);
    }
    // Refuses one that is newer than this program.
    planMigrations(
      readMigrations(migrationsFolder('sqlite')),
      asApplied(connection.prepare<[], AppliedRow>(appliedMigrationsSql()).all()),
    );
  } catch (error) {
    if ((error as { code?: unknown }).code === 'SQLITE_NOTADB') throw new BackupError(`${path} is not a database.`);
    throw error;
  } finally {
    connection.close();
  }
}

/** Copies a database, as it is at one moment, to where there is nothing, beside whatever else uses it. */
async function copy(from: string, to: string): Promise<void> {
  const { default: Database } = await import('better-sqlite3');
  // Made before SQLite opens it, so that nobody else can read it at any moment.
  closeSync(openSync(to, 'wx', 0o600));
  const source = new Database(from, { readonly: true });
  try {
    await source.backup(to);
  } finally {
    source.close();
  }
  // As a file of its own, without a log of writes beside it.
  const target = new Database(to);
  target.pragma('journal_mode = DELETE');
  target.close();
}

/**
 * Backs a database up while it is in use.
 * @param database the SQLite file
 * @param file where to: it must not exist, its folder must, and it is there only when it is whole
 * @throws BackupError when it exists or has no folder, or what was copied is damaged
 */
export async function backUp(database: string, file: string): Promise<void> {
  if (existsSync(file)) throw new BackupError(`${file} exists already. Name a file that does not.`);
  const folder = dirname(file);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    // Not made: a volume that is not mounted would seem to hold what is lost with the disk under it.
    throw new BackupError(
      `There is no folder ${folder}. Nothing was backed up: mount the volume that it is on, or make it first.`,
    );
  }
  const draft = `${file}.${process.pid}.part`;
  try {
    await copy(database, draft);
    await verify(draft);
    chmodSync(draft, 0o600);
    sync(draft);
    // Linked rather than renamed: of two that name the same file at once the second fails.
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new BackupError(`${file} exists already.`);
    throw error;
  } finally {
    for (const suffix of ['', ...companions]) rmSync(draft + suffix, { force: true });
  }
}

async function isInUse(path: string): Promise<boolean> {
  try {
    return await isOpenElsewhere(path);
  } catch (error) {
    // What nobody can read any more is just what a back-up takes the place of.
    if (/^SQLITE_(NOTADB|CORRUPT)/.test(String((error as { code?: unknown }).code))) return false;
    throw error;
  }
}

/**
 * Puts a back-up in the database's place.
 * @param file the back-up, which is left as it is
 * @param database the SQLite file; one that exists is kept beside it
 * @param now for the name of what is kept
 * @returns where the former database is, or null when there was none
 * @throws BackupError when the back-up is damaged or of a newer program, or the database is in use
 */
export async function restore(file: string, database: string, now: Date): Promise<string | null> {
  if (!existsSync(file)) throw new BackupError(`There is no file ${file}.`);
  await verify(file);
  const draft = `${database}.${process.pid}.part`;
  mkdirSync(dirname(database), { recursive: true, mode: 0o700 });
  try {
    await copy(file, draft);
    await verify(draft);
    sync(draft);
    let kept: string | null = null;
    if (existsSync(database)) {
      if (await isInUse(database)) {
        throw new BackupError(`${database} is in use. Stop Latchkey, and whatever else has it open, then try again.`);
      }
      kept = `${database}.before-restore-${now.toISOString().replace(/[-:]|\.\d+/g, '')}`;
      // With its log of writes, which must not be taken for the new one's.
      for (const suffix of ['', ...companions]) {
        if (existsSync(database + suffix)) renameSync(database + suffix, kept + suffix);
      }
    }
    renameSync(draft, database);
    sync(database);
    return kept;
  } finally {
    for (const suffix of ['', ...companions]) rmSync(draft + suffix, { force: true });
  }
}
