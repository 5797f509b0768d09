// `accounts` at the command line: on an empty database, and what the API then lets its clients do.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { newBrowser } from '../support/oauth.js';
import { auditLog, operatorActions, patience } from './command-line.js';
import { run, runJson } from './in-process.js';

vi.setConfig({ testTimeout: patience });

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const registration = `mutation ($input: CreateOAuthClientInput!) {
  createOAuthClient(input: $input) { oauthClient { redirectUris } userErrors { message } }
}`;

async function register(app: TestApp, person: { email: string; password: string }, redirectUri: string) {
  const browser = newBrowser(app);
  await browser.signIn(person);
  const answer = await browser.graphql(registration, { input: { name: 'An app', redirectUris: [redirectUri] } });
  return answer.data.createOAuthClient;
}

test('the first account is created with its owner, who signs in; the first start then makes no second one', async () => {
  const created = await runJson(database.url, [
    ...['accounts', 'create', '--name', 'Example Ltd'],
    ...['--owner-email', 'Ada@example.com', '--owner-name', 'Ada King'],
  ]);
  expect(created).toEqual({
    account: { id: expect.stringMatching(/^acc_/), name: 'Example Ltd' },
    owner: { id: expect.stringMatching(/^mem_/), email: 'Ada@example.com', name: 'Ada King' },
    password: expect.stringMatching(/^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/),
  });
  const entries = await auditLog(database.db);
  expect(entries.map(({ action, actorKind, accountId }) => ({ action, actorKind, accountId }))).toEqual([
    { action: 'ACCOUNT_CREATED', actorKind: 'OPERATOR', accountId: created.account.id },
    { action: 'MEMBER_CREATED', actorKind: 'OPERATOR', accountId: created.account.id },
  ]);
  expect(JSON.stringify(entries)).not.toContain(created.password);

  const app = await createTestApp({ database, realTime: true });
  expect(app.owner.email).toBe('Ada@example.com');
  expect(await database.db.account.count()).toBe(1);
  const home = await newBrowser(app).signIn({ email: 'ada@example.com', password: created.password });
  expect(home.url.pathname).toBe('/');

  // The API names the command that would allow what it refuses. It is run as it stands.
  const owner = { email: 'ada@example.com', password: created.password };
  const refused = await register(app, owner, 'http://127.0.0.1:8400/callback');
  const command = /npm run cli -- (accounts allow-redirects \S+ \S+)$/.exec(refused.userErrors[0].message)?.[1] ?? '';
  const allowed = await runJson(database.url, command.split(' '));
  expect(allowed).toEqual({ account: { id: created.account.id }, allowedRedirectSchemes: ['loopback'] });
  expect(await register(app, owner, 'http://127.0.0.1:8400/callback')).toEqual({
    oauthClient: { redirectUris: ['http://127.0.0.1:8400/callback'] },
    userErrors: [],
  });
  expect(await operatorActions(database.db)).toEqual([
    'ACCOUNT_CREATED',
    'MEMBER_CREATED',
    'ACCOUNT_REDIRECTS_ALLOWED',
  ]);
});

test('a password from standard input is set and not printed', async () => {
  const { exitCode, stdout, stderr } = await run(
    database.url,
    ['accounts', 'create', '--name', 'Second', '--owner-email', 'grace@example.com', '--password-stdin'],
    { input: 'pass phrase of Grace\r\nand something else\n' },
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toContain('Created the account Second.');
  expect(stdout).not.toContain('pass phrase');
  const app = await createTestApp({ database, realTime: true });
  const person = { email: 'grace@example.com', password: 'pass phrase of Grace' };
  expect((await newBrowser(app).signIn(person)).url.pathname).toBe('/');
  expect(JSON.stringify(await auditLog(database.db))).not.toContain('pass phrase');
});

test('accounts are listed with their owners, for people and for scripts', async () => {
  const accounts = await runJson(database.url, ['accounts', 'list']);
  expect(accounts).toMatchObject([
    { name: 'Example Ltd', ownerEmail: 'Ada@example.com', allowedRedirectSchemes: ['loopback'] },
    { name: 'Second', ownerEmail: 'grace@example.com', allowedRedirectSchemes: [] },
  ]);
  const { stdout } = await run(database.url, ['accounts', 'list']);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^ACCOUNT +NAME +OWNER +REDIRECTS BESIDE HTTPS +CREATED$/);
  expect(lines[1]).toMatch(new RegExp(`^${accounts[0].id}  Example Ltd  Ada@example.com +loopback +\\d{4}-.* UTC$`));
  expect(lines).toHaveLength(3);
});

test('everything that is wrong with an input is said at once, a line each, and nothing is created', async () => {
  const { exitCode, stdout, stderr } = await run(
    database.url,
    [
      ...['accounts', 'create', '--name', 'Third', '--owner-name', ' ', '--owner-email', 'no address'],
      ...['--password-stdin', '--json'],
    ],
    { input: 'short' },
  );
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr.split('\n')).toEqual([
    '--owner-email: This is not an e-mail address.',
    '--owner-name: A name is required.',
    'A password needs at least 12 characters.',
    '',
  ]);
  expect(await database.db.account.count()).toBe(2);
});

test('each scheme that can never be allowed is named', async () => {
  const [account] = await database.db.account.findMany({ orderBy: { id: 'asc' } });
  const { exitCode, stderr } = await run(database.url, [
    ...['accounts', 'allow-redirects', account?.id ?? '', 'localhost', 'javascript', 'myapp'],
  ]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^javascript: .+\nmyapp: .+\n$/);
  const unknown = await run(database.url, ['accounts', 'allow-redirects', 'acc_unknown', 'loopback']);
  expect(unknown).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'There is no account acc_unknown. List them: npm run cli -- accounts list\n',
  });
});

test('an account whose owner nobody can reach is handed on to a member who is active, and to nobody else', async () => {
  const { db } = database;
  const owner = await db.member.findFirstOrThrow({ where: { role: 'OWNER' }, orderBy: { id: 'asc' } });
  await run(database.url, [
    'members',
    'create',
    '--account',
    owner.accountId,
    '--role',
    'reader',
    '--email',
    'heir@example.com',
  ]);
  await db.member.update({ where: { emailKey: 'heir@example.com' }, data: { status: 'SUSPENDED' } });
  const refused = await run(database.url, ['accounts', 'set-owner', '--email', 'heir@example.com']);
  expect(refused).toMatchObject({ exitCode: 1, stderr: '--email: Only somebody who is active can own the account.\n' });
  await db.member.update({ where: { emailKey: 'heir@example.com' }, data: { status: 'ACTIVE' } });
  const report = await runJson(database.url, ['accounts', 'set-owner', '--email', 'heir@example.com']);
  expect(report).toMatchObject({ account: { id: owner.accountId, owner: { email: 'heir@example.com' } } });
  const members = await db.member.findMany({ where: { accountId: owner.accountId, role: { in: ['OWNER', 'ADMIN'] } } });
  expect(members.map(({ email, role }) => `${email} ${role}`).sort()).toEqual(
    [`${owner.email} ADMIN`, 'heir@example.com OWNER'].sort(),
  );
  const unknown = await run(database.url, ['accounts', 'set-owner', '--email', 'nobody@example.com']);
  expect(unknown.stderr).toContain('There is no member nobody@example.com.');
});

test('an account is renamed by its id, or without while there is only one', async () => {
  const one = await createTestDatabase();
  try {
    const created = await runJson(one.url, [
      ...['accounts', 'create', '--name', 'First', '--owner-email', 'first@example.com'],
    ]);
    const { id } = created.account;
    expect(await runJson(one.url, ['accounts', 'rename', 'Example Ltd'])).toEqual({
      account: { id, name: 'Example Ltd' },
    });
    expect(await runJson(one.url, ['accounts', 'rename', id, 'Example'])).toEqual({ account: { id, name: 'Example' } });
    for (const words of [[id], ['acc_01JX5Z8Q0V7R3M2K9T4W6Y1B0C', 'Example'], ['']]) {
      const { exitCode, stderr } = await run(one.url, ['accounts', 'rename', ...words]);
      expect([exitCode, stderr]).toEqual([
        1,
        expect.stringMatching(/Say what to call it|There is no account|required/),
      ]);
    }
    expect(await one.db.account.findMany({ select: { name: true } })).toEqual([{ name: 'Example' }]);
    expect(await operatorActions(one.db)).toEqual([
      ...['ACCOUNT_CREATED', 'MEMBER_CREATED', 'ACCOUNT_UPDATED', 'ACCOUNT_UPDATED'],
    ]);
  } finally {
    await one.close();
  }
});
