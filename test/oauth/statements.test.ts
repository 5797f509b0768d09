// How many SQL statements each answer of the protocol endpoints costs, BEGIN left out. The bounds are those of docs/performance.md:
// a statement more on one of these paths is a journey more to the database for every request.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { testProvider } from '../support/database.js';
import {
  anyPkce,
  authorizeUrl,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  registerClient,
  type TestClient,
  token,
  userinfo,
} from '../support/oauth.js';
import { clientToken, introspect } from '../support/tokens.js';

let app: TestApp;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app, { grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'] });
  // The first time hashes the secret, and what is written now and then is no part of an answer.
  await obtainTokens(app, client);
});
afterAll(() => app.close());

/** The statements of one request, by their first word. */
async function statementsOf(request: () => Promise<unknown>): Promise<string[]> {
  await app.beginCounting();
  await request();
  return app.statements.map((sql) => /^\w+/.exec(sql.trim())?.[0] ?? '');
}

/** What one statement does on PostgreSQL takes a transaction of several on SQLite, which needs no journeys for them. */
const writing = (...onSqlite: string[]) => (testProvider === 'sqlite' ? [...onSqlite, 'COMMIT'] : ['WITH']);

test('client credentials cost one read', async () => {
  expect(await statementsOf(() => clientToken(app, client))).toEqual(['SELECT']);
});

test('introspection costs one read, of whatever token', async () => {
  const { access_token: access, refresh_token: refreshToken } = (
    await redeem(app, client, await obtainCode(app, client))
  ).body;
  for (const asked of [access ?? '', refreshToken ?? '', await clientToken(app, client), 'garbage']) {
    expect(await statementsOf(() => introspect(app, client, asked))).toEqual(['SELECT']);
  }
});

test('userinfo costs one read, and none for what is no token of ours', async () => {
  const { accessToken } = await obtainTokens(app, client);
  expect(await statementsOf(() => userinfo(app, accessToken))).toEqual(['SELECT']);
  expect(await statementsOf(() => userinfo(app, 'garbage'))).toEqual([]);
});

test('a refresh costs one read and one write', async () => {
  const { refreshToken } = await obtainTokens(app, client);
  expect(await statementsOf(() => refresh(app, client, refreshToken))).toEqual([
    'SELECT',
    ...writing('UPDATE', 'INSERT', 'UPDATE'),
  ]);
});

test('redeeming a code costs one read and one write', async () => {
  const code = await obtainCode(app, client);
  expect(await statementsOf(() => redeem(app, client, code))).toEqual(['SELECT', ...writing('UPDATE', 'INSERT')]);
});

test('an authorization with session and consent costs one read and one write', async () => {
  const { browser } = await obtainCode(app, client);
  const request = authorizeUrl(client, { ...anyPkce, scope: 'openid' });
  expect(await statementsOf(() => browser.visit(request))).toEqual(['SELECT', ...writing('INSERT', 'INSERT')]);
});

test('an unknown client costs what a known one with a wrong secret does (RFC 6749 5.2, known attack 49)', async () => {
  const credentials = { grant_type: 'client_credentials' };
  const unknown = { ...client, clientId: 'nobody' };
  const wrong = { ...client, secret: `${client.secret.slice(0, -1)}x` };
  for (const caller of [unknown, wrong]) {
    expect(await statementsOf(() => token(app, caller, credentials))).toEqual(['SELECT']);
  }
});

test('what is asked for at once is read together on PostgreSQL, and written together on both databases', async () => {
  const tokens = await Promise.all(Array.from({ length: 20 }, () => obtainTokens(app, client)));
  const statements = await statementsOf(() =>
    Promise.all(tokens.map(({ refreshToken }) => refresh(app, client, refreshToken))),
  );
  const reads = statements.filter((word) => word === 'SELECT').length;
  const commits = statements.filter((word) => word === (testProvider === 'sqlite' ? 'COMMIT' : 'WITH')).length;
  if (testProvider === 'postgresql') expect(reads).toBeLessThanOrEqual(6);
  expect(commits).toBeLessThanOrEqual(6);
});
