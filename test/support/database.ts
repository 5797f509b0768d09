// A fresh, migrated database for each test that asks: a copied file on SQLite, a copied template on the PostgreSQL server
// that TEST_DATABASE_URL names. What is in it is the tests' part.
import { createHash, randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type Db, type HotPaths, openDatabase, type Provider } from '../../src/db/client.js';
import { migrate } from '../../src/db/migrations/migrate.js';
import { migrationsFolder, readMigrations } from '../../src/db/migrations/plan.js';

export interface TestDatabase {
  /** As in DATABASE_URL. */
  readonly url: string;
  readonly db: Db;
  readonly hotPaths: HotPaths;
  readonly provider: Provider;
  /** The SQL that was sent through `db` and the hot paths, oldest first; BEGIN is not among it. Empty it with `length = 0`. */
  readonly statements: string[];
  /** Disconnects and removes the database. */
  close(): Promise<void>;
}

/** A database without tables. */
export interface EmptyTestDatabase {
  readonly url: string;
  readonly provider: Provider;
  /** Removes the database, with whatever is still connected. */
  remove(): Promise<void>;
}

const serverUrl = process.env.TEST_DATABASE_URL;

/** The database that this run of the tests is about. */
export const testProvider: Provider = serverUrl ? 'postgresql' : 'sqlite';

const cacheFolder = join(dirname(fileURLToPath(import.meta.url)), '../../node_modules/.cache/latchkey');
// A pool of ten for each of many databases would soon meet the server's limit of connections.
const poolSize = 5;
const staleAfterSeconds = 3600;
// Much more than the databases of all workers take together.
const enoughMemoryBytes = 512 * 1024 * 1024;

/** Makes a database with all tables and no rows, of the run's kind unless another is named. Close it, in `afterAll` or `afterEach`. */
export async function createTestDatabase(kind: Provider = testProvider): Promise<TestDatabase> {
  const empty =
    serverUrl && kind === 'postgresql'
      ? await createPostgresqlDatabase(serverUrl, await postgresqlTemplate(serverUrl))
      : createSqliteFile(await sqliteTemplate());
  const statements: string[] = [];
  try {
    const { db, hotPaths, provider, close } = await openDatabase(empty.url, {
      poolSize,
      onQuery: (sql) => statements.push(sql),
    });
    return {
      url: empty.url,
      db,
      hotPaths,
      provider,
      statements,
      close: async () => {
        await close();
        await empty.remove();
      },
    };
  } catch (error) {
    await empty.remove();
    throw error;
  }
}

/** Makes a database without tables, for tests of the migrations themselves. On SQLite the file does not exist yet. */
export async function createEmptyTestDatabase(kind: Provider = testProvider): Promise<EmptyTestDatabase> {
  return serverUrl && kind === 'postgresql' ? createPostgresqlDatabase(serverUrl) : createSqliteFile();
}

// Templates are found by what made them, so that changed migrations never meet an old template.
function templateKey(provider: Provider): string {
  const hash = createHash('sha256');
  for (const migration of readMigrations(migrationsFolder(provider))) {
    hash.update(`${migration.name} ${migration.checksum}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

const templates: Partial<Record<Provider, Promise<string>>> = {};

function sqliteTemplate(): Promise<string> {
  templates.sqlite ??= makeSqliteTemplate();
  return templates.sqlite;
}

async function makeSqliteTemplate(): Promise<string> {
  const path = join(cacheFolder, `template-${templateKey('sqlite')}.db`);
  if (existsSync(path)) return path;
  mkdirSync(cacheFolder, { recursive: true });
  for (const name of readdirSync(cacheFolder)) {
    if (/^template-[0-9a-f]+\.db$/.test(name)) rmSync(join(cacheFolder, name), { force: true });
  }
  const scratch = mkdtempSync(join(cacheFolder, 'making-'));
  await migrate(`file:${join(scratch, 'template.db')}`);
  // In one step: another worker may be making the same.
  renameSync(join(scratch, 'template.db'), path);
  rmSync(scratch, { recursive: true, force: true });
  return path;
}

// In memory where there is enough, as every commit waits for a disk. Nothing here has to survive a crash of the machine.
function folderOfFiles(): string {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize >= enoughMemoryBytes ? memory : tmpdir();
}

const folders = new Set<string>();
// Covers tests that never came to their close.
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function createSqliteFile(copiedFrom?: string): EmptyTestDatabase {
  const folder = mkdtempSync(join(folderOfFiles(), 'latchkey-test-'));
  folders.add(folder);
  const path = join(folder, 'latchkey.db');
  if (copiedFrom) copyFileSync(copiedFrom, path);
  return {
    url: `file:${path}`,
    provider: 'sqlite',
    remove: async () => {
      rmSync(folder, { recursive: true, force: true });
      folders.delete(folder);
    },
  };
}

async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function databaseUrl(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

// Names begin with the second of their making, by which a later run knows what a killed one left.
function freshName(): string {
  return `latchkey_test_${Math.floor(Date.now() / 1000)}_${randomBytes(6).toString('hex')}`;
}

async function createPostgresqlDatabase(url: string, copiedFrom?: string): Promise<EmptyTestDatabase> {
  const name = freshName();
  const source = copiedFrom ? ` TEMPLATE "${copiedFrom}"` : '';
  await onServer(url, (client) => client.query(`CREATE DATABASE "${name}"${source}`));
  return {
    url: databaseUrl(url, name),
    provider: 'postgresql',
    remove: async () => {
      await onServer(url, (client) => client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`));
    },
  };
}

function postgresqlTemplate(url: string): Promise<string> {
  templates.postgresql ??= onServer(url, (client) => makePostgresqlTemplate(client, url));
  return templates.postgresql;
}

async function makePostgresqlTemplate(client: pg.Client, url: string): Promise<string> {
  const name = `latchkey_template_${templateKey('postgresql')}`;
  // Until this connection ends: one worker makes the template while the others wait.
  await client.query(`SELECT pg_advisory_lock(hashtextextended('latchkey test template', 0))`);
  const { rows } = await client.query<{ name: string }>(
    `SELECT datname AS "name" FROM pg_database WHERE datname LIKE 'latchkey\\_te%'`,
  );
  for (const { name: found } of rows) {
    if (isStale(found, name)) await client.query(`DROP DATABASE IF EXISTS "${found}" WITH (FORCE)`);
  }
  if (rows.some((row) => row.name === name)) return name;
  const making = await createPostgresqlDatabase(url);
  try {
    await migrate(making.url);
    await client.query(`ALTER DATABASE "${new URL(making.url).pathname.slice(1)}" RENAME TO "${name}"`);
  } catch (error) {
    await making.remove();
    throw error;
  }
  return name;
}

function isStale(found: string, templateName: string): boolean {
  if (found.startsWith('latchkey_template_')) return found !== templateName;
  const seconds = /^latchkey_test_(\d+)_[0-9a-f]{12}$/.exec(found)?.[1];
  return seconds !== undefined && Number(seconds) < Date.now() / 1000 - staleAfterSeconds;
}
