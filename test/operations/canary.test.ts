// Secrets are in no line of the log and no row, whatever people do with them: links that they are sent, passwords that they set,
// tokens that they paste into the wrong place, and all of it while something of ours fails. Sign-in and tokens as they should
// go are test/oauth/canary.test.ts's part.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tidy } from '../../src/maintenance.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { claimsFor, keySet, makeKey, present, registerSigningClient, sign } from '../support/assertions.js';
import { findLeaks, placesOf } from '../support/canaries.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { linkTo } from '../support/mail.js';
import {
  newBrowser,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  registerClient,
  token,
  userinfo,
} from '../support/oauth.js';
import { clientToken, introspect, revoke } from '../support/tokens.js';

let database: TestDatabase;
let app: TestApp;
beforeEach(async () => {
  database = await createTestDatabase();
  app = await createTestApp({ database });
});
afterEach(async () => {
  await app.close();
  await database.close();
});

const chosen = {
  'the password of whoever is invited': 'canary-invited-password-4Jx',
  'a password set by a link': 'canary-reset-password-8Wq',
  'a password that is refused': 'canary-too-common-password-',
  'a password in a variable': 'canary-variable-password-2Lp',
};

const tokenOf = (link: string) => new URL(link).searchParams.get('token') ?? '';

async function mutate(browser: Awaited<ReturnType<typeof signedIn>>, document: string, input: object) {
  const { data } = await browser.graphql(document, { input });
  return Object.values(data as Record<string, Record<string, unknown>>)[0] ?? {};
}

async function signedIn() {
  const browser = newBrowser(app);
  await browser.signIn(app.owner);
  return browser;
}

/** Links, invitations and passwords. */
async function peoplesRun(): Promise<Record<string, string>> {
  const admin = await signedIn();
  const invite = `mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { member { id } userErrors { message } } }`;
  await mutate(admin, invite, { email: 'grace@example.com', role: 'READER', name: 'Grace' });
  const invitation = await linkTo(app, 'grace@example.com');
  const browser = newBrowser(app);
  await browser.submit(await browser.visit(invitation), { name: 'Grace', password: 'short' });
  await browser.submit(await browser.visit(invitation), {
    name: 'Grace',
    password: chosen['the password of whoever is invited'],
  });
  await newBrowser(app).visit(invitation);

  const forgetful = newBrowser(app);
  await forgetful.submit(await forgetful.visit('/forgot-password'), { email: 'grace@example.com' });
  const reset = await linkTo(app, 'grace@example.com');
  const page = await forgetful.visit(reset);
  await forgetful.submit(page, { password: chosen['a password that is refused'].repeat(5) });
  await forgetful.submit(page, { password: chosen['a password set by a link'] });
  await newBrowser(app).visit(reset);
  await newBrowser(app).visit(reset.replace(/.$/, 'x'));
  await app.deps.mailCourier.deliverDue();
  return { 'an invitation': tokenOf(invitation), 'a link to a new password': tokenOf(reset), ...chosen };
}

/** Every kind of token, made, used, asked about, rotated and given back. */
async function tokensRun(): Promise<Record<string, string>> {
  const admin = await signedIn();
  const client = await registerClient(app, {
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
  });
  const { accessToken, refreshToken } = await obtainTokens(
    app,
    client,
    { scope: 'openid offline_access admin' },
    admin,
  );
  const own = await clientToken(app, client);
  for (const given of [accessToken, refreshToken, own]) await introspect(app, client, given);
  const rotated = await mutate(
    admin,
    'mutation ($input: RotateOAuthClientSecretInput!) { rotateOAuthClientSecret(input: $input) { clientSecret userErrors { message } } }',
    { id: client.id },
  );
  const made = await mutate(
    admin,
    'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { token apiToken { id } userErrors { message } } }',
    { name: 'Canary', role: 'ADMIN' },
  );
  const again = await mutate(
    admin,
    'mutation ($input: RotateApiTokenInput!) { rotateApiToken(input: $input) { token userErrors { message } } }',
    { id: (made.apiToken as { id: string }).id },
  );
  await revoke(app, client, accessToken);
  await revoke(app, client, refreshToken);
  await userinfo(app, accessToken);
  const key = await makeKey();
  const signing = await registerSigningClient(app, { jwks: keySet(key), grantTypes: ['client_credentials'] });
  const assertion = await sign(key, claimsFor(app, signing));
  for (let count = 0; count < 2; count += 1) await present(app, assertion, { grant_type: 'client_credentials' });
  const cookies = await admin.jar.getCookies(app.issuer);
  return {
    'an access token': accessToken,
    'a refresh token': refreshToken,
    "a client's own token": own,
    'the client secret': client.secret,
    'a rotated client secret': String(rotated.clientSecret),
    'an API token': String(made.token),
    'a rotated API token': String(again.token),
    'a client assertion': assertion,
    ...Object.fromEntries(cookies.map(({ key: name, value }) => [`the cookie ${name}`, value])),
  };
}

/** Secrets where nobody would expect them. */
async function wrongPlaces(secrets: Record<string, string>): Promise<void> {
  for (const secret of Object.values(secrets)) {
    const pasted = encodeURIComponent(secret);
    for (const path of [`/${pasted}`, `/logos/${pasted}/${pasted}`, `/healthz/${pasted}`, `/login?next=${pasted}`]) {
      await app.request(path, { headers: { 'x-request-id': secret, 'user-agent': 'canary' } });
    }
    await app.request(
      `/graphql?query=${encodeURIComponent(`query ${secret.replace(/\W/g, '_').slice(0, 60)} { __typename }`)}`,
    );
    await app.request('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: 'query Q($x: ID!) { node(id: $x) { id } }',
        variables: { x: secret, [secret]: secret },
      }),
    });
    await app.request('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"${secret}`,
    });
    await token(app, null, { grant_type: secret, client_id: secret, client_secret: secret, code: secret });
    await app.request(`/oauth/authorize?${new URLSearchParams({ client_id: secret, state: secret, nonce: secret })}`);
    await app.request(`/oauth/logout?${new URLSearchParams({ id_token_hint: secret, state: secret })}`);
  }
}

/** All tables but those that a sign-in needs to come so far fail, as when the database goes away in the middle. */
function failing(tables: readonly string[]) {
  const { db, hotPaths } = app.deps;
  const reject = () =>
    Promise.reject(Object.assign(new Error('the database is away'), { meta: { query: 'a canary' } }));
  const broken = new Proxy({}, { get: () => reject });
  const proxy = new Proxy(db, {
    get: (target, name) =>
      tables.includes(String(name)) || name === '$transaction'
        ? name === '$transaction'
          ? reject
          : broken
        : Reflect.get(target, name),
  });
  Object.assign(app.deps, { db: proxy, hotPaths: new Proxy(hotPaths, { get: () => reject }) });
  return () => Object.assign(app.deps, { db, hotPaths });
}

test('no link, password or token is in the log, in the database, or in its bytes, wherever it is pasted', async () => {
  const secrets = { ...(await peoplesRun()), ...(await tokensRun()) };
  await wrongPlaces(secrets);
  await app.deps.lastUsed.flush();
  await tidy(app.deps);
  const places = await placesOf(app, database);
  // The search finds what is there.
  expect(findLeaks({ 'an address': 'grace@example.com' }, places).length).toBeGreaterThan(0);
  expect(places.log).toContain('"route":"(none)"');
  expect(places.log).toContain('"route":"/logos/:clientRowId/:hash"');
  expect(places.log).toContain('/accept-invitation');
  expect(places.tables).toContain('API_TOKEN_ROTATED');
  expect(Object.values(secrets).every((secret) => secret.length > 15 && secret !== 'undefined')).toBe(true);
  expect(findLeaks(secrets, places)).toEqual([]);
});

test('nor when all that it is used for ends in a fault of ours', async () => {
  const admin = await signedIn();
  const client = await registerClient(app);
  const { refreshToken, accessToken } = await obtainTokens(app, client, { scope: 'openid offline_access' }, admin);
  const granted = await obtainCode(app, client, {}, admin);
  await app.db.invitation.deleteMany();
  const login = await newBrowser(app).visit('/login');
  const password = 'canary-while-it-fails-6Hd';
  const secrets = { refreshToken, accessToken, code: granted.code, secret: client.secret, password };
  const mend = failing([
    'oAuthClient',
    'refreshToken',
    'authorizationCode',
    'apiToken',
    'session',
    'member',
    'oneTimeLink',
  ]);
  app.logLines.length = 0;
  try {
    await redeem(app, client, granted);
    await refresh(app, client, refreshToken);
    await userinfo(app, accessToken);
    await introspect(app, client, accessToken);
    await token(app, client, { grant_type: 'client_credentials' });
    await newBrowser(app).submit(login, { email: app.owner.email, password });
    await admin.graphql('mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { token } }', {
      input: { name: password },
    });
    await app.request('/graphql', {
      method: 'POST',
      headers: { authorization: `Bearer lkt_${password}`, 'content-type': 'application/json' },
      body: '{"query":"{ viewer { id } }"}',
    });
  } finally {
    mend();
  }
  const lines = app.logLines.map((line) => JSON.parse(line));
  expect(lines.filter(({ err }) => err?.message === 'the database is away').length).toBeGreaterThan(4);
  expect(lines.filter(({ status, level }) => status === 500 && level === 50).length).toBeGreaterThan(3);
  expect(
    findLeaks({ ...secrets, 'what hangs on an error': 'a canary of errors' }, await placesOf(app, database)),
  ).toEqual([]);
  expect(app.logLines.join('')).not.toContain('a canary');
});
