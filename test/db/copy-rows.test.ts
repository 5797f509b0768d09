// How rows are read for a copy: in batches that fit into memory, from the tables of every model, in an order that can be written.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { beginOnPostgresql } from '../../src/db/copy/postgresql.js';
import { inOrder, selfReferencesOf, type Table } from '../../src/db/copy/rows.js';
import { beginOnSqlite } from '../../src/db/copy/sqlite.js';
import { Prisma } from '../../src/db/generated/sqlite/client.js';
import { createTestDatabase, type TestDatabase, testProvider } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const begin = (mode: 'read' | 'write') =>
  testProvider === 'sqlite' ? beginOnSqlite(database.url, mode) : beginOnPostgresql(database.url, mode);

test('rows are read in batches, few at a time when they are large', async () => {
  const { db } = database;
  await db.account.create({ data: { id: 'a', name: 'A', createdAt: new Date(0) } });
  const numbers = Array.from({ length: 3000 }, (_, index) => index);
  const member = (number: number) => ({
    ...{ id: `m${number}`, accountId: 'a', email: 'e', emailKey: `e${number}`, role: 'READER' as const },
    ...{ createdAt: new Date(number), updatedAt: new Date(0), claims: 'x'.repeat(number < 30 ? 200_000 : 10) },
  });
  await db.member.createMany({ data: numbers.map(member) });
  const connection = await begin('read');
  const table = (await connection.tables()).find(({ name }) => name === 'Member') as Table;
  const sizes: number[] = [];
  const largest: number[] = [];
  for await (const rows of connection.read(table)) {
    sizes.push(rows.length);
    largest.push(JSON.stringify(rows).length);
  }
  await connection.close();
  expect(sizes.reduce((sum, size) => sum + size)).toBe(3000);
  expect(Math.max(...sizes)).toBe(1000);
  expect(Math.max(...largest)).toBeLessThan(4_000_000);
});

test('rows that are written after the first look are not seen, and whoever writes them is not hindered', async () => {
  const connection = await begin('read');
  const tables = await connection.tables();
  await database.db.account.create({ data: { id: 'later', name: 'Later', createdAt: new Date(0) } });
  const seen: unknown[] = [];
  for await (const rows of connection.read(tables.find(({ name }) => name === 'Account') as Table)) seen.push(...rows);
  await connection.close();
  expect(JSON.stringify(seen)).not.toContain('later');
  expect(await database.db.account.count({ where: { id: 'later' } })).toBe(1);
});

test('the tables are those of every model, each after what it refers to', async () => {
  const connection = await begin('read');
  const tables = inOrder(await connection.tables());
  await connection.close();
  expect(tables.map(({ name }) => name).toSorted()).toEqual(Object.values(Prisma.ModelName).toSorted());
  const seen = new Set<string>();
  for (const { name, references } of tables) {
    seen.add(name);
    for (const { target: other } of references) expect(seen).toContain(other);
  }
  expect(tables.filter((table) => selfReferencesOf(table).length > 0).map(({ name }) => name)).toEqual(['Member']);
});

test('tables cannot be put in order when they refer to one another in a circle', () => {
  const table = (name: string, target: string): Table => ({
    ...{ name, columns: [], key: [] },
    references: [{ column: 'other', target }],
  });
  expect(() => inOrder([table('a', 'b'), table('b', 'a')])).toThrow('in a circle: a, b');
});
