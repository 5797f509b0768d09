// Who one is and what one belongs to, and anything by its id: viewer, account, node, nodes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerApi } from '../support/api-resources.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, anonymous, apiTokenOf, bearer, signedIn, throughClient } from '../support/graphql.js';
import { registerClient, type TestClient } from '../support/oauth.js';
import { addConsent, addSession } from './targets.js';

let app: TestApp;
let owner: Ask;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  owner = await signedIn(app, app.owner);
  client = await registerClient(app);
});
afterAll(() => app.close());

const whoAmI = `{ viewer {
  role scopes permissions member { id email emailVerified role status } apiToken { id name hint } oauthClient { clientId }
} }`;

describe('viewer', () => {
  test('is the member behind a session, with all that the role allows', async () => {
    const { data } = await owner(whoAmI);
    expect(data.viewer).toMatchObject({
      role: 'OWNER',
      scopes: [],
      member: { id: app.owner.id, email: app.owner.email, emailVerified: true, role: 'OWNER', status: 'ACTIVE' },
      apiToken: null,
      oauthClient: null,
    });
    expect(data.viewer.permissions).toContain('OAUTH_CLIENT_WRITE');
  });

  test('names the API token that was presented, with the lesser of the two roles', async () => {
    const { id, token } = await apiTokenOf(app, 'ADMIN');
    const { data } = await bearer(app, token)(whoAmI);
    expect(data.viewer).toMatchObject({
      role: 'ADMIN',
      member: { id: app.owner.id, role: 'OWNER' },
      apiToken: { id, name: `ADMIN of ${app.owner.email}`, hint: token.slice(-4) },
    });
  });

  test('names the client and the scopes of an access token', async () => {
    const { data } = await (await throughClient(app, client, 'openid admin'))(whoAmI);
    expect(data.viewer).toMatchObject({
      role: 'ADMIN',
      scopes: ['openid', 'admin'],
      apiToken: null,
      oauthClient: { clientId: client.clientId },
    });
  });

  test('is null for somebody who sends nothing', async () => {
    expect(await anonymous(app)(whoAmI)).toMatchObject({ status: 200, data: { viewer: null } });
  });
});

test('account is the one that the caller belongs to, with its owner', async () => {
  const { data } = await owner('{ account { id name createdAt allowedRedirectSchemes owner { id role } } }');
  expect(data.account).toEqual({
    id: app.owner.accountId,
    name: 'My organization',
    createdAt: '2026-06-01T12:00:00.000Z',
    allowedRedirectSchemes: [],
    owner: { id: app.owner.id, role: 'OWNER' },
  });
});

test('node finds every kind of thing by its id', async () => {
  const token = await apiTokenOf(app, 'READER');
  const secret = await app.db.oAuthClientSecret.findFirstOrThrow({ where: { clientId: client.id } });
  const entry = await app.db.auditLogEntry.findFirstOrThrow({ where: { accountId: app.owner.accountId } });
  const kinds = {
    Account: app.owner.accountId,
    Member: app.owner.id,
    ApiToken: token.id,
    OAuthClient: client.id,
    OAuthClientSecret: secret.id,
    ApiResource: (await registerApi(app)).id,
    Consent: (await addConsent(app, app.owner.id, (await registerClient(app)).id)).id,
    Session: (await addSession(app, app.owner.id)).id,
    AuditLogEntry: entry.id,
  };
  for (const [__typename, id] of Object.entries(kinds)) {
    const { data } = await owner('query ($id: ID!) { node(id: $id) { __typename id } }', { id });
    expect(data).toEqual({ node: { __typename, id } });
  }
  const schema = await owner('{ __type(name: "Node") { possibleTypes { name } } }');
  const known = schema.data.__type.possibleTypes.map((type: { name: string }) => type.name);
  expect(known.sort()).toEqual(Object.keys(kinds).sort());
});

const unknownIds = [
  '',
  'nonsense',
  'cli_',
  'cli_00000000000000000000000000',
  'mem_00000000000000000000000000',
  'zzz_00000000000000000000000000',
  'ses_00000000000000000000000000',
  '__proto__',
  "acc_' OR '1'='1",
  '\u0000',
  'mem_\u0000',
  'Account:1',
];

test.each(unknownIds)('node answers null for %j', async (id) => {
  const { data, errors } = await owner('query ($id: ID!) { node(id: $id) { id } }', { id });
  expect({ data, errors }).toEqual({ data: { node: null }, errors: undefined });
});

test('node answers null for texts that the document holds and no database takes', async () => {
  for (const text of ['\\u0000', '\\u{0}', '\u0000', '\\uD83D\\uDE00', '\u2028']) {
    const { data, errors } = await owner(`{ node(id: "${text}") { id } }`);
    expect({ data, errors }).toEqual({ data: { node: null }, errors: undefined });
  }
});

test('node knows nothing of rows that are no nodes', async () => {
  const { id } = await app.db.oAuthClientRedirectUri.findFirstOrThrow();
  expect((await owner('query ($id: ID!) { node(id: $id) { id } }', { id })).data).toEqual({ node: null });
});

test('nodes keeps the order, repeats what is asked for twice, and puts null where there is nothing', async () => {
  const ids = [client.id, 'nonsense', app.owner.id, client.id, ...unknownIds, app.owner.accountId];
  const { data, errors } = await owner('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
  expect(errors).toBeUndefined();
  expect(data.nodes.map((node: { id: string } | null) => node?.id ?? null)).toEqual([
    client.id,
    null,
    app.owner.id,
    client.id,
    ...unknownIds.map(() => null),
    app.owner.accountId,
  ]);
});

test('nodes takes a hundred ids and no more', async () => {
  const ask = (count: number) =>
    owner('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: Array(count).fill(client.id) });
  expect((await ask(100)).data.nodes).toHaveLength(100);
  const { data, errors } = await ask(101);
  expect(data?.nodes).toBeUndefined();
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' }, message: expect.stringContaining('100') }]);
});

test('nodes costs one statement a type, however many ids', async () => {
  const clients = await Promise.all([1, 2, 3, 4].map(() => registerClient(app)));
  const count = async (ids: string[]) => {
    await app.beginCounting();
    await owner('query ($ids: [ID!]!) { nodes(ids: $ids) { ... on OAuthClient { name } } }', { ids });
    return app.statements.length;
  };
  const forOne = await count([client.id]);
  expect(await count(clients.map(({ id }) => id))).toBe(forOne);
});
