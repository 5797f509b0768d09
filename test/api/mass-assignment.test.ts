// Known attack 24 (CVE-2026-16102, CVE-2026-15572): an input that carries more than the caller may say. Whatever a row is
// trusted for is refused by name, wherever it stands in an input, and nothing of it is stored.
import { type GraphQLInputObjectType, type GraphQLSchema, getNamedType, isInputObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { dumpLasting } from '../support/dump.js';
import { type Ask, apiTokenOf, bearer, signedIn } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';
import { inputOf, readSchema } from './selections.js';

let app: TestApp;
let ask: Ask;
let schema: GraphQLSchema;
let token: string;
let otherAccountId: string;
beforeAll(async () => {
  app = await createTestApp();
  ask = await signedIn(app, app.owner);
  schema = await readSchema(ask);
  ({ token } = await apiTokenOf(app, 'ADMIN'));
  otherAccountId = (await app.addAccount()).account.id;
});
afterAll(() => app.close());

/** What only we say of a row, and what is not said at all. */
const trusted = [
  'accountId account ownerId owner ownerOf createdById createdBy createdAt updatedAt lastUsedAt lastUsedSortKey',
  'verifiedAt verified disabledAt disabled revokedAt expiryNotedAt tokenEpoch version clientId id secretId',
  'clientSecret secret secretHash secrets hash tokenHash passwordHash selector hint token searchText nameKey',
  'email emailKey emailVerifiedAt status role redirectSchemes allowedRedirectSchemes isTrusted firstParty skipConsent',
  'actor actorId viaClientId memberId replayed resultId keyHash inputHash _count connect create __proto__ constructor',
].flatMap((line) => line.split(' '));

interface Place {
  readonly mutation: string;
  readonly root: GraphQLInputObjectType;
  /** The fields that lead from the mutation's input to the object. */
  readonly path: readonly string[];
  readonly object: GraphQLInputObjectType;
}

/** An input object and those within it. */
function within(mutation: string, root: GraphQLInputObjectType, path: string[] = [], object = root): Place[] {
  const below = Object.values(object.getFields()).flatMap(({ name, type }) => {
    const named = getNamedType(type);
    return isInputObjectType(named) ? within(mutation, root, [...path, name], named) : [];
  });
  return [{ mutation, root, path, object }, ...below];
}

/** Every input object that a mutation takes. */
function places(): Place[] {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
  const types = mutations.flatMap(({ name, args }) => args.map(({ type }) => ({ name, type: getNamedType(type) })));
  return types.flatMap(({ name, type }) => (isInputObjectType(type) ? within(name, type) : []));
}

/** A right input with one more field at a place in it. As text: in an object literal __proto__ would not be a key. */
function withExtra(object: GraphQLInputObjectType, [next, ...rest]: readonly string[], extra: string): string {
  const inner = next === undefined ? undefined : getNamedType(object.getFields()[next]?.type);
  const more = isInputObjectType(inner) ? `"${next}":${withExtra(inner, rest, extra)}` : `"${extra}":"1"`;
  const given = JSON.stringify(inputOf(object, 'text'));
  return given === '{}' ? `{${more}}` : given.replace(/}$/, `,${more}}`);
}

test('known attack 24: of all that a row is trusted for, inputs take what names a thing, its version, and the role of a token', () => {
  const declared = places().flatMap(({ object }) =>
    trusted.filter((field) => Object.hasOwn(object.getFields(), field)).map((field) => `${object.name}.${field}`),
  );
  const naming = ['Update', 'Delete', 'Disable', 'Enable'].map((verb) => `${verb}OAuthClientInput`);
  const byEither = [...naming, 'RevokeOAuthClientTokensInput', 'RotateOAuthClientSecretInput'];
  expect(declared.sort()).toEqual(
    [
      ...byEither.flatMap((input) => [`${input}.id`, `${input}.clientId`]),
      ...[
        'UpdateApiResourceInput.id',
        'DeleteApiResourceInput.id',
        'RevokeApiTokenInput.id',
        'RotateApiTokenInput.id',
        'RevokeOAuthClientSecretInput.secretId',
        'RevokeConsentInput.id',
        'RevokeSessionInput.id',
        'RevokeOtherSessionsInput.memberId',
      ],
      ...['ResendInvitation', 'SuspendMember', 'RestoreMember', 'RemoveMember', 'UpdateMemberRole'].map(
        (verb) => `${verb}Input.memberId`,
      ),
      ...['TransferOwnershipInput.memberId'],
      // The caller's own, which it says for the sake of who reads it.
      ...['SendEmailVerificationInput.email'],
      // Capped by the role of whoever gives it; the address is one that only a message can prove.
      ...['InviteMemberInput.email', 'InviteMemberInput.role', 'UpdateMemberRoleInput.role'],
      ...['UpdateOAuthClientInput.version', 'CreateApiTokenInput.role'],
    ].sort(),
  );
});

test('known attack 24: a field that an input does not have is refused by its name, and nothing is stored', async () => {
  const all = places();
  expect(all.length).toBeGreaterThan(10);
  expect(all.map(({ path }) => path.join('.'))).toContain('lifetimes');
  const before = await dumpLasting(app);
  for (const { mutation, root, path, object } of all) {
    const fields = trusted.filter((field) => !Object.hasOwn(object.getFields(), field));
    expect(fields.length).toBeGreaterThan(50);
    for (const field of fields) {
      const input = withExtra(root, path, field);
      expect(input).toContain(`"${field}":`);
      const query = `mutation ($input: ${root.name}!) { ${mutation}(input: $input) { userErrors { message } } }`;
      const response = await app.request('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: `{"query":${JSON.stringify(query)},"variables":{"input":${input}}}`,
      });
      const { data, errors } = (await response.json()) as Awaited<ReturnType<Ask>>;
      expect(data).toBeUndefined();
      expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
      expect(errors?.map(({ message }) => message).join()).toContain(`"${field}"`);
    }
  }
  expect(await dumpLasting(app)).toEqual(before);
}, 60_000);

test('known attack 24: nor is it taken from the document, from other arguments, or from variables that nothing uses', async () => {
  const client = await registerClient(app);
  const before = await dumpLasting(app);
  const refused = [
    `mutation { updateOAuthClient(input: { id: "${client.id}", accountId: "${otherAccountId}" }) { userErrors { code } } }`,
    `mutation { updateOAuthClient(input: { id: "${client.id}" }, verified: true) { userErrors { code } } }`,
    `mutation { updateOAuthClient(id: "${client.id}", input: { name: "x" }) { userErrors { code } } }`,
    `mutation { createApiToken(input: { name: "x", role: READER, ownerId: "${app.owner.id}" }) { token } }`,
  ];
  for (const query of refused) {
    const { data, errors } = await ask(query);
    expect(data).toBeUndefined();
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
  }
  const unused = await ask(
    'mutation ($id: ID) { updateOAuthClient(input: { id: $id }) { oauthClient { id } userErrors { code } } }',
    { id: client.id, accountId: otherAccountId, verifiedAt: '2026-01-01T00:00:00Z', input: { name: 'x' } },
  );
  expect(unused.data.updateOAuthClient).toEqual({ oauthClient: { id: client.id }, userErrors: [] });
  expect(await dumpLasting(app)).toEqual(before);
});

const update = async (input: Record<string, unknown>) => {
  const { data } = await ask(
    'mutation ($input: UpdateOAuthClientInput!) { updateOAuthClient(input: $input) { oauthClient { version } userErrors { code path } } }',
    { input },
  );
  return data.updateOAuthClient;
};

describe('known attack 24: version', () => {
  test('guards a change, and is never what is stored', async () => {
    const { id } = await registerClient(app);
    expect(await update({ id, name: 'Second', version: 1 })).toEqual({ oauthClient: { version: 2 }, userErrors: [] });
    const before = await dumpLasting(app);
    for (const version of [1, 0, -1, 3, 2_147_483_647, -2_147_483_648]) {
      expect(await update({ id, name: 'Third', version })).toEqual({
        oauthClient: null,
        userErrors: [{ code: 'CONFLICT', path: ['version'] }],
      });
    }
    for (const version of ['2', 2.5, 2_147_483_648, true, [2], {}]) {
      const { data, errors } = await ask(
        'mutation ($input: UpdateOAuthClientInput!) { updateOAuthClient(input: $input) { userErrors { code } } }',
        { input: { id, name: 'Third', version } },
      );
      expect(data).toBeUndefined();
      expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
    }
    expect(await dumpLasting(app)).toEqual(before);
    expect(await update({ id, name: 'Third', version: null })).toEqual({ oauthClient: { version: 3 }, userErrors: [] });
  });
});

describe('known attack 24: what a row is trusted for', () => {
  const ours = (id: string) =>
    app.db.oAuthClient.findUniqueOrThrow({
      where: { id },
      select: {
        clientId: true,
        accountId: true,
        createdById: true,
        verifiedAt: true,
        disabledAt: true,
        tokenEpoch: true,
        createdAt: true,
        type: true,
      },
    });

  test('is ours when a client is registered with everything that can be said of it', async () => {
    const input = {
      ...(inputOf(schema.getType('CreateOAuthClientInput') as GraphQLInputObjectType, 'x') as object),
      ...{
        redirectUris: ['https://app.example.com/'],
        postLogoutRedirectUris: [],
        allowedOrigins: [],
        grantTypes: null,
      },
      ...{
        type: 'CONFIDENTIAL',
        scopes: ['openid'],
        jwks: null,
        jwksUri: null,
        logoUrl: null,
        backchannelLogoutUri: null,
      },
      ...{ homepageUrl: null, policyUrl: null, termsUrl: null, idempotencyKey: null },
    };
    const { data } = await ask(
      'mutation ($input: CreateOAuthClientInput!) { createOAuthClient(input: $input) { oauthClient { id } userErrors { message path } } }',
      { input },
    );
    expect(data.createOAuthClient.userErrors).toEqual([]);
    const { id } = data.createOAuthClient.oauthClient;
    expect(id).toMatch(/^cli_/);
    expect(await ours(id)).toEqual({
      clientId: expect.stringMatching(/^[0-9a-f]{32}$/),
      accountId: app.owner.accountId,
      createdById: app.owner.id,
      verifiedAt: null,
      disabledAt: null,
      tokenEpoch: 0,
      createdAt: app.clock(),
      type: 'CONFIDENTIAL',
    });
  });

  test('stays as it is when everything that can be null is set to null', async () => {
    const { id } = await registerClient(app);
    const dates = { verifiedAt: app.clock(), disabledAt: app.clock() };
    await app.db.oAuthClient.update({ where: { id }, data: { ...dates, tokenEpoch: 7 } });
    const before = await ours(id);
    const fields = Object.keys((schema.getType('UpdateOAuthClientInput') as GraphQLInputObjectType).getFields());
    const kept = ['id', 'name', 'redirectUris'];
    const nulls = Object.fromEntries(fields.filter((field) => !kept.includes(field)).map((field) => [field, null]));
    expect(await update({ id, ...nulls })).toMatchObject({ userErrors: [] });
    expect(await ours(id)).toEqual(before);
  });

  test('is not smuggled in behind a space or a line break in a list that is stored as one text', async () => {
    const { id } = await registerClient(app, { scopes: ['openid'] });
    const before = await dumpLasting(app);
    const lists = {
      scopes: 'openid|admin',
      postLogoutRedirectUris: 'https://app.example.com/|https://evil.example/',
      allowedOrigins: 'https://app.example.com|https://evil.example',
      redirectUris: 'https://app.example.com/|https://evil.example/',
    };
    for (const [field, value] of Object.entries(lists)) {
      for (const between of [' ', '\n', '\t', '\r', '\u00a0', '\u0000', '\u2028']) {
        const { oauthClient, userErrors } = await update({ id, [field]: [value.replace('|', between)] });
        expect(oauthClient).toBeNull();
        expect(userErrors).toMatchObject([{ path: [field, '0'] }]);
      }
    }
    expect(await dumpLasting(app)).toEqual(before);
  });
});

test('known attack 24: a token is its maker’s, whatever else is said of it', async () => {
  const reader = await app.addMember('READER');
  const { data } = await bearer(app, token)(
    'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { apiToken { id owner { id } } userErrors { code } } }',
    { input: { name: reader.id, role: 'READER', idempotencyKey: reader.id } },
  );
  expect(data.createApiToken).toMatchObject({ apiToken: { owner: { id: app.owner.id } }, userErrors: [] });
  const row = await app.db.apiToken.findUniqueOrThrow({ where: { id: data.createApiToken.apiToken.id } });
  expect(row).toMatchObject({
    accountId: app.owner.accountId,
    ownerId: app.owner.id,
    revokedAt: null,
    lastUsedAt: null,
  });
});
