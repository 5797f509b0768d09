// What is wrong with an API resource: all of it at once, each with its path, and nothing is stored.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Input, mutate } from '../clients/mutate.js';
import { registerApi, storeApis } from '../support/api-resources.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, signedIn } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';

let app: TestApp;
let owner: Ask;
let foreignClientId: string;
let publicClientId: string;
beforeAll(async () => {
  app = await createTestApp();
  owner = await signedIn(app, app.owner);
  const other = await app.addAccount();
  foreignClientId = (await registerClient({ ...app, owner: other.owner })).id;
  publicClientId = (await registerClient(app, { type: 'PUBLIC' })).id;
});
afterEach(async () => {
  await app.db.apiResource.deleteMany();
});
afterAll(() => app.close());

const fine = { audience: 'https://api.example.com', name: 'API' };
const scope = (name: string, description = 'Do it') => ({ name, description });
const name0 = ['scopes', '0', 'name'];

const cases: [string, Input, string, string[]][] = [
  ['no audience', { audience: '' }, 'INVALID', ['audience']],
  ['the issuer', { audience: 'http://localhost:4000' }, 'INVALID', ['audience']],
  ['an audience with a NUL', { audience: 'https://a.example/\u0000' }, 'INVALID', ['audience']],
  ['no name', { name: ' ' }, 'REQUIRED', ['name']],
  ['a long name', { name: 'x'.repeat(101) }, 'TOO_LONG', ['name']],
  ['a name that reads backwards', { name: 'evil\u202Etxt' }, 'INVALID', ['name']],
  ['openid', { scopes: [scope('openid')] }, 'INVALID', name0],
  ['profile', { scopes: [scope('profile')] }, 'INVALID', name0],
  ['email', { scopes: [scope('email')] }, 'INVALID', name0],
  ['address', { scopes: [scope('address')] }, 'INVALID', name0],
  ['phone', { scopes: [scope('phone')] }, 'INVALID', name0],
  ['offline_access', { scopes: [scope('offline_access')] }, 'INVALID', name0],
  // Which tokens outlive a session is told by this word.
  ['what has offline_access in it', { scopes: [scope('my-OFFLINE_ACCESS')] }, 'INVALID', name0],
  ['a scope of two words (RFC 6749 3.3)', { scopes: [scope('orders read')] }, 'INVALID', name0],
  ['a scope without a word', { scopes: [scope('')] }, 'INVALID', name0],
  ['a scope with a quote', { scopes: [scope('a"b')] }, 'INVALID', name0],
  ['a scope that is not ASCII', { scopes: [scope('é')] }, 'INVALID', name0],
  ['a long scope', { scopes: [scope('x'.repeat(101))] }, 'TOO_LONG', name0],
  ['a scope twice', { scopes: [scope('a'), scope('a')] }, 'INVALID', ['scopes', '1', 'name']],
  ['no description', { scopes: [scope('a', ' ')] }, 'REQUIRED', ['scopes', '0', 'description']],
  ['a long description', { scopes: [scope('a', 'x'.repeat(201))] }, 'TOO_LONG', ['scopes', '0', 'description']],
  ['two lines', { scopes: [scope('a', 'x\ny')] }, 'INVALID', ['scopes', '0', 'description']],
  ['too many scopes', { scopes: Array.from({ length: 51 }, (_, i) => scope(`s${i}`)) }, 'TOO_MANY', ['scopes']],
  ['a short life', { accessTokenSeconds: 59 }, 'INVALID', ['accessTokenSeconds']],
  ['a long life', { accessTokenSeconds: 86_401 }, 'INVALID', ['accessTokenSeconds']],
  ['an unknown client', { introspectionClientIds: ['cli_x'] }, 'NOT_FOUND', ['introspectionClientIds', '0']],
  [
    'too many clients',
    { introspectionClientIds: Array.from({ length: 11 }, (_, i) => `cli_${i}`) },
    'TOO_MANY',
    ['introspectionClientIds'],
  ],
];

test.each(cases)('%s is refused on creation and, where it can be said, on change', async (_, input, code, path) => {
  const { userErrors } = await mutate(owner, 'createApiResource', { ...fine, ...input });
  expect(userErrors).toMatchObject([{ code, path }]);
  expect(await app.db.apiResource.count()).toBe(0);
  if ('audience' in input) return;
  const { id } = await registerApi(app, fine);
  const before = await app.db.apiResource.findUniqueOrThrow({ where: { id } });
  const changed = await mutate(owner, 'updateApiResource', { id, ...input });
  expect(changed.userErrors).toMatchObject([{ code, path }]);
  expect(await app.db.apiResource.findUniqueOrThrow({ where: { id } })).toEqual(before);
});

test('a client of another account is as unknown as an invented one (CVE-2025-64431)', async () => {
  const messages = [];
  for (const id of [foreignClientId, 'cli_00000000000000000000000000']) {
    const { userErrors } = await mutate(owner, 'createApiResource', { ...fine, introspectionClientIds: [id] });
    expect(userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    messages.push(userErrors[0].message);
  }
  expect(messages[0]).toBe(messages[1]);
});

test('a client that cannot prove who it is may not introspect (RFC 7662 2.1)', async () => {
  const input = { ...fine, introspectionClientIds: [publicClientId] };
  const { userErrors } = await mutate(owner, 'createApiResource', input);
  expect(userErrors).toMatchObject([{ code: 'NOT_ALLOWED', path: ['introspectionClientIds', '0'] }]);
});

test('everything that is wrong is said at once', async () => {
  await registerApi(app, { audience: fine.audience });
  const input = {
    ...fine,
    name: '',
    scopes: [scope('openid', '')],
    accessTokenSeconds: 1,
    introspectionClientIds: ['x'],
  };
  const { userErrors } = await mutate(owner, 'createApiResource', input);
  expect(userErrors.map(({ code, path }: { code: string; path: string[] }) => `${code} ${path.join('.')}`)).toEqual([
    'TAKEN audience',
    'REQUIRED name',
    'INVALID scopes.0.name',
    'REQUIRED scopes.0.description',
    'INVALID accessTokenSeconds',
    'NOT_FOUND introspectionClientIds.0',
  ]);
});

test('reader, writer and admin may be among the scopes', async () => {
  const scopes = ['reader', 'writer', 'admin'].map((name) => scope(name));
  const { userErrors } = await mutate(owner, 'createApiResource', { ...fine, scopes });
  expect(userErrors).toEqual([]);
});

test('an account has at most a hundred', async () => {
  await storeApis(app, 100);
  const { userErrors } = await mutate(owner, 'createApiResource', fine);
  expect(userErrors).toMatchObject([{ code: 'LIMIT_EXCEEDED', message: expect.stringContaining('100') }]);
});
