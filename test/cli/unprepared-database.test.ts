// What commands do with a database that nothing was started on yet, or that another version was: a wrong DATABASE_URL must
// change nobody's database.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createProgram } from '../../src/cli/program.js';
import { openDatabase } from '../../src/db/client.js';
import { migrate } from '../../src/db/migrations/migrate.js';
import { createEmptyTestDatabase, type EmptyTestDatabase } from '../support/database.js';
import { patience } from './command-line.js';
import { run, runJson } from './in-process.js';

vi.setConfig({ testTimeout: patience });

const email = ['--email', 'ada@example.com'];

const lookingOrChanging: readonly (readonly string[])[] = [
  ['accounts', 'list'],
  ['accounts', 'rename', 'Example'],
  ['accounts', 'set-owner', ...email],
  ['accounts', 'allow-redirects', 'loopback'],
  ['accounts', 'disallow-redirects', 'loopback'],
  ['members', 'create', ...email, '--role', 'admin'],
  ['members', 'set-password', ...email],
  ['members', 'set-claims', ...email, '--claims', '{}'],
  ['members', 'set-email', ...email, '--new-email', 'grace@example.com'],
  ['members', 'export', ...email],
  ['api-tokens', 'create', '--member', 'ada@example.com', '--role', 'admin', '--name', 'x'],
  ['clients', 'list'],
  ['clients', 'verify', 'x'],
  ['clients', 'unverify', 'x'],
  ['sessions', 'end-all'],
  ['keys', 'rotate'],
  ['audit', 'export'],
];

// They make tables, or read what needs none.
const others = [
  'serve',
  'migrate',
  'database copy',
  'backup',
  'restore',
  'accounts create',
  'schema print',
  'conformance seed',
];

const beginning = ['accounts', 'create', '--name', 'Example', '--owner-email', 'ada@example.com'];

let database: EmptyTestDatabase;
beforeEach(async () => {
  database = await createEmptyTestDatabase();
  // An empty file: one that is missing is first-steps.test.ts's.
  await openDatabase(database.url).then(({ close }) => close());
});
afterEach(() => database.remove());

async function query(sql: string): Promise<{ readonly name: string }[]> {
  const { db, close } = await openDatabase(database.url);
  try {
    return await db.$queryRawUnsafe(sql);
  } finally {
    await close();
  }
}

const tables = () =>
  query(
    database.provider === 'sqlite'
      ? 'SELECT "name" FROM sqlite_master'
      : `SELECT "tablename"::text AS "name" FROM pg_catalog.pg_tables WHERE "schemaname" = 'public'`,
  );

const migrations = () => query('SELECT "migration_name" AS "name", "logs" FROM "_prisma_migrations" ORDER BY 1');

test('each command is one of those that make a database, or one that must not', () => {
  const leaves = createProgram().commands.flatMap((noun) =>
    noun.commands.length === 0 ? [noun.name()] : noun.commands.map((verb) => `${noun.name()} ${verb.name()}`),
  );
  expect(leaves.sort()).toEqual([...others, ...lookingOrChanging.map((args) => args.slice(0, 2).join(' '))].sort());
});

test.each(lookingOrChanging.map((args) => [args]))(
  'no tables are made in an empty database by %j, which says what to check',
  async (args) => {
    const { exitCode, stdout, stderr } = await run(database.url, args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    const place = database.provider === 'sqlite' ? database.url : database.url.replace(/\/\/.*@/, '//');
    expect(stderr).toBe(
      `There are no tables of Latchkey in ${place}. Check DATABASE_URL, or the URL that the command was given. A start makes them, as "npm run cli -- migrate" does.\n`,
    );
    expect(await tables()).toEqual([]);
  },
);

test('an empty database is begun by whoever creates an account in it', async () => {
  await runJson(database.url, beginning);
  expect(await runJson(database.url, ['accounts', 'list'])).toHaveLength(1);
});

test('a database that lacks a migration is left as it is, and what brings it up to date is said', async () => {
  await runJson(database.url, beginning);
  const names = (await migrations()).map(({ name }) => name);
  const last = names.at(-1);
  // As before its last migration, as far as anybody looks: running that again would fail.
  await query(`DELETE FROM "_prisma_migrations" WHERE "migration_name" = '${last}'`);
  const before = await migrations();
  const { exitCode, stdout, stderr } = await run(database.url, ['accounts', 'list']);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toContain(`lacks migrations of this program: ${last}.`);
  expect(stderr).toContain('npm run cli -- migrate');
  expect(await migrations()).toEqual(before);
});

test('the commands of an older version go on beside a newer one whose migrations are additive, and no others', async () => {
  await migrate(database.url);
  const newer = (logs: string) => `INSERT INTO "_prisma_migrations"
    ("id", "checksum", "migration_name", "logs", "finished_at", "started_at")
    SELECT 'newer', 'x', '99990101000000_newer', ${logs}, "finished_at", "started_at" FROM "_prisma_migrations" LIMIT 1`;
  await query(newer(`'latchkey: additive'`));
  expect(await runJson(database.url, ['accounts', 'list'])).toEqual([]);
  await query(`UPDATE "_prisma_migrations" SET "logs" = NULL WHERE "id" = 'newer'`);
  const { exitCode, stderr } = await run(database.url, ['accounts', 'list']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('newer than this program: it has run 99990101000000_newer');
});
