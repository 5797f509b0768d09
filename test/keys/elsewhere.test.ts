// Keys that are changed at one process, seen by another that has just read the old ones: from its next request on.
import { decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { openDatabase } from '../../src/db/client.js';
import { replaceCompromisedSigningKeys, rotateSigningKeys } from '../../src/keys/rotate.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase } from '../support/database.js';
import { obtainTokens, refresh, registerClient, type TestClient, token, userinfo } from '../support/oauth.js';
import { introspect } from '../support/tokens.js';

let here: TestApp;
/** The other process: with connections and keys of its own. */
let there: TestApp;
let client: TestClient;
let tokens: Awaited<ReturnType<typeof obtainTokens>>;
/** What the other process sent. */
let statements: string[];
let close: () => Promise<void>;

beforeEach(async () => {
  const database = await createTestDatabase();
  statements = [];
  const opened = await openDatabase(database.url, { poolSize: 2, onQuery: (sql) => statements.push(sql) });
  here = await createTestApp({ database });
  there = await createTestApp({ database: { ...database, db: opened.db, hotPaths: opened.hotPaths } });
  client = await registerClient(here, { grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'] });
  tokens = await obtainTokens(here, client);
  expect((await userinfo(there, tokens.accessToken)).status).toBe(200);
  close = async () => {
    await Promise.all([here.close(), there.close()]);
    await opened.close();
    await database.close();
  };
});
afterEach(() => close());

const kidOf = (jwt: string | undefined) => decodeProtectedHeader(jwt ?? '').kid;

test.each([
  ['userinfo', async () => (await userinfo(there, tokens.accessToken)).status === 200],
  ['introspection', async () => (await introspect(there, client, tokens.accessToken)).active],
])('%s refuses at once what a compromised key signed, although it has verified it before', async (_name, isTaken) => {
  expect(await isTaken()).toBe(true);
  await replaceCompromisedSigningKeys(here.deps, operatorActor);
  expect(await isTaken()).toBe(false);
});

test('what is asked for next is signed by the new keys, and not by compromised ones', async () => {
  const { kids } = await replaceCompromisedSigningKeys(here.deps, operatorActor);
  const { body } = await refresh(there, client, tokens.refreshToken);
  expect(kids).toContain(kidOf(body.access_token));
  expect(kids).toContain(kidOf(body.id_token));
  // A key that is not known is looked for once a second.
  here.clock.advance(1);
  expect((await userinfo(here, body.access_token ?? '')).status).toBe(200);
});

test('a rotation is published once anything was asked for', async () => {
  const { kids } = await rotateSigningKeys(here.deps, operatorActor);
  expect((await token(there, client, { grant_type: 'client_credentials' })).status).toBe(200);
  const { keys } = (await (await there.request('/oauth/jwks')).json()) as { keys: { kid: string }[] };
  expect(keys.map(({ kid }) => kid)).toEqual(expect.arrayContaining(kids));
});

test('the keys are read once for a change, however much is asked for', async () => {
  await rotateSigningKeys(here.deps, operatorActor);
  statements.length = 0;
  const asked = Array.from({ length: 20 }, () => userinfo(there, tokens.accessToken));
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(asked.map(() => 200));
  await token(there, client, { grant_type: 'client_credentials' });
  expect(statements.filter((sql) => sql.includes('encryptedPrivateJwk'))).toHaveLength(1);
});

test.each([
  ['userinfo', async () => (await userinfo(there, tokens.accessToken)).status === 200],
  ['introspection', async () => (await introspect(there, client, tokens.accessToken)).active],
])(
  '%s refuses what a compromised key signed also when the keys are read anew between its signature and its rows',
  async (_name, isTaken) => {
    const { hotPaths } = there.deps;
    let isFirst = true;
    const late =
      <Parameters extends unknown[], Result>(read: (...parameters: Parameters) => Promise<Result>) =>
      async (...parameters: Parameters) => {
        if (isFirst) {
          isFirst = false;
          await replaceCompromisedSigningKeys(here.deps, operatorActor);
          // Somebody else's request tells of the new keys, so that they are read.
          expect((await token(there, client, { grant_type: 'client_credentials' })).status).toBe(200);
        }
        return read(...parameters);
      };
    const { accessToken, callerWithAccessToken } = hotPaths;
    Object.assign(there.deps, {
      hotPaths: {
        ...hotPaths,
        accessToken: late(accessToken),
        callerWithAccessToken: late(callerWithAccessToken),
      },
    });
    expect(await isTaken()).toBe(false);
    expect(isFirst).toBe(false);
  },
);
