// What one operation may come to: more is refused before anything runs, and what every tool sends still works.
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, anonymous, apiTokenOf, bearer, post } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';

let app: TestApp;
let admin: Ask;
let as: Record<string, string>;
beforeAll(async () => {
  app = await createTestApp();
  const { token } = await apiTokenOf(app, 'ADMIN');
  admin = bearer(app, token);
  as = { authorization: `Bearer ${token}` };
  await registerClient(app);
});
afterAll(() => app.close());

const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');
/** Fragments that each hold the next one `spread` times; the last holds `leaf`. */
const chain = (length: number, type: string, wrap: (next: string) => string, leaf: string) =>
  `${times(length, (i) => `fragment F${i} on ${type} { ${wrap(`...F${i + 1}`)} }`)} fragment F${length} on ${type} { ${leaf} }`;

const excessive: [string, string][] = [
  ['101 aliases of __typename', `{ ${times(101, (i) => `a${i}: __typename`)} }`],
  ['31 aliases of a field', `{ ${times(31, (i) => `a${i}: viewer { role }`)} }`],
  [
    'aliases multiplied by a fragment',
    `{ ${times(10, (i) => `a${i}: __schema { ...F }`)} } fragment F on __Schema { ${times(10, (i) => `b${i}: description`)} }`,
  ],
  ['500 repetitions of a field', `{ ${times(500, () => '__typename')} }`],
  ['500 repetitions of a field that is resolved', `{ viewer { ${times(500, () => 'role')} } }`],
  ['fields multiplied by doubled fragments', `{ viewer { ...F0 } } ${chain(10, 'Viewer', (f) => `${f} ${f}`, 'role')}`],
  [
    'introspection multiplied by a fragment',
    `{ ${times(20, (i) => `a${i}: __schema { ...F }`)} } fragment F on __Schema { types { ${times(25, () => 'name')} } }`,
  ],
  ['deep nesting', `{ __type(name: "Query") ${times(25, () => '{ ofType')} { name } ${times(25, () => '}')} }`],
  [
    'deep nesting through fragments',
    `{ __type(name: "Query") { ...F0 } } ${chain(25, '__Type', (next) => `ofType { ${next} }`, 'name')}`,
  ],
  [
    'deep nesting through inline fragments',
    `{ __type(name: "Query") ${times(25, () => '{ ... on __Type { ofType')} { name } ${times(50, () => '}')} }`,
  ],
  ['21 directives', `{ __typename ${times(21, () => '@include(if: true)')} }`],
  ['many unknown directives', `{ __typename ${times(200, () => '@a')} }`],
  ['directives on a fragment', `{ ...F } fragment F on Query ${times(30, () => '@a')} { __typename }`],
  ['more than 1000 tokens', `{ ${times(10, (i) => `nodes(ids: [${times(100, () => `"${i}"`)}]) { id }`)} }`],
];

describe('too large', () => {
  test.each(excessive)('%s', async (_name, query) => {
    await app.beginCounting();
    const { status, data, errors } = await anonymous(app)(query);
    expect(status).toBeLessThan(500);
    expect(data).toBeUndefined();
    expect(errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_LARGE' } }]);
    expect(app.statements).toEqual([]);
  });

  test('what lists multiply, although little is written', async () => {
    const nested = 'secrets { createdBy { email } } scopes redirectUris';
    const query = `{ ${times(20, (i) => `p${i}: oauthClients(first: 100) { nodes { ${nested} } }`)} }`;
    const { errors, data } = await admin(query);
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'QUERY_TOO_LARGE' } });
    expect(data).toBeUndefined();
  });

  test('fragments that double a hundred times are counted in no time', async () => {
    const started = performance.now();
    for (const type of ['Query', '__Schema']) {
      const leaf = type === 'Query' ? '__typename' : 'description';
      const root = type === 'Query' ? '{ ...F0 }' : '{ __schema { ...F0 } }';
      const { errors } = await anonymous(app)(`${root} ${chain(90, type, (next) => `${next} ${next}`, leaf)}`);
      expect(errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_LARGE' } }]);
    }
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('fragments in a circle are refused as such', async () => {
    const { errors } = await anonymous(app)(
      '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A viewer { role } }',
    );
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
  });

  test('circular introspection', async () => {
    const { data, errors } = await anonymous(app)(
      '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }',
    );
    expect(data).toBeUndefined();
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    const hidden = await anonymous(app)(
      `{ __schema { types { ...F0 } } } ${chain(6, '__Type', (next) => `fields { type { ${next} } }`, 'name')}`,
    );
    expect(hidden.data).toBeUndefined();
  });
});

/** Tokens alone: an operation of five, as often as asked for, and more that are no operation of their own. */
const tokens = (count: number) =>
  `${times(Math.floor(count / 5), (i) => `query Q${i} { __typename }`).slice(0, -1)} ${times(count % 5, () => '__typename')} }`;
const nested = (levels: number) =>
  `{ __type(name: "Query") ${times(levels - 2, () => '{ ofType')} { name } ${times(levels - 2, () => '}')} }`;
/** One point for each client and field, and those of the members. */
const points = (members: number) =>
  `{ oauthClients(first: 100) { nodes { ${times(99, () => 'id')} } } members(first: ${members}) { nodes { id } } }`;

describe('at each limit one more is too much', () => {
  const spread = (aliases: number) => `{ ...F ...F ${times(aliases - 20, (i) => `b${i}: __typename`)} }
    fragment F on Query { ${times(10, (i) => `a${i}: __typename`)} }`;
  const conditional = (count: number) => `{ ${times(count, (i) => `a${i}: __typename @include(if: true)`)} }`;
  const onFragments = (count: number) => `{ ${times(count, () => '... @include(if: true) { __typename }')} }`;

  test.each<[string, (count: number) => string, number]>([
    ['aliases of __typename', (count) => `{ ${times(count, (i) => `a${i}: __typename`)} }`, 30],
    ['aliases of __typename among them those of a fragment twice', spread, 30],
    ['aliases of fields', (count) => `{ ${times(count, (i) => `a${i}: rateLimit { cost }`)} }`, 30],
    ['directives on fields', conditional, 20],
    ['directives on inline fragments', onFragments, 20],
    ['levels of introspection', nested, 20],
    ['fields', (count) => `{ ${times(count - 2, () => '__typename')} rateLimit { cost } }`, 120],
    ['points, by the hundred of each list', (count) => points(count - 9902), 10_000],
    ['tokens', tokens, 1000],
  ])('%s', async (_name, write, most) => {
    const send = (query: string) =>
      post(app, { query, ...(query.startsWith('query Q0') ? { operationName: 'Q0' } : {}) }, as);
    const allowed = await send(write(most));
    expect(allowed.errors).toBeUndefined();
    expect(Object.keys(allowed.data)).not.toEqual([]);
    const statementsOf = async (query: string) => {
      await app.beginCounting();
      const answer = await send(query);
      return { answer, statements: [...app.statements] };
    };
    // Who asks is looked up, and nothing of what is asked.
    const { statements } = await statementsOf('{ __typename }');
    const refused = await statementsOf(write(most + 1));
    expect(refused.statements).toEqual(statements);
    expect(refused.answer.data).toBeUndefined();
    expect(refused.answer.errors).toMatchObject([
      { extensions: { code: 'QUERY_TOO_LARGE' }, message: expect.stringMatching(/\d/) },
    ]);
  });

  test('also of what a document’s other operations come to, and of fragments that no operation uses', async () => {
    const other = `query Other { ${times(31, (i) => `a${i}: __typename`)} }`;
    const { errors } = await post(app, { query: `query Q { __typename } ${other}`, operationName: 'Q' }, as);
    expect(errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_LARGE' } }]);
    const unused = `fragment F on Query { ${times(21, (i) => `a${i}: __typename @include(if: true)`)} }`;
    const ofUnused = await post(app, { query: `{ __typename } ${unused}` }, as);
    expect(ofUnused.errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_LARGE' } }]);
  });

  test('a list in its longest is counted when its length comes in a variable, by default or by a fragment', async () => {
    const selection = `nodes { ${times(99, () => 'id')} }`;
    const operations: [string, Record<string, unknown>][] = [
      [`query ($n: Int) { oauthClients(first: $n) { ${selection} } members(first: $n) { nodes { id } } }`, { n: 100 }],
      [`query ($n: Int = 100) { oauthClients(first: $n) { ${selection} } members(last: $n) { nodes { id } } }`, {}],
      [
        `{ oauthClients(first: 2000000) { ...F } members(first: 100) { nodes { id } } } fragment F on OAuthClientConnection { ${selection} }`,
        {},
      ],
    ];
    for (const [query, variables] of operations) {
      const { data, errors } = await admin(query, variables);
      expect(data).toBeUndefined();
      expect(errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_LARGE' } }]);
    }
  });

  test('many operations in one request are refused whole, however small', async () => {
    app.statements.length = 0;
    const batch = Array.from({ length: 2 }, () => ({ query: '{ account { name } }' }));
    const { status, data, errors } = await post(app, batch);
    expect(status).toBe(400);
    expect(data).toBeUndefined();
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(app.statements).toEqual([]);
  });
});

describe('not too large', () => {
  const everything = {
    descriptions: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  };

  test.each([
    ['with all options', everything],
    ['as it is by default', {}],
    ['without descriptions, as code generators ask', { ...everything, descriptions: false, oneOf: false }],
  ])('the standard introspection query %s', async (_name, options) => {
    const { data, errors } = await anonymous(app)(getIntrospectionQuery(options));
    expect(errors).toBeUndefined();
    expect(data.__schema.types.length).toBeGreaterThan(30);
  });

  test('what GraphiQL asks when the first answer was not to its liking', async () => {
    const query = getIntrospectionQuery().replace('subscriptionType { name kind }', '');
    expect((await admin(query)).errors).toBeUndefined();
  });

  test('thirty aliases, and a document of several operations', async () => {
    const { data } = await admin(`{ ${times(30, (i) => `a${i}: __typename`)} }`);
    expect(Object.keys(data)).toHaveLength(30);
    const documents = times(3, (i) => `query Q${i} { ${times(20, (j) => `a${j}: __typename`)} }`);
    const answer = await app.request('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: documents, operationName: 'Q1' }),
    });
    expect(((await answer.json()) as { data: object }).data).toMatchObject({ a19: 'Query' });
  });

  test('everything of a hundred clients', async () => {
    const { data, errors } = await admin(`{ oauthClients(first: 100) {
      totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      edges { cursor node {
        id clientId account { id name createdAt owner { id email } } name description type homepageUrl policyUrl termsUrl
        redirectUris grantTypes scopes tokenEndpointAuthMethod requirePkce consentMode idTokenSigningAlgorithm
        lifetimes { accessTokenSeconds refreshTokenSeconds refreshTokenIdleSeconds idTokenSeconds }
        secrets { id hint createdAt createdBy { id email name } expiresAt lastUsedAt }
        createdBy { id email name role status } version createdAt updatedAt lastUsedAt disabledAt verifiedAt
      } }
    } }`);
    expect(errors).toBeUndefined();
    expect(data.oauthClients.totalCount).toBe(1);
  });
});
