// updateOAuthClient: only what is given changes, versions guard against lost updates, and all faults come at once.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, signedIn } from '../support/graphql.js';
import { registerClient, type TestClient, token } from '../support/oauth.js';

let app: TestApp;
let owner: Ask;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  owner = await signedIn(app, app.owner);
});
beforeEach(async () => {
  client = await registerClient(app, {
    description: 'Before',
    homepageUrl: 'https://app.example.com/',
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
    lifetimes: { accessTokenSeconds: 120, idTokenSeconds: 240 },
  });
});
afterAll(() => app.close());

const mutation = `mutation ($input: UpdateOAuthClientInput!) { updateOAuthClient(input: $input) {
  verificationCleared
  oauthClient { id name description redirectUris scopes homepageUrl consentMode version updatedAt
    lifetimes { accessTokenSeconds refreshTokenSeconds refreshTokenIdleSeconds idTokenSeconds } }
  userErrors { code message path }
} }`;

async function update(input: Record<string, unknown>, ask = owner) {
  const { data, errors } = await ask(mutation, { input });
  expect(errors).toBeUndefined();
  return data.updateOAuthClient;
}

/** The row and its redirect URIs, without what every change moves. */
async function stored() {
  const {
    version: _,
    updatedAt: __,
    ...row
  } = await app.db.oAuthClient.findUniqueOrThrow({
    where: { id: client.id },
    include: { redirectUris: { orderBy: { position: 'asc' }, select: { uri: true } } },
  });
  return row;
}

describe('only what is given changes', () => {
  test('one field, by id', async () => {
    const before = await stored();
    app.clock.advance(60);
    const { oauthClient, userErrors, verificationCleared } = await update({ id: client.id, name: '  After ' });
    expect({ userErrors, verificationCleared }).toEqual({ userErrors: [], verificationCleared: false });
    expect(oauthClient).toMatchObject({ name: 'After', version: 2, updatedAt: app.deps.clock().toISOString() });
    expect(await stored()).toEqual({
      ...before,
      name: 'After',
      nameKey: 'after',
      searchText: before.searchText.replace('test app', 'after'),
    });
  });

  test('a list, by client_id: it replaces the old one, in the order that is given', async () => {
    const redirectUris = ['https://b.example.com/', 'https://a.example.com/'];
    const before = await stored();
    const { oauthClient } = await update({ clientId: client.clientId, redirectUris });
    expect(oauthClient.redirectUris).toEqual(redirectUris);
    expect(await stored()).toEqual({ ...before, redirectUris: redirectUris.map((uri) => ({ uri })) });
  });

  test('one lifetime leaves the others', async () => {
    const { oauthClient } = await update({ id: client.id, lifetimes: { accessTokenSeconds: 300 } });
    expect(oauthClient.lifetimes).toMatchObject({ accessTokenSeconds: 300, idTokenSeconds: 240 });
  });

  test('the secret goes on working', async () => {
    await update({ id: client.id, name: 'Renamed' });
    expect((await token(app, client, { grant_type: 'client_credentials' })).status).toBe(200);
  });
});

test('null clears, or goes back to the default', async () => {
  const { oauthClient } = await update({
    id: client.id,
    description: null,
    homepageUrl: null,
    scopes: null,
    lifetimes: { accessTokenSeconds: null },
  });
  expect(oauthClient).toMatchObject({ description: null, homepageUrl: null, scopes: ['openid', 'profile', 'email'] });
  expect(oauthClient.lifetimes).toMatchObject({ accessTokenSeconds: 600, idTokenSeconds: 240 });
});

test('what must not be empty cannot be cleared', async () => {
  const { oauthClient, userErrors } = await update({ id: client.id, name: null, redirectUris: null });
  expect(oauthClient).toBeNull();
  expect(userErrors.map((error: { path: string[] }) => error.path)).toEqual([['name'], ['redirectUris']]);
});

test('a change that changes nothing keeps the version and writes no log', async () => {
  const entries = await app.db.auditLogEntry.count();
  expect(await update({ id: client.id, name: 'Test app' })).toMatchObject({
    oauthClient: { version: 1 },
    userErrors: [],
  });
  expect(await update({ id: client.id })).toMatchObject({ oauthClient: { version: 1 }, userErrors: [] });
  expect(await app.db.auditLogEntry.count()).toBe(entries);
});

test('all faults come at once and nothing is stored', async () => {
  const before = await stored();
  const { oauthClient, userErrors } = await update({
    id: client.id,
    name: 'x'.repeat(101),
    description: 'fine',
    redirectUris: ['http://app.example.com/'],
    scopes: ['root'],
    lifetimes: { idTokenSeconds: 1 },
  });
  expect(oauthClient).toBeNull();
  expect(userErrors.map((error: { path: string[] }) => error.path.join('.'))).toEqual([
    'name',
    'redirectUris.0',
    'scopes.0',
    'lifetimes.idTokenSeconds',
  ]);
  expect(await stored()).toEqual(before);
});

describe('which client', () => {
  test.each([
    ['none', {}, 'REQUIRED', ['id']],
    ['null', { id: null, clientId: null }, 'REQUIRED', ['id']],
    ['an unknown id', { id: 'cli_00000000000000000000000000' }, 'NOT_FOUND', ['id']],
    ['an unknown client_id', { clientId: 'nobody' }, 'NOT_FOUND', ['clientId']],
    ['an empty id', { id: '' }, 'NOT_FOUND', ['id']],
    ['an empty client_id', { clientId: '' }, 'NOT_FOUND', ['clientId']],
    ['an empty id beside an empty client_id', { id: '', clientId: '' }, 'NOT_FOUND', ['id']],
  ])('%s is refused, and no client is changed', async (_name, reference, code, path) => {
    const { oauthClient, userErrors } = await update({ ...reference, name: 'Hijacked' });
    expect(oauthClient).toBeNull();
    expect(userErrors).toMatchObject([{ code, path }]);
    expect(await app.db.oAuthClient.count({ where: { name: 'Hijacked' } })).toBe(0);
  });

  test('both ids must name the same', async () => {
    const other = await registerClient(app);
    const { userErrors } = await update({ id: client.id, clientId: other.clientId, name: 'Hijacked' });
    expect(userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect((await update({ ...{ id: client.id, clientId: client.clientId }, name: 'Right' })).userErrors).toEqual([]);
  });
});

describe('version', () => {
  test('guards against overwriting, and the conflict tells the current one', async () => {
    expect(await update({ id: client.id, version: 1, name: 'One' })).toMatchObject({ oauthClient: { version: 2 } });
    const { oauthClient, userErrors } = await update({ id: client.id, version: 1, name: 'Two' });
    expect(oauthClient).toBeNull();
    expect(userErrors).toMatchObject([{ code: 'CONFLICT', path: ['version'] }]);
    expect(userErrors[0].message).toContain('version is now 2');
    expect((await stored()).name).toBe('One');
    expect((await update({ id: client.id, version: 2, name: 'Two' })).userErrors).toEqual([]);
  });

  test('of many who change one version at once, one wins and the others are told', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => update({ id: client.id, version: 1, name: `Racer ${index}` })),
    );
    const winners = answers.filter((answer) => answer.userErrors.length === 0);
    expect(winners).toHaveLength(1);
    for (const { userErrors } of answers.filter((answer) => answer !== winners[0])) {
      expect(userErrors).toMatchObject([{ code: 'CONFLICT', path: ['version'] }]);
    }
    expect(await stored()).toMatchObject({ name: winners[0].oauthClient.name });
    const { version } = await app.db.oAuthClient.findUniqueOrThrow({ where: { id: client.id } });
    expect(version).toBe(2);
  });

  test('those who race on different fields without a version never lose one another’s change', async () => {
    const given = [{ name: 'New name' }, { description: 'New text' }, { consentMode: 'ALWAYS' }];
    const answers = await Promise.all(given.map((change) => update({ id: client.id, ...change })));
    const done = given.filter((_, index) => answers[index].userErrors.length === 0);
    expect(done.length).toBeGreaterThan(0);
    expect(await stored()).toMatchObject(Object.assign({}, ...done));
  });
});

test('the audit log says what was before and after, field by field', async () => {
  await update({ id: client.id, name: 'After', scopes: ['openid'] });
  const entry = await app.db.auditLogEntry.findFirstOrThrow({
    where: { targetId: client.id, action: 'OAUTH_CLIENT_UPDATED' },
  });
  expect(entry).toMatchObject({ actorId: app.owner.id, targetLabel: 'After', accountId: app.owner.accountId });
  expect(JSON.parse(entry.changes)).toEqual([
    { field: 'name', before: 'Test app', after: 'After' },
    { field: 'scopes', before: 'openid profile email offline_access reader writer admin', after: 'openid' },
  ]);
});

test('the schema refuses what is not to be changed', async () => {
  for (const more of [{ type: 'PUBLIC' }, { verifiedAt: null }, { accountId: 'x' }, { disabledAt: null }]) {
    const { status, errors } = await owner(mutation, { input: { id: client.id, ...more } });
    expect(status).toBe(400);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  }
});
