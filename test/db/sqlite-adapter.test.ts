// That no acknowledged write is lost on SQLite's one connection, however transactions beside it end. The same holds on
// PostgreSQL, where every transaction has a connection of its own, so the proof runs there too.
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import { createTestDatabase, type TestDatabase, testProvider } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

class Undone extends Error {}

const account = (id: string) => ({ id, name: id, createdAt: new Date(0) });

describe('writers beside transactions', () => {
  test('every acknowledged row is there, and none of those rolled back, 32 at once', async () => {
    const { db } = database;
    const acknowledged: string[] = [];
    const undone: string[] = [];
    const writer = async (number: number) => {
      for (let round = 0; round < 10; round += 1) {
        const id = `outside-${number}-${round}`;
        await db.account.create({ data: account(id) });
        acknowledged.push(id);
      }
    };
    const rollingBack = async (number: number) => {
      for (let round = 0; round < 5; round += 1) {
        const id = `undone-${number}-${round}`;
        undone.push(id);
        const transaction = db.$transaction(async (tx) => {
          await tx.account.create({ data: account(id) });
          // Something that is not the database: during it the writers outside go on asking.
          await pause(5);
          throw new Undone();
        });
        await expect(transaction).rejects.toBeInstanceOf(Undone);
      }
    };
    await Promise.all([
      ...Array.from({ length: 16 }, (_, number) => writer(number)),
      ...Array.from({ length: 16 }, (_, number) => rollingBack(number)),
    ]);
    const stored = new Set((await db.account.findMany({ select: { id: true } })).map((row) => row.id));
    expect(acknowledged).toHaveLength(160);
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    expect(undone.filter((id) => stored.has(id))).toEqual([]);
  });

  test('nobody outside sees what an open transaction has written', async () => {
    const { db } = database;
    let reading: Promise<unknown> | undefined;
    const transaction = db.$transaction(async (tx) => {
      await tx.account.create({ data: account('unseen') });
      // Started while the transaction is open, and executed: a Prisma promise does nothing until it is awaited.
      reading = db.account.findUnique({ where: { id: 'unseen' } }).then((row) => row);
      await pause(20);
      throw new Undone();
    });
    await expect(transaction).rejects.toBeInstanceOf(Undone);
    expect(await reading).toBeNull();
  });

  test('transactions of several processes take turns, and none is refused', async () => {
    const other = await openDatabase(database.url, { poolSize: 2 });
    try {
      await database.db.account.create({ data: { ...account('counter'), name: '0' } });
      const increment = (db: typeof other.db) =>
        db.$transaction(async (tx) => {
          await tx.$executeRaw`UPDATE "Account" SET "redirectSchemes" = 'taken' WHERE "id" = 'counter'`;
          const { name } = await tx.account.findUniqueOrThrow({ where: { id: 'counter' } });
          await pause(2);
          await tx.account.update({ where: { id: 'counter' }, data: { name: String(Number(name) + 1) } });
        });
      await Promise.all(Array.from({ length: 40 }, (_, index) => increment(index % 2 ? other.db : database.db)));
      expect(await database.db.account.findUnique({ where: { id: 'counter' } })).toMatchObject({ name: '40' });
    } finally {
      await other.close();
    }
  });
});

describe('a transaction that ends badly', () => {
  test('leaves the connection free after its time is up, and writes nothing more', async () => {
    const { db } = database;
    const transaction = db.$transaction(
      async (tx) => {
        await tx.account.create({ data: account('late-1') });
        await pause(300);
        await tx.account.create({ data: account('late-2') });
      },
      { timeout: 100 },
    );
    await expect(transaction).rejects.toMatchObject({ code: 'P2028' });
    await db.account.create({ data: account('after-late') });
    expect(await db.account.count({ where: { id: { startsWith: 'late-' } } })).toBe(0);
  });

  test('gives up its place in the queue when its turn does not come in time', async () => {
    const { db } = database;
    const long = db.$transaction(async (tx) => {
      await tx.account.create({ data: account('long') });
      await pause(200);
    });
    const impatient = db.$transaction((tx) => tx.account.create({ data: account('impatient') }), { maxWait: 50 });
    if (testProvider === 'sqlite') {
      await expect(impatient).rejects.toMatchObject({ code: 'P2028' });
    }
    await Promise.allSettled([long, impatient]);
    await db.$transaction((tx) => tx.account.create({ data: account('patient') }));
    expect(await db.account.count({ where: { id: { in: ['long', 'patient'] } } })).toBe(2);
  });

  test.runIf(testProvider === 'sqlite')('is rolled back when its COMMIT fails', async () => {
    const { db } = database;
    const transaction = db.$transaction(async (tx) => {
      await tx.$executeRaw`PRAGMA defer_foreign_keys = ON`;
      await tx.$executeRaw`INSERT INTO "RefreshToken" ("id", "familyId", "hash", "createdAt", "expiresAt")
        VALUES ('dangling', 'nowhere', 'hash', '2026-01-01', '2026-01-01')`;
    });
    await expect(transaction).rejects.toThrow();
    await db.account.create({ data: account('after-commit') });
    expect(await db.refreshToken.count()).toBe(0);
    // On its own, not inside what failed: another connection sees it.
    const other = await openDatabase(database.url);
    expect(await other.db.account.count({ where: { id: 'after-commit' } })).toBe(1);
    await other.close();
  });
});

describe.runIf(testProvider === 'sqlite')('the connection', () => {
  test('syncs every commit, writes ahead, and keeps foreign keys', async () => {
    const read = async (pragma: string) => {
      const rows = await database.db.$queryRawUnsafe<Record<string, unknown>[]>(`PRAGMA ${pragma}`);
      return Object.values(rows[0] ?? {})[0];
    };
    expect(await read('journal_mode')).toBe('wal');
    expect(Number(await read('synchronous'))).toBe(2);
    expect(Number(await read('foreign_keys'))).toBe(1);
    expect(Number(await read('busy_timeout'))).toBeGreaterThan(0);
  });

  test('keeps times as ISO 8601 text', async () => {
    const createdAt = new Date('2026-01-02T03:04:05.678Z');
    await database.db.account.create({ data: { ...account('timed'), createdAt } });
    const rows = await database.db.$queryRaw<{ kind: string }[]>`
      SELECT typeof("createdAt") AS "kind" FROM "Account" WHERE "id" = 'timed'`;
    expect(rows).toEqual([{ kind: 'text' }]);
    expect(await database.db.account.findUnique({ where: { id: 'timed' } })).toMatchObject({ createdAt });
  });

  test('has a statement parsed once, however often it is asked for, and gives each asker their own rows', async () => {
    const parsed = vi.spyOn(Database.prototype, 'prepare');
    const { db, close } = await openDatabase(database.url);
    try {
      const ids = Array.from({ length: 20 }, (_, index) => `kept-${index}`);
      await Promise.all(ids.map((id) => db.account.create({ data: account(id) })));
      const found = await Promise.all(ids.map((id) => db.account.findMany({ where: { id } })));
      expect(found.map((rows) => rows.map(({ id }) => id))).toEqual(ids.map((id) => [id]));
      expect(await db.account.findMany({ where: { id: 'nobody' } })).toEqual([]);
      const texts = parsed.mock.calls
        .map(([sql]) => sql)
        .filter((sql) => sql.includes('"Account"') || sql.includes('`Account`'));
      expect(texts.length).toBeGreaterThan(1);
      expect(new Set(texts).size).toBe(texts.length);
    } finally {
      parsed.mockRestore();
      await close();
    }
  });

  test('goes on with a statement that failed, and with tables that somebody else has changed', async () => {
    const { db } = database;
    await db.account.create({ data: account('twice') });
    await expect(db.account.create({ data: account('twice') })).rejects.toMatchObject({ code: 'P2002' });
    await db.account.create({ data: account('once more') });
    const other = new Database(database.url.replace('file:', ''));
    other.exec(`ALTER TABLE "Account" ADD COLUMN "surplus" TEXT`);
    expect(await db.account.findUnique({ where: { id: 'twice' } })).toEqual(expect.objectContaining(account('twice')));
    other.exec(`ALTER TABLE "Account" DROP COLUMN "surplus"`);
    other.close();
    expect(await db.account.findUnique({ where: { id: 'once more' } })).toMatchObject({ name: 'once more' });
  });
});
