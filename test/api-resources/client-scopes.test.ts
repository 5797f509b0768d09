// The scopes of API resources at OAuth clients: what a client can be registered for, and what it keeps.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mutate, succeed } from '../clients/mutate.js';
import { registerApi } from '../support/api-resources.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, signedIn } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';

let app: TestApp;
let owner: Ask;
beforeAll(async () => {
  app = await createTestApp();
  owner = await signedIn(app, app.owner);
  await registerApi(app);
  const other = await app.addAccount();
  const foreign = { name: 'foreign:read', description: 'Read what is foreign' };
  await registerApi({ deps: app.deps, owner: other.owner }, { audience: 'https://b.example', scopes: [foreign] });
});
afterAll(() => app.close());

const machine = { name: 'App', grantTypes: ['CLIENT_CREDENTIALS'] };

test('a client can be registered for the scopes of its account’s APIs', async () => {
  const input = { ...machine, scopes: ['reader', 'orders:read'] };
  const { oauthClient } = await succeed(owner, 'createOAuthClient', input, 'oauthClient { id scopes }');
  expect(oauthClient.scopes).toEqual(['reader', 'orders:read']);
  const changed = await succeed(
    owner,
    'updateOAuthClient',
    { id: oauthClient.id, scopes: ['orders:write'] },
    'oauthClient { scopes }',
  );
  expect(changed.oauthClient.scopes).toEqual(['orders:write']);
});

test('but not for those of another account’s, nor for words that no API has', async () => {
  for (const scope of ['foreign:read', 'orders', 'orders:readx', 'ORDERS:READ', 'orders_read', 'constructor']) {
    const { userErrors } = await mutate(owner, 'createOAuthClient', { ...machine, scopes: ['orders:read', scope] });
    expect(userErrors).toMatchObject([{ code: 'INVALID', path: ['scopes', '1'] }]);
  }
});

test('it keeps a word that no API has any more, also when it is changed, and gets it back from nowhere', async () => {
  const api = await registerApi(app, { audience: 'urn:example:gone', scopes: [{ name: 'gone', description: 'Go' }] });
  const { id } = await registerClient(app, { scopes: ['openid', 'gone'] });
  await succeed(owner, 'deleteApiResource', { id: api.id });
  const renamed = await succeed(owner, 'updateOAuthClient', { id, name: 'Renamed' }, 'oauthClient { scopes }');
  expect(renamed.oauthClient.scopes).toEqual(['openid', 'gone']);
  await succeed(owner, 'updateOAuthClient', { id, scopes: ['openid'] });
  const { userErrors } = await mutate(owner, 'updateOAuthClient', { id, scopes: ['openid', 'gone'] });
  expect(userErrors).toMatchObject([{ code: 'INVALID', path: ['scopes', '1'] }]);
});

test('its access tokens for us are signed with ES256 unless it says otherwise', async () => {
  const shown = 'oauthClient { id accessTokenSigningAlgorithm }';
  const { oauthClient } = await succeed(owner, 'createOAuthClient', machine, shown);
  expect(oauthClient.accessTokenSigningAlgorithm).toBe('ES256');
  const change = async (accessTokenSigningAlgorithm: string | null) =>
    (await succeed(owner, 'updateOAuthClient', { id: oauthClient.id, accessTokenSigningAlgorithm }, shown)).oauthClient
      .accessTokenSigningAlgorithm;
  expect([await change('RS256'), await change(null)]).toEqual(['RS256', 'ES256']);
});
