// Who may do what: every field of Query and Mutation by every kind of caller, with one outcome for each. A field that the
// schema has and this table has not fails the test.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Answer, type Ask, apiTokenOf } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';
import { type CallerName, callersOf } from './callers.js';

let app: TestApp;
let callers: Record<CallerName, Ask>;
beforeAll(async () => {
  app = await createTestApp();
  ({ callers } = await callersOf(app));
});
afterAll(() => app.close());

type Outcome = 'OK' | 'null' | 'EMPTY' | 'UNAUTHENTICATED' | 'FORBIDDEN' | 'NOT_FOUND';

/** The outcome for each caller: who is nobody, and whose token is not for this API, are the same for nearly all fields. */
function outcomes(given: {
  anonymous?: Outcome;
  members: Outcome;
  tokensOfMembers?: Outcome;
  admins: Outcome;
  oauthAdmin?: Outcome;
  foreigner: Outcome;
}): Record<CallerName, Outcome> {
  const { anonymous = 'UNAUTHENTICATED', members, tokensOfMembers = members, admins, oauthAdmin = admins } = given;
  return {
    anonymous,
    'session of a suspended ADMIN': anonymous,
    'session of a READER': members,
    'session of a WRITER': members,
    'session of an ADMIN': admins,
    'session of the OWNER': admins,
    'session of another account’s OWNER': given.foreigner,
    'API token of role READER': tokensOfMembers,
    'API token of role WRITER': tokensOfMembers,
    'API token of role ADMIN': admins,
    'API token of role ADMIN, its owner demoted': tokensOfMembers,
    'OAuth token with openid alone': 'FORBIDDEN',
    'OAuth token with reader': tokensOfMembers,
    'OAuth token with writer': tokensOfMembers,
    'OAuth token with admin': oauthAdmin,
    'token of a client by itself': 'FORBIDDEN',
  };
}

interface Field {
  /** The operation; `$id` is a client's or a token's of the first account. */
  readonly operation: string;
  readonly target?: 'client' | 'apiToken';
  readonly expected: Record<CallerName, Outcome>;
}

const adminsAlone = { members: 'FORBIDDEN', admins: 'OK' } as const;

const table: Record<string, Field> = {
  'Query.viewer': {
    operation: '{ viewer { role permissions member { email } } }',
    expected: outcomes({ anonymous: 'null', members: 'OK', admins: 'OK', foreigner: 'OK' }),
  },
  'Query.account': {
    operation: '{ account { id name owner { name } } }',
    expected: outcomes({ members: 'OK', admins: 'OK', foreigner: 'OK' }),
  },
  'Query.node': {
    operation: 'query ($id: ID!) { node(id: $id) { id } }',
    target: 'client',
    expected: outcomes({ members: 'null', admins: 'OK', foreigner: 'null' }),
  },
  'Query.nodes': {
    operation: 'query ($id: ID!) { nodes(ids: [$id]) { id } }',
    target: 'client',
    expected: outcomes({ members: 'null', admins: 'OK', foreigner: 'null' }),
  },
  'Query.oauthClients': {
    operation: '{ oauthClients { totalCount nodes { id secrets { hint } } } }',
    expected: outcomes({ ...adminsAlone, foreigner: 'EMPTY' }),
  },
  'Query.oauthClient': {
    operation: 'query ($id: ID!) { oauthClient(id: $id) { id secrets { hint } } }',
    target: 'client',
    expected: outcomes({ ...adminsAlone, foreigner: 'null' }),
  },
  'Mutation.createOAuthClient': {
    operation: `mutation { createOAuthClient(input: { name: "App", redirectUris: ["https://app.example.com/"] }) {
      clientSecret oauthClient { id } userErrors { code }
    } }`,
    expected: outcomes({ ...adminsAlone, foreigner: 'OK' }),
  },
  'Mutation.updateOAuthClient': {
    operation: `mutation ($id: ID!) { updateOAuthClient(input: { id: $id, name: "Changed" }) {
      oauthClient { id } userErrors { code }
    } }`,
    target: 'client',
    expected: outcomes({ ...adminsAlone, foreigner: 'NOT_FOUND' }),
  },
  'Mutation.deleteOAuthClient': {
    operation: `mutation ($id: ID!) { deleteOAuthClient(input: { id: $id }) { deletedOAuthClientId userErrors { code } } }`,
    target: 'client',
    expected: outcomes({ ...adminsAlone, foreigner: 'NOT_FOUND' }),
  },
  'Mutation.createApiToken': {
    operation: `mutation { createApiToken(input: { name: "Mine", role: READER }) { token userErrors { code } } }`,
    expected: outcomes({
      members: 'OK',
      tokensOfMembers: 'FORBIDDEN',
      admins: 'OK',
      oauthAdmin: 'FORBIDDEN',
      foreigner: 'OK',
    }),
  },
  'Mutation.revokeApiToken': {
    operation: `mutation ($id: ID!) { revokeApiToken(input: { id: $id }) { revokedApiTokenId userErrors { code } } }`,
    target: 'apiToken',
    expected: outcomes({
      members: 'NOT_FOUND',
      tokensOfMembers: 'FORBIDDEN',
      admins: 'OK',
      oauthAdmin: 'FORBIDDEN',
      foreigner: 'NOT_FOUND',
    }),
  },
};

test('the table names every field of Query and Mutation, and no other', async () => {
  const { data } = await callers.anonymous('{ __schema { types { name fields { name } } } }');
  const types = data.__schema.types as { name: string; fields: { name: string }[] | null }[];
  const fields = types
    .filter(({ name }) => name === 'Query' || name === 'Mutation')
    .flatMap(({ name, fields: own }) => (own ?? []).map((field) => `${name}.${field.name}`));
  expect(fields.sort()).toEqual(Object.keys(table).sort());
});

function outcomeOf({ data, errors }: Answer, field: string): Outcome {
  if (errors) return errors[0]?.extensions.code as Outcome;
  const value = data[field];
  if (value === null || (Array.isArray(value) && value.every((item) => item === null))) return 'null';
  if (value.userErrors?.length > 0) return value.userErrors[0].code;
  return value.nodes?.length === 0 ? 'EMPTY' : 'OK';
}

/** Fresh ones each time: some callers delete them. */
const makeTarget = { client: () => registerClient(app), apiToken: () => apiTokenOf(app, 'READER') };

async function storedRows() {
  const [clients, tokens, uris] = await Promise.all([
    app.db.oAuthClient.findMany({ orderBy: { id: 'asc' }, omit: { lastUsedAt: true } }),
    app.db.apiToken.findMany({ orderBy: { id: 'asc' }, omit: { lastUsedAt: true } }),
    app.db.oAuthClientRedirectUri.findMany({ orderBy: { id: 'asc' } }),
  ]);
  return { clients, tokens, uris };
}

describe.each(Object.entries(table))('%s', (name, { operation, target, expected }) => {
  const [kind = '', field = ''] = name.split('.');

  test.each(Object.entries(expected))('by %s: %s', async (caller, outcome) => {
    const made = target && (await makeTarget[target]());
    const before = kind === 'Mutation' ? await storedRows() : null;
    const answer = await callers[caller as CallerName](operation, made ? { id: made.id } : {});
    expect(outcomeOf(answer, field)).toBe(outcome);
    if (before === null) return;
    if (outcome === 'OK') expect(await storedRows()).not.toEqual(before);
    else expect(await storedRows()).toEqual(before);
  });
});
