// Reading the audit log: what each filter lets through, pages in both directions, and who may read it at all.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditActions } from '../../src/audit/actions.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, signedIn } from '../support/graphql.js';
import { memberActor, readPage, write } from './entries.js';

let app: TestApp;
let admin: Awaited<ReturnType<TestApp['addMember']>>;
let ask: Ask;
/** By name, in the order of writing, each a minute after the one before. */
const entries: Record<string, string> = {};
const moments: Record<string, string> = {};

const client = 'cli_00000000000000000000000001';
const other = 'cli_00000000000000000000000002';

beforeAll(async () => {
  app = await createTestApp();
  admin = await app.addMember('ADMIN');
  ask = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
  app.clock.advance(60);
  const written = [
    ['a', 'OAUTH_CLIENT_CREATED', client, app.owner],
    ['b', 'OAUTH_CLIENT_UPDATED', client, admin],
    ['c', 'OAUTH_CLIENT_UPDATED', other, app.owner],
    ['d', 'SIGNED_OUT', admin.id, admin],
    ['e', 'OAUTH_CLIENT_UPDATED', client, admin],
    ['f', 'OAUTH_CLIENT_DELETED', client, app.owner],
    ['g', 'SIGNED_OUT', app.owner.id, app.owner],
  ] as const;
  for (const [name, action, targetId, actor] of written) {
    moments[name] = app.clock().toISOString();
    entries[name] = await write(app, action, { targetId }, memberActor(actor));
  }
});
afterAll(() => app.close());

const names = (ids: readonly string[]) =>
  ids.map((id) => Object.keys(entries).find((name) => entries[name] === id)).join('');

describe('a filter', () => {
  const filters = {
    'of one action': [{ actions: ['OAUTH_CLIENT_UPDATED'] }, 'ecb'],
    'of several actions keeps the order of time': [{ actions: ['SIGNED_OUT', 'OAUTH_CLIENT_UPDATED'] }, 'gedcb'],
    'that names an action twice shows it once': [{ actions: ['SIGNED_OUT', 'SIGNED_OUT'] }, 'gd'],
    'of an action that never happened': [{ actions: ['SIGNING_KEY_ROTATED'] }, ''],
    'by target': [{ targetId: client }, 'feba'],
    'by actor': [{ actorId: 'admin' }, 'edb'],
    'by actor and target': [{ actorId: 'admin', targetId: client }, 'eb'],
    'by actor and several actions': [{ actorId: 'admin', actions: ['SIGNED_OUT', 'OAUTH_CLIENT_UPDATED'] }, 'edb'],
    'by target and action': [{ targetId: client, actions: ['OAUTH_CLIENT_DELETED', 'OAUTH_CLIENT_CREATED'] }, 'fa'],
    'after a moment, which counts': [{ after: 'e' }, 'gfe'],
    'before a moment, which does not count': [{ before: 'c' }, 'ba'],
    'between moments': [{ after: 'b', before: 'e' }, 'dcb'],
    'between moments, of several actions': [
      { after: 'b', before: 'g', actions: ['OAUTH_CLIENT_CREATED', 'OAUTH_CLIENT_UPDATED', 'OAUTH_CLIENT_DELETED'] },
      'fecb',
    ],
    'of all kinds at once': [
      { actions: ['OAUTH_CLIENT_UPDATED'], actorId: 'admin', targetId: client, after: 'c', before: 'f' },
      'e',
    ],
    'whose moments are the wrong way round': [{ after: 'e', before: 'b' }, ''],
    'by an id that is none of ours': [{ actorId: 'mem_\u0000' }, ''],
    'by an id that nobody has': [{ targetId: 'cli_00000000000000000000000009' }, ''],
  } as const;

  test.each(Object.entries(filters))('%s', async (_name, [given, expected]) => {
    const { after, before, actorId, ...rest } = given as Record<string, string>;
    const filter = {
      ...rest,
      ...(after === undefined ? {} : { after: moments[after] }),
      ...(before === undefined ? {} : { before: moments[before] }),
      ...(actorId === undefined ? {} : { actorId: actorId === 'admin' ? admin.id : actorId }),
    };
    expect(names((await readPage(ask, { filter })).ids)).toBe(expected);
    // The same, one at a time and from either end.
    for (const [size, beyond, end] of [
      ['first', 'after', 'endCursor'],
      ['last', 'before', 'startCursor'],
    ] as const) {
      const found: string[] = [];
      let page = await readPage(ask, { filter, [size]: 1 });
      while (page.ids.length > 0) {
        if (size === 'first') found.push(...page.ids);
        else found.unshift(...page.ids);
        page = await readPage(ask, { filter, [size]: 1, [beyond]: page[end] });
      }
      expect(names(found)).toBe(expected);
    }
  });

  test('that names no action lets all of them through', async () => {
    expect((await readPage(ask, { filter: { actions: [] } })).ids).toEqual((await readPage(ask)).ids);
  });

  test('takes twenty actions and no more', async () => {
    const actions = Object.keys(auditActions);
    expect((await readPage(ask, { filter: { actions: actions.slice(0, 20) } })).ids.length).toBeGreaterThan(0);
    const { data, errors } = await ask(
      'query ($filter: AuditLogFilter) { auditLog(filter: $filter) { nodes { id } } }',
      {
        filter: { actions: actions.slice(0, 21) },
      },
    );
    expect(data).toEqual({ auditLog: null });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' }, message: expect.stringContaining('20') }]);
  });

  test('is exact to the millisecond, whichever way it is read', async () => {
    const ids: string[] = [];
    const start = app.clock().getTime();
    for (let index = 0; index < 30; index += 1) {
      ids.push(await write(app, 'CONSENT_GIVEN'));
      app.clock.advance(0.1 - 60);
    }
    app.clock.advance(60);
    const at = (milliseconds: number) => new Date(start + milliseconds).toISOString();
    const filter = { actions: ['CONSENT_GIVEN'], after: at(900), before: at(2100) };
    const expected = ids.slice(9, 21).reverse();
    for (const size of [1, 3, 100]) {
      expect((await readPage(ask, { filter, first: size })).ids).toEqual(expected.slice(0, size));
      expect((await readPage(ask, { filter, last: size })).ids).toEqual(expected.slice(-size));
    }
    expect((await readPage(ask, { filter: { ...filter, after: at(901), before: at(2101) } })).ids).toEqual(
      ids.slice(10, 22).reverse(),
    );
  });
});

describe('pages', () => {
  let all: string[];
  beforeEach(async () => {
    all = (await readPage(ask, { first: 100 })).ids;
  });

  test('go forward from the newest', async () => {
    const first = await readPage(ask, { first: 3 });
    expect(first).toMatchObject({ ids: all.slice(0, 3), hasNextPage: true, hasPreviousPage: false });
    const second = await readPage(ask, { first: 3, after: first.endCursor });
    expect(second).toMatchObject({ ids: all.slice(3, 6), hasNextPage: true, hasPreviousPage: true });
  });

  test('go back from the oldest, each in the same order', async () => {
    const last = await readPage(ask, { last: 3 });
    expect(last).toMatchObject({ ids: all.slice(-3), hasNextPage: false, hasPreviousPage: true });
    const before = await readPage(ask, { last: 3, before: last.startCursor });
    expect(before).toMatchObject({ ids: all.slice(-6, -3), hasNextPage: true, hasPreviousPage: true });
  });

  test('stay where they are when the log grows and when the cursor’s entry is deleted', async () => {
    const doomed = await write(app, 'CONSENT_DENIED');
    const { cursors } = await readPage(ask, { first: 1 });
    await write(app, 'CONSENT_DENIED');
    await app.db.auditLogEntry.delete({ where: { id: doomed } });
    expect((await readPage(ask, { first: 3, after: cursors[0] })).ids).toEqual(all.slice(0, 3));
  });

  test('take a cursor of a page with another filter, and keep to the filter that is given', async () => {
    const { cursors } = await readPage(ask, { filter: { actions: ['SIGNED_OUT'] } });
    const filter = { before: moments.d };
    expect(names((await readPage(ask, { filter, after: cursors[0] })).ids)).toMatch(/^cba/);
    expect(
      names((await readPage(ask, { filter: { after: moments.f, before: moments.g }, before: cursors[1] })).ids),
    ).toBe('f');
  });
});

describe('nothing foreign', () => {
  test('another account’s owner sees none of it, by the list or by node', async () => {
    const another = await app.addAccount();
    const foreigner = await signedIn(app, another.owner);
    const { ids } = await readPage(foreigner, { first: 100 });
    const rows = await app.db.auditLogEntry.findMany({ where: { id: { in: ids } } });
    expect(new Set(rows.map((row) => row.accountId))).toEqual(new Set([another.account.id]));
    expect((await readPage(foreigner, { filter: { targetId: client } })).ids).toEqual([]);
    const query = 'query ($id: ID!) { node(id: $id) { id } }';
    expect((await foreigner(query, { id: entries.a })).data).toEqual({ node: null });
    expect((await ask(query, { id: entries.a })).data).toEqual({ node: { id: entries.a } });
  });

  test('entries of no account are nobody’s', async () => {
    const { id } = await app.db.auditLogEntry.findFirstOrThrow({ where: { accountId: app.owner.accountId } });
    await app.db.auditLogEntry.update({ where: { id }, data: { accountId: null } });
    expect((await readPage(ask, { first: 100 })).ids).not.toContain(id);
    expect((await ask('query ($id: ID!) { node(id: $id) { id } }', { id })).data).toEqual({ node: null });
  });

  test.each(['READER', 'WRITER'] as const)('a %s is refused the list, and node shows them nothing', async (role) => {
    const member = await signedIn(app, await app.addMember(role));
    const { data, errors } = await member('{ auditLog { nodes { id } } viewer { role } }');
    expect(data).toMatchObject({ auditLog: null, viewer: { role } });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' }, path: ['auditLog'] }]);
    const node = await member('query ($id: ID!) { node(id: $id) { __typename } }', { id: entries.a });
    expect({ data: node.data, errors: node.errors }).toEqual({ data: { node: null }, errors: undefined });
  });
});
