// `clients` and `keys` at the command line.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createOAuthClient } from '../../src/clients/service.js';
import { openDatabase } from '../../src/db/client.js';
import { actorOfMember } from '../../src/members/service.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createEmptyTestDatabase, createTestDatabase, type TestDatabase } from '../support/database.js';
import { registerClient } from '../support/oauth.js';
import { auditLog, operatorActions, patience } from './command-line.js';
import { run, runJson } from './in-process.js';

vi.setConfig({ testTimeout: patience });

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createTestDatabase();
  app = await createTestApp({ database, realTime: true });
});
afterAll(async () => {
  await app.close();
  await database.close();
});

test('clients of all accounts are listed without their secrets, or those of one account', async () => {
  const client = await registerClient(app, { name: 'Portal' });
  const another = await app.addAccount();
  const actor = actorOfMember(another.owner, { ipAddress: null, userAgent: null });
  const foreign = { name: 'Foreign', redirectUris: ['https://foreign.example/callback'] };
  await createOAuthClient(app.deps, actor, foreign);
  const clients = await runJson(database.url, ['clients', 'list']);
  expect(clients).toEqual([
    {
      id: client.id,
      clientId: client.clientId,
      name: 'Portal',
      type: 'CONFIDENTIAL',
      accountId: app.owner.accountId,
      verifiedAt: null,
      disabledAt: null,
      createdAt: expect.any(String),
    },
    expect.objectContaining({ name: 'Foreign', accountId: another.account.id }),
  ]);
  const { stdout } = await run(database.url, ['clients', 'list', '--account', app.owner.accountId]);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^CLIENT_ID +NAME +TYPE +ACCOUNT +VERIFIED +DISABLED$/);
  expect(lines[1]).toMatch(new RegExp(`^${client.clientId}  Portal  CONFIDENTIAL  ${app.owner.accountId}  no +no$`));
  expect(lines).toHaveLength(2);
  expect(stdout).not.toContain(client.secret);
});

test('a client is verified and unverified by its client_id, each recorded once', async () => {
  const client = await registerClient(app);
  const verified = await runJson(database.url, ['clients', 'verify', client.clientId]);
  expect(verified).toMatchObject({ clientId: client.clientId, verifiedAt: expect.any(String) });
  const again = await runJson(database.url, ['clients', 'verify', client.clientId]);
  expect(again.verifiedAt).toBe(verified.verifiedAt);
  const { exitCode, stdout } = await run(database.url, ['clients', 'unverify', client.clientId]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('is not verified');
  const row = await database.db.oAuthClient.findUniqueOrThrow({ where: { id: client.id } });
  expect(row.verifiedAt).toBeNull();
  const entries = (await auditLog(database.db)).filter((entry) => entry.targetId === client.id);
  expect(entries.map((entry) => `${entry.actorKind} ${entry.action}`).slice(1)).toEqual([
    'OPERATOR OAUTH_CLIENT_VERIFIED',
    'OPERATOR OAUTH_CLIENT_UNVERIFIED',
  ]);
});

test('an unknown client is an error that says where to look', async () => {
  expect(await run(database.url, ['clients', 'verify', 'nothing'])).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'There is no client nothing. List them: npm run cli -- clients list\n',
  });
});

test('rotated keys are published at once and sign later', async () => {
  const before = await app.deps.keys.published();
  const { kids, activeAt } = await runJson(database.url, ['keys', 'rotate']);
  expect(kids).toHaveLength(2);
  expect(Date.parse(activeAt) - Date.now()).toBeGreaterThan(300_000);
  await app.deps.keys.reload();
  const published = (await app.deps.keys.published()).map((key) => key.kid);
  expect(published.toSorted()).toEqual([...before.map((key) => key.kid), ...kids].toSorted());
  expect(await operatorActions(database.db)).toContain('SIGNING_KEY_ROTATED');
});

test('compromised keys are gone at once, and the new ones sign', async () => {
  const before = (await app.deps.keys.published()).map((key) => key.kid);
  const { kids, compromisedKids } = await runJson(database.url, ['keys', 'rotate', '--compromised']);
  expect(compromisedKids).toEqual(expect.arrayContaining(before));
  await app.deps.keys.reload();
  expect((await app.deps.keys.published()).map((key) => key.kid).toSorted()).toEqual(kids.toSorted());
  expect(await operatorActions(database.db)).toContain('SIGNING_KEY_COMPROMISED');
});

test('on an empty database, keys sign at once; with another secret they are refused with the cure', async () => {
  const empty = await createEmptyTestDatabase();
  try {
    expect((await run(empty.url, ['migrate'])).exitCode).toBe(0);
    const { exitCode, stdout } = await run(empty.url, ['keys', 'rotate']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Signing from +\d{4}-/);
    const { db, close } = await openDatabase(empty.url);
    const late = await db.signingKey.count({ where: { activeAt: { gt: new Date() } } });
    const keys = await db.signingKey.count();
    await close();
    expect({ keys, late }).toEqual({ keys: 2, late: 0 });

    const refused = await run(empty.url, ['keys', 'rotate'], {
      environment: { LATCHKEY_SECRET: 'another secret of more than 32 bytes' },
    });
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^The signing key \S+ cannot be decrypted: .*comma list.*\n$/);
  } finally {
    await empty.remove();
  }
});

test('while a key that may yet sign needs the old secret, commands with the new one alone are refused', async () => {
  const empty = await createEmptyTestDatabase();
  const under = (...secrets: string[]) => ({ environment: { LATCHKEY_SECRET: secrets.join() } });
  const oldSecret = 'the old secret of more than 32 bytes';
  const newSecret = 'the new secret of more than 32 bytes';
  try {
    expect((await run(empty.url, ['migrate'], under(oldSecret))).exitCode).toBe(0);
    expect((await run(empty.url, ['keys', 'rotate'], under(oldSecret))).exitCode).toBe(0);
    const { activeAt } = await runJson(empty.url, ['keys', 'rotate'], under(newSecret, oldSecret));
    const early = await run(empty.url, ['accounts', 'list'], under(newSecret));
    expect(early).toMatchObject({ exitCode: 1, stdout: '' });
    expect(early.stderr).toMatch(/^The signing key \S+ cannot be decrypted: /);

    // As if the minutes until then had passed.
    const { db, close } = await openDatabase(empty.url);
    const past = new Date(Date.now() - 1_000);
    await db.signingKey.updateMany({ where: { retiredAt: new Date(activeAt) }, data: { retiredAt: past } });
    await db.signingKey.updateMany({ where: { activeAt: new Date(activeAt) }, data: { activeAt: past } });
    await close();
    expect((await run(empty.url, ['accounts', 'list'], under(newSecret))).exitCode).toBe(0);
  } finally {
    await empty.remove();
  }
});
