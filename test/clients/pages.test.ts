// Walking through all pages of a list, in any order, forward and backward, while rows are deleted and added: each row that stays
// is met exactly once and in its place.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';
import { createRowMaker, type Row } from './rows.js';

let app: TestApp;
let ask: Ask;
let make: Awaited<ReturnType<typeof createRowMaker>>;
beforeAll(async () => {
  app = await createTestApp();
  ask = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
  make = await createRowMaker(app, app.owner.accountId);
});
afterAll(() => app.close());

// Few values, so that ties are the rule.
const rows = fc.array(
  fc.record({
    name: fc.constantFrom('a', 'A', 'b', 'B', 'c'),
    lastUsed: fc.constantFrom('', '', '2026-05-01T00:00:00.000Z', '2026-05-02T00:00:00.000Z'),
  }),
  { maxLength: 12 },
);

const walks = fc.record({
  rows,
  field: fc.constantFrom('CREATED_AT', 'NAME', 'LAST_USED_AT'),
  direction: fc.constantFrom('ASC', 'DESC'),
  size: fc.integer({ min: 1, max: 6 }),
  backward: fc.boolean(),
  /** After each page: which rows are deleted, as shares of the list; and whether one is added. */
  meanwhile: fc.array(
    fc.record({
      deleted: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 2 }),
      added: fc.boolean(),
    }),
    { maxLength: 6 },
  ),
});

type Walk = typeof walks extends fc.Arbitrary<infer T> ? T : never;

const keyOf: Record<string, (row: Row) => string> = {
  CREATED_AT: () => '',
  NAME: ({ name }) => name.toLowerCase(),
  LAST_USED_AT: ({ lastUsed }) => lastUsed,
};

/** The whole list, as it must be: by the value, then by the id, all in one direction. */
function sorted(all: readonly Row[], { field, direction }: Walk): string[] {
  const key = (row: Row) => `${keyOf[field]?.(row)} ${row.id}`;
  const ascending = all.toSorted((left, right) => (key(left) < key(right) ? -1 : 1));
  return (direction === 'ASC' ? ascending : ascending.toReversed()).map(({ id }) => id);
}

async function readPage({ field, direction, size, backward }: Walk, cursor: string | null) {
  const { data, errors } = await ask(
    `query ($orderBy: OAuthClientOrder, $first: Int, $after: String, $last: Int, $before: String) {
      oauthClients(orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
        totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      } }`,
    { orderBy: { field, direction }, ...(backward ? { last: size, before: cursor } : { first: size, after: cursor }) },
  );
  expect(errors).toBeUndefined();
  const { totalCount, edges, pageInfo } = data.oauthClients;
  const ids = edges.map((edge: { node: { id: string } }) => edge.node.id) as string[];
  return {
    ids,
    totalCount,
    hasMore: (backward ? pageInfo.hasPreviousPage : pageInfo.hasNextPage) as boolean,
    hasBefore: (backward ? pageInfo.hasNextPage : pageInfo.hasPreviousPage) as boolean,
    cursor: (backward ? pageInfo.startCursor : pageInfo.endCursor) as string | null,
  };
}

async function walk(plan: Walk): Promise<void> {
  const first = await make(plan.rows);
  const living = new Map(first.map((row) => [row.id, row]));
  const deletedUnseen = new Set<string>();
  const added = new Set<string>();
  const seen: string[] = [];
  let cursor: string | null = null;
  for (let number = 0; ; number += 1) {
    // Whoever is led in a circle would never come to an end.
    expect(number).toBeLessThan(50);
    const page = await readPage(plan, cursor);
    expect(page.totalCount).toBe(living.size);
    expect(page.hasBefore).toBe(cursor !== null);
    expect(page.ids.length).toBeLessThanOrEqual(plan.size);
    seen.splice(plan.backward ? 0 : seen.length, 0, ...page.ids);
    if (!page.hasMore) break;
    expect(page.ids).toHaveLength(plan.size);
    cursor = page.cursor;
    const { deleted = [], added: adds = false } = plan.meanwhile[number] ?? {};
    for (const share of deleted) {
      // Of the first ones alone: any of them, those seen and the cursor's own among them.
      const id = first[Math.floor(share * first.length)]?.id ?? '';
      if (!living.delete(id)) continue;
      if (!seen.includes(id)) deletedUnseen.add(id);
      await app.db.oAuthClient.delete({ where: { id } });
    }
    for (const row of adds ? await make([{ name: 'b', lastUsed: '2026-05-01T00:00:00.000Z' }]) : []) {
      living.set(row.id, row);
      added.add(row.id);
    }
  }
  // A row that came meanwhile may be met or not, but not twice; all others are met once, in the one order.
  expect(new Set(seen).size).toBe(seen.length);
  const expected = sorted(first, plan).filter((id) => !deletedUnseen.has(id));
  expect(seen.filter((id) => !added.has(id))).toEqual(expected);
  const met = [...first, ...living.values()].filter(
    ({ id }, index, all) => all.findIndex((row) => row.id === id) === index,
  );
  expect(seen).toEqual(
    sorted(
      met.filter(({ id }) => seen.includes(id)),
      plan,
    ),
  );
}

test('each row is met exactly once, in one order', async () => {
  await fc.assert(
    fc.asyncProperty(walks, async (plan) => {
      try {
        await walk(plan);
      } finally {
        await app.db.oAuthClient.deleteMany();
      }
    }),
    { numRuns: 30 },
  );
});

test('each row’s own cursor leads to exactly what comes after it, and before it', async () => {
  const all = await make(Array.from({ length: 9 }, (_, index) => ({ name: 'aab'[index % 3] as string })));
  for (const field of ['CREATED_AT', 'NAME', 'LAST_USED_AT']) {
    for (const direction of ['ASC', 'DESC']) {
      const plan = { rows: [], field, direction, size: 9, backward: false, meanwhile: [] } as Walk;
      const order = sorted(all, plan);
      const { data } = await ask(
        'query ($orderBy: OAuthClientOrder) { oauthClients(orderBy: $orderBy) { edges { cursor node { id } } } }',
        { orderBy: { field, direction } },
      );
      const { edges } = data.oauthClients as { edges: { cursor: string; node: { id: string } }[] };
      expect(edges.map(({ node }) => node.id)).toEqual(order);
      for (const [index, { cursor }] of edges.entries()) {
        expect((await readPage(plan, cursor)).ids).toEqual(order.slice(index + 1));
        expect((await readPage({ ...plan, backward: true }, cursor)).ids).toEqual(order.slice(0, index));
      }
    }
  }
});
