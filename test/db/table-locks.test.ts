// What a migration of PostgreSQL takes before its first statement.
import { expect, test } from 'vitest';
import { takeTables } from '../../src/db/migrations/postgresql.js';
import { lockStatements } from '../../src/db/migrations/table-locks.js';
import { connectToPostgresql } from '../../src/db/pg-client.js';
import { createTestDatabase, testProvider } from '../support/database.js';

const tableOf = new Map(
  Object.entries({
    Member: 'Member',
    Session: 'Session',
    OAuthClient: 'OAuthClient',
    Account: 'Account',
    Member_email_key: 'Member',
  }),
);

test.each([
  ['a column', 'ALTER TABLE "Member" ADD COLUMN "a" TEXT;', ['LOCK TABLE "Member" IN ACCESS EXCLUSIVE MODE']],
  ['an index', 'CREATE UNIQUE INDEX "b"\n  ON "Session"("a");', ['LOCK TABLE "Session" IN SHARE MODE']],
  ['an index that goes', 'DROP INDEX "Member_email_key";', ['LOCK TABLE "Member" IN ACCESS EXCLUSIVE MODE']],
  ['a table that goes', 'DROP TABLE IF EXISTS "Session";', ['LOCK TABLE "Session" IN ACCESS EXCLUSIVE MODE']],
  ['rows', `UPDATE "OAuthClient" SET "a" = 'b';`, ['LOCK TABLE "OAuthClient" IN EXCLUSIVE MODE']],
  [
    'a new table that refers to an old one',
    'CREATE TABLE "New" ("id" TEXT);\nALTER TABLE "New" ADD CONSTRAINT "c" FOREIGN KEY ("a") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;',
    ['LOCK TABLE "Account" IN SHARE ROW EXCLUSIVE MODE'],
  ],
  ['a new table alone', 'CREATE TABLE "New" ("id" TEXT); CREATE INDEX "d" ON "New"("id");', []],
])('%s', (_what, sql, statements) => {
  expect(lockStatements(sql, tableOf)).toEqual(statements);
});

test('of several kinds the strongest, and all tables of a kind at once', () => {
  const sql = `UPDATE "Member" SET "a" = 'b';
    CREATE INDEX "e" ON "Member"("a");
    CREATE INDEX "f" ON "Account"("a");
    ALTER TABLE "Session" ADD COLUMN "a" TEXT;
    ALTER TABLE "Member" ADD COLUMN "c" TEXT;`;
  expect(lockStatements(sql, tableOf)).toEqual([
    'LOCK TABLE "Account" IN SHARE MODE',
    'LOCK TABLE "Member", "Session" IN ACCESS EXCLUSIVE MODE',
  ]);
});

test.runIf(testProvider === 'postgresql')('a server that knows no locks of tables does without', async () => {
  const database = await createTestDatabase();
  const connection = await connectToPostgresql(database.url, 'test');
  const query = (sql: string) => connection.query(sql.replace(/^LOCK TABLE/, 'NO SUCH STATEMENT'));
  await connection.query('BEGIN');
  const migration = { name: 'a', sql: 'ALTER TABLE "Member" ADD COLUMN "a" TEXT;', checksum: '', additive: true };
  expect(await takeTables({ query } as typeof connection, [migration])).toBe(true);
  await connection.query(migration.sql);
  await connection.query('COMMIT');
  await connection.end();
  await database.close();
});
