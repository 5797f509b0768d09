// API resources through GraphQL: registered, listed, changed and deleted, each with its entry of the audit log.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countStatements } from '../clients/count-statements.js';
import { mutate, send, succeed } from '../clients/mutate.js';
import { orderScopes, registerApi } from '../support/api-resources.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, signedIn, throughClient } from '../support/graphql.js';
import { registerClient, type TestClient } from '../support/oauth.js';

let app: TestApp;
let owner: Ask;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  owner = await signedIn(app, app.owner);
  client = await registerClient(app, { name: 'Orders server' });
});
afterAll(() => app.close());

const selection = `apiResource { id audience name scopes { name description audience } accessTokenSeconds signingAlgorithm
  introspectionClients { id name } createdAt updatedAt }`;
const lastEntry = () => app.db.auditLogEntry.findFirstOrThrow({ orderBy: { id: 'desc' } });

describe('createApiResource', () => {
  test('registers an API with all that is said of it', async () => {
    const audience = 'https://orders.example.com/v1';
    const input = {
      audience,
      name: ' Orders ',
      scopes: orderScopes,
      accessTokenSeconds: 300,
      signingAlgorithm: 'RS256',
    };
    const { apiResource } = await succeed(
      owner,
      'createApiResource',
      { ...input, introspectionClientIds: [client.id, client.id] },
      selection,
    );
    expect(apiResource).toEqual({
      id: expect.stringMatching(/^api_/),
      audience,
      name: 'Orders',
      scopes: orderScopes.map((scope) => ({ ...scope, audience })),
      accessTokenSeconds: 300,
      signingAlgorithm: 'RS256',
      introspectionClients: [{ id: client.id, name: 'Orders server' }],
      createdAt: app.clock().toISOString(),
      updatedAt: app.clock().toISOString(),
    });
    const entry = await lastEntry();
    expect(entry).toMatchObject({ action: 'API_RESOURCE_CREATED', targetId: apiResource.id, targetLabel: 'Orders' });
    expect(entry.changes).toContain(audience);
    const { data } = await owner('query ($id: ID!) { node(id: $id) { ... on ApiResource { audience } } }', {
      id: apiResource.id,
    });
    expect(data.node).toEqual({ audience });
  });

  test('knows what is not said', async () => {
    const { apiResource } = await succeed(
      owner,
      'createApiResource',
      { audience: 'urn:example:a', name: 'A' },
      selection,
    );
    expect(apiResource).toMatchObject({
      scopes: [],
      accessTokenSeconds: 600,
      signingAlgorithm: 'ES256',
      introspectionClients: [],
    });
  });

  test('keeps the audience as it was written, and takes the other spelling of an origin for the same', async () => {
    await succeed(owner, 'createApiResource', { audience: 'https://slash.example/', name: 'Slash' });
    const { userErrors } = await mutate(owner, 'createApiResource', {
      audience: 'https://slash.example',
      name: 'Other',
    });
    expect(userErrors).toMatchObject([{ code: 'TAKEN', path: ['audience'] }]);
    expect(await app.db.apiResource.count({ where: { audience: 'https://slash.example/' } })).toBe(1);
  });

  test('says that an audience is taken, and not by whom', async () => {
    const other = await app.addAccount();
    const audience = 'https://theirs.example';
    const { id } = await registerApi({ deps: app.deps, owner: other.owner }, { audience, name: 'Secret plans' });
    const { userErrors, apiResource } = await mutate(
      owner,
      'createApiResource',
      { audience, name: 'Ours' },
      'apiResource { id }',
    );
    expect([apiResource, userErrors.map(({ code }: { code: string }) => code)]).toEqual([null, ['TAKEN']]);
    for (const secret of ['Secret plans', id, other.account.id, 'Another account']) {
      expect(JSON.stringify(userErrors)).not.toContain(secret);
    }
  });

  test('makes one thing under one idempotency key, and says when it is gone', async () => {
    const input = { audience: 'https://once.example', name: 'Once', idempotencyKey: 'once' };
    const first = await succeed(owner, 'createApiResource', input, 'replayed apiResource { id }');
    const again = await succeed(owner, 'createApiResource', input, 'replayed apiResource { id }');
    expect([first.replayed, again]).toEqual([false, { replayed: true, apiResource: first.apiResource }]);
    const other = await mutate(owner, 'createApiResource', { ...input, name: 'Twice' }, 'replayed');
    expect(other.userErrors).toMatchObject([{ code: 'CONFLICT', path: ['idempotencyKey'] }]);
    await succeed(owner, 'deleteApiResource', { id: first.apiResource.id });
    const gone = await succeed(owner, 'createApiResource', input, 'replayed apiResource { id }');
    expect(gone).toEqual({ replayed: true, apiResource: null });
  });
});

describe('updateApiResource', () => {
  test('changes what is given and nothing else, and tells what it was', async () => {
    const { id, audience } = await registerApi(app, {
      audience: 'https://changed.example',
      introspectionClientIds: [client.id],
    });
    app.clock.advance(60);
    const second = await registerClient(app, { name: 'Second server' });
    const input = { id, name: 'Renamed', introspectionClientIds: [second.id] };
    const { apiResource } = await succeed(owner, 'updateApiResource', input, selection);
    expect(apiResource).toMatchObject({
      audience,
      name: 'Renamed',
      accessTokenSeconds: 600,
      scopes: orderScopes,
      introspectionClients: [{ id: second.id }],
      updatedAt: app.clock().toISOString(),
    });
    const { action, changes } = await lastEntry();
    expect([action, JSON.parse(changes)]).toEqual([
      'API_RESOURCE_UPDATED',
      [
        { field: 'name', before: 'Orders API', after: 'Renamed' },
        { field: 'introspectionClientIds', before: client.id, after: second.id },
      ],
    ]);
    const back = await succeed(
      owner,
      'updateApiResource',
      { id, scopes: null, introspectionClientIds: null },
      selection,
    );
    expect(back.apiResource).toMatchObject({ name: 'Renamed', scopes: [], introspectionClients: [] });
  });

  test('that changes nothing writes nothing', async () => {
    const { id } = await registerApi(app, { audience: 'https://same.example' });
    const before = await app.db.auditLogEntry.count();
    const same = { id, name: 'Orders API', scopes: orderScopes };
    const { apiResource } = await succeed(owner, 'updateApiResource', same, 'apiResource { id }');
    expect([apiResource.id, await app.db.auditLogEntry.count()]).toEqual([id, before]);
  });

  test('has no audience to change: sign-ins and tokens name it', async () => {
    const { id } = await registerApi(app, { audience: 'https://fixed.example' });
    const { errors } = await send(owner, 'updateApiResource', { id, audience: 'https://moved.example' });
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});

test('deleteApiResource deletes it, records it, and frees its audience; a second time there is none', async () => {
  const { id, audience } = await registerApi(app, {
    audience: 'https://freed.example',
    introspectionClientIds: [client.id],
  });
  expect(await succeed(owner, 'deleteApiResource', { id }, 'deletedApiResourceId')).toEqual({
    deletedApiResourceId: id,
  });
  expect(await lastEntry()).toMatchObject({ action: 'API_RESOURCE_DELETED', targetId: id, targetLabel: 'Orders API' });
  const { userErrors } = await mutate(owner, 'deleteApiResource', { id });
  expect(userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['id'] }]);
  expect(await app.db.oAuthClient.count({ where: { id: client.id } })).toBe(1);
  await registerApi(app, { audience });
});

test('an OAuth token of scope admin reads them, and changes nothing of them', async () => {
  const { id } = await registerApi(app, { audience: 'https://read.example' });
  const through = await throughClient(app, await registerClient(app), 'openid admin');
  const { data } = await through('{ apiResources { nodes { id } } }');
  expect(data.apiResources.nodes.map((node: { id: string }) => node.id)).toContain(id);
  for (const [mutation, input] of [
    ['createApiResource', { audience: 'https://through.example', name: 'Through' }],
    ['updateApiResource', { id, name: 'Through' }],
    ['deleteApiResource', { id }],
  ] as const) {
    const answer = await send(through, mutation, input);
    expect(answer.errors?.[0]).toMatchObject({
      message: expect.stringContaining('API token of role ADMIN'),
      extensions: { code: 'FORBIDDEN' },
    });
  }
});

test('the scopes that there are include those of the account’s APIs, and of no other account’s', async () => {
  const fresh = await createTestApp();
  const other = await fresh.addAccount();
  await registerApi(fresh);
  const foreign = { name: 'foreign:read', description: 'Read what is foreign' };
  await registerApi({ deps: fresh.deps, owner: other.owner }, { audience: 'https://b.example', scopes: [foreign] });
  const ask = bearer(fresh, (await apiTokenOf(fresh, 'READER')).token);
  const { scopes } = (await ask('{ scopes { name audience } }')).data;
  expect(scopes.at(0)).toEqual({ name: 'openid', audience: null });
  expect(scopes.slice(-2)).toEqual([
    { name: 'orders:read', audience: 'https://orders.example.com' },
    { name: 'orders:write', audience: 'https://orders.example.com' },
  ]);
  expect(JSON.stringify(scopes)).not.toContain('foreign');
  await fresh.close();
});

test('a list of API resources costs as many statements for twenty as for five', async () => {
  const fresh = await createTestApp();
  const ask = bearer(fresh, (await apiTokenOf(fresh, 'ADMIN')).token);
  const servers = [await registerClient(fresh), await registerClient(fresh)].map(({ id }) => id);
  for (let index = 0; index < 20; index += 1) {
    await registerApi(fresh, { audience: `https://${index}.example`, introspectionClientIds: servers });
  }
  const counts = { 'nodes { id scopes { name } }': 2, 'totalCount nodes { introspectionClients { name } }': 5 };
  for (const [fields, statements] of Object.entries(counts)) {
    for (const first of [5, 20]) {
      expect([fields, await countStatements(fresh, ask, 'apiResources', first, fields)]).toEqual([fields, statements]);
    }
  }
  await fresh.close();
});
