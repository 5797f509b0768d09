// createOAuthClient when something is wrong: all of it at once, each with its path, and nothing is stored.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { allowRedirects } from '../../src/accounts/service.js';
import { operatorActor } from '../../src/audit/service.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, signedIn } from '../support/graphql.js';

let app: TestApp;
let owner: Ask;
beforeAll(async () => {
  app = await createTestApp();
  owner = await signedIn(app, app.owner);
});
afterEach(async () => {
  expect(await app.db.oAuthClient.count()).toBe(0);
  expect(await app.db.auditLogEntry.count({ where: { action: 'OAUTH_CLIENT_CREATED' } })).toBe(0);
});
afterAll(() => app.close());

const mutation = `mutation ($input: CreateOAuthClientInput!) { createOAuthClient(input: $input) {
  clientSecret oauthClient { id } userErrors { code message path }
} }`;

interface Fault {
  code: string;
  message: string;
  path: string[];
}

const fine = { name: 'App', redirectUris: ['https://app.example.com/callback'] };

async function faultsOf(input: Record<string, unknown>): Promise<Fault[]> {
  const { data, errors } = await owner(mutation, { input });
  expect(errors).toBeUndefined();
  expect(data.createOAuthClient).toMatchObject({ oauthClient: null, clientSecret: null });
  return data.createOAuthClient.userErrors;
}

const line = 'x'.repeat(101);
const cases: [string, Record<string, unknown>, string, string[]][] = [
  ['no name', { name: '  ' }, 'REQUIRED', ['name']],
  ['a long name', { name: line }, 'TOO_LONG', ['name']],
  ['a name that reads backwards', { name: 'evil\u202Etxt' }, 'INVALID', ['name']],
  ['a name with half a character', { name: 'a\ud800b' }, 'INVALID', ['name']],
  ['a name with a control character', { name: 'a\u0007b' }, 'INVALID', ['name']],
  ['a name with a NUL', { name: 'a\u0000b' }, 'INVALID', ['name']],
  ['a description with a NUL', { description: '\u0000' }, 'INVALID', ['description']],
  ['a redirect URI with a NUL', { redirectUris: ['https://a.example/\u0000'] }, 'INVALID', ['redirectUris', '0']],
  ['a scope with a NUL', { scopes: ['\u0000'] }, 'INVALID', ['scopes', '0']],
  ['a long description', { description: line.repeat(10) }, 'TOO_LONG', ['description']],
  ['an invisible description', { description: 'a\u200Bb' }, 'INVALID', ['description']],
  ['a link that is not https', { homepageUrl: 'http://example.com' }, 'INVALID', ['homepageUrl']],
  ['a link that is script', { policyUrl: 'javascript:alert(1)' }, 'INVALID', ['policyUrl']],
  ['a link with a user name', { termsUrl: 'https://me@example.com' }, 'INVALID', ['termsUrl']],
  ['a long link', { termsUrl: `https://example.com/${'x'.repeat(2048)}` }, 'TOO_LONG', ['termsUrl']],
  ['no redirect URI', { redirectUris: [] }, 'REQUIRED', ['redirectUris']],
  ['too many redirect URIs', { redirectUris: Array(51).fill('x') }, 'TOO_MANY', ['redirectUris']],
  ['no grant', { grantTypes: [] }, 'REQUIRED', ['grantTypes']],
  ['refreshing alone', { grantTypes: ['REFRESH_TOKEN', 'CLIENT_CREDENTIALS'] }, 'INVALID', ['grantTypes']],
  [
    'client credentials without a secret',
    { type: 'PUBLIC', grantTypes: ['AUTHORIZATION_CODE', 'CLIENT_CREDENTIALS'] },
    'NOT_ALLOWED',
    ['grantTypes'],
  ],
  ['an unknown scope', { scopes: ['openid', 'root'] }, 'INVALID', ['scopes', '1']],
  [
    'offline_access without refreshing',
    { scopes: ['offline_access'], grantTypes: ['AUTHORIZATION_CODE'] },
    'INVALID',
    ['scopes', '0'],
  ],
  [
    'a confidential client without a method',
    { tokenEndpointAuthMethod: 'NONE' },
    'INVALID',
    ['tokenEndpointAuthMethod'],
  ],
  [
    'a native client with a secret',
    { type: 'NATIVE', tokenEndpointAuthMethod: 'CLIENT_SECRET_POST' },
    'INVALID',
    ['tokenEndpointAuthMethod'],
  ],
  [
    'a public client without PKCE (GHSA-9h47-pqcx-hjr4)',
    { type: 'PUBLIC', requirePkce: false },
    'NOT_ALLOWED',
    ['requirePkce'],
  ],
  ['a short lifetime', { lifetimes: { accessTokenSeconds: 59 } }, 'INVALID', ['lifetimes', 'accessTokenSeconds']],
  ['a long lifetime', { lifetimes: { idTokenSeconds: 86_401 } }, 'INVALID', ['lifetimes', 'idTokenSeconds']],
  [
    'an idle lifetime beyond the whole',
    { lifetimes: { refreshTokenSeconds: 3600, refreshTokenIdleSeconds: 7200 } },
    'INVALID',
    ['lifetimes', 'refreshTokenIdleSeconds'],
  ],
];

test.each(cases)('%s is one fault, at its path', async (_name, input, code, path) => {
  const faults = await faultsOf({ ...fine, ...input });
  expect(faults).toEqual([{ code, path, message: expect.stringMatching(/\w/) }]);
});

test('all faults come at once', async () => {
  const faults = await faultsOf({
    name: '',
    description: 'x'.repeat(1001),
    homepageUrl: 'ftp://example.com',
    redirectUris: ['https://app.example.com/', 'nonsense', 'https://app.example.com/#x', 'https://app.example.com/'],
    type: 'PUBLIC',
    grantTypes: ['AUTHORIZATION_CODE', 'CLIENT_CREDENTIALS'],
    scopes: ['root', 'openid', 'sudo'],
    tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC',
    requirePkce: false,
    lifetimes: { accessTokenSeconds: 0, idTokenSeconds: -1 },
  });
  expect(faults.map(({ path }) => path.join('.')).sort()).toEqual(
    [
      'name',
      'description',
      'homepageUrl',
      'redirectUris.1',
      'redirectUris.2',
      'redirectUris.3',
      'grantTypes',
      'scopes.0',
      'scopes.2',
      'tokenEndpointAuthMethod',
      'requirePkce',
      'lifetimes.accessTokenSeconds',
      'lifetimes.idTokenSeconds',
    ].sort(),
  );
});

describe('a redirect URI that is not https', () => {
  test.each([
    ['http://127.0.0.1/callback', 'loopback'],
    ['http://[::1]:8080/callback', 'loopback'],
    ['http://localhost:3000/callback', 'localhost'],
    ['com.example.app:/callback', 'com.example.app'],
  ])('%s names the command with which an operator allows it', async (uri, what) => {
    const faults = await faultsOf({ ...fine, redirectUris: ['https://app.example.com/', uri] });
    expect(faults).toMatchObject([{ code: 'INVALID', path: ['redirectUris', '1'] }]);
    expect(faults[0]?.message).toContain(`npm run cli -- accounts allow-redirects ${app.owner.accountId} ${what}`);
  });

  test.each([
    'http://app.example.com/',
    'javascript:alert(1)',
    'data:text/html,x',
    'myapp:/callback',
    'file:///etc/passwd',
  ])('%s is refused without a command, since none allows it', async (uri) => {
    const faults = await faultsOf({ ...fine, redirectUris: [uri] });
    expect(faults).toMatchObject([{ code: 'INVALID', path: ['redirectUris', '0'] }]);
    expect(faults[0]?.message).not.toContain('npm run');
  });

  test('is fine once an operator allowed it, for that account alone', async () => {
    const other = await app.addAccount();
    await allowRedirects(app.deps, operatorActor, other.account.id, ['loopback', 'com.example.app']);
    const theirs = await signedIn(app, other.owner);
    const redirectUris = ['http://127.0.0.1:8080/callback', 'com.example.app:/callback'];
    const { data } = await theirs(mutation, { input: { name: 'App', type: 'NATIVE', redirectUris } });
    expect(data.createOAuthClient.userErrors).toEqual([]);
    await theirs(
      'mutation ($input: DeleteOAuthClientInput!) { deleteOAuthClient(input: $input) { userErrors { code } } }',
      {
        input: { id: data.createOAuthClient.oauthClient.id },
      },
    );
    await app.db.auditLogEntry.deleteMany({ where: { action: 'OAUTH_CLIENT_CREATED' } });
    expect(await faultsOf({ ...fine, redirectUris })).toHaveLength(2);
  });
});

test.each([
  { verified: true },
  { verifiedAt: '2026-01-01T00:00:00Z' },
  { accountId: 'acc_00000000000000000000000000' },
  { clientId: 'chosen' },
  { clientSecret: 'chosen' },
  { createdById: 'mem_00000000000000000000000000' },
  { id: 'cli_00000000000000000000000000' },
  { version: 7 },
  { tokenEpoch: 1 },
  { type: 'ADMIN' },
  { redirectUris: null },
  { name: null },
])('the schema refuses %j before anything is executed', async (more) => {
  const { status, data, errors } = await owner(mutation, { input: { ...fine, ...more } });
  expect(status).toBe(400);
  expect(data).toBeUndefined();
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(errors?.[0]?.message).toContain(Object.keys(more)[0]);
});
