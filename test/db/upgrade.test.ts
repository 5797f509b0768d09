// An upgrade without downtime: processes of the older version serve while a newer one migrates, go on afterwards, and can be
// started again. What makes a migration additive is for its author to see; that older programs take it is seen here.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import { MigrationError, migrate } from '../../src/db/migrations/migrate.js';
import { migrationsFolder } from '../../src/db/migrations/plan.js';
import { connectToPostgresql } from '../../src/db/pg-client.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase, testProvider } from '../support/database.js';
import { apiTokenOf, bearer } from '../support/graphql.js';
import { newBrowser, obtainTokens, refresh, registerClient, userinfo } from '../support/oauth.js';

// What additive migrations do: columns with a default, tables and indexes, on what every request reads and writes.
const additive = `-- additive: columns with a default, a table and an index.
ALTER TABLE "Member" ADD COLUMN "newer" TEXT NOT NULL DEFAULT '';
ALTER TABLE "RefreshToken" ADD COLUMN "newer" INTEGER;
ALTER TABLE "OAuthClient" ADD COLUMN "newer" BOOLEAN NOT NULL DEFAULT false;
CREATE TABLE "Newer" ("id" TEXT NOT NULL PRIMARY KEY);
CREATE INDEX "Member_newer_idx" ON "Member" ("newer");
`;

let database: TestDatabase;
let app: TestApp;
let folder: string;
beforeEach(async () => {
  database = await createTestDatabase();
  app = await createTestApp({ database });
  folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
  cpSync(migrationsFolder(testProvider), folder, { recursive: true });
  mkdirSync(join(folder, '99990101000000_newer'));
  writeFileSync(join(folder, '99990101000000_newer/migration.sql'), additive);
});
afterEach(async () => {
  await app.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

test('an older process serves while a newer one migrates, afterwards, and when it is started again', async () => {
  const client = await registerClient(app);
  const tokens = await obtainTokens(app, client, { scope: 'openid email offline_access' });
  const { token } = await apiTokenOf(app, 'ADMIN');
  let refreshToken = tokens.refreshToken;
  const round = async (on: TestApp) => {
    expect((await userinfo(on, tokens.accessToken)).status).toBe(200);
    const { status, body } = await refresh(on, client, refreshToken);
    expect({ status, error: body.error }).toEqual({ status: 200, error: undefined });
    refreshToken = body.refresh_token ?? '';
    const { data } = await bearer(on, token)('{ oauthClients { nodes { name } } members { nodes { name } } }');
    expect(data).toMatchObject({ oauthClients: { nodes: [{ name: 'Test app' }] } });
  };
  // Its statements are prepared before the columns are there.
  await round(app);
  let migrated = false;
  const upgrade = migrate(database.url, { folder }).finally(() => {
    migrated = true;
  });
  do await round(app);
  while (!migrated);
  expect(await upgrade).toEqual({ applied: ['99990101000000_newer'] });
  await round(app);

  expect(await migrate(database.url)).toEqual({ applied: [] });
  const { db, close } = await openDatabase(database.url);
  const again = await createTestApp({ database: { ...database, db, statements: [] } });
  await round(again);
  const browser = newBrowser(again);
  await browser.signIn(again.owner);
  expect((await browser.graphql('{ viewer { member { id } } }')).data).toEqual({
    viewer: { member: { id: app.owner.id } },
  });
  await again.close();
  await close();
});

describe.runIf(testProvider === 'postgresql')('while a migration changes several tables', () => {
  test('nobody is refused for having one of them and waiting for another', async () => {
    const slow = additive.replace('ALTER TABLE "RefreshToken"', 'SELECT pg_sleep(0.2);\n$&');
    writeFileSync(join(folder, '99990101000000_newer/migration.sql'), slow);
    const client = await registerClient(app);
    let { refreshToken } = await obtainTokens(app, client, { scope: 'openid email offline_access' });
    let migrated = false;
    const upgrade = migrate(database.url, { folder }).finally(() => {
      migrated = true;
    });
    const answers: { status: number; error: string | undefined }[] = [];
    do {
      const { status, body } = await refresh(app, client, refreshToken);
      answers.push({ status, error: body.error });
      refreshToken = body.refresh_token ?? refreshToken;
    } while (!migrated);
    await upgrade;
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  });

  test('nobody waits long for it while it waits for somebody who reads for long', async () => {
    const client = await registerClient(app);
    const tokens = await obtainTokens(app, client, { scope: 'openid email offline_access' });
    const dump = await dumping(database.url);
    let migrated = false;
    const warnings: string[] = [];
    const upgrade = migrate(database.url, { folder, warn: (message) => warnings.push(message) }).finally(() => {
      migrated = true;
    });
    const waits: number[] = [];
    for (const began = performance.now(); performance.now() - began < 2_500; ) {
      const asked = performance.now();
      expect((await userinfo(app, tokens.accessToken)).status).toBe(200);
      waits.push(performance.now() - asked);
    }
    expect(migrated).toBe(false);
    // One that waited for its tables until it has them would have kept all of these waiting until the reader had done.
    expect(Math.max(...waits)).toBeLessThan(2_000);
    expect(waits.length).toBeGreaterThan(50);
    // Whoever started it is told why nothing happens.
    expect(warnings).toEqual([
      expect.stringMatching(/^the migrations wait for tables .+: a back-up \(process \d+, since/),
    ]);
    await dump.end();
    expect(await upgrade).toEqual({ applied: ['99990101000000_newer'] });
  });

  test('it gives up in the end, says who has the tables, and changes nothing', async () => {
    const dump = await dumping(database.url);
    const failing = migrate(database.url, { folder, patienceMilliseconds: 1_500 });
    await expect(failing).rejects.toThrow(MigrationError);
    await expect(failing).rejects.toThrow(/In a transaction: a back-up \(process \d+, since .* UTC\).*Start again/);
    await dump.end();
    expect(await migrate(database.url, { folder })).toEqual({ applied: ['99990101000000_newer'] });
  });
});

/** A transaction that has read a table and goes on, as a back-up does. */
async function dumping(url: string): Promise<{ end(): Promise<void> }> {
  const connection = await connectToPostgresql(url, 'a back-up');
  await connection.query('BEGIN; LOCK TABLE "Member" IN ACCESS SHARE MODE');
  return { end: () => connection.end() };
}
