// `audit export` at the command line: the whole log as lines of JSON.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { patience, start } from '../cli/command-line.js';
import { run } from '../cli/in-process.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { memberActor, write } from './entries.js';

vi.setConfig({ testTimeout: patience });

let database: TestDatabase;
let app: TestApp;
let otherAccount: string;
let first: Date;
const client = 'cli_00000000000000000000000001';
beforeAll(async () => {
  database = await createTestDatabase();
  app = await createTestApp({ database });
  const another = await app.addAccount();
  otherAccount = another.account.id;
  app.clock.advance(60);
  first = app.clock();
  const changes = [{ field: 'name', before: null, after: 'Words with "quotes" and\na line end' }];
  await write(app, 'OAUTH_CLIENT_CREATED', { targetId: client, targetLabel: 'App', changes });
  await write(app, 'SIGNED_IN', { targetId: another.owner.id }, memberActor(another.owner));
  await write(app, 'SIGNING_KEY_ROTATED', {}, operatorActor);
  await write(app, 'SIGNED_OUT', { targetId: app.owner.id });
});
afterAll(async () => {
  await app.close();
  await database.close();
});

interface Line {
  readonly id: string;
  readonly action: string;
  readonly accountId: string | null;
}

/** Runs an export that must succeed. */
async function lines(...args: string[]): Promise<Line[]> {
  const { exitCode, stdout, stderr } = await run(database.url, ['audit', 'export', ...args]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^(.+\n)*$/);
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

const actions = (found: readonly Line[]) => found.map(({ action }) => action);
const at = (minutes: number) => new Date(first.getTime() + minutes * 60_000).toISOString();

test('every entry is a line, the oldest first, of all accounts and of none', async () => {
  const rows = await app.db.auditLogEntry.findMany({ orderBy: { id: 'asc' } });
  const found = await lines();
  expect(found.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  expect(new Set(found.map(({ accountId }) => accountId))).toEqual(new Set([app.owner.accountId, otherAccount, null]));
});

test('a line has the names of the GraphQL API', async () => {
  const [line] = await lines('--action', 'OAUTH_CLIENT_CREATED');
  expect(line).toEqual({
    id: expect.stringMatching(/^aud_/),
    accountId: app.owner.accountId,
    occurredAt: first.toISOString(),
    action: 'OAUTH_CLIENT_CREATED',
    actorKind: 'MEMBER',
    actorId: app.owner.id,
    actorLabel: app.owner.email,
    viaClientId: null,
    targetId: client,
    targetLabel: 'App',
    changes: [{ field: 'name', before: null, after: 'Words with "quotes" and\na line end' }],
    ipAddress: '192.0.2.1',
    userAgent: 'a browser',
    count: 1,
  });
});

describe('what is exported can be limited', () => {
  test('to an account', async () => {
    const found = await lines('--account', otherAccount);
    expect(actions(found)).toContain('SIGNED_IN');
    expect(new Set(found.map(({ accountId }) => accountId))).toEqual(new Set([otherAccount]));
  });

  test('to actions, in upper or lower case', async () => {
    const found = await lines('--action', 'signed_out', '--action', 'SIGNING_KEY_ROTATED', '--after', at(0));
    expect(actions(found)).toEqual(['SIGNING_KEY_ROTATED', 'SIGNED_OUT']);
  });

  test('to a time: the moment after which counts, the one before which does not', async () => {
    expect(actions(await lines('--after', at(1), '--before', at(3)))).toEqual(['SIGNED_IN', 'SIGNING_KEY_ROTATED']);
    const [day = ''] = at(0).split('T');
    const whole = await lines('--after', day, '--before', new Date(Date.parse(day) + 86_400_000).toISOString());
    expect(whole).toEqual(await lines());
    expect(await lines('--before', day)).toEqual([]);
  });

  test('to all of these at once', async () => {
    const account = ['--account', app.owner.accountId];
    expect(actions(await lines(...account, '--after', at(0), '--before', at(3), '--action', 'SIGNED_OUT'))).toEqual([]);
    expect(actions(await lines(...account, '--after', at(0), '--action', 'SIGNED_OUT'))).toEqual(['SIGNED_OUT']);
  });
});

test('more than a batch comes whole and in order', async () => {
  const entry = { actorKind: 'SYSTEM' as const, actorLabel: 'system', action: 'CONSENT_DENIED', changes: '[]' };
  const data = Array.from({ length: 2500 }, () => ({
    id: app.deps.newId('auditLogEntry'),
    ...entry,
    occurredAt: app.clock(),
  }));
  await app.db.auditLogEntry.createMany({ data });
  const found = await lines('--action', 'CONSENT_DENIED');
  expect(found.map(({ id }) => id)).toEqual(data.map(({ id }) => id));
});

test('a reader that has seen enough ends it without a word', async () => {
  const child = start(database.url, ['audit', 'export']);
  let stderr = '';
  child.stderr.on('data', (text: string) => {
    stderr += text;
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const exitCode = await new Promise((resolve) => child.on('close', resolve));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

test('an unknown account ends with 1 and says where to look', async () => {
  expect(await run(database.url, ['audit', 'export', '--account', 'acc_nobody'])).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'There is no account acc_nobody. List them: npm run cli -- accounts list\n',
  });
});

test.each([
  [['--action', 'NONSENSE'], 'It must be one of ACCOUNT_CREATED, '],
  [['--after', 'yesterday'], 'It must be a day or a moment'],
  [['--before', '2026-02-30'], 'It must be a day or a moment'],
  [['--after', '2026-06-01T12:00:00'], 'It must be a day or a moment'],
  [['--json'], "unknown option '--json'"],
])('%j is not understood and ends with 2', async (args, words) => {
  const { exitCode, stdout, stderr } = await run(database.url, ['audit', 'export', ...args]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(words);
});
