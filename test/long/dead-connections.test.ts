// A connection to PostgreSQL on which no answer came in the middle of a transaction: it serves nobody any more, since whoever
// got it next would write inside a transaction that is never committed.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isUnavailable, type OpenedDatabase, openDatabase } from '../../src/db/client.js';
import { migrate } from '../../src/db/migrations/migrate.js';
import { isPostgresqlMissing, type OwnPostgresqlServer, startPostgresqlServer } from '../faults/postgresql-server.js';
import { type HoldableProxy, startProxy } from '../faults/proxy.js';

const account = (id: string) => ({ id, name: id, createdAt: new Date(0) });

describe.skipIf(isPostgresqlMissing)('without PostgreSQL installed these are skipped:', () => {
  let server: OwnPostgresqlServer;
  let proxy: HoldableProxy;
  let opened: OpenedDatabase;
  beforeAll(async () => {
    server = await startPostgresqlServer();
    await migrate(server.url);
    proxy = await startProxy(server.port);
    opened = await openDatabase(server.url.replace(`:${server.port}/`, `:${proxy.port}/`), { poolSize: 1 });
  });
  afterAll(async () => {
    await opened?.close();
    await proxy?.close();
    await server?.remove();
  });

  async function storedAccounts(): Promise<string[]> {
    const { rows } = await server.query('SELECT "id" FROM "Account" ORDER BY "id"');
    return rows.map(({ id }) => id);
  }

  test('after a transaction that got no answer, the next write is a transaction of its own', async () => {
    const { db } = opened;
    const began = performance.now();
    const lost = db.$transaction(async (tx) => {
      await tx.account.create({ data: account('lost') });
      proxy.hold();
      await tx.account.create({ data: account('lost-too') });
    });
    const error = await lost.catch((caught: unknown) => caught);
    expect(isUnavailable(error)).toBe(true);
    // Not twice the patience: no ROLLBACK waits for its answer too.
    expect(performance.now() - began).toBeLessThan(10_000);
    proxy.release();
    await pause(200);
    await db.account.create({ data: account('acknowledged') });
    expect(await storedAccounts()).toEqual(['acknowledged']);
  });

  test('a statement that waits for a lock is given up by the server too, and not done later', async () => {
    const { db } = opened;
    const operator = await server.connect();
    await operator.query(`BEGIN; UPDATE "Account" SET "name" = 'held' WHERE "id" = 'acknowledged'`);
    const waiting = db.account.update({ where: { id: 'acknowledged' }, data: { name: 'given up' } });
    const error = await waiting.catch((caught: unknown) => caught);
    expect(isUnavailable(error)).toBe(true);
    await operator.query('COMMIT');
    await operator.end();
    await pause(500);
    expect(await db.account.findUnique({ where: { id: 'acknowledged' } })).toMatchObject({ name: 'held' });
  });

  test('reading meets a connection that died unnoticed, and is done again', async () => {
    const { db } = opened;
    await db.account.count();
    // The news of its end is held up on the way until after it was used.
    proxy.hold();
    await server.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'latchkey'");
    const reading = db.account.count().then((many) => many);
    const beginning = db.$transaction((tx) => tx.account.count());
    await pause(200);
    proxy.release();
    expect(await Promise.all([reading, beginning])).toEqual([1, 1]);
  });
});
