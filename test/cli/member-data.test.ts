// `members set-email` and `members export` at the command line, on the database of an application that goes on working.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestApp, memberPassword, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { signedInBrowser } from '../support/graphql.js';
import { mailsTo } from '../support/mail.js';
import { newBrowser } from '../support/oauth.js';
import { auditLog, patience } from './command-line.js';
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

test('the operator gives a member another address, which counts as verified; both are told, and all sessions end', async () => {
  const member = await app.addMember('READER', 'grace@example.com');
  const browser = await signedInBrowser(app, member);
  const changed = await runJson(database.url, [
    ...['members', 'set-email', '--email', 'Grace@example.com', '--new-email', 'hopper@example.com'],
  ]);
  expect(changed).toEqual({ member: { id: member.id, email: 'hopper@example.com', emailVerified: true } });
  expect((await browser.visit('/me')).url.pathname).toBe('/login');
  expect((await newBrowser(app).signIn({ email: 'hopper@example.com', password: memberPassword })).url.pathname).toBe(
    '/',
  );
  for (const address of ['grace@example.com', 'hopper@example.com'])
    expect(await mailsTo(app, address)).toHaveLength(1);
  const entry = (await auditLog(database.db)).find(({ action }) => action === 'MEMBER_EMAIL_CHANGED');
  expect(entry).toMatchObject({ actorKind: 'OPERATOR', accountId: app.owner.accountId, targetId: member.id });
});

test('an address that somebody has, or that is none, is refused with what to do', async () => {
  await app.addMember('READER', 'alan@example.com');
  const to = (address: string) =>
    run(database.url, ['members', 'set-email', '--email', 'alan@example.com', '--new-email', address]);
  expect(await to(app.owner.email.toUpperCase())).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: '--new-email: A member with this e-mail address exists already.\n',
  });
  expect(await to('nothing')).toMatchObject({ exitCode: 1, stderr: '--new-email: This is not an e-mail address.\n' });
});

test('an operator who does not vouch for an address says so, and its member is asked to prove it', async () => {
  const created = await runJson(database.url, [
    ...['members', 'create', '--email', 'mary@example.com', '--role', 'reader', '--unverified'],
  ]);
  const person = { email: 'mary@example.com', password: created.password };
  expect((await (await signedInBrowser(app, person)).visit('/me')).html).toContain('Not verified yet');
});

test('all that is kept about a member is printed as one document, and noted', async () => {
  const { exitCode, stdout, stderr } = await run(database.url, ['members', 'export', '--email', app.owner.email]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const data = JSON.parse(stdout);
  expect(data.member).toMatchObject({ id: app.owner.id, email: app.owner.email });
  expect(stdout).not.toContain(app.owner.passwordHash);
  const entry = (await auditLog(database.db)).find(({ action }) => action === 'MEMBER_DATA_EXPORTED');
  expect(entry).toMatchObject({ actorKind: 'OPERATOR', targetId: app.owner.id });
  const refused = await run(database.url, [
    ...['members', 'export', '--email', app.owner.email, '--audit-log-before', 'x'],
  ]);
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
  expect(refused.stderr).toContain('--audit-log-before: ');
});
