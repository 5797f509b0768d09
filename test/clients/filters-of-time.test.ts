// Clients by when they were registered: what `createdAt` says decides, to the millisecond, for whatever moment is asked for.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';

let app: TestApp;
let ask: Ask;
const created: { readonly name: string; readonly at: number }[] = [];

/** Registers a client whose transaction has to wait so many seconds for its turn. */
async function register(name: string, waiting: number): Promise<void> {
  const { db } = app;
  const transaction = db.$transaction.bind(db);
  Object.assign(db, {
    $transaction: (...parameters: Parameters<typeof transaction>) => {
      Object.assign(db, { $transaction: transaction });
      app.clock.advance(waiting);
      return transaction(...parameters);
    },
  });
  const { id } = await registerClient(app, { name, type: 'PUBLIC' });
  const { createdAt } = await db.oAuthClient.findUniqueOrThrow({ where: { id } });
  created.push({ name, at: createdAt.getTime() });
}

beforeAll(async () => {
  app = await createTestApp();
  ask = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
  for (let index = 0; index < 6; index += 1) {
    // As long as a transaction may wait in the fullest of queues, and not at all.
    await register(`client ${index}`, index % 2 === 0 ? 0 : 9);
    app.clock.advance(2);
  }
});
afterAll(() => app.close());

async function find(filter: { createdAfter?: string; createdBefore?: string }): Promise<string[]> {
  const { data, errors } = await ask(
    'query ($filter: OAuthClientFilter) { oauthClients(filter: $filter) { totalCount nodes { name } } }',
    { filter },
  );
  expect(errors).toBeUndefined();
  const names = data.oauthClients.nodes.map(({ name }: { name: string }) => name) as string[];
  expect(data.oauthClients.totalCount).toBe(names.length);
  return names.toSorted();
}

const between = (after: number, before: number) =>
  created.filter(({ at }) => at > after && at < before).map(({ name }) => name);

test('are found by the moment that they tell, however long their registration took', async () => {
  const offset = fc.constantFrom(-8001, -5000, -1, 0, 1, 999, 1000, 1001, 5000, 8001);
  const moment = fc.tuple(fc.nat(5), offset).map(([index, by]) => [index, by] as const);
  await fc.assert(
    fc.asyncProperty(moment, moment, async ([left, after], [right, before]) => {
      const [from, until] = [(created[left]?.at ?? 0) + after, (created[right]?.at ?? 0) + before];
      const [createdAfter, createdBefore] = [new Date(from).toISOString(), new Date(until).toISOString()];
      expect(await find({ createdAfter })).toEqual(between(from, Number.POSITIVE_INFINITY));
      expect(await find({ createdBefore })).toEqual(between(0, until));
      expect(await find({ createdAfter, createdBefore })).toEqual(between(from, until));
    }),
    { numRuns: 40 },
  );
});

test.each(['0000-01-01T00:00:00Z', '0001-01-01T00:00:00Z', '1969-12-31T23:59:59Z', '1970-01-01T00:00:00Z'])(
  'are all after %s, and none before',
  async (moment) => {
    expect(await find({ createdAfter: moment })).toHaveLength(created.length);
    expect(await find({ createdBefore: moment })).toEqual([]);
  },
);

test.each(['2100-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59-12:00'])(
  'are all before %s, and none after',
  async (moment) => {
    expect(await find({ createdBefore: moment })).toHaveLength(created.length);
    expect(await find({ createdAfter: moment })).toEqual([]);
  },
);
