// Secrets in clear exist in the answer that shows them and nowhere else: a whole run with distinctive ones, then a search of
// the log, of every column of every table, and of the database's very bytes (known attacks doorkeeper 1735, 1736).
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sqlitePath } from '../../src/db/url.js';
import { tidy } from '../../src/maintenance.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { newBrowser, obtainCode, redeem, refresh, registerClient, token, userinfo } from '../support/oauth.js';

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

const wrongPassword = 'canary-wrong-password-7Qx';
// In lower case, as addresses are looked up.
const passwordAsEmail = 'canary-password-in-the-wrong-field-9zk';
const wrongSecret = 'canary-wrong-client-secret-3Vb';

/** Drives everything that handles a secret. @returns every secret in clear, by what it is */
async function wholeRun(): Promise<Record<string, string>> {
  const browser = newBrowser(app);
  const login = await browser.visit('/login');
  await browser.submit(login, { email: app.owner.email, password: wrongPassword });
  await browser.submit(login, { email: passwordAsEmail, password: wrongPassword });
  await browser.signIn(app.owner, login);
  const created = await browser.graphql(
    `mutation ($input: CreateOAuthClientInput!) {
      createOAuthClient(input: $input) { clientSecret oauthClient { id clientId } userErrors { message } }
    }`,
    { input: { name: 'Canary', redirectUris: ['https://app.example.com/callback'] } },
  );
  const { clientSecret, oauthClient } = created.data.createOAuthClient;
  const client = { ...oauthClient, secret: clientSecret };
  const apiToken = await browser.graphql(
    'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { token userErrors { message } } }',
    { input: { name: 'Canary', role: 'ADMIN' } },
  );
  const { code, verifier } = await obtainCode(app, client, {}, browser);
  const redeemed = await redeem(app, client, { code, verifier });
  const first = redeemed.body.refresh_token ?? '';
  const refreshed = await refresh(app, client, first);
  const repeated = await refresh(app, client, first);
  await userinfo(app, repeated.body.access_token ?? '');
  // Refusals, each of which writes a log line.
  const near = `${clientSecret.slice(0, -1)}${clientSecret.endsWith('A') ? 'B' : 'A'}`;
  for (const secret of [wrongSecret, near]) {
    await token(app, { ...client, secret }, { grant_type: 'refresh_token', refresh_token: first });
  }
  await token(app, null, { grant_type: 'refresh_token', client_id: client.clientId, client_secret: clientSecret });
  await app.db.oAuthClientSecret.updateMany({
    where: { clientId: client.id },
    data: { hash: await app.deps.hasher.hash('another', 'test') },
  });
  await token(app, client, { grant_type: 'refresh_token', refresh_token: first });
  const publicClient = await registerClient(app, { type: 'PUBLIC' });
  const granted = await obtainCode(app, publicClient, {}, browser);
  await redeem(app, publicClient, granted);
  await redeem(app, publicClient, granted);
  await userinfo(app, `${redeemed.body.access_token}x`);
  await app.request(`/oauth/userinfo?access_token=${redeemed.body.access_token}`);
  await browser.visit(`/nothing-here?code=${code}&client_secret=${clientSecret}`);
  await browser.graphql(`{ node(id: "${apiToken.data.createApiToken.token}") { id } }`);
  await app.request('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiToken.data.createApiToken.token}` },
    body: JSON.stringify({ query: `{ oauthClient(clientId: "${clientSecret}") { id } nonsense }` }),
  });
  const cookies = await browser.jar.getCookies(app.issuer);
  return {
    'the password': app.owner.password,
    'a wrong password': wrongPassword,
    'a password in the wrong field': passwordAsEmail,
    'the client secret': clientSecret,
    'a wrong client secret': wrongSecret,
    'a nearly right client secret': near,
    'the API token': apiToken.data.createApiToken.token,
    'a code': code,
    'a replayed code': granted.code,
    'a verifier': verifier,
    'a refresh token': first,
    'its successor': refreshed.body.refresh_token ?? '',
    'an access token': redeemed.body.access_token ?? '',
    'another access token': repeated.body.access_token ?? '',
    'an ID token': redeemed.body.id_token ?? '',
    ...Object.fromEntries(cookies.map(({ key, value }) => [`the cookie ${key}`, value])),
  };
}

/** Every value of every column of every table, as text. */
async function dump(): Promise<string> {
  const tables =
    database.provider === 'sqlite'
      ? await app.db.$queryRawUnsafe<{ name: string }[]>("SELECT name FROM sqlite_master WHERE type = 'table'")
      : await app.db.$queryRawUnsafe<{ name: string }[]>(
          "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public'",
        );
  expect(tables.length).toBeGreaterThan(15);
  const rows = [];
  for (const { name } of tables) rows.push(name, await app.db.$queryRawUnsafe(`SELECT * FROM "${name}"`));
  return JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value));
}

/** How a secret might be hidden: as it is, without its prefix and checksum, as base64, as hexadecimal, percent-encoded. */
function spellings(secret: string): string[] {
  const core = /^lk[a-z]_/.test(secret) ? secret.slice(-49, -6) : secret;
  const bytes = Buffer.from(secret);
  return [
    secret,
    core,
    bytes.toString('base64').replace(/=+$/, '').slice(0, -1),
    bytes.toString('hex'),
    encodeURIComponent(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
  ];
}

test('no secret is in the log, in the database, or in its bytes (known attack 45)', async () => {
  const secrets = await wholeRun();
  await app.deps.lastUsed.flush();
  await tidy(app.deps);
  const log = app.logLines.join('');
  const tables = await dump();
  const places: Record<string, string> = { log, tables };
  if (database.provider === 'sqlite') {
    const path = sqlitePath(database.url);
    for (const suffix of ['', '-wal', '-shm', '-journal']) {
      if (existsSync(path + suffix)) places[`file${suffix}`] = readFileSync(path + suffix).toString('latin1');
    }
    expect(Object.keys(places)).toContain('file-wal');
  }
  // The search finds what is there.
  expect(log).toContain('/oauth/token');
  expect(log).toContain('refused');
  expect(tables).toContain(app.owner.email);
  if (database.provider === 'sqlite') expect(`${places.file}${places['file-wal']}`).toContain(app.owner.email);
  expect(tables).toContain('CLIENT_AUTHENTICATION_REFUSED');
  expect(tables).toContain('SIGN_IN_REFUSED');

  for (const [what, secret] of Object.entries(secrets)) {
    expect(secret.length, what).toBeGreaterThan(15);
    for (const [place, text] of Object.entries(places)) {
      for (const spelling of spellings(secret)) {
        expect(text.includes(spelling), `${what} in ${place}`).toBe(false);
      }
    }
  }
});

test('no later query gives a secret back', async () => {
  const browser = newBrowser(app);
  await browser.signIn(app.owner);
  const { clientId, secret } = await registerClient(app);
  const { data } = await browser.graphql(
    '{ oauthClients { nodes { clientId } } __type(name: "OAuthClient") { fields { name } } secret: __type(name: "OAuthClientSecret") { fields { name } } }',
  );
  expect(JSON.stringify(data)).toContain(clientId);
  expect(JSON.stringify(data)).not.toContain(secret);
  const names = [...data.__type.fields, ...data.secret.fields].map(({ name }: { name: string }) => name);
  expect(names.filter((name: string) => /hash|clear|plain|selector/i.test(name))).toEqual([]);
});
