// What a request reads at once of many tables, beside somebody who locks two of them: PostgreSQL gives up one of both after a second.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectToPostgresql } from '../../src/db/pg-client.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase, testProvider } from '../support/database.js';
import { registerClient, token } from '../support/oauth.js';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createTestDatabase();
  app = await createTestApp({ database });
});
afterAll(async () => {
  await app.close();
  await database.close();
});

test.runIf(testProvider === 'postgresql')('a read that was given up for a lock is done again', async () => {
  const client = await registerClient(app, {
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
  });
  const ask = () => token(app, client, { grant_type: 'client_credentials' });
  expect((await ask()).status).toBe(200);
  const operator = await connectToPostgresql(database.url, 'operator');
  // So that it is the request that is given up.
  await operator.query(`SET deadlock_timeout = '20s'; BEGIN; LOCK TABLE "OAuthClientSecret"`);
  const answer = ask();
  const waits = `SELECT count(*)::int AS "count" FROM pg_locks WHERE NOT granted
    AND relation = '"OAuthClientSecret"'::regclass`;
  await expect.poll(async () => (await operator.query(waits)).rows[0].count).toBeGreaterThan(0);
  await operator.query('LOCK TABLE "OAuthClient"');
  await operator.query('ROLLBACK');
  await operator.end();
  const { status, body } = await answer;
  expect({ status, error: body.error }).toEqual({ status: 200, error: undefined });
});
