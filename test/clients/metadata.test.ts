// What a client can be told of logging out, origins and keys: stored as it was said, read back alike, changed and cleared.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allowRedirects } from '../../src/accounts/service.js';
import { operatorActor } from '../../src/audit/service.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { claimsFor, keySet, makeKey, present, sign } from '../support/assertions.js';
import { type Ask, signedIn } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';
import { type Input, machine, succeed, tokenWith } from './mutate.js';

const inner = '10.0.0.7:8080';
let app: TestApp;
let owner: Ask;
beforeAll(async () => {
  app = await createTestApp({ config: { outboundAllow: [inner] } });
  owner = await signedIn(app, app.owner);
});
afterAll(() => app.close());

const fields = `id clientId version tokenEndpointAuthMethod postLogoutRedirectUris allowedOrigins backchannelLogoutUri jwks
  jwksUri logoUrl logoImageUrl secrets { id }`;
const fine = { name: 'App', redirectUris: ['https://app.example.com/callback'] };
const create = async (input: Input) =>
  succeed(owner, 'createOAuthClient', { ...fine, ...input }, `clientSecret oauthClient { ${fields} }`);
const update = async (id: string, input: Input) =>
  (await succeed(owner, 'updateOAuthClient', { id, ...input }, `oauthClient { ${fields} }`)).oauthClient;
const read = async (id: string) =>
  (await owner(`query ($id: ID!) { node(id: $id) { ... on OAuthClient { ${fields} } } }`, { id })).data.node;

const empty = {
  postLogoutRedirectUris: [],
  allowedOrigins: [],
  backchannelLogoutUri: null,
  jwks: null,
  jwksUri: null,
  logoUrl: null,
  logoImageUrl: null,
};

const said: [string, Input][] = [
  [
    'post-logout URIs, byte for byte and in their order',
    {
      postLogoutRedirectUris: [
        'https://b.example.com',
        'https://app.example.com/bye?x=%20&y=1+2',
        'https://a.example.com:8443/~bye/',
      ],
    },
  ],
  ['origins, in their order', { allowedOrigins: ['https://b.example.com', 'https://a.example.com:8443'] }],
  ['a back-channel logout URI', { backchannelLogoutUri: 'https://App.example.com/logout?tenant=1' }],
  ['one by http, which the operator lets us call', { backchannelLogoutUri: `http://${inner}/logout` }],
  ['the address of its keys', { jwksUri: 'https://keys.example.com/jwks.json' }],
  ['one by http, which the operator lets us call', { jwksUri: `http://${inner}/jwks` }],
];

describe('what was not said is empty', () => {
  test('of a new client', async () => {
    const { oauthClient } = await create({});
    expect(oauthClient).toMatchObject(empty);
    expect(await read(oauthClient.id)).toEqual(oauthClient);
  });
});

describe.each(said)('%s', (_name, input) => {
  const [name = ''] = Object.keys(input);

  test('are stored when the client is created, and read back', async () => {
    const { oauthClient } = await create(input);
    expect(oauthClient).toMatchObject({ ...empty, ...input, version: 1 });
    expect(await read(oauthClient.id)).toEqual(oauthClient);
  });

  test('are stored when it is changed, logged, left alone by other changes, and cleared by null', async () => {
    const { oauthClient } = await create({});
    expect(await update(oauthClient.id, input)).toMatchObject({ ...empty, ...input, version: 2 });
    const entry = await app.db.auditLogEntry.findFirstOrThrow({
      where: { targetId: oauthClient.id, action: 'OAUTH_CLIENT_UPDATED' },
    });
    const value = input[name];
    const words = Array.isArray(value) ? value.join(' ') : value;
    expect(JSON.parse(entry.changes)).toEqual([
      { field: name, before: Array.isArray(value) ? '' : null, after: words },
    ]);
    expect(await update(oauthClient.id, { description: 'Else' })).toMatchObject({ ...empty, ...input, version: 3 });
    expect(await update(oauthClient.id, { [name]: null })).toMatchObject({ ...empty, version: 4 });
  });
});

describe('a key set', () => {
  test('is kept as the text that it was, cleared by null or an empty text', async () => {
    const key = await makeKey();
    const jwks = JSON.stringify(JSON.parse(keySet(key)), null, 2);
    const { oauthClient } = await create({ jwks: ` ${jwks}\n` });
    expect(oauthClient).toMatchObject({ ...empty, jwks });
    expect(await update(oauthClient.id, { jwks: '  ' })).toMatchObject(empty);
    expect(await update(oauthClient.id, { jwks })).toMatchObject({ jwks });
    expect(await update(oauthClient.id, { jwks: null })).toMatchObject(empty);
  });

  test('can give way to an address in one change, and the other way round', async () => {
    const jwks = keySet(await makeKey());
    const jwksUri = 'https://keys.example.com/jwks';
    const { oauthClient } = await create({ jwks, tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT' });
    expect(await update(oauthClient.id, { jwks: null, jwksUri })).toMatchObject({ jwks: null, jwksUri });
    expect(await update(oauthClient.id, { jwks, jwksUri: null })).toMatchObject({ jwks, jwksUri: null });
  });
});

describe('PRIVATE_KEY_JWT', () => {
  const clientCredentials = { grantTypes: ['CLIENT_CREDENTIALS'], redirectUris: [], scopes: ['reader'] };
  const presented = async (clientId: string, key: Awaited<ReturnType<typeof makeKey>>) =>
    (await present(app, await sign(key, claimsFor(app, { id: '', clientId, secret: '' })))).status;

  test('gives a client no secret, but tokens for what its keys sign; a new key counts from the next request on', async () => {
    const [first, second] = [await makeKey('ES256', 'first'), await makeKey('RS256', 'second')];
    const { clientSecret, oauthClient } = await create({
      ...clientCredentials,
      tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT',
      jwks: keySet(first),
    });
    expect(clientSecret).toBeNull();
    expect(oauthClient).toMatchObject({ tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT', secrets: [] });
    expect(await presented(oauthClient.clientId, first)).toBe(200);
    expect(await presented(oauthClient.clientId, second)).toBe(401);
    await update(oauthClient.id, { jwks: keySet(first, second) });
    for (const key of [first, second]) expect(await presented(oauthClient.clientId, key)).toBe(200);
    await update(oauthClient.id, { jwks: keySet(second) });
    expect(await presented(oauthClient.clientId, first)).toBe(401);
    expect(await presented(oauthClient.clientId, second)).toBe(200);
  });

  test('takes the place of a secret at once, and gives it back', async () => {
    const client = await registerClient(app, machine);
    const key = await makeKey();
    expect(await tokenWith(app, client.clientId, client.secret)).toBe('token');
    await update(client.id, { tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT', jwks: keySet(key) });
    expect(await tokenWith(app, client.clientId, client.secret)).toBe('401 invalid_client');
    expect(await presented(client.clientId, key)).toBe(200);
    const back = await update(client.id, { tokenEndpointAuthMethod: null, jwks: null });
    expect(back).toMatchObject({ tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC', jwks: null });
    expect(await presented(client.clientId, key)).toBe(401);
    expect(await tokenWith(app, client.clientId, client.secret)).toBe('token');
  });
});

test('what an operator allowed the account counts for origins and post-logout URIs too', async () => {
  const places = {
    postLogoutRedirectUris: ['http://127.0.0.1:8080/bye', 'com.example.app:/bye'],
    allowedOrigins: ['http://127.0.0.1:8080', 'http://localhost:3000'],
  };
  await allowRedirects(app.deps, operatorActor, app.owner.accountId, ['loopback', 'localhost', 'com.example.app']);
  expect((await create({ type: 'NATIVE', ...places })).oauthClient).toMatchObject(places);
});
