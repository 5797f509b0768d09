// The secret that a SQLite installation makes for itself: when it is made, and when its lack is told.
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../src/db/migrations/migrate.js';
import { operatorMessage } from '../src/operator-message.js';
import { secretsOf } from '../src/secrets.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-secret-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a secret is made for a new database and for one without signing keys, and is the same from then on', async () => {
  const databaseUrl = `file:${folder}/new/latchkey.db`;
  const [secret] = await secretsOf({ secrets: [], databaseUrl });
  await migrate(databaseUrl);
  expect(await secretsOf({ secrets: [], databaseUrl })).toEqual([secret]);
  rmSync(`${folder}/new/latchkey.secret`);
  expect(await secretsOf({ secrets: [], databaseUrl })).not.toEqual([secret]);
});

test('beside signing keys of another secret none is made: the operator is told which file is missing', async () => {
  const databaseUrl = `file:${folder}/restored/latchkey.db`;
  const file = `${folder}/restored/latchkey.secret`;
  await migrate(databaseUrl);
  const database = new Database(`${folder}/restored/latchkey.db`);
  database.exec(`INSERT INTO "SigningKey" ("kid", "algorithm", "encryptedPrivateJwk", "publicJwk", "createdAt", "activeAt")
    VALUES ('kid', 'ES256', 'sealed', '{}', '2026-01-01T00:00:00.000+00:00', '2026-01-01T00:00:00.000+00:00')`);
  database.close();
  const failure = await secretsOf({ secrets: [], databaseUrl }).catch((error: unknown) => error);
  expect(operatorMessage(failure)).toBe(
    `${file} is missing, and the signing keys in the database cannot be read without it: copy it from the old installation, or set LATCHKEY_SECRET to what it holds.`,
  );
  expect(existsSync(file)).toBe(false);
  expect(await secretsOf({ secrets: ['x'.repeat(32)], databaseUrl })).toEqual(['x'.repeat(32)]);
  copyFileSync(`${folder}/new/latchkey.secret`, file);
  expect(await secretsOf({ secrets: [], databaseUrl })).toEqual([readFileSync(file, 'utf8').trim()]);
});

test('what is no database is for whoever opens it to tell, and a file that holds no secret is told', async () => {
  const databaseUrl = `file:${folder}/broken.db`;
  writeFileSync(`${folder}/broken.db`, 'no database at all, but long enough to have a header of its own'.repeat(20));
  expect((await secretsOf({ secrets: [], databaseUrl }))[0].length).toBeGreaterThan(32);
  writeFileSync(`${folder}/latchkey.secret`, 'short');
  const failure = await secretsOf({ secrets: [], databaseUrl }).catch((error: unknown) => error);
  expect(operatorMessage(failure)).toMatch(/does not hold a secret\. Restore it, or set LATCHKEY_SECRET\.$/);
});
