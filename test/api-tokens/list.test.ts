// apiTokens: one's own, or all of the account for OWNER and ADMIN; living ones only, newest first, filtered, page by page.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { succeed } from '../clients/mutate.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, signedIn, throughClient } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';

let app: TestApp;
const sessions: Record<string, Ask> = {};
const people: Record<string, { readonly id: string }> = {};
const tokens: Record<string, { id: string; token: string }> = {};

/** Creates a token under a name that is unlike the others'. */
async function create(who: string, name: string, input: Record<string, unknown> = {}) {
  const { apiToken, token } = await succeed(
    sessions[who] as Ask,
    'createApiToken',
    { name, role: 'READER', ...input },
    'token apiToken { id }',
  );
  tokens[name] = { id: apiToken.id, token };
}

beforeAll(async () => {
  app = await createTestApp();
  people.OWNER = app.owner;
  sessions.OWNER = await signedIn(app, app.owner);
  for (const role of ['ADMIN', 'WRITER', 'READER'] as const) {
    const person = await app.addMember(role);
    people[role] = person;
    sessions[role] = await signedIn(app, person);
  }
  const inAnHour = new Date(app.clock().getTime() + 3600_000).toISOString();
  await create('OWNER', 'of the owner');
  await create('OWNER', 'revoked');
  await succeed(sessions.OWNER, 'revokeApiToken', { id: tokens.revoked?.id });
  await create('OWNER', 'service', { isService: true });
  await create('READER', 'of the reader');
  await create('READER', 'expired', { expiresAt: new Date(app.clock().getTime() + 60_000).toISOString() });
  await create('READER', 'to expire', { expiresAt: inAnHour });
  await create('ADMIN', 'service of the admin', { isService: true });
  await create('WRITER', 'of the writer', { role: 'WRITER' });
  const other = await app.addAccount();
  await apiTokenOf(app, 'ADMIN', other.owner);
  app.clock.advance(60);
});
afterAll(() => app.close());

const query = `query ($filter: ApiTokenFilter, $first: Int, $after: String, $last: Int, $before: String) {
  apiTokens(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
    totalCount nodes { id name } edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }`;

async function read(ask: Ask | undefined, variables: Record<string, unknown> = {}) {
  const { data, errors } = await (ask as Ask)(query, variables);
  expect(errors).toBeUndefined();
  const { nodes, edges, totalCount, pageInfo } = data.apiTokens;
  const names = nodes.map(({ name }: { name: string }) => name) as string[];
  expect(edges.map(({ node }: { node: { name: string } }) => node.name)).toEqual(names);
  return { names, totalCount, ...pageInfo };
}

const all = ['of the writer', 'service of the admin', 'to expire', 'of the reader', 'service', 'of the owner'];

describe('who sees what', () => {
  test.each([
    ['OWNER', all],
    ['ADMIN', all],
    ['WRITER', ['of the writer']],
    ['READER', ['to expire', 'of the reader']],
  ])('%s sees living ones alone: %j', async (role, names) => {
    expect(await read(sessions[role])).toMatchObject({ names, totalCount: names.length });
  });

  test('an OAuth token sees what its scope and member let it', async () => {
    const client = await registerClient(app);
    expect((await read(await throughClient(app, client, 'reader'))).names).toEqual(['service', 'of the owner']);
    expect((await read(await throughClient(app, client, 'admin'))).names).toEqual(all);
  });

  test('a token of a lesser role sees those of its owner, itself among them', async () => {
    const ask = bearer(app, tokens['of the owner']?.token ?? '');
    expect((await read(ask)).names).toEqual(['service', 'of the owner']);
  });
});

describe('a filter', () => {
  test.each<[string, () => Record<string, unknown>, string[]]>([
    ['services', () => ({ isService: true }), ['service of the admin', 'service']],
    ['persons', () => ({ isService: false }), ['of the writer', 'to expire', 'of the reader', 'of the owner']],
    ['one member', () => ({ ownerId: people.READER?.id }), ['to expire', 'of the reader']],
    ['one member’s services', () => ({ ownerId: people.OWNER?.id, isService: true }), ['service']],
    ['nulls', () => ({ ownerId: null, isService: null }), all],
    ['nobody', () => ({ ownerId: 'mem_00000000000000000000000000' }), []],
    ['an empty id', () => ({ ownerId: '' }), []],
    ['a NUL', () => ({ ownerId: '\u0000' }), []],
    ['an id of another kind', () => ({ ownerId: tokens.service?.id }), []],
  ])('for %s', async (_name, filter, names) => {
    expect(await read(sessions.OWNER, { filter: filter() })).toMatchObject({ names, totalCount: names.length });
  });

  test('shows nobody more than they may see', async () => {
    expect((await read(sessions.READER, { filter: { ownerId: people.OWNER?.id } })).names).toEqual([]);
    expect((await read(sessions.READER, { filter: { isService: true } })).names).toEqual([]);
  });
});

test('a token leaves the list at the very moment in which it expires', async () => {
  const filter = { ownerId: people.READER?.id };
  app.clock.advance(3539);
  expect((await read(sessions.OWNER, { filter })).names).toEqual(['to expire', 'of the reader']);
  app.clock.advance(1);
  expect((await read(sessions.OWNER, { filter })).names).toEqual(['of the reader']);
  app.clock.advance(-3540);
});

describe('pages', () => {
  test.each(['first', 'last'])('by %s hold each token once', async (size) => {
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let pages = 0; pages < 3; pages += 1) {
      const page = await read(sessions.OWNER, { [size]: 2, [size === 'first' ? 'after' : 'before']: cursor });
      expect(page.totalCount).toBe(6);
      if (size === 'first') seen.push(...page.names);
      else seen.unshift(...page.names);
      expect(size === 'first' ? page.hasNextPage : page.hasPreviousPage).toBe(pages < 2);
      cursor = size === 'first' ? page.endCursor : page.startCursor;
    }
    expect(seen).toEqual(all);
  });

  test('of none and of more than there are', async () => {
    expect(await read(sessions.OWNER, { first: 0 })).toMatchObject({ names: [], hasNextPage: true, totalCount: 6 });
    expect(await read(sessions.OWNER, { last: 5000 })).toMatchObject({ names: all, hasPreviousPage: false });
  });

  test.each([{ first: -1 }, { first: 1, last: 1 }, { after: 'x' }, { before: '' }])('not for %j', async (variables) => {
    const { data, errors } = await (sessions.OWNER as Ask)(query, variables);
    expect(data).toEqual({ apiTokens: null });
    expect(errors).toMatchObject([{ path: ['apiTokens'], extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

test('isCurrent is true of the token that asks, and of none for a session', async () => {
  const current = async (ask: Ask) => {
    const { data } = await ask('{ apiTokens { nodes { name isCurrent } } viewer { apiToken { name isCurrent } } }');
    const marked = data.apiTokens.nodes.filter(({ isCurrent }: { isCurrent: boolean }) => isCurrent);
    return { marked: marked.map(({ name }: { name: string }) => name), viewer: data.viewer.apiToken };
  };
  for (const name of ['of the owner', 'of the reader', 'service of the admin']) {
    expect(await current(bearer(app, tokens[name]?.token ?? ''))).toEqual({
      marked: [name],
      viewer: { name, isCurrent: true },
    });
  }
  expect(await current(sessions.OWNER as Ask)).toEqual({ marked: [], viewer: null });
});

test('viewerCanEdit is true for those who could revoke it with what they hold', async () => {
  const edit = async (ask: Ask) => {
    const { data } = await ask('{ apiTokens { nodes { viewerCanEdit } } }');
    return [...new Set(data.apiTokens.nodes.map(({ viewerCanEdit }: { viewerCanEdit: boolean }) => viewerCanEdit))];
  };
  expect(await edit(sessions.READER as Ask)).toEqual([true]);
  expect(await edit(sessions.OWNER as Ask)).toEqual([true]);
  expect(await edit(bearer(app, tokens['of the reader']?.token ?? ''))).toEqual([false]);
});
