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

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
const codeOf = (error: unknown) => String((error as { readonly code?: unknown }).code);

/** What is raised in the place of SQLite's own error, which does not say of which file it is. */
function unreadable(name: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === 'SQLITE_NOTADB') return new BackupError(`${name} is not a database.`);
  if (/^SQLITE_(CORRUPT|IOERR)/.test(code)) return new BackupError(`${name} is damaged: ${wordsOf(error)}.`);
  return /^SQLITE_CANTOPEN/.test(code) ? new BackupError(`${name} cannot be opened: ${wordsOf(error)}.`) : error;
}

function unwritable(name: string, error: unknown): unknown {
  const code = codeOf(error);
  if (/^(ENOSPC|EDQUOT|SQLITE_FULL)$/.test(code)) {
    return new BackupError(
      `There is no room for ${name}: ${wordsOf(error)}. Make room, or name a file on another disk.`,
    );
  }
  return /^(E(ACCES|PERM|ROFS|IO|FBIG)$|SQLITE_(IOERR|READONLY|CANTOPEN))/.test(code)
    ? new BackupError(`${name} cannot be written: ${wordsOf(error)}.`)
    : error;
}

/**
 * Looks whether a file is a whole database of Latchkey that this program can run on.
 * @param name what a message calls it
 * @throws BackupError when it is not
 */
async function verify(path: string, name = path): Promise<void> {
  const { default: Database } = await import('better-sqlite3');
  try {
    const connection = new Database(path, { readonly: true });
    try {
      const found = connection.pragma('integrity_check', { simple: true });
      if (found !== 'ok') throw new BackupError(`${name} is damaged: ${found}`);
      // SQLite itself takes the rest of the last page for zeros.
      if (statSync(path).size % Number(connection.pragma('page_size', { simple: true })) !== 0) {
        throw new BackupError(`${name} is damaged: its end is missing.`);
      }
      if (!connection.prepare(`SELECT 1 FROM sqlite_master WHERE name = '_prisma_migrations'`).get()) {
        throw new BackupError(`${name} is not a database of Latchkey.`);
      }
      // Refuses one that is newer than this program.
      planMigrations(
        readMigrations(migrationsFolder('sqlite')),
        asApplied(connection.prepare<[], AppliedRow>(appliedMigrationsSql()).all()),
      );
    } finally {
      connection.close();
    }
  } catch (error) {
    throw unreadable(name, error);
  }
}

/**
 * Copies a database, as it is at one moment, to where there is nothing, beside whatever else uses it.
 * @param name what a message calls the file that is written
 */
async function copy(from: string, to: string, name: string): Promise<void> {
  const { default: Database } = await import('better-sqlite3');
  try {
    // Made before SQLite opens it, so that nobody else can read it at any moment.
    closeSync(openSync(to, 'wx', 0o600));
  } catch (error) {
    throw unwritable(name, error);
  }
  const source = new Database(from, { readonly: true });
  let fault = unreadable.bind(null, from);
  try {
    // Reads its first page: what fails from here on is the writing.
    source.pragma('schema_version');
    fault = unwritable.bind(null, name);
    await source.backup(to);
    // As a file of its own, without a log of writes beside it.
    const target = new Database(to);
    target.pragma('journal_mode = DELETE');
    target.close();
  } catch (error) {
    throw fault(error);
  } finally {
    source.close();
  }
}

/**
 * Backs a database up while it is in use.
 * @param database the SQLite file
 * @param file where to: it must not exist, its folder must, and it is there only when it is whole
 * @throws BackupError when it exists, has no folder or no room, or what was copied is damaged
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
    await copy(database, draft, file);
    await verify(draft, `What was copied of ${database}`);
    chmodSync(draft, 0o600);
    sync(draft);
    // Linked rather than renamed: of two that name the same file at once the second fails.
    linkSync(draft, file);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw new BackupError(`${file} exists already.`);
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
    if (/^SQLITE_(NOTADB|CORRUPT)/.test(codeOf(error))) return false;
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
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw new BackupError(`There is no file ${file}.`);
  if (found.isDirectory()) throw new BackupError(`${file} is a folder. Name the back-up in it.`);
  await verify(file);
  const draft = `${database}.${process.pid}.part`;
  mkdirSync(dirname(database), { recursive: true, mode: 0o700 });
  try {
    await copy(file, draft, database);
    await verify(draft, `What was copied of ${file}`);
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
