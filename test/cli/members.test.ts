// `members` and `api-tokens` at the command line, on the database of an application that goes on working.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { newBrowser, obtainCode, redeem, refresh, registerClient } from '../support/oauth.js';
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

async function viewerOf(token: string) {
  const response = await app.request('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: '{ viewer { role member { email } apiToken { name } } }' }),
  });
  const { data, errors } = await response.json();
  return { data, errors };
}

test('a member is created in the only account, with a generated password that signs them in', async () => {
  const created = await runJson(database.url, [
    ...['members', 'create', '--email', 'alan@example.com', '--role', 'Reader', '--name', 'Alan Turing'],
  ]);
  expect(created).toMatchObject({
    member: { accountId: app.owner.accountId, email: 'alan@example.com', name: 'Alan Turing', role: 'READER' },
  });
  const person = { email: 'alan@example.com', password: created.password };
  expect((await newBrowser(app).signIn(person)).url.pathname).toBe('/');
  expect(await operatorActions(database.db)).toEqual(['MEMBER_CREATED']);
  expect(JSON.stringify(await auditLog(database.db))).not.toContain(created.password);
});

test('with several accounts, one has to be named', async () => {
  const { account } = await app.addAccount();
  const args = ['members', 'create', '--email', 'grace@example.com', '--role', 'ADMIN', '--password-stdin'];
  const input = 'a long password of Grace\n';
  const refused = await run(database.url, args, { input });
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
  expect(refused.stderr).toContain('--account <id>');
  expect(refused.stderr).toContain('npm run cli -- accounts list');

  const { exitCode, stdout } = await run(database.url, [...args, '--account', account.id], { input });
  expect(exitCode).toBe(0);
  expect(stdout).toContain('Created the member grace@example.com.');
  expect(stdout).not.toContain('a long password');
  const member = await database.db.member.findUniqueOrThrow({ where: { emailKey: 'grace@example.com' } });
  expect(member).toMatchObject({ accountId: account.id, role: 'ADMIN' });
});

test('a new password ends the sessions and the tokens that clients hold', async () => {
  const client = await registerClient(app);
  const browser = newBrowser(app);
  const granted = await obtainCode(app, client, { scope: 'openid offline_access' }, browser);
  const { body } = await redeem(app, client, granted);
  expect((await browser.visit('/')).html).toContain(app.owner.email);

  // Standard input stays open: the command does not wait for its end.
  const changed = await runJson(
    database.url,
    ['members', 'set-password', '--email', app.owner.email.toUpperCase(), '--password-stdin'],
    { input: 'quite another password\nmore', leaveOpen: true },
  );
  expect(changed).toEqual({ member: { id: app.owner.id, email: app.owner.email }, password: null });

  const live = await database.db.session.count({ where: { memberId: app.owner.id, endedAt: null } });
  expect(live).toBe(0);
  expect((await browser.visit('/')).html).not.toContain(app.owner.email);
  const refused = await refresh(app, client, body.refresh_token ?? '');
  expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  const old = await newBrowser(app).signIn({ email: app.owner.email, password: app.owner.password });
  expect(old.url.pathname).toBe('/login');
  const person = { email: app.owner.email, password: 'quite another password' };
  expect((await newBrowser(app).signIn(person)).url.pathname).toBe('/');

  const entries = await auditLog(database.db);
  expect(entries.find((entry) => entry.action === 'MEMBER_PASSWORD_SET')).toMatchObject({
    actorKind: 'OPERATOR',
    actorLabel: 'operator',
    accountId: app.owner.accountId,
    targetId: app.owner.id,
  });
  expect(JSON.stringify(entries)).not.toContain('quite another password');
});

test('an unknown member is named, with what to do; an empty password is none', async () => {
  const unknown = await run(database.url, ['members', 'set-password', '--email', 'nobody@example.com', '--json']);
  expect(unknown).toMatchObject({ exitCode: 1, stdout: '' });
  expect(unknown.stderr).toMatch(/^There is no member nobody@example\.com\. .*npm run cli -- members create .*\n$/);
  const empty = await run(database.url, [
    ...['members', 'set-password', '--email', app.owner.email, '--password-stdin'],
  ]);
  expect(empty).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: '--password-stdin: The first line of standard input is empty.\n',
  });
});

test('a token is printed once, works within its role, and is nowhere in clear', async () => {
  const created = await runJson(database.url, [
    ...['api-tokens', 'create', '--member', app.owner.email, '--role', 'admin', '--name', 'deployment'],
    ...['--expires-in-days', '30'],
  ]);
  expect(created).toEqual({
    token: expect.stringMatching(/^lkt_/),
    id: expect.stringMatching(/^tok_/),
    name: 'deployment',
    role: 'ADMIN',
    expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
  });
  const days = (Date.parse(created.expiresAt) - Date.now()) / (24 * 3600 * 1000);
  expect(days).toBeGreaterThan(29.9);
  expect(days).toBeLessThan(30.1);
  expect(await viewerOf(created.token)).toEqual({
    data: { viewer: { role: 'ADMIN', member: { email: app.owner.email }, apiToken: { name: 'deployment' } } },
    errors: undefined,
  });
  const entries = await auditLog(database.db);
  expect(entries.find((entry) => entry.targetId === created.id)).toMatchObject({
    action: 'API_TOKEN_CREATED',
    actorKind: 'OPERATOR',
    accountId: app.owner.accountId,
    targetLabel: 'deployment',
  });
  const everything = JSON.stringify([entries, await database.db.apiToken.findMany()]);
  expect(everything).not.toContain(created.token);
});

test('a token for a person to copy says that it is shown once', async () => {
  const { exitCode, stdout, stderr } = await run(database.url, [
    ...['api-tokens', 'create', '--member', 'alan@example.com', '--role', 'READER', '--name', 'report'],
  ]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toContain('shown this once');
  expect(stdout).toMatch(/Expires +never/);
  const token = /lkt_\w+/.exec(stdout)?.[0] ?? '';
  expect(await viewerOf(token)).toMatchObject({ data: { viewer: { role: 'READER' } } });
});

test('a token cannot do more than its member', async () => {
  const { exitCode, stdout, stderr } = await run(database.url, [
    ...['api-tokens', 'create', '--member', 'alan@example.com', '--role', 'admin', '--name', 'too much', '--json'],
  ]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toBe("--role: alan@example.com is READER; a token can have at most its member's role.\n");
});
