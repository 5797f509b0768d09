// Back-up and restore as an operator does them: on SQLite by the commands, on PostgreSQL by its own tools. What was given before
// the back-up works after the restore.
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import { environmentFor } from '../cli/command-line.js';
import { run } from '../cli/in-process.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createEmptyTestDatabase, createTestDatabase, type TestDatabase, testProvider } from '../support/database.js';
import {
  newBrowser,
  obtainTokens,
  refresh,
  registerClient,
  signedInBrowser,
  type TestClient,
} from '../support/oauth.js';
import { introspect } from '../support/tokens.js';

let folder: string;
let database: TestDatabase;
let app: TestApp;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-backup-'));
  database = await createTestDatabase();
  app = await createTestApp({ database });
});
afterEach(async () => {
  await app.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

const patience = 120_000;

interface Before {
  readonly client: TestClient;
  readonly browser: Awaited<ReturnType<typeof signedInBrowser>>;
  readonly accessToken: string;
  readonly refreshToken: string;
}

async function prepare(): Promise<Before> {
  const client = await registerClient(app);
  const browser = await signedInBrowser(app);
  const tokens = await obtainTokens(app, client, { scope: 'openid offline_access' }, browser);
  return { ...tokens, client, browser };
}

/** What must hold of a restored database, and what ends all that came back to life. */
async function expectAllBack(url: string, before: Before): Promise<void> {
  const opened = await openDatabase(url, { poolSize: 5 });
  const { db, close } = opened;
  const restored = await createTestApp({ database: { ...database, ...opened, url, statements: [] } });
  expect((await newBrowser(restored).signIn(restored.owner)).url.pathname).toBe('/');
  const forgotten = newBrowser(restored);
  await forgotten.submit(await forgotten.visit('/forgot-password'), { email: restored.owner.email });
  // By the time of the command, which is not the test's.
  await db.oneTimeLink.updateMany({ data: { expiresAt: new Date(Date.now() + 3_600_000) } });
  const cookies = await before.browser.jar.getCookieString(app.issuer);
  const mine = () => restored.request('/me', { headers: { cookie: cookies } });
  expect((await mine()).status).toBe(200);
  expect(await introspect(restored, before.client, before.accessToken)).toMatchObject({ active: true });
  // It was used after the back-up, of which the restored database knows nothing.
  const again = await refresh(restored, before.client, before.refreshToken);
  expect(again.status).toBe(200);

  const ended = await run(url, ['sessions', 'end-all', '--json']);
  expect([ended.exitCode, ended.stderr]).toEqual([0, '']);
  expect(JSON.parse(ended.stdout)).toEqual({ members: 1, links: 1 });
  expect(await db.oneTimeLink.count({ where: { expiresAt: { gt: new Date() } } })).toBe(0);
  expect((await mine()).status).toBe(303);
  expect(await introspect(restored, before.client, before.accessToken)).toEqual({ active: false });
  expect((await refresh(restored, before.client, again.body.refresh_token ?? '')).status).toBe(400);
  const entry = await db.auditLogEntry.findFirstOrThrow({ where: { action: 'MEMBER_SIGNED_OUT_EVERYWHERE' } });
  expect(entry).toMatchObject({ actorKind: 'OPERATOR', targetId: restored.owner.id });
  expect(JSON.parse((await run(url, ['sessions', 'end-all', '--json'])).stdout)).toEqual({ members: 0, links: 0 });
  expect((await newBrowser(restored).signIn(restored.owner)).url.pathname).toBe('/');
  await close();
}

describe.runIf(testProvider === 'sqlite')('on SQLite', () => {
  const backup = (to = join(folder, 'backup.db')) => run(database.url, ['backup', to, '--json']);

  test(
    'a back-up made while the service writes is whole, for this user alone, and gives all back',
    async () => {
      const before = await prepare();
      const state = { writing: true };
      const writing = (async () => {
        while (state.writing) {
          await newBrowser(app).signIn({ email: 'nobody@example.com', password: 'a long wrong password' });
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      })();
      const made = await backup();
      state.writing = false;
      await writing;
      expect([made.exitCode, made.stderr]).toEqual([0, '']);
      const file = join(folder, 'backup.db');
      expect(JSON.parse(made.stdout)).toEqual({ file });
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readdirSync(folder)).toEqual(['backup.db']);
      await refresh(app, before.client, before.refreshToken);

      const target = `file:${join(folder, 'new', 'latchkey.db')}`;
      const restored = await run(target, ['restore', file]);
      expect([restored.exitCode, restored.stderr]).toEqual([0, '']);
      expect(restored.stdout).toContain('sessions end-all');
      expect(statSync(join(folder, 'new', 'latchkey.db')).mode & 0o777).toBe(0o600);
      await expectAllBack(target, before);
    },
    patience,
  );

  test(
    'nothing is written over: neither a file by a back-up, nor without --force a database by a restore',
    async () => {
      const file = join(folder, 'backup.db');
      writeFileSync(file, 'something else');
      const refused = await backup(file);
      expect([refused.exitCode, refused.stdout]).toEqual([1, '']);
      expect(refused.stderr).toContain('exists already');
      rmSync(file);
      await backup(file);
      const target = join(folder, 'latchkey.db');
      expect((await run(`file:${target}`, ['restore', file])).exitCode).toBe(0);
      const again = await run(`file:${target}`, ['restore', file]);
      expect(again.exitCode).toBe(1);
      expect(again.stderr).toContain('--force');
      const forced = JSON.parse((await run(`file:${target}`, ['restore', '--force', '--json', file])).stdout);
      expect(existsSync(forced.kept)).toBe(true);
      expect(forced.kept).toMatch(/latchkey\.db\.before-restore-\d{8}T\d{6}Z$/);
    },
    patience,
  );

  test(
    'no folder is made for a back-up, which would look done on a volume that is not mounted',
    async () => {
      const refused = await backup(join(folder, 'volume', 'today', 'backup.db'));
      expect([refused.exitCode, refused.stdout]).toEqual([1, '']);
      expect(refused.stderr).toBe(
        `There is no folder ${join(folder, 'volume', 'today')}. Nothing was backed up: mount the volume that it is on, or make it first.\n`,
      );
      expect(readdirSync(folder)).toEqual([]);
      writeFileSync(join(folder, 'file'), '');
      expect((await backup(join(folder, 'file', 'backup.db'))).stderr).toContain(`no folder ${join(folder, 'file')}.`);
    },
    patience,
  );

  test(
    'a database that somebody has open is not replaced, even with --force',
    async () => {
      const file = join(folder, 'backup.db');
      await backup(file);
      const refused = await run(database.url, ['restore', '--force', file]);
      expect([refused.exitCode, refused.stdout]).toEqual([1, '']);
      expect(refused.stderr).toContain('is in use');
      expect((await newBrowser(app).signIn(app.owner)).url.pathname).toBe('/');
    },
    patience,
  );

  test(
    'a message names the file that is at fault',
    async () => {
      const file = join(folder, 'backup.db');
      await backup(file);
      const whole = readFileSync(file);
      const target = join(folder, 'latchkey.db');
      const restoring = async () => {
        const { exitCode, stderr } = await run(`file:${target}`, ['restore', file]);
        return [exitCode, stderr];
      };
      for (const length of [3_000, 20_000, Math.floor(whole.length / 2), whole.length - 100]) {
        writeFileSync(file, whole.subarray(0, length));
        expect(await restoring(), String(length)).toEqual([
          1,
          expect.stringMatching(new RegExp(`^${file} is damaged: .+\n$`)),
        ]);
      }
      rmSync(file);
      mkdirSync(file);
      expect(await restoring()).toEqual([1, `${file} is a folder. Name the back-up in it.\n`]);
      expect(existsSync(target)).toBe(false);
      for (const args of [
        ['accounts', 'list'],
        ['migrate'],
        ['backup', join(folder, 'another.db')],
        ['restore', '--force', join(folder, 'another.db')],
      ]) {
        expect(await run(`file:${folder}`, args)).toEqual({
          exitCode: 1,
          stdout: '',
          stderr: `${folder} is a folder. DATABASE_URL must name a file, such as file:${join(folder, 'latchkey.db')}.\n`,
        });
      }
    },
    patience,
  );

  test(
    'a back-up that finds no room says where, and leaves nothing',
    async () => {
      const file = join(folder, 'backup.db');
      // A limit on the size of files stands for a disk without room, which SQLite then calls broken.
      const ended = promisify(execFile)(
        'sh',
        [
          '-c',
          'ulimit -f 64; exec "$0" "$@"',
          process.execPath,
          join(import.meta.dirname, '../../dist/cli/main.js'),
          ...['backup', file],
        ],
        { env: environmentFor(database.url, {}) },
      );
      await expect(ended).rejects.toMatchObject({ code: 1, stderr: `${file} cannot be written: disk I/O error.\n` });
      expect(readdirSync(folder)).toEqual([]);
    },
    patience,
  );

  test(
    'what is no whole database of ours is not restored, and one that is damaged is replaced',
    async () => {
      const target = join(folder, 'latchkey.db');
      const file = join(folder, 'backup.db');
      writeFileSync(file, 'this is no database, however long it may be. '.repeat(100));
      const refused = await run(`file:${target}`, ['restore', file]);
      expect([refused.exitCode, refused.stderr.trim()]).toEqual([1, `${file} is not a database.`]);
      expect(existsSync(target)).toBe(false);
      rmSync(file);
      await backup(file);
      writeFileSync(target, 'the disk broke, and this is what is left of it. '.repeat(100));
      expect((await run(`file:${target}`, ['restore', '--force', file])).exitCode).toBe(0);
      const { db, close } = await openDatabase(`file:${target}`);
      expect(await db.member.count()).toBe(1);
      await close();
    },
    patience,
  );
});

const binaries = ['/usr/lib/postgresql']
  .filter(existsSync)
  .flatMap((root) => readdirSync(root).map((version) => join(root, version, 'bin')))
  .filter((bin) => existsSync(join(bin, 'pg_dump')))
  .sort()
  .at(-1);

describe.runIf(testProvider === 'postgresql' && binaries !== undefined)('on PostgreSQL', () => {
  test(
    'what pg_dump saved, pg_restore gives back',
    async () => {
      const tool = (name: string, ...args: string[]) => promisify(execFile)(join(binaries ?? '', name), args);
      const before = await prepare();
      const file = join(folder, 'latchkey.dump');
      await tool('pg_dump', '--format=custom', '--no-owner', `--file=${file}`, database.url);
      await refresh(app, before.client, before.refreshToken);
      const empty = await createEmptyTestDatabase();
      await tool('pg_restore', '--no-owner', '--exit-on-error', '--single-transaction', `--dbname=${empty.url}`, file);
      await expectAllBack(empty.url, before);
      await empty.remove();
    },
    patience,
  );

  test(
    'the commands for SQLite name the tools to use',
    async () => {
      for (const [command, name] of [
        ['backup', 'pg_dump'],
        ['restore', 'pg_restore'],
      ] as const) {
        const refused = await run(database.url, [command, join(folder, 'file')]);
        expect([refused.exitCode, refused.stdout]).toEqual([1, '']);
        expect(refused.stderr).toContain(name);
      }
    },
    patience,
  );
});
