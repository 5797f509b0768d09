// A service whose SQLite file has no room to grow, or is locked by another process: what it cannot write it answers with 503 and
// when to come again, does nothing by half, and goes on by itself.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import { createTestApp, type TestApp } from '../support/app.js';
import type { TestBrowser } from '../support/browser.js';
import { testProvider } from '../support/database.js';
import { obtainTokens, refresh, registerClient, signedInBrowser, type TestClient, userinfo } from '../support/oauth.js';
import { freePort } from '../support/service.js';
import { startServiceProcess } from '../support/service-process.js';
import { revoke } from '../support/tokens.js';
import { halfDone } from './half-done.js';
import { ownersBrowser, registerOver, registration, remote } from './remote.js';

const input = { name: 'App', redirectUris: ['https://a.example/'] };

describe.runIf(testProvider === 'sqlite')('on SQLite', { timeout: 60_000 }, () => {
  let app: TestApp;
  let browser: TestBrowser;
  let client: TestClient;
  let tokens: Awaited<ReturnType<typeof obtainTokens>>;
  beforeAll(async () => {
    app = await createTestApp();
    browser = await signedInBrowser(app);
  });
  beforeEach(async () => {
    client = await registerClient(app);
    tokens = await obtainTokens(app, client);
  });
  afterAll(() => app.close());

  /** Does the work while the file may not grow by a page, as when the disk is full. */
  async function withoutRoom(work: () => Promise<void>): Promise<void> {
    const [size] = await app.db.$queryRawUnsafe<{ page_count: bigint }[]>('PRAGMA page_count');
    // Whatever is free within the file is used up first.
    await app.db.$queryRawUnsafe(`PRAGMA max_page_count = ${size?.page_count}`);
    await app.db.$executeRawUnsafe('CREATE TABLE IF NOT EXISTS "Filler" ("text" TEXT)');
    try {
      for (const bytes of [100_000, 3_000, 100]) {
        for (let full = false; !full; ) {
          full = await app.db.$executeRaw`INSERT INTO "Filler" VALUES (${'x'.repeat(bytes)})`.then(
            () => false,
            () => true,
          );
        }
      }
      await work();
    } finally {
      await app.db.$queryRawUnsafe('PRAGMA max_page_count = 1073741823');
      await app.db.$executeRawUnsafe('DELETE FROM "Filler"');
    }
  }

  test('a full disk: reading goes on, writing is answered 503, and nothing is half done', async () => {
    const clients = await app.db.oAuthClient.count();
    await app.db.$executeRawUnsafe('CREATE TABLE IF NOT EXISTS "Filler" ("text" TEXT)');
    await withoutRoom(async () => {
      expect((await userinfo(app, tokens.accessToken)).status).toBe(200);
      const statuses = new Set<number>();
      // Each may still find a bit of room in a page; together they do not.
      for (let round = 0; round < 30; round += 1) {
        const { status, headers, errors } = await browser.graphql(registration, { input });
        statuses.add(status);
        if (status === 200) continue;
        expect(errors?.[0]?.extensions.code).toBe('SERVICE_UNAVAILABLE');
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      }
      expect([...statuses].filter((status) => status !== 200)).toEqual([503]);
    });
    expect(app.logLines.filter((line) => line.includes('"level":50'))).toEqual([]);
    expect(app.logLines.join('\n')).toContain('SQLITE_FULL');
    expect(await halfDone(app.db)).toEqual([]);
    // Recovered without anything else.
    const { status, data } = await browser.graphql(registration, { input });
    expect([status, typeof data?.createOAuthClient?.clientSecret]).toEqual([200, 'string']);
    expect(await app.db.oAuthClient.count()).toBeGreaterThan(clients);
    expect((await refresh(app, client, tokens.refreshToken)).status).toBe(200);
  });

  test('a transaction that failed for want of room does nothing more, though its code goes on', async () => {
    const id = 'after-the-failure';
    await app.db.$executeRawUnsafe('CREATE TABLE IF NOT EXISTS "Filler" ("text" TEXT)');
    await withoutRoom(async () => {
      const careless = app.db.$transaction(async (tx) => {
        await tx.$executeRaw`INSERT INTO "Filler" VALUES (${'x'.repeat(1_000_000)})`.catch(() => {});
        await tx.account.create({ data: { id, name: id, createdAt: new Date(0) } });
      });
      await expect(careless).rejects.toThrow();
    });
    expect(await app.db.account.count({ where: { id } })).toBe(0);
  });

  test('a file locked for long by another process: reading goes on, writing is answered 503 after seconds', async () => {
    const [{ file } = { file: '' }] = await app.db.$queryRawUnsafe<{ file: string }[]>('PRAGMA database_list');
    const other = new Database(file);
    other.exec('BEGIN IMMEDIATE');
    try {
      const began = performance.now();
      const writing = Promise.all([
        refresh(app, client, tokens.refreshToken),
        revoke(app, client, tokens.refreshToken),
        browser.graphql(registration, { input }),
      ]);
      // Readers come through while writers wait.
      for (let round = 0; round < 3; round += 1) {
        expect((await userinfo(app, tokens.accessToken)).status).toBe(200);
      }
      expect(performance.now() - began).toBeLessThan(5_000);
      const answers = await writing;
      expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
      for (const { headers } of answers) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(performance.now() - began).toBeLessThan(15_000);
    } finally {
      other.exec('ROLLBACK');
      other.close();
    }
    expect((await userinfo(app, tokens.accessToken)).status).toBe(200);
    expect((await refresh(app, client, tokens.refreshToken)).status).toBe(200);
    expect(await halfDone(app.db)).toEqual([]);
  });
});

function run(program: string, given: readonly string[]): void {
  execFileSync(program, given, { stdio: 'ignore' });
}

/** A file system of a few megabytes, where this may be made. */
function mountSmallDisk(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-disk-'));
  try {
    run('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', folder]);
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
}

describe.runIf(testProvider === 'sqlite')(
  'on a disk that really is full (skipped where none can be mounted):',
  { timeout: 60_000 },
  () => {
    const folder = process.getuid?.() === 0 ? mountSmallDisk() : null;
    afterAll(() => {
      if (folder === null) return;
      run('umount', ['--lazy', folder]);
      rmSync(folder, { recursive: true });
    });

    test.skipIf(folder === null)(
      'the running service says 503, loses nothing, and goes on when there is room',
      async () => {
        const data = join(folder ?? '', 'data');
        mkdirSync(data);
        const url = `file:${join(data, 'latchkey.db')}`;
        const service = await startServiceProcess(await freePort(), url);
        try {
          const far = remote(service.issuer);
          const owner = await ownersBrowser(far);
          const client = await registerOver(owner);
          const { refreshToken, accessToken } = await obtainTokens(far.app, client, {}, owner);
          let held = refreshToken;
          const filler = join(folder ?? '', 'filler');
          try {
            run('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k']);
          } catch {
            // It ends so when the disk is full.
          }
          // Until the last page that the write-ahead log has is used up, and a few times more.
          for (let failures = 0, round = 0; failures < 5 && round < 1_000; round += 1) {
            const { status, headers, body } = await refresh(far.app, client, held);
            if (status === 200) held = body.refresh_token ?? '';
            if (status !== 503) continue;
            expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
            failures += 1;
          }
          expect((await owner.graphql(registration, { input })).status).toBe(503);
          expect(new Set(far.noted.map(({ status }) => status))).toEqual(new Set([200, 303, 503]));
          expect((await userinfo(far.app, accessToken)).status).toBe(200);
          rmSync(filler);
          expect((await refresh(far.app, client, held)).status).toBe(200);
          const { id } = await registerOver(owner);
          expect(service.logged.filter((line) => line.includes('"level":50'))).toEqual([]);
          expect(await service.stop()).toBe(0);
          const { db, close } = await openDatabase(url);
          expect(await db.oAuthClient.count({ where: { id } })).toBe(1);
          expect(await halfDone(db)).toEqual([]);
          await close();
        } finally {
          await service.kill();
        }
      },
    );
  },
);
