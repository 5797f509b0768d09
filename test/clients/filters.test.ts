// Which clients a list shows: each filter alone, all of them together, and the search for words.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import type { GivenMetadata } from '../../src/clients/metadata.js';
import { setOAuthClientVerified } from '../../src/clients/standing.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';
import { type Input, succeed } from './mutate.js';

let app: TestApp;
let ask: Ask;
let colleague: { readonly id: string };
const clientIds: Record<string, string> = {};
const start = Date.parse('2026-06-01T12:00:00.000Z');
const dayAfter = (days: number) => new Date(start + days * 86_400_000).toISOString();

const credentials = ['client_credentials'] as const;
/** One a day, from the first day on. */
const given: [GivenMetadata, { by?: 'colleague'; disabled?: true; verified?: true }][] = [
  [{ name: 'web', description: 'The front door', type: 'PUBLIC' }, {}],
  [{ name: 'desktop', type: 'NATIVE' }, { by: 'colleague' }],
  [{ name: 'batch', grantTypes: credentials, redirectUris: [], scopes: [] }, { disabled: true }],
  [{ name: 'portal', grantTypes: ['authorization_code'], scopes: ['openid'] }, { verified: true }],
  [{ name: 'both', grantTypes: ['authorization_code', 'client_credentials'], scopes: [] }, { by: 'colleague' }],
  [
    { name: 'old web', type: 'PUBLIC' },
    { disabled: true, verified: true },
  ],
];

beforeAll(async () => {
  app = await createTestApp();
  ask = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
  colleague = await app.addMember('ADMIN');
  for (const [metadata, { by, disabled, verified }] of given) {
    const { id, clientId } = await registerClient(app, metadata);
    clientIds[metadata.name ?? ''] = clientId;
    if (by) await app.db.oAuthClient.update({ where: { id }, data: { createdById: colleague.id } });
    if (disabled) await succeed(ask, 'disableOAuthClient', { id });
    if (verified) await setOAuthClientVerified(app.deps, operatorActor, clientId, true);
    app.clock.advance(86_400);
  }
  const other = await app.addAccount();
  const theirs = bearer(app, (await apiTokenOf(app, 'ADMIN', other.owner)).token);
  await succeed(theirs, 'createOAuthClient', { name: 'web of others', redirectUris: ['https://a.example/'] });
});
afterAll(() => app.close());

async function find(filter: Input | null, by = ask) {
  const { data, errors } = await by(
    'query ($filter: OAuthClientFilter) { oauthClients(filter: $filter) { totalCount nodes { name } } }',
    { filter },
  );
  expect(errors).toBeUndefined();
  const names = data.oauthClients.nodes.map(({ name }: { name: string }) => name) as string[];
  expect(data.oauthClients.totalCount).toBe(names.length);
  return names.toReversed();
}

const all = given.map(([{ name }]) => name);
// Functions, since ids are known later only.
const cases: [string, () => Input, string[]][] = [
  ['PUBLIC', () => ({ type: 'PUBLIC' }), ['web', 'old web']],
  ['NATIVE', () => ({ type: 'NATIVE' }), ['desktop']],
  ['CONFIDENTIAL', () => ({ type: 'CONFIDENTIAL' }), ['batch', 'portal', 'both']],
  ['a code', () => ({ grantType: 'AUTHORIZATION_CODE' }), ['web', 'desktop', 'portal', 'both', 'old web']],
  ['refreshing', () => ({ grantType: 'REFRESH_TOKEN' }), ['web', 'desktop', 'old web']],
  ['credentials', () => ({ grantType: 'CLIENT_CREDENTIALS' }), ['batch', 'both']],
  ['disabled', () => ({ disabled: true }), ['batch', 'old web']],
  ['not disabled', () => ({ disabled: false }), ['web', 'desktop', 'portal', 'both']],
  ['verified', () => ({ verified: true }), ['portal', 'old web']],
  ['not verified', () => ({ verified: false }), ['web', 'desktop', 'batch', 'both']],
  ['by a colleague', () => ({ createdById: colleague.id }), ['desktop', 'both']],
  ['by the owner', () => ({ createdById: app.owner.id }), ['web', 'batch', 'portal', 'old web']],
  ['after a moment, exclusively', () => ({ createdAfter: dayAfter(3) }), ['both', 'old web']],
  ['before a moment, exclusively', () => ({ createdBefore: dayAfter(1) }), ['web']],
  ['before another', () => ({ createdBefore: dayAfter(1.5) }), ['web', 'desktop']],
  ['a word', () => ({ search: 'web' }), ['web', 'old web']],
];

describe('a filter', () => {
  test.each(cases)('alone: %s', async (_name, filter, names) => {
    expect(await find(filter())).toEqual(names);
  });

  test('that is left out, empty or full of nulls shows all, and nobody foreign', async () => {
    const nulls = Object.fromEntries(cases.flatMap(([, filter]) => Object.keys(filter())).map((name) => [name, null]));
    for (const filter of [null, {}, nulls, { search: '' }, { search: ' \n\t' }])
      expect(await find(filter)).toEqual(all);
  });

  test('with any others shows those that all of them show', async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray(cases), async (chosen) => {
        // Of two for one field the later one counts.
        const byField = new Map(chosen.map((each) => [Object.keys(each[1]())[0], each]));
        const filters = [...byField.values()];
        const filter: Input = Object.assign({}, ...filters.map(([, make]) => make()));
        const expected = all.filter((name) => filters.every(([, , names]) => names.includes(name ?? '')));
        expect(await find(filter)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test.each(['', 'nonsense', '\u0000', 'mem_00000000000000000000000000', 'cli_00000000000000000000000000'])(
    'by the creator %j shows none',
    async (createdById) => {
      expect(await find({ createdById })).toEqual([]);
    },
  );

  test('of what is no value of it is refused by the schema', async () => {
    for (const filter of [{ type: 'ROOT' }, { createdAfter: 'yesterday' }, { disabled: 'yes' }, { accountId: 'x' }]) {
      const { status, errors } = await ask(
        'query ($filter: OAuthClientFilter) { oauthClients(filter: $filter) { totalCount } }',
        { filter },
      );
      expect(status).toBe(400);
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  });

  test('goes on with the pages: a cursor is one of the list, whatever is filtered', async () => {
    const page = `query ($after: String, $filter: OAuthClientFilter) { oauthClients(first: 1, after: $after, filter: $filter) {
      totalCount nodes { name } pageInfo { endCursor hasNextPage } } }`;
    const filter = { type: 'CONFIDENTIAL' };
    const first = (await ask(page, { filter })).data.oauthClients;
    expect(first).toMatchObject({ totalCount: 3, nodes: [{ name: 'both' }], pageInfo: { hasNextPage: true } });
    const after = first.pageInfo.endCursor;
    const second = (await ask(page, { filter, after })).data.oauthClients;
    expect(second).toMatchObject({ totalCount: 3, nodes: [{ name: 'portal' }] });
    const others = (await ask(page, { filter: { type: 'NATIVE' }, after })).data.oauthClients;
    expect(others).toMatchObject({ totalCount: 1, nodes: [{ name: 'desktop' }] });
  });
});

describe('the search', () => {
  const strange = ['Größe ÉCLAIR', '100% sure', 'snake_case', 'snake case', "O'Brien [a-z]? *", '日本語 アプリ'];
  let by: Ask;
  beforeAll(async () => {
    const other = await app.addAccount('Strange', 'owner@strange.example');
    by = bearer(app, (await apiTokenOf(app, 'ADMIN', other.owner)).token);
    for (const name of strange) {
      await succeed(by, 'createOAuthClient', {
        name,
        description: `Says ${name}`,
        redirectUris: ['https://a.example/'],
      });
    }
  });

  test.each<[string, string[]]>([
    ['WEB', ['web', 'old web']],
    ['  Old \n', ['old web']],
    ['web old', ['old web']],
    ['web WEB web', ['web', 'old web']],
    ['door web', ['web']],
    ['FRONT', ['web']],
    ['ort', ['portal']],
    ['webold', []],
    ['web nowhere', []],
  ])('%j finds words anywhere in name and description, whatever their case and order', async (search, names) => {
    expect(await find({ search })).toEqual(names);
  });

  test('finds the client_id, whole or in part, and not the row’s own id', async () => {
    const { id } = await app.db.oAuthClient.findUniqueOrThrow({ where: { clientId: clientIds.desktop ?? '' } });
    expect(await find({ search: clientIds.desktop })).toEqual(['desktop']);
    expect(await find({ search: clientIds.desktop?.slice(5, 20).toUpperCase() })).toEqual(['desktop']);
    expect(await find({ search: `desk ${clientIds.desktop}` })).toEqual(['desktop']);
    expect(await find({ search: id })).toEqual([]);
  });

  test.each<[string, string[]]>([
    ['größe', ['Größe ÉCLAIR']],
    ['GRÖßE éclair', ['Größe ÉCLAIR']],
    ['日本', ['日本語 アプリ']],
    ['アプリ 日本語', ['日本語 アプリ']],
    ["o'brien", ["O'Brien [a-z]? *"]],
    ['[a-z]?', ["O'Brien [a-z]? *"]],
    ['*', ["O'Brien [a-z]? *"]],
    ['\u0000', []],
    ['\ud800', []],
    ["' OR 1=1 --", []],
    ['%', ['100% sure']],
    ['_', ['snake_case']],
    ['su%e', []],
    ['snake_case', ['snake_case']],
    ['snake\\_case', []],
    ['\\', []],
  ])('%j is compared without regard to case beyond ASCII too, and no sign is special', async (search, names) => {
    expect(await find({ search }, by)).toEqual(names);
  });

  test('follows a change of name and description at once', async () => {
    const { oauthClient } = await succeed(
      by,
      'createOAuthClient',
      { name: 'First', redirectUris: ['https://a.example/'] },
      'oauthClient { id }',
    );
    await succeed(by, 'updateOAuthClient', { id: oauthClient.id, name: 'Second', description: 'Ümlaut' });
    expect(await find({ search: 'first' }, by)).toEqual([]);
    expect(await find({ search: 'second ümlaut' }, by)).toEqual(['Second']);
    await succeed(by, 'deleteOAuthClient', { id: oauthClient.id });
  });

  test('takes 200 characters, and refuses more', async () => {
    expect(await find({ search: 'x '.repeat(100) })).toEqual([]);
    const { data, errors } = await ask(
      'query ($filter: OAuthClientFilter) { oauthClients(filter: $filter) { totalCount } }',
      { filter: { search: 'x'.repeat(201) } },
    );
    expect(data).toEqual({ oauthClients: null });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors?.[0]?.message).toContain('200');
  });
});
