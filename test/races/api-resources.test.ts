// Many who register API resources at once, in one process and in two: each audience once, in whichever spelling, no account with more
// than it may have, and none introspected by a client that is not there.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mutate } from '../clients/mutate.js';
import { storeApis } from '../support/api-resources.js';
import type { TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';
import { type Processes, startProcesses } from './processes.js';
import { watchTransactions } from './transactions.js';

let processes: Processes;
let app: TestApp;
/** Two accounts, each through both processes. */
let asks: Ask[];
beforeAll(async () => {
  processes = await startProcesses();
  [app] = processes.apps;
  const other = await app.addAccount();
  const tokens = [await apiTokenOf(app, 'ADMIN'), await apiTokenOf(app, 'ADMIN', other.owner)];
  asks = processes.apps.flatMap((each) => tokens.map(({ token }) => bearer(each, token)));
});
afterAll(() => processes.close());

const create = (index: number, audience: string): Promise<{ userErrors: { code: string }[] }> =>
  mutate(asks[index % asks.length] as Ask, 'createApiResource', { audience, name: `API ${index}` });
const codesOf = (payloads: readonly { userErrors: { code: string }[] }[]) =>
  payloads.map(({ userErrors }) => userErrors.map(({ code }) => code).join());

test('one audience that twenty register at once is registered once, and the others are told that it is taken', async () => {
  for (let round = 0; round < 3; round += 1) {
    const audience = `https://round${round}.example`;
    const codes = codesOf(await Promise.all(Array.from({ length: 20 }, (_, index) => create(index, audience))));
    expect(codes.sort()).toEqual(['', ...Array(19).fill('TAKEN')]);
    expect(await app.db.apiResource.count({ where: { audience } })).toBe(1);
  }
});

test('two spellings of one origin at once are one of them', async () => {
  for (let round = 0; round < 5; round += 1) {
    const origin = `https://spelt${round}.example`;
    const both = await Promise.all([0, 1, 2, 3].map((index) => create(index, index < 2 ? origin : `${origin}/`)));
    expect(codesOf(both).sort()).toEqual(['', 'TAKEN', 'TAKEN', 'TAKEN']);
    expect(await app.db.apiResource.count({ where: { audience: { startsWith: origin } } })).toBe(1);
  }
});

test('an account does not come to more than a hundred by many at once', async () => {
  const { accountId } = app.owner;
  const had = await app.db.apiResource.count({ where: { accountId } });
  await storeApis(app, 98 - had);
  // Those of the first account alone: every other one of the callers.
  const many = Array.from({ length: 10 }, (_, index) => create(index * 2, `https://many${index}.example`));
  const codes = codesOf(await Promise.all(many));
  expect(codes.filter((code) => code === '')).toHaveLength(2);
  expect(codes.filter((code) => code === 'LIMIT_EXCEEDED')).toHaveLength(8);
  expect(await app.db.apiResource.count({ where: { accountId } })).toBe(100);
});

test.each([
  ['registered', 'apiResource.create'],
  ['changed', 'apiResource.update'],
])('a client that is to introspect an API and is deleted while that is %s is not found', async (_name, write) => {
  await app.db.apiResource.deleteMany();
  const [, second] = processes.apps;
  const { id: clientId } = await registerClient(app);
  const audience = 'https://introspected.example';
  const input = { name: 'An API', introspectionClientIds: [clientId] };
  const [first] = asks as [Ask];
  const { apiResource } =
    write === 'apiResource.update'
      ? await mutate(first, 'createApiResource', { audience, name: 'An API' }, 'apiResource { id }')
      : { apiResource: null };
  const other = bearer(second, (await apiTokenOf(second, 'ADMIN')).token);
  let deletion: Promise<{ userErrors: unknown[] }> | undefined;
  const watched = watchTransactions(app, (statement) => {
    if (statement !== write || deletion !== undefined) return undefined;
    // It was found a moment ago.
    deletion = mutate(other, 'deleteOAuthClient', { id: clientId });
    return Promise.race([deletion, pause(300)]);
  });
  const { userErrors } = apiResource
    ? await mutate(first, 'updateApiResource', { id: apiResource.id, ...input })
    : await mutate(first, 'createApiResource', { audience, ...input });
  watched.restore();
  expect((await deletion)?.userErrors).toEqual([]);
  // Where nobody else writes meanwhile it was deleted after that, and what it may introspect with it.
  if (userErrors.length > 0)
    expect(userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['introspectionClientIds', '0'] }]);
  expect(await app.db.apiResourceIntrospector.count({ where: { clientId } })).toBe(0);
});
