// Top-level errors: each has one of our codes, says where it is, and never tells of a fault of ours more than its reference.
import { PothosSchemaError, PothosValidationError } from '@pothos/core';
import { GraphQLError } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { presentErrors } from '../../src/graphql/errors.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Answer, type Ask, anonymous, apiTokenOf, bearer, post } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';

let app: TestApp;
let token: string;
let admin: Ask;
beforeAll(async () => {
  app = await createTestApp();
  ({ token } = await apiTokenOf(app, 'ADMIN'));
  admin = bearer(app, token);
});
afterAll(() => app.close());

const codes = ['UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED', 'BAD_USER_INPUT', 'QUERY_TOO_LARGE'];

describe('every error has a code of the list, and nothing else beside it', () => {
  test.each([
    ['', 'BAD_USER_INPUT'],
    ['{', 'BAD_USER_INPUT'],
    ['{ viewer { role }', 'BAD_USER_INPUT'],
    ['type A { b: Int }', 'BAD_USER_INPUT'],
    ['{ nonsense }', 'BAD_USER_INPUT'],
    ['{ viewer }', 'BAD_USER_INPUT'],
    ['{ viewer { role { x } } }', 'BAD_USER_INPUT'],
    ['{ ...Missing }', 'BAD_USER_INPUT'],
    ['query ($x: Int!) { viewer { role } }', 'BAD_USER_INPUT'],
    ['subscription { viewer { role } }', 'BAD_USER_INPUT'],
    ['query ($x: ID!) { node(id: $x) { id } }', 'BAD_USER_INPUT'],
    ['{ node(id: {}) { id } }', 'BAD_USER_INPUT'],
    ['{ oauthClients(first: "1") { totalCount } }', 'BAD_USER_INPUT'],
    ['{ oauthClients(first: 99999999999) { totalCount } }', 'BAD_USER_INPUT'],
    ['{ account { name } }', 'UNAUTHENTICATED'],
    ['mutation { deleteOAuthClient(input: {}) { deletedOAuthClientId } }', 'UNAUTHENTICATED'],
  ])('%s', async (query, code) => {
    const { status, errors } = await anonymous(app)(query);
    expect(status).toBeLessThan(500);
    for (const error of errors ?? []) expect(error.extensions).toEqual({ code });
    expect(errors?.length).toBeGreaterThan(0);
    expect(codes).toContain(code);
  });

  test('and says where in the document, where it knows', async () => {
    const syntax = (await anonymous(app)('{\n  viewer {')).errors?.[0];
    expect(syntax).toMatchObject({ message: expect.stringContaining('Syntax'), locations: [{ line: 2, column: 11 }] });
    const unknown = (await anonymous(app)('{\n  viewr { role }\n}')).errors?.[0];
    expect(unknown).toMatchObject({ message: expect.stringContaining('viewer'), locations: [{ line: 2, column: 3 }] });
    const refused = (await anonymous(app)('{ mine: account { name } }')).errors?.[0];
    expect(refused).toMatchObject({ path: ['mine'], locations: [{ line: 1, column: 3 }] });
  });

  test.each([
    ['{ type: WEB }', 'does not exist in "OAuthClientType" enum. It has: CONFIDENTIAL, NATIVE, PUBLIC.'],
    ['{ type: PUBLC }', 'Did you mean the enum value "PUBLIC"?'],
    ['{ createdAfter: "2026-01-01" }', 'date-time-string 2026-01-01. Give one such as 2026-01-31T12:00:00Z.'],
  ])('and says what there is instead of what is wrong in %s', async (filter, words) => {
    const { errors } = await anonymous(app)(`{ oauthClients(filter: ${filter}) { totalCount } }`);
    expect(errors?.[0]?.message).toContain(words);
    expect(errors?.[0]).toHaveProperty('locations');
  });

  test('an anonymous caller is told how to sign in', async () => {
    const { data, errors, status } = await anonymous(app)('{ account { name } viewer { role } }');
    expect({ data, status }).toEqual({ data: { account: null, viewer: null }, status: 200 });
    expect(errors?.[0]?.message).toMatch(/login.*Bearer lkt_/);
  });

  test('one refused field leaves the others', async () => {
    const reader = bearer(app, (await apiTokenOf(app, 'READER')).token);
    const { data, errors } = await reader('{ viewer { role } oauthClients { totalCount } account { name } }');
    expect(data).toEqual({ viewer: { role: 'READER' }, oauthClients: null, account: { name: 'My organization' } });
    expect(errors).toMatchObject([{ path: ['oauthClients'], extensions: { code: 'FORBIDDEN' } }]);
  });
});

describe('a fault of ours', () => {
  const detail = 'SELECT secret FROM vault at /srv/latchkey';

  /** The same application over a database that fails in one method. */
  const fail = () => Promise.reject(new Error(detail));

  function withDeps(deps: TestApp['deps']): TestApp {
    const faulty = createApp(deps);
    return { ...app, request: (path, init) => faulty.request(new URL(path, app.issuer).href, init) };
  }

  function failingIn(model: string, ...methods: string[]): TestApp {
    const over = <T extends object>(target: T, replaced: (name: PropertyKey) => unknown): T =>
      new Proxy(target, {
        get: (object, name) => replaced(name) ?? Reflect.get(object, name, object),
      });
    const delegate = over(app.db[model as 'member'], (name) => (methods.includes(String(name)) ? fail : undefined));
    const db = over(app.db, (name) => (name === model ? delegate : undefined));
    return withDeps({ ...app.deps, db });
  }

  function expectHidden(answer: Answer) {
    const text = JSON.stringify({ data: answer.data, errors: answer.errors });
    expect(text).not.toMatch(/SELECT|vault|srv|stack|\.ts/);
    const [error] = answer.errors ?? [];
    expect(error?.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR' });
    const reference = /Quote ([0-9a-f-]{36}) /.exec(error?.message ?? '')?.[1] ?? 'none';
    expect(answer.headers.get('x-request-id')).toBe(reference);
    const ofFaults = app.logLines.filter((line) => line.includes(reference) && line.includes('"level":50'));
    // The other is the line that every request has.
    const logged = ofFaults.filter((line) => line.includes('"err":'));
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain(detail);
  }

  test('in a resolver gives a reference and no detail, which the log has', async () => {
    const answer = await bearer(
      failingIn('oAuthClient', 'findMany'),
      token,
    )('{ viewer { role } oauthClients { nodes { id } } }');
    expect(answer.status).toBe(200);
    expect(answer.data).toEqual({ viewer: { role: 'ADMIN' }, oauthClients: null });
    expect(answer.errors?.[0]?.path).toEqual(['oauthClients']);
    expectHidden(answer);
  });

  test('that breaks many fields is logged once, with their number, and another by itself', async () => {
    const many = Array.from({ length: 9 }, (_, index) => `a${index}: oauthClients { nodes { id } }`).join(' ');
    const answer = await bearer(failingIn('oAuthClient', 'findMany'), token)(`{ ${many} }`);
    expect(answer.errors).toHaveLength(9);
    expectHidden(answer);
    const reference = answer.headers.get('x-request-id') ?? 'none';
    const [line = ''] = app.logLines.filter((one) => one.includes(reference) && one.includes('"err":'));
    expect(JSON.parse(line)).toMatchObject({ fields: 9, msg: 'a resolver failed' });

    app.logLines.length = 0;
    const faults = ['one', 'other', 'one'].map(
      (message) => new GraphQLError(message, { originalError: new Error(message) }),
    );
    presentErrors(faults, app.deps.log, 'the-request');
    expect(app.logLines.map((one) => JSON.parse(one))).toMatchObject([
      { err: { message: 'one' }, fields: 2 },
      { err: { message: 'other' }, fields: 1 },
    ]);
  });

  test('in recognising the caller is answered likewise', async () => {
    const answer = await post(
      withDeps({ ...app.deps, hotPaths: { ...app.deps.hotPaths, apiToken: fail } }),
      { query: '{ viewer { role } }' },
      { authorization: `Bearer ${token}` },
    );
    expect(answer.status).toBe(500);
    expect(answer.data).toBeUndefined();
    expectHidden(answer);
  });

  test('in what is asked of a new client does not take the secret with it', async () => {
    const faulty = failingIn('oAuthClient', 'findUnique', 'findUniqueOrThrow', 'findFirst', 'findFirstOrThrow');
    const answer = await bearer(
      faulty,
      token,
    )(`mutation {
      createOAuthClient(input: { name: "App", redirectUris: ["https://app.example.com/"] }) {
        clientSecret oauthClient { account { name } } userErrors { code }
      }
    }`);
    expect(answer.data.createOAuthClient).toEqual({
      clientSecret: expect.stringMatching(/^lks_/),
      oauthClient: null,
      userErrors: [],
    });
    expectHidden(answer);
  });

  test('in one mutation does not take the secret of another with it', async () => {
    const { id } = await registerClient(app);
    const answer = await bearer(failingIn('oAuthClient', 'findFirst'), token)(
      `mutation ($id: ID!) {
        createOAuthClient(input: { name: "App", redirectUris: ["https://app.example.com/"] }) { clientSecret }
        deleteOAuthClient(input: { id: $id }) { deletedOAuthClientId }
      }`,
      { id },
    );
    expect(answer.data).toEqual({
      createOAuthClient: { clientSecret: expect.stringMatching(/^lks_/) },
      deleteOAuthClient: null,
    });
    expectHidden(answer);
  });
});

test('a hash queue that is full is answered SERVICE_UNAVAILABLE, and nothing is stored', async () => {
  const { OverloadedError } = await import('../../src/lib/errors.js');
  const hasher = { ...app.deps.hasher, hash: () => Promise.reject(new OverloadedError(5)) };
  const busy = createApp({ ...app.deps, hasher });
  const before = await app.db.oAuthClient.count();
  const asker = {
    ...app,
    request: (path: string, init?: RequestInit) => busy.request(new URL(path, app.issuer).href, init),
  };
  const { data, errors, headers } = await bearer(
    asker as TestApp,
    token,
  )(
    'mutation { createOAuthClient(input: { name: "App", redirectUris: ["https://app.example.com/"] }) { clientSecret } }',
  );
  expect(data).toEqual({ createOAuthClient: null });
  expect(headers.get('retry-after')).toBe('5');
  expect(errors).toMatchObject([
    { extensions: { code: 'SERVICE_UNAVAILABLE' }, message: expect.stringContaining('5 seconds') },
  ]);
  expect(await app.db.oAuthClient.count()).toBe(before);
});

test('nothing that went well is logged as an error', async () => {
  app.logLines.length = 0;
  await admin('{ viewer { role } oauthClients { totalCount } nonsense }');
  await anonymous(app)('{ account { name } }');
  expect(app.logLines.filter((line) => line.includes('"level":50'))).toEqual([]);
});

test('a mistake of ours that Pothos notices is no fault of the input, and is logged', () => {
  app.logLines.length = 0;
  const present = (error: Error) => presentErrors([error], app.deps.log, 'the-request')[0];
  const fault = present(new PothosSchemaError('internal words'));
  expect(fault?.extensions).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
  expect(fault?.message).not.toContain('internal words');
  expect(app.logLines.join()).toContain('internal words');
  expect(present(new PothosValidationError('too cyclic'))).toMatchObject({
    message: 'too cyclic',
    extensions: { code: 'BAD_USER_INPUT' },
  });
});
