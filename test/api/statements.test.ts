// How many SQL statements a GraphQL request costs, and how many columns they read. The bounds are those of docs/performance.md: a
// statement more is a journey more to the database for every request, a column more is read for every row.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, signedIn } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';

let app: TestApp;
let owner: Ask;
let byToken: Ask;
beforeAll(async () => {
  app = await createTestApp();
  owner = await signedIn(app, app.owner);
  byToken = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
  for (const name of ['One', 'Two', 'Three']) await registerClient(app, { name });
  // The first request loads what executes it, during which the uses until then might be written.
  await byToken('{ viewer { role } }');
});
afterAll(() => app.close());

/** The statements of one request, whose answer has no errors. */
async function statementsOf(ask: Ask, query: string, variables: Record<string, unknown> = {}): Promise<string[]> {
  await app.beginCounting();
  const { errors } = await ask(query, variables);
  expect(errors).toBeUndefined();
  return [...app.statements];
}

/** The table that each reads first; the first word of those that read none. */
function tablesOf(statements: readonly string[]): string[] {
  return statements.map((sql) => /^SELECT.*? FROM \S*?[`"](\w+)[`"] /s.exec(sql)?.[1] ?? sql.slice(0, 6));
}

const recognising = ['ApiToken'];

test('a caller with an API token costs one read, of few columns', async () => {
  const statements = await statementsOf(byToken, '{ viewer { role } }');
  expect(tablesOf(statements)).toEqual(recognising);
  for (const sql of statements) expect(sql).not.toMatch(/passwordHash|searchText|hint/);
});

test('a list costs one read, one more for each relation, and one to count', async () => {
  const plain = await statementsOf(
    byToken,
    '{ oauthClients { nodes { id name scopes createdAt } pageInfo { endCursor } } }',
  );
  expect(tablesOf(plain)).toEqual([...recognising, 'OAuthClient']);
  const related = await statementsOf(byToken, '{ oauthClients { nodes { id redirectUris } } }');
  expect(tablesOf(related)).toEqual([...recognising, 'OAuthClient', 'OAuthClientRedirectUri']);
  const counted = await statementsOf(byToken, '{ oauthClients { totalCount nodes { id } } }');
  expect(counted).toHaveLength(recognising.length + 2);
});

test('of a client those columns are read that are asked for, and what its cursor holds', async () => {
  const columnsOf = (sql: string) => {
    const selected = sql.slice(0, sql.indexOf(' FROM '));
    return [...selected.matchAll(/[`"](\w+)[`"](?=,|$| AS|::)/g)].map(([, name]) => name);
  };
  // Beside those of the request there may be one that is written now and then.
  const ofClients = async (query: string) =>
    (await statementsOf(byToken, query)).find((sql) => tablesOf([sql])[0] === 'OAuthClient') ?? '';
  const plain = await ofClients('{ oauthClients { nodes { name grantTypes } } }');
  expect(columnsOf(plain).sort()).toEqual(['grantTypes', 'id', 'name']);
  const sorted = '{ oauthClients(orderBy: { field: NAME, direction: ASC }) { edges { cursor node { type } } } }';
  expect(columnsOf(await ofClients(sorted)).sort()).toEqual(['id', 'nameKey', 'type']);
});

test('what a mutation answers with is not read again, unless it has relations', async () => {
  const create = `mutation ($input: CreateOAuthClientInput!) { createOAuthClient(input: $input) {
    oauthClient { id clientId name scopes lifetimes { idTokenSeconds } createdAt } userErrors { code }
  } }`;
  const input = { name: 'Made', redirectUris: ['https://app.example.com/callback'] };
  const statements = await statementsOf(owner, create, { input });
  const commit = statements.lastIndexOf('COMMIT');
  expect(commit).toBeGreaterThan(0);
  expect(statements.slice(commit + 1)).toEqual([]);
});
