// Applying migrations at start: what is run, what is refused, and several processes at once on one empty database.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import { MigrationError, migrate } from '../../src/db/migrations/migrate.js';
import { additiveMarker, migrationsFolder, readMigrations } from '../../src/db/migrations/plan.js';
import { createEmptyTestDatabase, type EmptyTestDatabase, testProvider } from '../support/database.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const cacheFolder = join(root, 'node_modules/.cache/latchkey');

let database: EmptyTestDatabase;
let scratch: string;

beforeEach(async () => {
  database = await createEmptyTestDatabase();
  mkdirSync(cacheFolder, { recursive: true });
  // Inside node_modules, so that code compiled into it finds its packages.
  scratch = mkdtempSync(join(cacheFolder, 'test-'));
});

afterEach(async () => {
  await database.remove();
  rmSync(scratch, { recursive: true, force: true });
});

/** Writes migrations, named by a letter each, into a folder of their own. */
function folderOf(migrations: Record<string, string>): string {
  const folder = mkdtempSync(join(scratch, 'migrations-'));
  for (const [name, sql] of Object.entries(migrations)) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'migration.sql'), sql);
  }
  return folder;
}

async function rows<T>(sql: string): Promise<T[]> {
  const { db, close } = await openDatabase(database.url);
  try {
    return await db.$queryRawUnsafe<T[]>(sql);
  } finally {
    await close();
  }
}

async function execute(sql: string): Promise<void> {
  const { db, close } = await openDatabase(database.url);
  await db.$executeRawUnsafe(sql);
  await close();
}

const books = `SELECT "migration_name", "checksum", "logs", "applied_steps_count" FROM "_prisma_migrations"
  ORDER BY "migration_name"`;
const first = 'CREATE TABLE "first" ("id" INTEGER PRIMARY KEY);\nINSERT INTO "first" VALUES (1);\n';
const second = '-- additive: a table that nobody knows yet\nCREATE TABLE "second" ("id" INTEGER PRIMARY KEY);\n';
const breaking = 'DROP TABLE "first";\n';

describe('this program’s own migrations', () => {
  const own = readMigrations(migrationsFolder(testProvider)).map((migration) => migration.name);

  test('make an empty database usable, once', async () => {
    expect(await migrate(database.url)).toEqual({ applied: own });
    expect(await migrate(database.url)).toEqual({ applied: [] });
    const { db, close } = await openDatabase(database.url);
    await db.account.create({ data: { id: 'a', name: 'A', createdAt: new Date(0) } });
    expect(await db.account.count()).toBe(1);
    await close();
  });

  test('are written down as Prisma does', async () => {
    await migrate(database.url);
    const written = await rows<Record<string, unknown>>(
      `SELECT "id", "checksum", "started_at", "finished_at", "rolled_back_at" FROM "_prisma_migrations"`,
    );
    expect(written).toHaveLength(own.length);
    expect(written[0]).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
      rolled_back_at: null,
    });
    expect(written[0]?.started_at).not.toBeNull();
    expect(written[0]?.finished_at).not.toBeNull();
  });

  test('are applied once by four processes that start together', async () => {
    // Laid out as an installation is: the migrations are found from the folder of its package.json.
    cpSync(migrationsFolder(testProvider), join(scratch, 'prisma', testProvider, 'migrations'), { recursive: true });
    writeFileSync(join(scratch, 'package.json'), '{ "type": "module" }');
    await build({
      input: join(root, 'src/db/migrations/migrate.ts'),
      platform: 'node',
      external: (id, importer) => importer !== undefined && !id.startsWith('.') && !isAbsolute(id),
      output: { file: join(scratch, 'dist/migrate.js'), codeSplitting: false },
      logLevel: 'warn',
    });
    writeFileSync(
      join(scratch, 'dist/child.js'),
      `import { migrate } from './migrate.js';
      const [url, start] = process.argv.slice(2);
      await new Promise((resolve) => setTimeout(resolve, Number(start) - Date.now()));
      console.log(JSON.stringify(await migrate(url)));`,
    );
    const start = String(Date.now() + 1500);
    const results = await Promise.all(
      Array.from({ length: 4 }, () => runToEnd([join(scratch, 'dist/child.js'), database.url, start])),
    );
    expect(results.map((result) => result.errors)).toEqual(['', '', '', '']);
    const applied = results.map((result) => (JSON.parse(result.output) as { applied: string[] }).applied);
    expect(applied.flat().toSorted()).toEqual(own);
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    expect(await rows(books)).toHaveLength(own.length);
  });
});

function runToEnd(parameters: string[]): Promise<{ output: string; errors: string }> {
  const child = spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  const result = { output: '', errors: '' };
  child.stdout.on('data', (chunk) => {
    result.output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    result.errors += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(result));
  });
}

describe('a database and a program of different versions', () => {
  test('an older database gets what it lacks, in order', async () => {
    await migrate(database.url, { folder: folderOf({ a: first }) });
    expect(await migrate(database.url, { folder: folderOf({ c: breaking, a: first, b: second }) })).toEqual({
      applied: ['b', 'c'],
    });
  });

  test('a migration changed after it ran is refused', async () => {
    await migrate(database.url, { folder: folderOf({ a: first }) });
    const changed = migrate(database.url, { folder: folderOf({ a: `${first}-- later thought\n` }) });
    await expect(changed).rejects.toBeInstanceOf(MigrationError);
    await expect(changed).rejects.toThrow(/migration a was changed .* npm run migration:new/);
  });

  test('line endings that git turned are no change', async () => {
    await migrate(database.url, { folder: folderOf({ a: first }) });
    const turned = { a: first.replaceAll('\n', '\r\n') };
    expect(await migrate(database.url, { folder: folderOf(turned) })).toEqual({ applied: [] });
  });

  test('a newer database is refused', async () => {
    await migrate(database.url, { folder: folderOf({ a: first, b: second, c: breaking }) });
    const older = migrate(database.url, { folder: folderOf({ a: first }) });
    await expect(older).rejects.toBeInstanceOf(MigrationError);
    await expect(older).rejects.toThrow(/newer than this program: it has run c, which/);
  });

  test('a newer database is admitted when all that is new is additive', async () => {
    await migrate(database.url, { folder: folderOf({ a: first, b: second }) });
    expect(await rows(books)).toMatchObject([{ logs: null }, { migration_name: 'b', logs: additiveMarker }]);
    const warnings: string[] = [];
    const warn = (message: string) => warnings.push(message);
    expect(await migrate(database.url, { folder: folderOf({ a: first }), warn })).toEqual({ applied: [] });
    // An older version may have been started by mistake.
    expect(warnings).toEqual([expect.stringMatching(/^a newer version has run b on this database/)]);
    expect(await migrate(database.url, { folder: folderOf({ a: first, b: second }), warn })).toEqual({ applied: [] });
    expect(warnings.length).toBe(1);
  });

  test('the marker is added to what the prisma command applied', async () => {
    const newer = folderOf({ a: first, b: second });
    await migrate(database.url, { folder: newer });
    await execute(`UPDATE "_prisma_migrations" SET "logs" = NULL`);
    await expect(migrate(database.url, { folder: folderOf({ a: first }) })).rejects.toThrow('newer than this program');
    expect(await migrate(database.url, { folder: newer })).toEqual({ applied: [] });
    expect(await migrate(database.url, { folder: folderOf({ a: first }) })).toEqual({ applied: [] });
  });

  test('a database of another line of versions is refused', async () => {
    await migrate(database.url, { folder: folderOf({ a: first, b: second }) });
    const sibling = folderOf({ a: first, c: breaking });
    await expect(migrate(database.url, { folder: sibling })).rejects.toThrow('another line of versions');
  });

  test('what the prisma command left unfinished is refused, what it rolled back is run again', async () => {
    const folder = folderOf({ a: first });
    await migrate(database.url, { folder });
    await execute(`UPDATE "_prisma_migrations" SET "finished_at" = NULL`);
    await expect(migrate(database.url, { folder })).rejects.toThrow('prisma migrate resolve');
    await execute(`UPDATE "_prisma_migrations" SET "rolled_back_at" = "started_at"`);
    await execute('DROP TABLE "first"');
    expect(await migrate(database.url, { folder })).toEqual({ applied: ['a'] });
  });
});

describe('a migration that fails', () => {
  test('leaves the database as it was, earlier ones of the same start included', async () => {
    const folder = folderOf({
      a: first,
      b: 'CREATE TABLE "half" ("id" INTEGER);\nINSERT INTO "nowhere" VALUES (1);\n',
    });
    const failing = migrate(database.url, { folder });
    await expect(failing).rejects.toBeInstanceOf(MigrationError);
    await expect(failing).rejects.toThrow(/migration b failed and everything was rolled back.*nowhere/s);
    expect(await migrate(database.url, { folder: folderOf({ a: first }) })).toEqual({ applied: ['a'] });
  });

  test.runIf(testProvider === 'sqlite')('may not leave rows that refer to nothing', async () => {
    const tables = `CREATE TABLE "parent" ("id" INTEGER PRIMARY KEY);
      CREATE TABLE "child" ("parent" INTEGER REFERENCES "parent" ("id"));
      INSERT INTO "parent" VALUES (1);
      INSERT INTO "child" VALUES (1);`;
    await migrate(database.url, { folder: folderOf({ a: tables }) });
    const dangling = folderOf({ a: tables, b: 'DELETE FROM "parent";' });
    await expect(migrate(database.url, { folder: dangling })).rejects.toThrow('rows of child');
    expect(await rows('SELECT * FROM "parent"')).toHaveLength(1);
    // Foreign keys are off meanwhile: making a table anew, as SQLite must to change one, takes no children along.
    const remade = `CREATE TABLE "new_parent" ("id" INTEGER PRIMARY KEY, "name" TEXT);
      INSERT INTO "new_parent" ("id") SELECT "id" FROM "parent";
      DROP TABLE "parent";
      ALTER TABLE "new_parent" RENAME TO "parent";`;
    expect(await migrate(database.url, { folder: folderOf({ a: tables, b: remade }) })).toEqual({ applied: ['b'] });
    expect(await rows('SELECT * FROM "child"')).toHaveLength(1);
  });

  test.runIf(testProvider === 'postgresql')(
    'is not cut short by a limit that the user has for statements',
    async () => {
      const name = new URL(database.url).pathname.slice(1);
      await execute(`ALTER DATABASE "${name}" SET statement_timeout = '200ms'`);
      const slow = folderOf({ a: `${first}SELECT pg_sleep(0.5);\n` });
      expect(await migrate(database.url, { folder: slow })).toEqual({ applied: ['a'] });
    },
  );

  test('a folder that is missing, or lacks a file, is named', async () => {
    await expect(migrate(database.url, { folder: join(scratch, 'none') })).rejects.toThrow('migrations are missing');
    const folder = folderOf({ a: first });
    rmSync(join(folder, 'a/migration.sql'));
    await expect(migrate(database.url, { folder })).rejects.toThrow('migration a has no file');
  });
});
