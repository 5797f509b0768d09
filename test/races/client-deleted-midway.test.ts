// A client that is deleted in the middle of a request, at the very place where something is about to be stored for it: the
// answer is that of a client that is not there, and no fault of ours.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Db } from '../../src/db/client.js';
import { exportMember } from '../../src/members/export.js';
import { registerVersatile } from '../clients/grants.js';
import { mutate, succeed } from '../clients/mutate.js';
import { registerApi } from '../support/api-resources.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';
import { anyPkce, authorizeUrl, obtainCode, obtainTokens, redeem, refresh, type TestClient } from '../support/oauth.js';

let app: TestApp;
let owner: Ask;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  owner = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
});
beforeEach(async () => {
  client = await registerVersatile(app);
});
afterAll(() => app.close());

const remove = () => succeed(owner, 'deleteOAuthClient', { id: client.id });

/** Deletes the client before the next transaction of the request begins. */
function deleteBeforeTransaction() {
  const { db } = app;
  const transaction = db.$transaction.bind(db);
  Object.assign(db, {
    $transaction: async (...parameters: Parameters<typeof transaction>) => {
      Object.assign(db, { $transaction: transaction });
      await remove();
      return transaction(...parameters);
    },
  });
}

/** Deletes the client before a sign-in is stored, or what a token request presents is used up. */
function deleteBeforeUse(statement: 'redeemCode' | 'rotateRefreshToken' | 'storeSignIn') {
  const { hotPaths } = app.deps;
  const use = hotPaths[statement] as (...values: unknown[]) => Promise<boolean>;
  const deleting = async (...values: unknown[]) => {
    Object.assign(app.deps, { hotPaths });
    await remove();
    return use(...values);
  };
  Object.assign(app.deps, { hotPaths: { ...hotPaths, [statement]: deleting } });
}

test('an authorization that was about to be given a code ends on a page', async () => {
  const { browser } = await obtainCode(app, client, { scope: 'openid' });
  deleteBeforeUse('storeSignIn');
  const page = await browser.visit(authorizeUrl(client, { ...anyPkce, scope: 'openid' }));
  expect(page.left).toBe(false);
  expect([400, 403]).toContain(page.status);
});

test('a consent that was about to be stored ends on a page', async () => {
  const { browser } = await obtainCode(app, client, { scope: 'openid' });
  const page = await browser.visit(authorizeUrl(client, anyPkce));
  expect(page.url.pathname).toBe('/consent');
  deleteBeforeTransaction();
  const answer = await browser.submit(page, { decision: 'allow' });
  expect(answer.left).toBe(false);
  expect([400, 403]).toContain(answer.status);
});

test('a code that was about to be redeemed is not valid', async () => {
  const code = await obtainCode(app, client);
  deleteBeforeUse('redeemCode');
  const { status, body } = await redeem(app, client, code);
  expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_grant' });
});

test('a refresh token that was about to be rotated is not valid', async () => {
  const { refreshToken } = await obtainTokens(app, client);
  deleteBeforeUse('rotateRefreshToken');
  const { status, body } = await refresh(app, client, refreshToken);
  expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_grant' });
});

/** The database to whoever reads rows with their clients when these are gone already: Prisma reads them in a second statement. */
function withoutClients(): Db {
  const tables = new Set<PropertyKey>(['consent', 'tokenFamily', 'oAuthClientSecret', 'apiResource']);
  const bare = (value: unknown, key?: string): unknown => {
    if (key === 'client') return null;
    if (Array.isArray(value)) return value.map((each) => bare(each));
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, bare(each, name)]));
  };
  const reading = (table: object) =>
    new Proxy(table, {
      get(target, method) {
        const read = Reflect.get(target, method);
        return typeof read === 'function' ? async (given: object) => bare(await read.call(target, given)) : read;
      },
    });
  return new Proxy(app.db, {
    get: (target, name) => (tables.has(name) ? reading(Reflect.get(target, name)) : Reflect.get(target, name)),
  });
}

test('what a member downloads has nothing of it', async () => {
  await obtainTokens(app, client);
  const lists = (db: Db) =>
    exportMember({ ...app.deps, db }, app.owner.id).then((all) => {
      const { connectedApps, signIns, createdOAuthClientSecrets } = all as unknown as Record<string, unknown[]>;
      return [connectedApps, signIns, createdOAuthClientSecrets].map((list) => list?.length);
    });
  for (const length of await lists(app.db)) expect(length).toBeGreaterThan(0);
  expect(await lists(withoutClients())).toEqual([0, 0, 0]);
});

test('an API that it introspects is listed without it', async () => {
  await registerApi(app, { introspectionClientIds: [client.id] });
  const { db } = app;
  Object.assign(app.deps, { db: withoutClients() });
  const { data, errors } = await owner('{ apiResources { nodes { introspectionClients { id } } } }');
  Object.assign(app.deps, { db });
  expect(errors).toBeUndefined();
  expect(data).toEqual({ apiResources: { nodes: [{ introspectionClients: [] }] } });
});

test.each([
  ['rotateOAuthClientSecret', {}],
  ['disableOAuthClient', {}],
  ['revokeOAuthClientTokens', {}],
  ['deleteOAuthClient', {}],
  ['updateOAuthClient', { name: 'Renamed' }],
])('%s finds no client', async (mutation, input) => {
  deleteBeforeTransaction();
  expect(await mutate(owner, mutation, { id: client.id, ...input })).toMatchObject({
    userErrors: [{ code: 'NOT_FOUND', path: ['id'] }],
  });
});
