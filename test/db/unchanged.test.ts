// What SQLite gave is kept for as long as it says that nobody has committed anything, and not a moment longer: whoever revokes,
// here or in another process, is obeyed by the next request.
import { execFileSync } from 'node:child_process';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import type { OneRow } from '../../src/db/hot/columns.js';
import { authorizingSelection, selections } from '../../src/db/hot/selections.js';
import { tableChanged, tablesRead } from '../../src/db/hot/tables.js';
import { createUnchanged } from '../../src/db/hot/unchanged.js';
import { sha256 } from '../../src/lib/crypto.js';
import { selectorOfClientSecret } from '../../src/lib/secret-format.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase, testProvider } from '../support/database.js';
import { obtainCode, obtainTokens, refresh, registerClient, type TestClient, userinfo } from '../support/oauth.js';
import { introspect } from '../support/tokens.js';

describe.runIf(testProvider === 'sqlite')('on SQLite', () => {
  let database: TestDatabase;
  let app: TestApp;
  let client: TestClient;
  beforeAll(async () => {
    database = await createTestDatabase();
    app = await createTestApp({ database });
    client = await registerClient(app);
  });
  afterAll(async () => {
    await app.close();
    await database.close();
  });

  const key = () => ({ clientId: client.clientId, selector: selectorOfClientSecret(client.secret) });
  const databaseFile = () => database.url.slice('file:'.length);
  const named = (name: string) => `UPDATE "OAuthClient" SET "name" = '${name}' WHERE "clientId" = '${client.clientId}'`;
  const nameRead = async () => (await app.deps.hotPaths.caller(key()))?.name;

  /** The statements that something takes, by their first word. */
  async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
    app.statements.length = 0;
    await work();
    return app.statements.map((sql) => sql.split(' ', 1)[0] ?? '');
  }

  test('a row is read once for as long as nobody commits, and that there is none is found out once', async () => {
    await app.db.$executeRawUnsafe(named('first'));
    const unknown = () => app.deps.hotPaths.caller({ clientId: 'nobody', selector: null });
    for (const read of [nameRead, unknown]) {
      expect(await statementsOf(read)).toEqual(['SELECT']);
      expect(await statementsOf(async () => [await read(), await read()])).toEqual(['PRAGMA', 'PRAGMA']);
    }
  });

  test('what is asked for in one turn is read in one go, which asks once whether anybody has committed', async () => {
    const others = Array.from({ length: 5 }, () => registerClient(app));
    const keys = (await Promise.all(others)).map(({ clientId }) => ({ clientId, selector: null }));
    const readAll = () => Promise.all(keys.map((each) => app.deps.hotPaths.caller(each)));
    expect(await statementsOf(readAll)).toEqual(keys.map(() => 'SELECT'));
    expect(await statementsOf(readAll)).toEqual(['PRAGMA']);
    expect((await readAll()).map((row) => row?.clientId)).toEqual(keys.map(({ clientId }) => clientId));
  });

  test('whatever is committed by Prisma, by another connection or by another process is seen by the next request', async () => {
    const other = await openDatabase(database.url);
    const commits: Record<string, () => unknown> = {
      prisma: () => app.db.$executeRawUnsafe(named('prisma')),
      connection: () => other.db.$executeRawUnsafe(named('connection')),
      process: () =>
        execFileSync(process.execPath, [
          '--input-type=module',
          '--eval',
          `import Database from 'better-sqlite3'; new Database(process.argv[1]).exec(process.argv[2])`,
          databaseFile(),
          named('process'),
        ]),
    };
    try {
      for (const [name, commit] of Object.entries(commits)) {
        await nameRead();
        await commit();
        expect(await nameRead()).toBe(name);
      }
    } finally {
      await other.close();
    }
  });

  test('what a request itself commits is seen by the next, which finds a refresh token used (RFC 9700 4.14)', async () => {
    const { refreshToken } = await obtainTokens(app, client);
    const usedAt = async () => {
      const { presented } = await app.deps.hotPaths.callerWithRefreshToken(key(), sha256(refreshToken));
      return presented?.usedAt;
    };
    expect(await usedAt()).toBeNull();
    await refresh(app, client, refreshToken);
    expect(await usedAt()).toBeInstanceOf(Date);
  });

  test('what somebody else committed just before a request does is seen by the next', async () => {
    const { refreshToken } = await obtainTokens(app, client);
    const { presented } = await app.deps.hotPaths.callerWithRefreshToken(key(), sha256(refreshToken));
    await nameRead();
    await app.db.$executeRawUnsafe(named('just before'));
    // Nothing is read between the two: by this commit alone the client would be the same.
    const now = new Date();
    const successor = {
      id: 'rt_next',
      familyId: presented?.family.id ?? '',
      hash: 'next',
      createdAt: now,
      expiresAt: now,
    };
    const used = { id: presented?.id ?? '', usedAt: now, sealedSuccessor: null };
    expect(await app.deps.hotPaths.rotateRefreshToken(used, successor)).toBe(true);
    expect(await nameRead()).toBe('just before');
  });

  test('a request that commits leaves what was read of other tables: a refresh costs nobody else anything', async () => {
    const { accessToken, refreshToken } = await obtainTokens(app, client);
    const others = async () => [await nameRead(), (await userinfo(app, accessToken)).status];
    await others();
    const used = await statementsOf(async () => await refresh(app, client, refreshToken));
    expect(used).toContain('COMMIT');
    expect(await statementsOf(others)).toEqual(['PRAGMA', 'PRAGMA']);
  });

  describe('what a statement is about is told by its text, and SQLite says the same', () => {
    /** The tables that its program opens, and whether it does more than the statement says: a cascade, a trigger. */
    function explained(sql: string) {
      const connection = new Database(databaseFile(), { readonly: true });
      try {
        const named = connection.prepare('SELECT "rootpage", "tbl_name" FROM "sqlite_schema"').raw().all();
        const tables = new Map(named as [number, string][]);
        const values = Array.from(sql.matchAll(/\?/g), () => null);
        const program = connection.prepare(`EXPLAIN ${sql}`).all(values) as { opcode: string; p2: number }[];
        const opened = (wanted: string) =>
          new Set(program.flatMap(({ opcode, p2 }) => (opcode === wanted ? [tables.get(p2)] : [])));
        return {
          read: opened('OpenRead'),
          changed: opened('OpenWrite'),
          doesMore: program.some(({ opcode }) => opcode === 'Program'),
        };
      } finally {
        connection.close();
      }
    }

    const read = { ...selections, authorizing: authorizingSelection('group_concat') };
    test.each(Object.entries(read))('%s', (_name, { list, from }) => {
      const sql = `SELECT json_array(${list}) ${from}`;
      expect(tablesRead(sql)).toEqual(explained(sql).read);
    });

    test('all that change something', async () => {
      app.statements.length = 0;
      const { refreshToken, browser } = await obtainTokens(app, client);
      await refresh(app, client, refreshToken);
      // Allowed before, so that no request waits for an answer.
      await obtainCode(app, client, {}, browser);
      // Prisma writes names in other quotes.
      const ours = /^(?:INSERT INTO|UPDATE|DELETE FROM) "/;
      const changing = [...new Set(app.statements)].filter((sql) => ours.test(sql));
      for (const sql of changing) {
        const { changed, doesMore } = explained(sql);
        expect([new Set([tableChanged(sql)]), doesMore]).toEqual([changed, false]);
      }
      expect(changing).toHaveLength(8);
    });
  });

  test('a token that has just been used is refused by the request after its revocation elsewhere (RFC 7009 2.1)', async () => {
    const { accessToken } = await obtainTokens(app, client);
    for (let times = 0; times < 2; times += 1) {
      expect((await userinfo(app, accessToken)).status).toBe(200);
      expect(await introspect(app, client, accessToken)).toMatchObject({ active: true });
    }
    const other = await openDatabase(database.url);
    try {
      await other.db.tokenFamily.updateMany({ data: { revokedAt: new Date() } });
    } finally {
      await other.close();
    }
    expect((await userinfo(app, accessToken)).status).toBe(401);
    expect(await introspect(app, client, accessToken)).toEqual({ active: false });
  });
});

describe('the rows that are kept', () => {
  const selection: OneRow = { list: '1', from: '' };

  /** Asks for what is never committed to; counts what is read. */
  function counting() {
    const unchanged = createUnchanged(() => 1);
    const reads = { count: 0 };
    const ask = (value: string, row: readonly unknown[] | undefined) =>
      unchanged.row(selection, [value], () => {
        reads.count += 1;
        return row && JSON.stringify(row);
      });
    return { ask, reads };
  }

  test('are told apart by their statement and each of its values', () => {
    const unchanged = createUnchanged(() => 1);
    const read = (from: string, values: string[], row: string) =>
      unchanged.row(from === '' ? selection : { list: '1', from }, values, () => JSON.stringify([row]));
    expect(read('', ['a', 'b'], 'first')).toEqual(['first']);
    expect(read('', ['a', 'b'], 'again')).toEqual(['first']);
    expect(read('', ['a,b'], 'joined')).toEqual(['joined']);
    expect(read('', ['a","b'], 'quoted')).toEqual(['quoted']);
    expect(read('', ['b', 'a'], 'turned')).toEqual(['turned']);
    expect(read('elsewhere', ['a', 'b'], 'other statement')).toEqual(['other statement']);
  });

  test.each([
    { changed: ['Second'], forgotten: ['joined'] },
    { changed: ['Third'], forgotten: ['alone'] },
    { changed: ['Inner'], forgotten: ['joined', 'alone'] },
    { changed: ['Fourth', 'First'], forgotten: ['joined'] },
    { changed: ['Fourth'], forgotten: [] },
  ])('are forgotten by a commit of our own that changed $changed: $forgotten', ({ changed, forgotten }) => {
    const list = '(SELECT count(*) FROM "Inner")';
    const asked = {
      joined: { list, from: 'FROM "First" f LEFT JOIN "Second" s ON 1' },
      alone: { list, from: 'FROM "Third" t' },
    };
    const unchanged = createUnchanged(() => 1);
    const readAnew = () => {
      const read: string[] = [];
      for (const [name, selection] of Object.entries(asked)) {
        unchanged.row(selection, [], () => {
          read.push(name);
          return '[]';
        });
      }
      return read;
    };
    readAnew();
    unchanged.forget(new Set(changed));
    expect(readAnew()).toEqual(forgotten);
  });

  test('come to some megabytes and no more, however much is asked for', () => {
    const { ask, reads } = counting();
    const row = ['x'.repeat(4_000)];
    for (let index = 0; index < 1_000; index += 1) ask(String(index), row);
    ask('0', row);
    expect(reads.count).toBe(1_000);
    for (let index = 1_000; index < 3_000; index += 1) ask(String(index), row);
    ask('2999', row);
    expect(reads.count).toBe(3_000);
    ask('0', row);
    expect(reads.count).toBe(3_001);
  });

  test.each([
    ['asked for by a text made up to fill the memory', '\u0001'.repeat(99_000), undefined],
    ['itself very long', 'client', ['https://app.example.com/'.repeat(1_000)]],
  ])('are none that is %s', (_what, value, row) => {
    const { ask, reads } = counting();
    expect([ask(value, row), ask(value, row), reads.count]).toEqual([row, row, 2]);
  });

  test('are none of a read that failed, which is tried again', () => {
    const unchanged = createUnchanged(() => 1);
    const failing = () => {
      throw new Error('SQLITE_BUSY');
    };
    expect(() => unchanged.row(selection, [], failing)).toThrow('SQLITE_BUSY');
    expect(unchanged.row(selection, [], () => '["there"]')).toEqual(['there']);
  });
});
