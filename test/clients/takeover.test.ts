// What an OAuth token cannot change of clients, with which an app that acts for an admin could take over another one, or give
// itself a key (decision 6): where others lead people, and how anyone proves itself.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { keySet, makeKey } from '../support/assertions.js';
import { type Ask, apiTokenOf, bearer, signedIn, throughClient } from '../support/graphql.js';
import { redirectUri, registerClient, type TestClient } from '../support/oauth.js';
import { type Input, mutate, send, succeed } from './mutate.js';

let app: TestApp;
let own: TestClient;
let colleague: TestClient;
let oauth: Ask;
let jwks: string;
beforeAll(async () => {
  app = await createTestApp();
  own = await registerClient(app);
  oauth = await throughClient(app, own, 'admin');
  jwks = keySet(await makeKey());
});
beforeEach(async () => {
  colleague = await registerClient(app, {
    postLogoutRedirectUris: ['https://app.example.com/bye'],
    allowedOrigins: ['https://app.example.com'],
    backchannelLogoutUri: 'https://app.example.com/logout',
    jwksUri: 'https://app.example.com/jwks',
  });
});
afterAll(() => app.close());

/** The row and its redirect URIs, without its last use, which is written now and then. */
const stored = (id: string) =>
  app.db.oAuthClient.findUniqueOrThrow({
    where: { id },
    omit: { lastUsedAt: true, lastUsedSortKey: true },
    include: { redirectUris: { orderBy: { position: 'asc' } } },
  });

async function expectForbidden(client: TestClient, change: Input) {
  const before = await stored(client.id);
  for (const reference of [{ id: client.id }, { clientId: client.clientId }]) {
    const { data, errors } = await send(oauth, 'updateOAuthClient', { ...reference, name: 'Taken over', ...change });
    expect(data).toEqual({ updateOAuthClient: null });
    expect(errors).toMatchObject([{ path: ['updateOAuthClient'], extensions: { code: 'FORBIDDEN' } }]);
    expect(errors?.[0]?.message).toMatch(
      /cannot be changed with an OAuth token\. .*session or an API token of role ADMIN/,
    );
  }
  expect(await stored(client.id)).toEqual(before);
}

const evil = 'https://evil.example/';
const places: [string, Input][] = [
  ['redirect URIs', { redirectUris: [redirectUri, evil] }],
  ['redirect URIs, cleared', { redirectUris: null }],
  ['post-logout URIs', { postLogoutRedirectUris: [evil] }],
  ['post-logout URIs, cleared', { postLogoutRedirectUris: null }],
  ['allowed origins', { allowedOrigins: ['https://app.example.com', 'https://evil.example'] }],
  ['allowed origins, cleared', { allowedOrigins: [] }],
  ['its back-channel logout', { backchannelLogoutUri: evil }],
  ['its back-channel logout, cleared', { backchannelLogoutUri: null }],
];

const proofs: [string, Input][] = [
  ['keys', { jwks: 'the keys', jwksUri: null }],
  ['the address of its keys', { jwks: null, jwksUri: evil }],
  ['its method', { tokenEndpointAuthMethod: 'CLIENT_SECRET_POST' }],
  ['its method and the keys for it', { tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT', jwks: null, jwksUri: evil }],
];
const cleared: [string, Input] = ['the address of its keys, cleared', { jwksUri: null }];

/** With a key set of which nobody could say that it was refused for its form. */
const withKeys = (change: Input): Input => (change.jwks ? { ...change, jwks } : change);

describe('of another client', () => {
  test.each([...places, cleared, ...proofs])('%s cannot be changed', async (_name, change) => {
    await expectForbidden(colleague, withKeys(change));
  });

  test('all else can, also beside those values as they are', async () => {
    const { redirectUris, ...row } = await stored(colleague.id);
    const { oauthClient } = await succeed(
      oauth,
      'updateOAuthClient',
      {
        id: colleague.id,
        name: 'Renamed',
        redirectUris: redirectUris.map(({ uri }) => uri),
        postLogoutRedirectUris: [row.postLogoutRedirectUris],
        allowedOrigins: [row.allowedOrigins],
        backchannelLogoutUri: row.backchannelLogoutUri,
        jwksUri: row.jwksUri,
        tokenEndpointAuthMethod: row.tokenEndpointAuthMethod,
      },
      'oauthClient { name }',
    );
    expect(oauthClient).toEqual({ name: 'Renamed' });
  });

  test('a change that is forbidden says so before anything else that is wrong with it', async () => {
    await expectForbidden(colleague, { redirectUris: ['nonsense'] });
  });
});

describe('of the client that the token is of', () => {
  test.each(proofs)('%s cannot be changed either', async (_name, change) => {
    await expectForbidden(own, withKeys(change));
  });

  test('where it leads people can', async () => {
    const change = {
      redirectUris: [redirectUri, 'https://app.example.com/new'],
      postLogoutRedirectUris: ['https://app.example.com/bye'],
      allowedOrigins: ['https://app.example.com'],
      backchannelLogoutUri: 'https://app.example.com/logout',
    };
    const { oauthClient } = await succeed(
      oauth,
      'updateOAuthClient',
      { id: own.id, ...change },
      `oauthClient { ${Object.keys(change).join(' ')} }`,
    );
    expect(oauthClient).toEqual(change);
  });
});

test.each(['a session', 'an API token of role ADMIN'])('%s can change all of it, of any client', async (name) => {
  const ask =
    name === 'a session' ? await signedIn(app, app.owner) : bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
  for (const [client, changes] of [
    [own, [...places, ...proofs]],
    [colleague, [...places, cleared, ...proofs]],
  ] as const) {
    // That there is one redirect URI at least is another rule.
    for (const [, change] of changes.filter(([, each]) => each.redirectUris !== null)) {
      await succeed(ask, 'updateOAuthClient', { id: client.id, ...withKeys(change) });
    }
  }
});

test('a client of another account is not found, whatever is to be changed', async () => {
  const other = await app.addAccount();
  await app.db.oAuthClient.update({ where: { id: own.id }, data: { verifiedAt: app.clock() } });
  const theirs = await signedIn(app, other.owner);
  for (const [, change] of [...places, ...proofs]) {
    const { userErrors } = await mutate(theirs, 'updateOAuthClient', { id: colleague.id, ...withKeys(change) });
    expect(userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['id'] }]);
  }
});
