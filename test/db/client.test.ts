// Opening a database by its URL, and what services are given beside it: exclusive transactions and the meaning of errors.
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  exclusively,
  isNotFound,
  isRetryable,
  isUniqueViolation,
  openDatabase,
  providerOfDatabase,
  retrying,
} from '../../src/db/client.js';
import { DatabaseUrlError, prepareSqliteFile, providerOf, sqlitePath } from '../../src/db/url.js';
import { createTestDatabase, type TestDatabase, testProvider } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const account = (id: string) => ({ id, name: id, createdAt: new Date(0) });
const member = (id: string, emailKey: string) => ({
  ...{ id, accountId: 'errors', email: emailKey, emailKey, role: 'READER' as const },
  ...{ createdAt: new Date(0), updatedAt: new Date(0) },
});
const fault = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('the URL', () => {
  test('names the provider', () => {
    expect(providerOf('file:./data/latchkey.db')).toBe('sqlite');
    expect(providerOf('postgres://localhost/x')).toBe('postgresql');
    expect(providerOf('postgresql://localhost/x?schema=public')).toBe('postgresql');
    expect(() => providerOf('mysql://localhost/x')).toThrow(DatabaseUrlError);
    expect(() => providerOf('mysql://localhost/x')).toThrow('must begin with file:');
    expect(() => providerOf('postgresql://localhost/x?schema=other')).toThrow('a database of its own');
  });

  test('names a file in any of the usual forms', () => {
    expect(sqlitePath('file:data/x.db')).toBe(join(process.cwd(), 'data/x.db'));
    expect(sqlitePath('file:/var/x.db?connection_limit=1')).toBe('/var/x.db');
    expect(sqlitePath('file:///var/a%20b.db')).toBe('/var/a b.db');
    expect(() => sqlitePath('file::memory:')).toThrow('must name a file');
    expect(() => sqlitePath('file:')).toThrow('must name a file');
  });
});

describe('openDatabase', () => {
  test('makes the SQLite folder and file for this user alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
    try {
      const url = `file:${join(folder, 'new/deep/latchkey.db')}`;
      const { db, close } = await openDatabase(url);
      await db.$executeRaw`CREATE TABLE "t" ("a" INTEGER)`;
      const mode = (path: string) => (statSync(join(folder, path)).mode & 0o777).toString(8);
      expect(mode('new')).toBe('700');
      expect(mode('new/deep')).toBe('700');
      expect(mode('new/deep/latchkey.db')).toBe('600');
      expect(mode('new/deep/latchkey.db-wal')).toBe('600');
      await close();
      await close();
      expect(existsSync(join(folder, 'new/deep/latchkey.db-wal'))).toBe(false);
      expect(prepareSqliteFile(url)).toBe(join(folder, 'new/deep/latchkey.db'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('knows the provider of what it opened, and of nothing else', () => {
    expect(providerOfDatabase(database.db)).toBe(testProvider);
    expect(() => providerOfDatabase({} as TestDatabase['db'])).toThrow('not opened by openDatabase');
  });

  test('says which statements it sends', async () => {
    database.statements.length = 0;
    await database.db.account.findUnique({ where: { id: 'none' } });
    expect(database.statements).toHaveLength(1);
    expect(database.statements[0]).toMatch(/^SELECT .*Account/);
  });
});

describe('exclusively', () => {
  test('runs one at a time under a name, in several connections', async () => {
    const other = await openDatabase(database.url, { poolSize: 2 });
    let inside = 0;
    let most = 0;
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        exclusively(index % 2 ? other.db : database.db, 'test', async (tx) => {
          inside += 1;
          most = Math.max(most, inside);
          const before = await tx.account.count({ where: { id: { startsWith: 'alone-' } } });
          await pause(5);
          await tx.account.create({ data: account(`alone-${index}`) });
          inside -= 1;
          return before;
        }),
      ),
    );
    await other.close();
    expect(most).toBe(1);
    // Each saw what all before it had committed.
    expect(results.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('undoes everything when the work fails, and lets the next one in', async () => {
    const work = exclusively(database.db, 'test', async (tx) => {
      await tx.account.create({ data: account('undone') });
      throw new Error('on purpose');
    });
    await expect(work).rejects.toThrow('on purpose');
    expect(await exclusively(database.db, 'test', (tx) => tx.account.count({ where: { id: 'undone' } }))).toBe(0);
  });
});

describe('errors', () => {
  test('a taken unique value is recognised, with its field', async () => {
    const { db } = database;
    await db.account.create({ data: account('errors') });
    await db.member.create({ data: member('first', 'taken@example.com') });
    const taken = await fault(db.member.create({ data: member('second', 'taken@example.com') }));
    expect(isUniqueViolation(taken)).toBe(true);
    expect(isUniqueViolation(taken, 'emailKey')).toBe(true);
    expect(isUniqueViolation(taken, 'ownerOf')).toBe(false);
    expect(isUniqueViolation(taken, 'id')).toBe(false);
    const sameId = await fault(db.member.create({ data: member('first', 'other@example.com') }));
    expect(isUniqueViolation(sameId, 'id')).toBe(true);
    expect(isUniqueViolation(sameId, 'emailKey')).toBe(false);
    const inTransaction = await fault(
      db.$transaction((tx) => tx.member.create({ data: member('third', 'taken@example.com') })),
    );
    expect(isUniqueViolation(inTransaction, 'emailKey')).toBe(true);
    const raw = await fault(db.$executeRaw`UPDATE "Account" SET "id" = 'errors' WHERE "id" <> 'errors'`);
    expect(isUniqueViolation(raw, 'id')).toBe(true);
    expect([taken, sameId, raw].some(isRetryable)).toBe(false);
  });

  test('other faults are not taken for it', async () => {
    const missing = await fault(database.db.account.update({ where: { id: 'none' }, data: { name: 'x' } }));
    expect(isNotFound(missing)).toBe(true);
    expect(isUniqueViolation(missing)).toBe(false);
    const dangling = await fault(database.db.member.create({ data: { ...member('lost', 'lost'), accountId: 'none' } }));
    expect(isUniqueViolation(dangling)).toBe(false);
    expect(isNotFound(new Error('P2025'))).toBe(false);
    expect(isUniqueViolation(null)).toBe(false);
  });

  test('only what may succeed the next time is tried again', async () => {
    const conflict = Object.assign(new Error('conflict'), { code: 'P2034' });
    let calls = 0;
    const succeedsAt = (attempt: number, error: Error) => () => {
      calls += 1;
      return calls < attempt ? Promise.reject(error) : Promise.resolve(calls);
    };
    expect(await retrying(succeedsAt(3, conflict))).toBe(3);
    calls = 0;
    await expect(retrying(succeedsAt(4, conflict))).rejects.toBe(conflict);
    calls = 0;
    await expect(retrying(succeedsAt(2, new Error('other')))).rejects.toThrow('other');
    expect(calls).toBe(1);
  });

  test.runIf(testProvider === 'postgresql')('a deadlock may be tried again', async () => {
    const { db } = database;
    await db.account.createMany({ data: [account('lock-a'), account('lock-b')] });
    const touch = (first: string, second: string) => () =>
      db.$transaction(async (tx) => {
        await tx.account.update({ where: { id: first }, data: { name: 'x' } });
        await pause(100);
        await tx.account.update({ where: { id: second }, data: { name: 'x' } });
      });
    const both = [touch('lock-a', 'lock-b'), touch('lock-b', 'lock-a')];
    const settled = await Promise.allSettled(both.map((work) => work()));
    const refused = settled.find((result) => result.status === 'rejected');
    expect(isRetryable(refused?.reason)).toBe(true);
    await Promise.all(both.map((work) => retrying(work)));
  });
});
