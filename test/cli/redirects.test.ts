// `accounts disallow-redirects`: taken back what an operator had allowed, and what becomes of addresses that use it.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { obtainCode, registerClient, signedInBrowser } from '../support/oauth.js';
import { auditLog, patience } from './command-line.js';
import { run, runJson } from './in-process.js';

vi.setConfig({ testTimeout: patience });

const loopback = 'http://127.0.0.1:8400/callback';
const appScheme = 'com.example.app:/callback';

let database: TestDatabase;
let app: TestApp;
let accountId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  app = await createTestApp({ database });
  ({ accountId } = app.owner);
});
afterAll(async () => {
  await app.close();
  await database.close();
});

const allow = (...schemes: string[]) => runJson(database.url, ['accounts', 'allow-redirects', accountId, ...schemes]);
const disallow = (...words: string[]) => runJson(database.url, ['accounts', 'disallow-redirects', ...words]);

test('what was taken back can be registered no more, and what is registered goes on working and is named', async () => {
  await allow('loopback', 'localhost', 'com.example.app');
  const client = await registerClient(app, {
    redirectUris: [loopback, 'https://app.example.com/callback', appScheme],
    postLogoutRedirectUris: ['http://127.0.0.1:8400/bye'],
    allowedOrigins: ['http://localhost:8400'],
  });
  const { clientId } = client;

  expect(await disallow('loopback')).toEqual({
    account: { id: accountId },
    allowedRedirectSchemes: ['com.example.app', 'localhost'],
    stillRegistered: [
      { clientId, uri: loopback },
      { clientId, uri: 'http://127.0.0.1:8400/bye' },
    ],
  });
  await expect(registerClient(app, { redirectUris: [loopback] })).rejects.toThrow('allow-redirects');
  const { code } = await obtainCode(app, client, { redirect_uri: loopback });
  expect(code).not.toBe('');

  // Any change of the client asks for it to be taken out.
  const browser = await signedInBrowser(app);
  const update = async (input: object) => {
    const { data } = await browser.graphql(
      'mutation ($input: UpdateOAuthClientInput!) { updateOAuthClient(input: $input) { userErrors { path } } }',
      { input: { id: client.id, ...input } },
    );
    return data.updateOAuthClient.userErrors;
  };
  expect(await update({ name: 'Another name' })).toEqual([
    { path: ['redirectUris', '0'] },
    { path: ['postLogoutRedirectUris', '0'] },
  ]);
  const uris = { redirectUris: ['https://app.example.com/callback', appScheme], postLogoutRedirectUris: [] };
  expect(await update({ name: 'Another name', ...uris })).toEqual([]);

  const { stdout } = await run(database.url, ['accounts', 'disallow-redirects', 'com.example.app', 'localhost']);
  expect(stdout).toContain(`Clients of ${accountId} may redirect to https alone.`);
  expect(stdout).toContain('go on working');
  expect(stdout).toMatch(new RegExp(`${clientId} +com\\.example\\.app:/callback\\n`));
  expect(stdout).toMatch(new RegExp(`${clientId} +http://localhost:8400\\n`));
});

test('both directions are in the audit log as the operator’s, with what was allowed before and after', async () => {
  await allow('loopback', 'com.example.app');
  expect(await disallow(accountId, 'loopback')).toMatchObject({ allowedRedirectSchemes: ['com.example.app'] });
  expect(await disallow(accountId, 'com.example.app')).toMatchObject({ allowedRedirectSchemes: [] });
  const entries = (await auditLog(database.db)).filter(({ action }) => action === 'ACCOUNT_REDIRECTS_ALLOWED');
  const changes = entries.map(({ changes: text }) => JSON.parse(String(text)));
  expect(entries.at(-1)).toMatchObject({ actorKind: 'OPERATOR', accountId, targetId: accountId });
  expect(changes.slice(-3)).toEqual([
    [{ field: 'allowedRedirectSchemes', before: null, after: 'com.example.app loopback' }],
    [{ field: 'allowedRedirectSchemes', before: 'com.example.app loopback', after: 'com.example.app' }],
    [{ field: 'allowedRedirectSchemes', before: 'com.example.app', after: null }],
  ]);
});

test('a scheme that is not allowed is named, and then none is taken back', async () => {
  await allow('loopback');
  const refused = await run(database.url, ['accounts', 'disallow-redirects', 'loopback', 'com.exmaple.app']);
  expect(refused).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'com.exmaple.app: It is not allowed for this account, which may use loopback beside https.\n',
  });
  const account = await database.db.account.findUniqueOrThrow({ where: { id: accountId } });
  expect(account.redirectSchemes).toBe('loopback');
  const unknown = await run(database.url, ['accounts', 'disallow-redirects', 'acc_unknown', 'loopback']);
  expect(unknown).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('There is no account acc_unknown.') });
  const alone = await run(database.url, ['accounts', 'disallow-redirects', accountId]);
  expect(alone.stderr).toBe('Say what to take back: loopback, localhost or a scheme.\n');
});
