// What an operation costs, and what a caller may spend: the cost is what was asked for, told alike in the answer, in its headers
// and by `rateLimit`; whoever has spent all is told when to come again.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Answer, type Ask, anonymous, apiTokenOf, bearer, post, signedIn } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';

let app: TestApp;
let admin: Ask;
beforeAll(async () => {
  app = await createTestApp();
  admin = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
  await registerClient(app);
});
afterAll(() => app.close());

interface Usage {
  readonly cost: number;
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: string;
}

function usageOf(answer: Answer): Usage | undefined {
  return (answer as Answer & { extensions?: { cost?: Usage } }).extensions?.cost;
}

describe('the cost', () => {
  test.each<[string, number]>([
    ['{ __typename }', 1],
    ['{ viewer { role } }', 2],
    ['{ viewer { role role again: role } }', 4],
    ['{ oauthClients { nodes { id } } }', 1 + 20],
    ['{ oauthClients(first: 1) { nodes { id } } }', 1 + 1],
    ['{ oauthClients(first: 100) { nodes { id } } }', 1 + 100],
    ['{ oauthClients(first: 5000) { nodes { id } } }', 1 + 100],
    ['{ oauthClients(last: 50) { nodes { id } } }', 1 + 50],
    ['{ oauthClients(first: 10) { nodes { id } edges { cursor node { id } } } }', 1 + 10 + 30],
    ['{ oauthClients(first: 10) { nodes { secrets { id hint } } } }', 1 + 10 * (1 + 5 * 2)],
    ['{ nodes(ids: ["one", "two", "three"]) { id __typename } }', 1 + 3 * 2],
    ['{ a: members(first: 10) { nodes { id } } b: apiTokens(first: 10) { nodes { id } } }', 2 * (1 + 10)],
    [
      '{ ...F } fragment F on Query { members(first: 10) { ...G ...G } } fragment G on MemberConnection { nodes { id } }',
      1 + 20,
    ],
  ])('of %s is %i', async (query, cost) => {
    const answer = await admin(query);
    expect(answer.errors).toBeUndefined();
    expect(usageOf(answer)?.cost).toBe(cost);
  });

  test('is the same in the field rateLimit, in extensions.cost and in the headers', async () => {
    const answer = await admin('{ rateLimit { cost limit remaining resetAt } viewer { role } }');
    const { cost, limit, remaining, resetAt } = answer.data.rateLimit as Usage;
    expect(usageOf(answer)).toEqual({ cost, limit, remaining, resetAt });
    expect({ cost, limit }).toEqual({ cost: 7, limit: 50_000_000 });
    expect(remaining).toBeLessThan(limit);
    const seconds = (Date.parse(resetAt) - app.clock().getTime()) / 1000;
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(answer.headers.get('ratelimit')).toBe(`"graphql";r=${remaining};t=${Math.ceil(seconds)}`);
    expect(answer.headers.get('ratelimit-policy')).toBe(`"graphql";q=${limit};w=60`);
  });

  test('is told although fields were refused, and not where nothing ran', async () => {
    const refused = await anonymous(app)('{ account { name } }');
    expect(refused.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(usageOf(refused)?.cost).toBe(2);
    for (const query of ['{ nonsense }', `{ ${'__typename '.repeat(121)} }`]) {
      const answer = await admin(query);
      expect(answer.errors).toHaveLength(1);
      expect(usageOf(answer)).toBeUndefined();
      expect(answer.headers.get('ratelimit')).toBeNull();
    }
  });
});

describe('an operation whose cost cannot be told is not run, and its caller pays a point', () => {
  // In a part that is not executed for the sake of the error, so that only the whole can be refused.
  const dear = 'viewer { connectedApps(first: 100) { nodes { id } } }';

  test.each<[string, string, Record<string, unknown>, RegExp]>([
    [
      'null for a variable with a default where null cannot stand',
      `query ($f: MemberOrderField = NAME) { bad: members(orderBy: { field: $f }) { nodes { id } } ${dear} }`,
      { f: null },
      /orderBy.*invalid/,
    ],
    [
      'null for a variable with a default in the place of an argument',
      `query ($ids: [ID!] = ["one"]) { bad: nodes(ids: $ids) { id } ${dear} }`,
      { ids: null },
      /"ids" of non-null type.*must not be null/,
    ],
    [
      'null for such a variable in a list',
      `query ($id: ID = "one") { bad: nodes(ids: [$id]) { id } ${dear} }`,
      { id: null },
      /"ids" has invalid value/,
    ],
    [
      'the same in a field that is left out',
      `query ($id: ID = "one") { bad: nodes(ids: [$id]) @skip(if: true) { id } ${dear} }`,
      { id: null },
      /"ids" has invalid value/,
    ],
    [
      'the same in a fragment',
      `query ($id: ID = "one") { ...F ${dear} } fragment F on Query { bad: nodes(ids: [$id]) { id } }`,
      { id: null },
      /"ids" has invalid value/,
    ],
    ['a variable of another type', `query ($id: ID!) { node(id: $id) { id } ${dear} }`, { id: {} }, /\$id.*ID cannot/],
    ['no variable', `query ($id: ID!) { node(id: $id) { id } ${dear} }`, {}, /\$id.*was not provided/],
    // What reads the variables for execution does not see this one, and would take the 20 of a list without `first`.
    [
      'a variable that execution does not see',
      'query ($__proto__: Int = 0) { members(first: $__proto__) { nodes { id } } }',
      {},
      /\$__proto__/,
    ],
  ])('%s', async (_name, query, variables, message) => {
    const { data: before } = await admin('{ rateLimit { remaining } }');
    await app.beginCounting();
    const answer = await admin(query, variables);
    expect(answer.status).toBe(400);
    expect(answer.data ?? null).toBeNull();
    expect(answer.errors).toMatchObject([
      { message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect(app.statements.filter((statement) => /consent|"Member" .*LIMIT/i.test(statement))).toEqual([]);
    expect(usageOf(answer)?.cost).toBe(1);
    expect(answer.headers.get('ratelimit')).not.toBeNull();
    const { data: after } = await admin('{ rateLimit { remaining } }');
    expect(before.rateLimit.remaining - after.rateLimit.remaining).toBe(1 + 2);
  });

  test('tells of all variables that are wrong', async () => {
    const { errors } = await admin('query ($a: ID!, $b: ID!) { a: node(id: $a) { id } b: node(id: $b) { id } }');
    expect(errors?.map(({ message }) => message)).toEqual([
      expect.stringContaining('$a'),
      expect.stringContaining('$b'),
    ]);
  });

  test('counts what a variable comes to as execution does', async () => {
    const query = (given: string) => `query (${given}) { oauthClients(first: $n) { nodes { id } } }`;
    expect(usageOf(await admin(query('$n: Int = 100')))?.cost).toBe(1 + 100);
    expect(usageOf(await admin(query('$n: Int = 1'), { n: null }))?.cost).toBe(1 + 20);
    expect(usageOf(await admin(query('$n: Int')))?.cost).toBe(1 + 20);
    expect(usageOf(await admin(query('$n: Int = 1'), { n: 50 }))?.cost).toBe(1 + 50);
    const left = 'query ($no: Boolean!) { oauthClients(first: 50) @include(if: $no) { nodes { id } } viewer { role } }';
    expect(usageOf(await admin(left, { no: false }))?.cost).toBe(1 + 50 + 2);
  });

  test('the same by GET, and of the operation that is named', async () => {
    const document = `query A { viewer { role } } query B($id: ID = "one") { nodes(ids: [$id]) { id } ${dear} }`;
    const ask = async (parameters: Record<string, string>) => {
      const { token } = await apiTokenOf(app, 'READER');
      const response = await app.request(`/graphql?${new URLSearchParams({ query: document, ...parameters })}`, {
        headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      });
      return (await response.json()) as Answer;
    };
    expect(usageOf(await ask({ operationName: 'A', variables: '{"id":null}' }))?.cost).toBe(2);
    const refused = await ask({ operationName: 'B', variables: '{"id":null}' });

    expect(refused.errors).toMatchObject([{ message: expect.stringContaining('"ids"') }]);
    expect(usageOf(refused)?.cost).toBe(1);
    for (const operationName of ['', 'C']) {
      const { data, errors } = await ask({ operationName });
      expect(data ?? null).toBeNull();
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  });

  test('is refused like any other when the minute is spent', async () => {
    const small = await createTestApp({ config: { graphqlPointsPerMinute: 2 } });
    const ask = bearer(small, (await apiTokenOf(small, 'READER')).token);
    const statuses = [];
    for (let index = 0; index < 3; index += 1)
      statuses.push((await ask('query ($id: ID!) { node(id: $id) { id } }')).status);
    expect(statuses).toEqual([400, 400, 429]);
    await small.close();
  });
});

describe('whoever has spent what a minute gives', () => {
  let small: TestApp;
  beforeAll(async () => {
    small = await createTestApp({ config: { graphqlPointsPerMinute: 1000 } });
  });
  afterAll(() => small.close());
  const dear = '{ members(first: 100) { nodes { id name role status } } }';

  async function spendAll(ask: Ask) {
    for (const remaining of [599, 198]) expect(usageOf(await ask(dear))).toMatchObject({ cost: 401, remaining });
    const rest =
      '{ members(first: 98) { nodes { role } } apiTokens(first: 96) { nodes { id } } viewer { __typename } }';
    expect(usageOf(await ask(rest))).toMatchObject({ cost: 198, limit: 1000, remaining: 0 });
  }

  test('is refused with 429, RATE_LIMITED and when to come again, and nothing is done', async () => {
    const { token } = await apiTokenOf(small, 'ADMIN');
    await spendAll(bearer(small, token));
    const before = await small.db.oAuthClient.count();
    const input = '{ name: "App", redirectUris: ["https://app.example.com/"] }';
    const query = `mutation { createOAuthClient(input: ${input}) { clientSecret } }`;
    const answer = await post(small, { query }, { authorization: `Bearer ${token}` });
    expect(answer.status).toBe(429);
    expect(answer.data).toBeUndefined();
    expect(answer.errors).toMatchObject([
      { extensions: { code: 'RATE_LIMITED' }, message: expect.stringMatching(/second/) },
    ]);
    const retryAfter = Number(answer.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(60);
    expect(await small.db.oAuthClient.count()).toBe(before);
  });

  test('has spent it alone: other tokens, a browser and nameless callers have their own', async () => {
    const tokens = [await apiTokenOf(small, 'READER'), await apiTokenOf(small, 'READER')];
    const [first, second] = tokens.map(({ token }) => bearer(small, token)) as [Ask, Ask];
    await spendAll(first);
    expect((await first(dear)).status).toBe(429);
    const others = [second, await signedIn(small, small.owner), await signedIn(small, await small.addMember('READER'))];
    for (const other of others) expect((await other(dear)).errors).toBeUndefined();
    expect((await anonymous(small)('{ __typename }')).errors).toBeUndefined();
  });
});
