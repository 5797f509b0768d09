// What cannot be said of logging out, origins, keys and logos: each fault at its path, all at once, and nothing is stored.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { keySet, makeKey, type TestKey } from '../support/assertions.js';
import { type Ask, signedIn } from '../support/graphql.js';
import { registerClient, type TestClient } from '../support/oauth.js';
import { type Input, mutate, succeed } from './mutate.js';

let app: TestApp;
let owner: Ask;
let client: TestClient;
let key: TestKey;
beforeAll(async () => {
  app = await createTestApp({ config: { outboundAllow: ['10.0.0.7:8080'] } });
  owner = await signedIn(app, app.owner);
  client = await registerClient(app);
  key = await makeKey();
});
afterAll(() => app.close());

interface Fault {
  readonly code: string;
  readonly message: string;
  readonly path: readonly string[];
}

const stored = async () => ({
  clients: await app.db.oAuthClient.findMany({ orderBy: { id: 'asc' } }),
  entries: await app.db.auditLogEntry.count(),
});

/** What is wrong with it, for a new client and for a change of one alike; nothing is stored. */
async function faultsOf(input: Input): Promise<Fault[]> {
  const before = await stored();
  const fine = { name: 'App', redirectUris: ['https://app.example.com/callback'] };
  const created = await mutate(owner, 'createOAuthClient', { ...fine, ...input }, 'clientSecret oauthClient { id }');
  const changed = await mutate(owner, 'updateOAuthClient', { id: client.id, ...input }, 'oauthClient { id }');
  expect(created).toMatchObject({ clientSecret: null, oauthClient: null });
  expect(changed).toEqual({ oauthClient: null, userErrors: created.userErrors });
  expect(await stored()).toEqual(before);
  return created.userErrors;
}

const uri = 'https://app.example.com/';
const cases: [string, Input, string, string[]][] = [
  ['a post-logout URI by http', { postLogoutRedirectUris: [uri, 'http://app.example.com/'] }, 'INVALID', ['1']],
  ['a post-logout URI that is script', { postLogoutRedirectUris: ['javascript:alert(1)'] }, 'INVALID', ['0']],
  ['a post-logout URI with a fragment', { postLogoutRedirectUris: [`${uri}#bye`] }, 'INVALID', ['0']],
  ['a post-logout URI with a wildcard', { postLogoutRedirectUris: ['https://*.example.com/'] }, 'INVALID', ['0']],
  ['a post-logout URI with a space', { postLogoutRedirectUris: [`${uri}a b`] }, 'INVALID', ['0']],
  ['a post-logout URI with a user', { postLogoutRedirectUris: ['https://me@example.com/'] }, 'INVALID', ['0']],
  ['a post-logout URI with a NUL', { postLogoutRedirectUris: [`${uri}\u0000`] }, 'INVALID', ['0']],
  ['a long post-logout URI', { postLogoutRedirectUris: [uri + 'x'.repeat(2048)] }, 'TOO_LONG', ['0']],
  ['a post-logout URI twice', { postLogoutRedirectUris: [uri, uri] }, 'INVALID', ['1']],
  ['too many post-logout URIs', { postLogoutRedirectUris: Array(51).fill('x') }, 'TOO_MANY', []],
  ['an origin with a path', { allowedOrigins: [uri] }, 'INVALID', ['0']],
  ['an origin by http', { allowedOrigins: ['http://app.example.com'] }, 'INVALID', ['0']],
  ['an origin for all', { allowedOrigins: ['*'] }, 'INVALID', ['0']],
  ['the origin null', { allowedOrigins: ['null'] }, 'INVALID', ['0']],
  ['an origin twice', { allowedOrigins: ['https://a.example', 'https://a.example'] }, 'INVALID', ['1']],
  ['too many origins', { allowedOrigins: Array(21).fill('x') }, 'TOO_MANY', []],
  ['a back-channel URI by http', { backchannelLogoutUri: 'http://app.example.com/logout' }, 'INVALID', []],
  ['one by http at another port', { backchannelLogoutUri: 'http://10.0.0.7/logout' }, 'INVALID', []],
  ['a back-channel URI with a fragment', { backchannelLogoutUri: `${uri}#a` }, 'INVALID', []],
  ['a back-channel URI that is a path', { backchannelLogoutUri: '/logout' }, 'INVALID', []],
  ['a long back-channel URI', { backchannelLogoutUri: uri + 'x'.repeat(2048) }, 'TOO_LONG', []],
  ['keys at an address by http', { jwksUri: 'http://keys.example.com/' }, 'INVALID', []],
  ['keys in a file', { jwksUri: 'file:///etc/keys' }, 'INVALID', []],
  ['keys that are no JSON', { jwks: 'https://keys.example.com/' }, 'INVALID', []],
  ['no keys in the set', { jwks: '{"keys":[]}' }, 'INVALID', []],
  ['a logo by http', { logoUrl: 'http://app.example.com/logo.png' }, 'INVALID', []],
  ['a logo that is data', { logoUrl: 'data:image/png;base64,AAAA' }, 'INVALID', []],
  ['a logo with a password', { logoUrl: 'https://me:secret@example.com/logo.png' }, 'INVALID', []],
];

test.each(cases)(
  '%s is one fault, at its path, for a new client and for a change alike',
  async (_name, input, code, at) => {
    const [field = ''] = Object.keys(input);
    expect(await faultsOf(input)).toEqual([{ code, path: [field, ...at], message: expect.stringMatching(/\w/) }]);
  },
);

test('all faults come at once', async () => {
  const faults = await faultsOf({
    postLogoutRedirectUris: ['nonsense', uri, 'http://a.example/'],
    allowedOrigins: ['https://a.example', 'a.example'],
    backchannelLogoutUri: 'nonsense',
    jwks: '[]',
    jwksUri: 'nonsense',
    logoUrl: 'nonsense',
    tokenEndpointAuthMethod: 'NONE',
  });
  expect(faults.map(({ path }) => path.join('.')).toSorted()).toEqual([
    'allowedOrigins.1',
    'backchannelLogoutUri',
    'jwks',
    'jwksUri',
    'jwksUri',
    'logoUrl',
    'postLogoutRedirectUris.0',
    'postLogoutRedirectUris.2',
    'tokenEndpointAuthMethod',
  ]);
});

test('an origin or a post-logout URI on this computer names the command with which an operator allows it', async () => {
  const faults = await faultsOf({
    allowedOrigins: ['http://localhost:3000'],
    postLogoutRedirectUris: ['http://127.0.0.1:8080/bye'],
  });
  const command = `npm run cli -- accounts allow-redirects ${app.owner.accountId}`;
  const messages = Object.fromEntries(faults.map(({ path, message }) => [path[0], message]));
  expect(messages.allowedOrigins).toMatch(/^An origin must use https\./);
  expect(messages.allowedOrigins).toContain(`${command} localhost`);
  expect(messages.postLogoutRedirectUris).toContain(`${command} loopback`);
});

describe('a private key', () => {
  test('is refused as leaked, and is repeated nowhere: not in the answer, the log or the database', async () => {
    const { d } = key.privateJwk;
    const private_ = keySet(key.privateJwk);
    for (const jwks of [private_, JSON.stringify(key.privateJwk), private_.slice(0, -1)]) {
      const faults = await faultsOf({ jwks, tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT' });
      expect(faults).toMatchObject([{ code: 'INVALID', path: ['jwks'] }]);
      expect(JSON.stringify(faults)).not.toContain(d);
    }
    expect((await faultsOf({ jwks: private_ }))[0]?.message).toMatch(/private key.*leaked/);
    expect(app.logLines.join('\n')).not.toContain(d);
    expect(JSON.stringify(await app.db.auditLogEntry.findMany())).not.toContain(d);
  });
});

describe('keys that do not fit the method or one another', () => {
  const jwksUri = 'https://keys.example.com/jwks';
  test('PRIVATE_KEY_JWT without any are asked for', async () => {
    const faults = await faultsOf({ tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT' });
    expect(faults).toMatchObject([{ code: 'REQUIRED', path: ['jwks'] }]);
  });

  test('both kinds at once are refused (RFC 7591 2)', async () => {
    for (const method of ['PRIVATE_KEY_JWT', 'CLIENT_SECRET_BASIC']) {
      const faults = await faultsOf({ tokenEndpointAuthMethod: method, jwks: keySet(key), jwksUri });
      expect(faults).toMatchObject([{ code: 'INVALID', path: ['jwksUri'] }]);
    }
  });

  test('one kind given beside the other that is stored is refused, and the last one cannot be cleared', async () => {
    const { id } = await registerClient(app, { tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT', jwks: keySet(key) });
    const update = (input: Input) => mutate(owner, 'updateOAuthClient', { id, ...input });
    expect((await update({ jwksUri })).userErrors).toMatchObject([{ code: 'INVALID', path: ['jwksUri'] }]);
    expect((await update({ jwks: null })).userErrors).toMatchObject([{ code: 'REQUIRED', path: ['jwks'] }]);
    await succeed(owner, 'updateOAuthClient', { id, jwks: null, jwksUri });
    expect((await update({ jwks: keySet(key) })).userErrors).toMatchObject([{ code: 'INVALID', path: ['jwksUri'] }]);
  });

  test.each(['PUBLIC', 'NATIVE'])('a %s client cannot authenticate with a key', async (type) => {
    const input = { name: 'App', redirectUris: [uri], type, tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT', jwksUri };
    const { userErrors } = await mutate(owner, 'createOAuthClient', input);
    expect(userErrors).toMatchObject([{ code: 'INVALID', path: ['tokenEndpointAuthMethod'] }]);
  });
});
