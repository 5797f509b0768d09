// The very first start, on a database without tables: what was made then works at once.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { bootstrap } from '../../src/bootstrap.js';
import { type Composition, compose } from '../../src/compose.js';
import { loadConfig } from '../../src/config.js';
import { createEmptyTestDatabase, type EmptyTestDatabase } from '../support/database.js';

let database: EmptyTestDatabase;
let composition: Composition;
beforeAll(async () => {
  database = await createEmptyTestDatabase();
  const config = loadConfig({
    DATABASE_URL: database.url,
    LATCHKEY_SECRET: randomBytes(32).toString('base64'),
    LATCHKEY_LOG_LEVEL: 'silent',
  });
  composition = await compose(config);
});
afterAll(async () => {
  await composition?.close();
  await database?.remove();
});

test('the keys of the first start are published and sign at once', async () => {
  const { deps } = composition;
  expect(await bootstrap(deps)).toMatchObject({ email: 'owner@example.com' });
  const response = await createApp(deps).request('http://localhost:4000/oauth/jwks');
  const { keys } = (await response.json()) as { keys: { alg: string }[] };
  expect(keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'RS256']);
  const claims = { iss: deps.config.issuer, sub: 'x', aud: 'x', iat: 0, exp: 9_999_999_999 };
  for (const algorithm of ['ES256', 'RS256'] as const) {
    expect(await deps.keys.sign(algorithm, 'JWT', claims)).toMatch(/^ey/);
  }
});
