// Secrets in clear exist in the answer that shows them and nowhere else: a whole run with distinctive ones, then a search of
// the log, of every column of every table, and of the database's very bytes (known attacks doorkeeper 1735, 1736). What people
// are sent and what fails is test/operations/canary.test.ts's part.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tidy } from '../../src/maintenance.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { findLeaks, placesOf } from '../support/canaries.js';
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

test('no secret is in the log, in the database, or in its bytes (known attack 45)', async () => {
  const secrets = await wholeRun();
  await app.deps.lastUsed.flush();
  await tidy(app.deps);
  const places = await placesOf(app, database);
  const { log = '', tables = '' } = places;
  // The search finds what is there.
  expect(log).toContain('/oauth/token');
  expect(log).toContain('refused');
  expect(tables).toContain(app.owner.email);
  if (database.provider === 'sqlite') expect(`${places.file}${places['file-wal']}`).toContain(app.owner.email);
  expect(tables).toContain('CLIENT_AUTHENTICATION_REFUSED');
  expect(tables).toContain('SIGN_IN_REFUSED');

  expect(findLeaks(secrets, places)).toEqual([]);
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
