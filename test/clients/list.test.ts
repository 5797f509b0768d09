// Reading OAuth clients: oauthClients a page at a time in both directions, and oauthClient by either id.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';

let app: TestApp;
let ask: Ask;
const names = ['g', 'f', 'e', 'd', 'c', 'b', 'a'];
beforeAll(async () => {
  app = await createTestApp();
  ask = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
  for (const name of names.toReversed()) await registerClient(app, { name });
});
afterAll(() => app.close());

const page = `query ($first: Int, $after: String, $last: Int, $before: String) {
  oauthClients(first: $first, after: $after, last: $last, before: $before) {
    nodes { id name }
    edges { cursor node { name } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

async function readPage(variables: Record<string, unknown>, by = ask) {
  const { data, errors } = await by(page, variables);
  expect(errors).toBeUndefined();
  const { nodes, edges, pageInfo } = data.oauthClients;
  expect(edges.map((edge: { node: { name: string } }) => edge.node.name)).toEqual(
    nodes.map((node: { name: string }) => node.name),
  );
  expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([edges[0]?.cursor ?? null, edges.at(-1)?.cursor ?? null]);
  return { names: nodes.map((node: { name: string }) => node.name) as string[], ids: nodes, ...pageInfo };
}

describe('oauthClients', () => {
  test('goes forward from the newest, three at a time', async () => {
    const first = await readPage({ first: 3 });
    expect(first).toMatchObject({ names: ['g', 'f', 'e'], hasNextPage: true, hasPreviousPage: false });
    const second = await readPage({ first: 3, after: first.endCursor });
    expect(second).toMatchObject({ names: ['d', 'c', 'b'], hasNextPage: true, hasPreviousPage: true });
    const third = await readPage({ first: 3, after: second.endCursor });
    expect(third).toMatchObject({ names: ['a'], hasNextPage: false, hasPreviousPage: true });
    expect((await readPage({ first: 3, after: third.endCursor })).names).toEqual([]);
  });

  test('goes back from the oldest, three at a time, each page in the same order', async () => {
    const last = await readPage({ last: 3 });
    expect(last).toMatchObject({ names: ['c', 'b', 'a'], hasNextPage: false, hasPreviousPage: true });
    const before = await readPage({ last: 3, before: last.startCursor });
    expect(before).toMatchObject({ names: ['f', 'e', 'd'], hasNextPage: true, hasPreviousPage: true });
    const first = await readPage({ last: 3, before: before.startCursor });
    expect(first).toMatchObject({ names: ['g'], hasNextPage: true, hasPreviousPage: false });
  });

  test('goes on where it was although the row of the cursor is gone', async () => {
    await registerClient(app, { name: 'short-lived' });
    const { endCursor, ids } = await readPage({ first: 1 });
    expect(ids[0].name).toBe('short-lived');
    await app.db.oAuthClient.delete({ where: { id: ids[0].id } });
    expect((await readPage({ first: 2, after: endCursor })).names).toEqual(['g', 'f']);
  });

  test('begins with twenty, and gives a hundred at most', async () => {
    const other = await app.addAccount();
    const by = bearer(app, (await apiTokenOf(app, 'ADMIN', other.owner)).token);
    const [row] = await app.db.oAuthClient.findMany({ take: 1 });
    const rows = Array.from({ length: 105 }, (_, index) => ({
      ...(row as NonNullable<typeof row>),
      id: app.deps.newId('oauthClient'),
      clientId: `many-${index}`,
      accountId: other.account.id,
      createdById: null,
    }));
    await app.db.oAuthClient.createMany({ data: rows });
    expect((await readPage({}, by)).names).toHaveLength(20);
    const most = await readPage({ first: 5000 }, by);
    expect(most).toMatchObject({ hasNextPage: true });
    expect(most.names).toHaveLength(100);
    expect((await readPage({ first: 5000, after: most.endCursor }, by)).names).toHaveLength(5);
    expect((await readPage({ last: 5000 }, by)).names).toHaveLength(100);
  });

  test('counts all of them when asked, and does not count when not', async () => {
    app.statements.length = 0;
    expect((await ask('{ oauthClients(first: 1) { totalCount } }')).data.oauthClients.totalCount).toBe(names.length);
    expect(app.statements.filter((sql) => /COUNT\(/i.test(sql))).toHaveLength(1);
    app.statements.length = 0;
    await ask('{ oauthClients(first: 1) { nodes { id } } }');
    expect(app.statements.filter((sql) => /COUNT\(/i.test(sql))).toEqual([]);
  });

  test.each([
    { first: -1 },
    { last: -1 },
    { first: 2, last: 2 },
    { first: 2, before: 'x' },
    { last: 2, after: 'x' },
    { after: 'x', before: 'x' },
  ])('refuses %j and says why', async (variables) => {
    const { status, data, errors } = await ask(page, variables);
    expect(status).toBe(200);
    expect(data).toEqual({ oauthClients: null });
    expect(errors).toMatchObject([{ path: ['oauthClients'], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors?.[0]?.message).toMatch(/first|last|before|after/);
  });
});

describe('oauthClient', () => {
  const one = 'query ($id: ID, $clientId: String) { oauthClient(id: $id, clientId: $clientId) { id clientId name } }';

  test('is found by its id, by its client_id, or by both', async () => {
    const { id, clientId } = await app.db.oAuthClient.findFirstOrThrow({ where: { name: 'd' } });
    for (const variables of [{ id }, { clientId }, { id, clientId }]) {
      expect((await ask(one, variables)).data).toEqual({ oauthClient: { id, clientId, name: 'd' } });
    }
  });

  test('is null when there is none, or the two do not name the same', async () => {
    const [left, right] = await app.db.oAuthClient.findMany({ take: 2 });
    const nobody = ['nonsense', '', '\u0000', "' OR 1=1 --"].flatMap((text) => [{ id: text }, { clientId: text }]);
    for (const variables of [...nobody, { id: '', clientId: '' }, { id: left?.id, clientId: right?.clientId }]) {
      const { data, errors } = await ask(one, variables);
      expect({ data, errors }).toEqual({ data: { oauthClient: null }, errors: undefined });
    }
  });

  test.each([{}, { id: null }, { id: null, clientId: null }])(
    'asks for one of the two, given %j',
    async (variables) => {
      const { data, errors } = await ask(one, variables);
      expect(data).toEqual({ oauthClient: null });
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    },
  );
});
