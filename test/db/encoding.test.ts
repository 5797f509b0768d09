// A PostgreSQL database that cannot keep text of all kinds: no tables are made in one, and one that has them is served with a warning.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import { migrate } from '../../src/db/migrations/migrate.js';
import { connectToPostgresql } from '../../src/db/pg-client.js';
import { testProvider } from '../support/database.js';

describe.runIf(testProvider === 'postgresql')('a database', () => {
  const serverUrl = process.env.TEST_DATABASE_URL ?? '';
  let url: string;
  let name: string;

  async function query(where: string, sql: string) {
    const client = await connectToPostgresql(where, 'latchkey test');
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  beforeEach(() => {
    name = `latchkey_test_${Math.floor(Date.now() / 1000)}_${randomBytes(6).toString('hex')}`;
    url = Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href;
  });
  const create = (encoding: string) =>
    query(serverUrl, `CREATE DATABASE "${name}" ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`);
  afterEach(() => query(serverUrl, `DROP DATABASE "${name}" WITH (FORCE)`));

  test('of Latin letters is refused before anything is changed in it', async () => {
    await create('LATIN1');
    await expect(migrate(url)).rejects.toThrow(
      `The database's encoding is LATIN1, in which most names cannot be kept. Make one that has UTF8 and name it in the URL; nothing was changed in this one: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`,
    );
    expect(await query(url, `SELECT FROM pg_catalog.pg_tables WHERE schemaname = 'public'`)).toEqual([]);
  });

  test('of Latin letters is served with a warning when it has tables', async () => {
    await create('LATIN1');
    // As one that a former version made.
    await query(
      url,
      `CREATE TABLE "_prisma_migrations" ("id" VARCHAR(36) PRIMARY KEY, "checksum" VARCHAR(64), "finished_at" TIMESTAMPTZ,
        "migration_name" VARCHAR(255), "logs" TEXT, "rolled_back_at" TIMESTAMPTZ, "started_at" TIMESTAMPTZ DEFAULT now(),
        "applied_steps_count" INTEGER DEFAULT 0)`,
    );
    await query(
      url,
      `INSERT INTO "_prisma_migrations" VALUES ('x', 'x', now(), '1_of_another_folder', 'latchkey: additive', NULL)`,
    );
    const warnings: string[] = [];
    const empty = mkdtempSync(join(tmpdir(), 'latchkey-migrations-'));
    await migrate(url, { folder: empty, warn: (message) => warnings.push(message) });
    rmSync(empty, { recursive: true });
    expect(warnings).toEqual([
      expect.stringMatching(/^the database's encoding is LATIN1, .+ENCODING 'UTF8'.+pg_dump/),
      expect.stringMatching(/^a newer version has run 1_of_another_folder/),
    ]);
  });

  test('of plain bytes keeps names of all kinds', async () => {
    await create('SQL_ASCII');
    const warnings: string[] = [];
    await migrate(url, { warn: (message) => warnings.push(message) });
    expect(warnings).toEqual([]);
    const { db, close } = await openDatabase(url);
    await db.account.create({ data: { id: 'a', name: 'Łódź 山田 🗝', createdAt: new Date(0) } });
    expect(await db.account.findFirst({ where: { name: { contains: '山' } } })).toMatchObject({ name: 'Łódź 山田 🗝' });
    await close();
  });
});
