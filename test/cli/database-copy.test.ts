// Moving to another database with one command: what it prints, what it keeps to itself, and how it ends when it cannot.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createEmptyTestDatabase, type EmptyTestDatabase } from '../support/database.js';
import { patience } from './command-line.js';
import { run, runJson } from './in-process.js';

vi.setConfig({ testTimeout: patience });

// An installation on SQLite that made its own secret.
const ownSecret = { environment: { LATCHKEY_SECRET: '' } };

let folder: string;
let source: string;
let target: EmptyTestDatabase;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
  source = `file:${join(folder, 'latchkey.db')}`;
  target = await createEmptyTestDatabase();
  const account = ['accounts', 'create', '--name', 'Example', '--owner-email', 'ada@example.com'];
  await runJson(source, account, ownSecret);
});
afterEach(async () => {
  await target.remove();
  rmSync(folder, { recursive: true });
});

test('it says what it copied and what to do next, names the file of the secret and never shows it', async () => {
  const file = join(folder, 'latchkey.secret');
  const { exitCode, stdout, stderr } = await run(source, ['database', 'copy', '--to', target.url], ownSecret);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(
    /^Account: 1\nAuditLogEntry: \d+\nMember: 1\nCopied \d+ rows and compared every one of them\.\n/,
  );
  expect(stdout).toContain(`Set LATCHKEY_SECRET to the content of ${file}`);
  expect(stdout).toMatch(/Set DATABASE_URL=(file:\/|postgresql:\/\/)\S+, /);
  expect(stdout).not.toContain(readFileSync(file, 'utf8').trim());
  // There, the same secret reads everything.
  const secret = readFileSync(file, 'utf8').trim();
  const accounts = await runJson(target.url, ['accounts', 'list'], { environment: { LATCHKEY_SECRET: secret } });
  expect(accounts).toMatchObject([{ name: 'Example' }]);
});

test('with --json it prints one line, and an operator with a secret of their own is told to keep it', async () => {
  const printed = await runJson(source, ['database', 'copy', '--to', target.url]);
  expect(printed).toMatchObject({ from: source, tables: { Account: 1, Member: 1, Session: 0 }, secretFile: null });
  expect(printed.rows).toBe(Object.values(printed.tables as Record<string, number>).reduce((sum, one) => sum + one));
  const again = `file:${join(folder, 'again.db')}`;
  const { stdout } = await run(target.url, ['database', 'copy', '--from', source, '--to', again]);
  expect(stdout).toContain('Keep LATCHKEY_SECRET as it is');
});

test('it ends with 1 and says why when it cannot, and no password is printed', async () => {
  const refused = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await run(source, ['database', 'copy', ...args]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).not.toContain('    at ');
    expect(stderr).not.toContain('s3cret');
    return stderr;
  };
  expect(await refused('--to', source)).toContain('the same database');
  expect(await refused('--to', 'mysql://me:s3cret@host/x')).toContain('must begin with file:');
  expect(await refused('--to', 'postgresql://me:s3cret@127.0.0.1:1/x')).toContain('The database cannot be used');
  expect(await refused('--to', 'postgresql://me:s3cret/@host/x')).toContain('percent-encoded');
  const missing = join(folder, 'none.db');
  expect(await refused('--from', `file:${missing}`, '--to', target.url)).toContain(`no database at ${missing}`);
  expect(existsSync(missing)).toBe(false);
});
