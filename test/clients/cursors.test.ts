// Cursors that nobody of ours made, or made for another list or order: refused as bad input, never a fault of ours and never
// more than one's own rows.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';

let app: TestApp;
let ask: Ask;
let validCursor: string;
let ownIds: string[];
beforeAll(async () => {
  app = await createTestApp();
  ask = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
  for (const name of ['a', 'b', 'c']) await registerClient(app, { name });
  ownIds = (await app.db.oAuthClient.findMany()).map(({ id }) => id);
  validCursor = await endCursor('CREATED_AT', 'DESC');
});
afterAll(() => app.close());

const base64url = (text: string) => Buffer.from(text).toString('base64url');
/** A cursor of these parts, as the list writes them. */
const cursorOf = (...parts: unknown[]) => base64url(JSON.stringify(parts));
const someId = 'cli_01KT1GW6G03F8DB8DKPWE8E6Y9';

async function endCursor(field: string, direction: string): Promise<string> {
  const { data } = await ask(
    'query ($orderBy: OAuthClientOrder) { oauthClients(first: 1, orderBy: $orderBy) { pageInfo { endCursor } } }',
    { orderBy: { field, direction } },
  );
  return data.oauthClients.pageInfo.endCursor;
}

async function expectRefused(name: 'after' | 'before', cursor: string, orderBy: object | null = null) {
  const { status, data, errors } = await ask(
    `query ($cursor: String, $orderBy: OAuthClientOrder) {
      oauthClients(${name}: $cursor, orderBy: $orderBy) { nodes { id } }
    }`,
    { cursor, orderBy },
  );
  expect(status).toBe(200);
  expect(data).toEqual({ oauthClients: null });
  expect(errors).toMatchObject([{ path: ['oauthClients'], extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(errors?.[0]?.message).toMatch(/^This cursor is not one of this list in this order\..*endCursor.*startCursor/);
}

test('a cursor of ours says the order, the direction, the id and nothing else', () => {
  const newest = ownIds.toSorted().at(-1);
  expect(validCursor).toBe(cursorOf('CREATED_AT', 'desc', newest));
});

const right = ['CREATED_AT', 'desc', someId] as const;
test.each([
  ['nothing', ''],
  ['a letter', 'x'],
  ['padding', '='],
  ['an id', someId],
  ['the cursor of an older release', Buffer.from(`GPC:S:${someId}`).toString('base64')],
  ['a text', base64url('"CREATED_AT"')],
  ['an object', base64url(JSON.stringify({ 0: 'CREATED_AT', 1: 'desc', 2: someId, length: 3 }))],
  ['null', base64url('null')],
  ['an empty list', cursorOf()],
  ['too few parts', cursorOf('CREATED_AT', 'desc')],
  ['a value too many', cursorOf(...right, 'a')],
  ['null as a value', cursorOf(...right, null)],
  ['another order', cursorOf('NAME', 'desc', someId)],
  ['an unknown order', cursorOf('ID', 'desc', someId)],
  ['the other direction', cursorOf('CREATED_AT', 'asc', someId)],
  ['no direction', cursorOf('CREATED_AT', null, someId)],
  ['an id of another kind', cursorOf('CREATED_AT', 'desc', someId.replace('cli_', 'mem_'))],
  ['an id with a NUL', cursorOf('CREATED_AT', 'desc', `${someId}\u0000`)],
  ['SQL for an id', cursorOf('CREATED_AT', 'desc', "' OR 1=1 --")],
  ['a condition for an id', cursorOf('CREATED_AT', 'desc', { not: someId })],
  ['a list for an id', cursorOf('CREATED_AT', 'desc', [someId])],
  ['the right parts with a space between', base64url(`["CREATED_AT", "desc", "${someId}"]`)],
  ['the right parts in other escapes', base64url(`["CREATED_AT","\\u0064esc","${someId}"]`)],
  ['the right parts in padded base64', `${cursorOf(...right)}==`],
  ['the right parts with something behind', `${cursorOf(...right)}!`],
  ['the right parts and a line break', `${cursorOf(...right)}\n`],
])('%s is refused on either side', async (_name, cursor) => {
  await expectRefused('after', cursor);
  await expectRefused('before', cursor);
});

describe('in the order of names', () => {
  const byName = { field: 'NAME', direction: 'ASC' };
  test.each([
    ['no value', cursorOf('NAME', 'asc', someId)],
    ['null', cursorOf('NAME', 'asc', someId, null)],
    ['a number', cursorOf('NAME', 'asc', someId, 1)],
    ['a condition', cursorOf('NAME', 'asc', someId, { not: 'a' })],
    ['a NUL', cursorOf('NAME', 'asc', someId, 'a\u0000')],
    ['a very long text', cursorOf('NAME', 'asc', someId, 'x'.repeat(2000))],
    ['the other direction', cursorOf('NAME', 'desc', someId, 'a')],
  ])('a cursor whose value is %s is refused on either side', async (_name, cursor) => {
    await expectRefused('after', cursor, byName);
    await expectRefused('before', cursor, byName);
  });
});

test('a real cursor is refused in every other order and direction, on either side', async () => {
  const orders = ['CREATED_AT', 'NAME', 'LAST_USED_AT'].flatMap((field) =>
    ['ASC', 'DESC'].map((direction) => ({ field, direction })),
  );
  for (const made of orders) {
    const cursor = await endCursor(made.field, made.direction);
    for (const asked of orders.filter((order) => order !== made)) {
      await expectRefused('after', cursor, asked);
      await expectRefused('before', cursor, asked);
    }
  }
});

test('a real cursor of another list is refused', async () => {
  const { data } = await ask('{ members { pageInfo { endCursor } } apiTokens { pageInfo { endCursor } } }');
  for (const list of ['members', 'apiTokens']) await expectRefused('after', data[list].pageInfo.endCursor);
  for (const list of ['members', 'apiTokens']) {
    const answer = await ask(`query ($after: String) { ${list}(after: $after) { nodes { id } } }`, {
      after: validCursor,
    });
    expect(answer.data).toEqual({ [list]: null });
    expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  }
});

/** Texts of many kinds, and such as look like a cursor to whoever decodes them. */
const anything = fc.string({ unit: 'binary' });
const texts = fc.oneof(
  anything,
  fc.base64String(),
  fc.json().map(base64url),
  fc
    .array(fc.oneof(fc.jsonValue(), fc.constantFrom('CREATED_AT', 'NAME', 'desc', 'asc')), { maxLength: 5 })
    .map((parts) => cursorOf(...parts)),
  fc.tuple(anything, anything).map(([id, value]) => cursorOf('NAME', 'asc', id, value)),
  anything.map((id) => cursorOf('CREATED_AT', 'desc', id)),
);

test('no text at all breaks the list', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('after', 'before'),
      fc.constantFrom(null, { field: 'NAME', direction: 'ASC' }),
      texts,
      async (name, orderBy, text) => {
        await expectRefused(name as 'after', text, orderBy);
      },
    ),
    { numRuns: 200 },
  );
});

test('a cursor with another id gives a page of one’s own rows all the same', async () => {
  const other = await app.addAccount();
  await app.db.oAuthClient.updateMany({
    where: { name: 'c' },
    data: { accountId: other.account.id, createdById: null },
  });
  const [foreign] = await app.db.oAuthClient.findMany({ where: { name: 'c' } });
  const own = ownIds.filter((id) => id !== foreign?.id).toSorted();
  const newestFirst = own.toReversed();
  for (const [id, expected] of [
    [foreign?.id, newestFirst],
    ['cli_7ZZZZZZZZZZZZZZZZZZZZZZZZZ', newestFirst],
    ['cli_00000000000000000000000000', []],
  ] as const) {
    const { data, errors } = await ask('query ($after: String) { oauthClients(after: $after) { nodes { id } } }', {
      after: cursorOf('CREATED_AT', 'desc', id),
    });
    expect(errors).toBeUndefined();
    expect(data.oauthClients.nodes.map((node: { id: string }) => node.id)).toEqual(expected);
  }
  expect(validCursor).toBe(cursorOf('CREATED_AT', 'desc', foreign?.id));
});

test.each(['', 'zzz', 'half a character \ud800', '"quoted" \\', '\u{10FFFF}'])(
  'a cursor with the value %j, which no row has, gives what comes after it',
  async (value) => {
    const { data, errors } = await ask(
      'query ($after: String) { oauthClients(after: $after, orderBy: { field: NAME, direction: ASC }) { nodes { name } } }',
      { after: cursorOf('NAME', 'asc', someId, value) },
    );
    expect(errors).toBeUndefined();
    const names = data.oauthClients.nodes.map((node: { name: string }) => node.name);
    expect(names).toEqual(['a', 'b'].filter((name) => name > value));
  },
);
