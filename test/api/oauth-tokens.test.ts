// What an OAuth access token may not do at the API although its member may: decision 6's list, live rights and scopes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, signedIn, throughClient } from '../support/graphql.js';
import { newBrowser, obtainCode, redeem, registerClient, type TestClient } from '../support/oauth.js';

let app: TestApp;
let own: TestClient;
let colleague: TestClient;
let ask: Ask;
beforeAll(async () => {
  app = await createTestApp();
  own = await registerClient(app);
  colleague = await registerClient(app);
  ask = await throughClient(app, own, 'admin');
});
afterAll(() => app.close());

const update = (by: Ask, input: Record<string, unknown>) =>
  by(
    `mutation ($input: UpdateOAuthClientInput!) { updateOAuthClient(input: $input) {
      oauthClient { name redirectUris } userErrors { code }
    } }`,
    { input },
  );

describe('redirect URIs', () => {
  const redirectUris = ['https://evil.example/callback'];

  test('of another client stay as they are', async () => {
    for (const reference of [{ id: colleague.id }, { clientId: colleague.clientId }]) {
      for (const change of [
        { redirectUris },
        { redirectUris: null },
        { redirectUris: [] },
        { name: 'x', redirectUris },
      ]) {
        const { data, errors } = await update(ask, { ...reference, ...change });
        expect(data).toEqual({ updateOAuthClient: null });
        expect(errors).toMatchObject([{ path: ['updateOAuthClient'], extensions: { code: 'FORBIDDEN' } }]);
        expect(errors?.[0]?.message).toMatch(/session|API token/);
      }
    }
    const rows = await app.db.oAuthClientRedirectUri.findMany({ where: { clientId: colleague.id } });
    expect(rows.map(({ uri }) => uri)).toEqual(['https://app.example.com/callback']);
    const { name } = await app.db.oAuthClient.findUniqueOrThrow({ where: { id: colleague.id } });
    expect(name).toBe('Test app');
  });

  test('of its own client can be changed, and anything else of another', async () => {
    const uris = ['https://app.example.com/callback', 'https://app.example.com/new'];
    expect((await update(ask, { id: own.id, redirectUris: uris })).data.updateOAuthClient).toEqual({
      oauthClient: { name: 'Test app', redirectUris: uris },
      userErrors: [],
    });
    const { data } = await update(ask, { id: colleague.id, name: 'Renamed' });
    expect(data.updateOAuthClient).toMatchObject({ oauthClient: { name: 'Renamed' }, userErrors: [] });
  });

  test('of any client can be changed by a session or an API token of role ADMIN', async () => {
    const others = [await signedIn(app, app.owner), bearer(app, (await apiTokenOf(app, 'ADMIN')).token)];
    for (const [index, by] of others.entries()) {
      const uris = [`https://app.example.com/${index}`];
      const { data } = await update(by, { id: colleague.id, redirectUris: uris });
      expect(data.updateOAuthClient.oauthClient.redirectUris).toEqual(uris);
    }
  });
});

test('what is done with it is logged as the member, by way of the client', async () => {
  const { id } = await registerClient(app);
  await update(ask, { id, name: 'Renamed' });
  const entry = await app.db.auditLogEntry.findFirstOrThrow({
    where: { targetId: id, action: 'OAUTH_CLIENT_UPDATED' },
  });
  expect(entry).toMatchObject({ actorKind: 'MEMBER', actorId: app.owner.id, viaClientId: own.id });
});

test('its scope is capped by the role that the member has now', async () => {
  const person = await app.addMember('ADMIN');
  const browser = newBrowser(app);
  await browser.signIn(person);
  const { body } = await redeem(app, own, await obtainCode(app, own, { scope: 'admin' }, browser));
  const theirs = bearer(app, body.access_token ?? '');
  expect((await theirs('{ oauthClients { totalCount } }')).errors).toBeUndefined();
  await app.db.member.update({ where: { id: person.id }, data: { role: 'READER' } });
  expect((await theirs('{ viewer { role } }')).data).toEqual({ viewer: { role: 'READER' } });
  expect((await theirs('{ oauthClients { totalCount } }')).errors).toMatchObject([
    { extensions: { code: 'FORBIDDEN' } },
  ]);
  await app.db.member.update({ where: { id: person.id }, data: { status: 'SUSPENDED' } });
  expect((await theirs('{ viewer { role } }')).status).toBe(401);
});

test('without a scope of the API it is told which one it needs', async () => {
  const { status, headers, errors } = await (await throughClient(app, own, 'openid profile'))('{ viewer { role } }');
  expect(status).toBe(403);
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' }, message: expect.stringContaining('reader') }]);
  expect(headers.get('www-authenticate')).toContain('error="insufficient_scope"');
});

test('in the verified client of another account it sees nothing of that account', async () => {
  const other = await app.addAccount();
  await app.db.oAuthClient.update({ where: { id: own.id }, data: { verifiedAt: app.deps.clock() } });
  const browser = newBrowser(app);
  await browser.signIn(other.owner);
  const { body } = await redeem(app, own, await obtainCode(app, own, { scope: 'admin' }, browser));
  const theirs = bearer(app, body.access_token ?? '');
  const { data } = await theirs(
    'query ($id: ID!) { viewer { oauthClient { name } member { id } } account { id } oauthClients { totalCount } node(id: $id) { id } }',
    { id: own.id },
  );
  expect(data).toEqual({
    viewer: { oauthClient: null, member: { id: other.owner.id } },
    account: { id: other.account.id },
    oauthClients: { totalCount: 0 },
    node: null,
  });
  const changed = await update(theirs, { id: own.id, redirectUris: ['https://evil.example/'] });
  expect(changed.data.updateOAuthClient).toMatchObject({ oauthClient: null, userErrors: [{ code: 'NOT_FOUND' }] });
});
