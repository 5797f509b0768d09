// In which order clients are listed, with what happens to ties, and how long a page can be.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';
import { registerClient, type TestClient } from '../support/oauth.js';
import { machine, succeed, tokenWith } from './mutate.js';
import { createRowMaker } from './rows.js';

let app: TestApp;
let ask: Ask;
const clients: Record<string, TestClient> = {};
// In the order of their registration; two differ in case alone, two are alike.
const names = ['beta', 'Alpha', 'gamma', 'alpha', 'Beta', 'beta', 'Ärger', 'delta'];
beforeAll(async () => {
  app = await createTestApp();
  ask = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
  for (const [index, name] of names.entries()) {
    clients[`${index} ${name}`] = await registerClient(app, { ...machine, name });
  }
  // Used in this order, the last one twice; three never were.
  for (const name of ['4 Beta', '0 beta', '7 delta', '2 gamma', '4 Beta']) {
    app.clock.advance(60);
    await use(name);
    await app.deps.lastUsed.flush();
  }
  // And these two within one writing, which makes them alike.
  app.clock.advance(60);
  await use('6 Ärger');
  await use('1 Alpha');
  await app.deps.lastUsed.flush();
});
afterAll(() => app.close());

async function use(name: string): Promise<void> {
  const { clientId, secret } = clients[name] as TestClient;
  expect(await tokenWith(app, clientId, secret)).toBe('token');
}

async function list(orderBy: object | null, by = ask): Promise<string[]> {
  const { data, errors } = await by(
    'query ($orderBy: OAuthClientOrder) { oauthClients(first: 100, orderBy: $orderBy) { nodes { id name } } }',
    { orderBy },
  );
  expect(errors).toBeUndefined();
  const keys = new Map(Object.entries(clients).map(([key, { id }]) => [id, key]));
  return data.oauthClients.nodes.map((node: { id: string; name: string }) => keys.get(node.id) ?? node.name);
}

const byCreation = Object.keys(names).map((index) => `${index} ${names[Number(index)]}`);

describe('clients are listed', () => {
  test('newest first unless something else is asked', async () => {
    for (const orderBy of [null, { field: 'CREATED_AT' }, { field: 'CREATED_AT', direction: 'DESC' }]) {
      expect(await list(orderBy)).toEqual(byCreation.toReversed());
    }
    expect(await list({ field: 'CREATED_AT', direction: 'ASC' })).toEqual(byCreation);
  });

  test('by name, whatever its case; those of the same name in the order of their registration', async () => {
    const ascending = await list({ field: 'NAME', direction: 'ASC' });
    // Where a letter beyond ASCII comes is the database's to say.
    expect(ascending.filter((name) => name !== '6 Ärger')).toEqual([
      '1 Alpha',
      '3 alpha',
      '0 beta',
      '4 Beta',
      '5 beta',
      '7 delta',
      '2 gamma',
    ]);
    expect(await list({ field: 'NAME', direction: 'DESC' })).toEqual(ascending.toReversed());
    expect(await list({ field: 'NAME' })).toEqual(ascending.toReversed());
  });

  test('by their last use: those never used are the oldest, in the order of their registration', async () => {
    const ascending = ['3 alpha', '5 beta', '0 beta', '7 delta', '2 gamma', '4 Beta', '1 Alpha', '6 Ärger'];
    expect(await list({ field: 'LAST_USED_AT', direction: 'ASC' })).toEqual(ascending);
    expect(await list({ field: 'LAST_USED_AT', direction: 'DESC' })).toEqual(ascending.toReversed());
  });

  test('at another place as soon as the name changes', async () => {
    const { id } = clients['7 delta'] as TestClient;
    await succeed(ask, 'updateOAuthClient', { id, name: 'AARDVARK' });
    expect((await list({ field: 'NAME', direction: 'ASC' }))[0]).toBe('7 delta');
    await succeed(ask, 'updateOAuthClient', { id, name: 'delta' });
  });

  test('with the very moment of the last use, to be seen where it is sorted by', async () => {
    const { data } = await ask('{ oauthClients(first: 3, orderBy: { field: LAST_USED_AT }) { nodes { lastUsedAt } } }');
    const moments = data.oauthClients.nodes.map(({ lastUsedAt }: { lastUsedAt: string }) => lastUsedAt);
    const now = app.clock().getTime();
    expect(moments).toEqual([0, 0, 60_000].map((before) => new Date(now - before).toISOString()));
  });
});

test('an order that there is not, or none at all, is refused by the schema', async () => {
  for (const orderBy of [{ field: 'ID' }, { field: 'NAME', direction: 'UP' }, { direction: 'ASC' }, {}]) {
    const { status, errors } = await ask(
      'query ($orderBy: OAuthClientOrder) { oauthClients(orderBy: $orderBy) { totalCount } }',
      {
        orderBy,
      },
    );
    expect(status).toBe(400);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  }
});

describe('a page', () => {
  let by: Ask;
  beforeAll(async () => {
    const other = await app.addAccount();
    by = bearer(app, (await apiTokenOf(app, 'ADMIN', other.owner)).token);
    const make = await createRowMaker(app, other.account.id);
    await make(Array.from({ length: 101 }, (_, index) => ({ name: String(index % 7) })));
  });

  const page = `query ($first: Int, $last: Int, $orderBy: OAuthClientOrder) {
    oauthClients(first: $first, last: $last, orderBy: $orderBy) {
      nodes { id } edges { cursor } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } }`;
  async function read(variables: Record<string, unknown>) {
    const { data, errors } = await by(page, variables);
    expect(errors).toBeUndefined();
    const { nodes, edges, pageInfo, totalCount } = data.oauthClients;
    expect(totalCount).toBe(101);
    expect(edges).toHaveLength(nodes.length);
    return { count: nodes.length, ...pageInfo };
  }

  test.each([null, { field: 'NAME' }, { field: 'LAST_USED_AT', direction: 'ASC' }])(
    'ordered by %j has as many as asked, a hundred at most, and says whether there are more',
    async (orderBy) => {
      for (const size of [1, 20, 99, 100, 101, 5000, 2 ** 31 - 1]) {
        const count = Math.min(size, 100);
        expect(await read({ first: size, orderBy })).toMatchObject({
          count,
          hasNextPage: true,
          hasPreviousPage: false,
        });
        expect(await read({ last: size, orderBy })).toMatchObject({ count, hasNextPage: false, hasPreviousPage: true });
      }
      for (const none of [{}, { first: null }, { first: null, last: null }, { first: 20, last: null }]) {
        expect(await read({ ...none, orderBy })).toMatchObject({ count: 20, hasNextPage: true });
      }
    },
  );

  test('of none has none, no cursors, and still says whether there are any', async () => {
    const empty = { count: 0, startCursor: null, endCursor: null };
    expect(await read({ first: 0 })).toEqual({ ...empty, hasNextPage: true, hasPreviousPage: false });
    expect(await read({ last: 0 })).toEqual({ ...empty, hasNextPage: false, hasPreviousPage: true });
  });

  test('of a list that is empty has none either way', async () => {
    const filter = '(filter: { search: "nobody" }';
    for (const size of ['first: 0', 'first: 5', 'last: 0', 'last: 5']) {
      const { data } = await by(
        `{ oauthClients${filter}, ${size}) { nodes { id } totalCount pageInfo { hasNextPage hasPreviousPage endCursor } } }`,
      );
      expect(data.oauthClients).toEqual({
        nodes: [],
        totalCount: 0,
        pageInfo: { hasNextPage: false, hasPreviousPage: false, endCursor: null },
      });
    }
  });
});
