// members: the account's people in the order in which they came, filtered, a page at a time, and nobody of another account.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerVersatile } from '../clients/grants.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, asClient, bearer, signedIn, throughClient } from '../support/graphql.js';

let app: TestApp;
let ask: Ask;
let theirs: Ask;
const emails: string[] = [];
beforeAll(async () => {
  app = await createTestApp();
  emails.push(app.owner.email);
  for (const [index, role] of (['READER', 'ADMIN', 'WRITER', 'READER', 'READER'] as const).entries()) {
    app.clock.advance(60);
    // Of another account in between.
    if (index === 2) theirs = await signedIn(app, (await app.addAccount()).owner);
    const { id, email } = await app.addMember(role, `${index}-${role.toLowerCase()}@example.com`);
    emails.push(email);
    if (index === 3) await app.db.member.update({ where: { id }, data: { status: 'SUSPENDED' } });
    if (index === 4) await app.db.member.update({ where: { id }, data: { status: 'INVITED' } });
  }
  ask = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
});
afterAll(() => app.close());

const query = `query ($filter: MemberFilter, $orderBy: MemberOrder, $first: Int, $after: String, $last: Int, $before: String) {
  members(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    totalCount nodes { id email } edges { cursor node { email } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }`;

async function read(variables: Record<string, unknown> = {}, by = ask) {
  const { data, errors } = await by(query, variables);
  expect(errors).toBeUndefined();
  const { nodes, edges, pageInfo, totalCount } = data.members;
  const listed = nodes.map(({ email }: { email: string }) => email) as string[];
  expect(edges.map(({ node }: { node: { email: string } }) => node.email)).toEqual(listed);
  return { listed, totalCount, ...pageInfo };
}

describe('members are listed', () => {
  test('the first one first, unless it shall be the other way round', async () => {
    for (const orderBy of [undefined, null, { field: 'CREATED_AT' }, { field: 'CREATED_AT', direction: 'ASC' }]) {
      expect(await read({ orderBy })).toMatchObject({ listed: emails, totalCount: 6 });
    }
    expect((await read({ orderBy: { field: 'CREATED_AT', direction: 'DESC' } })).listed).toEqual(emails.toReversed());
  });

  test.each([
    ['ASC', 'first'],
    ['DESC', 'first'],
    ['ASC', 'last'],
    ['DESC', 'last'],
  ])('%s by %s, page by page, each of them once', async (direction, size) => {
    const orderBy = { field: 'CREATED_AT', direction };
    const all = direction === 'ASC' ? emails : emails.toReversed();
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let pages = 0; pages < 3; pages += 1) {
      const page = await read({ orderBy, [size]: 2, [size === 'first' ? 'after' : 'before']: cursor });
      expect(page.totalCount).toBe(6);
      if (size === 'first') seen.push(...page.listed);
      else seen.unshift(...page.listed);
      expect([page.hasNextPage, page.hasPreviousPage]).toEqual(
        size === 'first' ? [pages < 2, pages > 0] : [pages > 0, pages < 2],
      );
      cursor = size === 'first' ? page.endCursor : page.startCursor;
    }
    expect(seen).toEqual(all);
  });

  test('none, a hundred, and more than there are', async () => {
    expect(await read({ first: 0 })).toMatchObject({ listed: [], hasNextPage: true, endCursor: null });
    for (const size of [100, 5000]) expect((await read({ first: size })).listed).toEqual(emails);
    expect(await read({ last: 5000 })).toMatchObject({ listed: emails, hasPreviousPage: false });
  });

  test.each([{ first: -1 }, { last: -1 }, { first: 1, last: 1 }, { first: 1, before: 'x' }, { after: 'x' }])(
    'not for %j',
    async (variables) => {
      const { data, errors } = await ask(query, variables);
      expect(data).toEqual({ members: null });
      expect(errors).toMatchObject([{ path: ['members'], extensions: { code: 'BAD_USER_INPUT' } }]);
    },
  );

  test('not for a cursor of the other direction', async () => {
    const { endCursor } = await read({ first: 2 });
    const { data, errors } = await ask(query, {
      after: endCursor,
      orderBy: { field: 'CREATED_AT', direction: 'DESC' },
    });
    expect(data).toEqual({ members: null });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe('a filter', () => {
  test.each<[Record<string, unknown>, number[]]>([
    [{}, [0, 1, 2, 3, 4, 5]],
    [{ role: null, status: null }, [0, 1, 2, 3, 4, 5]],
    [{ role: 'OWNER' }, [0]],
    [{ role: 'ADMIN' }, [2]],
    [{ role: 'WRITER' }, [3]],
    [{ role: 'READER' }, [1, 4, 5]],
    [{ status: 'ACTIVE' }, [0, 1, 2, 3]],
    [{ status: 'SUSPENDED' }, [4]],
    [{ status: 'INVITED' }, [5]],
    [{ role: 'READER', status: 'ACTIVE' }, [1]],
    [{ role: 'OWNER', status: 'SUSPENDED' }, []],
  ])('%j', async (filter, expected) => {
    expect(await read({ filter })).toMatchObject({
      listed: expected.map((index) => emails[index]),
      totalCount: expected.length,
    });
  });
});

test('nobody of another account is listed or counted, on any page', async () => {
  const members = await app.db.member.findMany({ where: { accountId: { not: app.owner.accountId } } });
  expect(members).toHaveLength(1);
  const { data } = await theirs(query);
  expect(data.members).toMatchObject({ totalCount: 1, nodes: [{ id: members[0]?.id }] });
  // A cursor of ours is one of theirs too, and leads to nothing but their own.
  const { endCursor } = await read({ first: 1 });
  expect((await read({ after: endCursor }, theirs)).listed).toEqual([members[0]?.email]);
});

test('READER and WRITER see who there is, without addresses; a client by itself sees nobody', async () => {
  const own = emails[1] ?? '';
  const person = await app.db.member.findUniqueOrThrow({ where: { emailKey: own } });
  const reader = await signedIn(app, { email: own, password: 'a long member password' });
  const { data, errors } = await reader('{ members { totalCount nodes { id name role email } } }');
  expect(errors).toBeUndefined();
  expect(data.members.totalCount).toBe(6);
  for (const node of data.members.nodes) {
    expect(node).toMatchObject({ role: expect.any(String), email: node.id === person.id ? own : null });
  }
  const client = await registerVersatile(app);
  const through = await throughClient(app, client, 'reader');
  expect((await through('{ members { totalCount } }')).data).toEqual({ members: { totalCount: 6 } });
  expect((await (await asClient(app, client, 'admin'))('{ members { totalCount } }')).status).toBe(403);
});
