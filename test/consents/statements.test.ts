// The number of SQL statements that connected apps and sessions cost: in lists of members and clients as many for many as for few.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addConsent, addSession } from '../api/targets.js';
import { countStatements } from '../clients/count-statements.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, signedIn } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';

let app: TestApp;
let admin: Ask;
beforeAll(async () => {
  app = await createTestApp();
  const clients = [];
  for (let index = 0; index < 12; index += 1) clients.push(await registerClient(app, { name: `App ${index}` }));
  for (let index = 0; index < 12; index += 1) {
    const { id } = await app.addMember('READER', `member-${index}@example.com`);
    await addSession(app, id);
    await addSession(app, id);
    for (const client of clients.slice(-1 - (index % 3))) {
      await addConsent(app, id, client.id, 'openid https://gone.example#read');
    }
  }
  admin = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
});
afterAll(() => app.close());

test.each([
  ['members', 'sessions(first: 2) { nodes { id browser isCurrent } }'],
  ['members', 'sessions { totalCount edges { cursor node { id } } }'],
  ['members', 'connectedApps(first: 2) { totalCount nodes { scopes allowed { name } app { name publisher hosts } } }'],
  ['members', 'connectedApps(first: 2) { nodes { oauthClient { name } member { name } } }'],
  ['members', 'connectedApps(first: 2) { nodes { member { connectedApps { totalCount nodes { id } } } } }'],
  ['oauthClients', 'consents(first: 2) { nodes { oauthClient { name } member { email } } }'],
  ['oauthClients', 'consents(first: 2) { totalCount nodes { scopes member { email } app { name } } }'],
])('%s with %s cost as many for twelve as for three', async (list, selection) => {
  const [few, many] = [3, 12];
  const count = await countStatements(app, admin, list, few, `nodes { id ${selection} }`);
  expect(count).toBeLessThan(16);
  expect(await countStatements(app, admin, list, many, `nodes { id ${selection} }`)).toBe(count);
});

describe('of thirty members who allowed each of thirty apps', () => {
  let large: TestApp;
  let owner: Ask;
  const [first, thirty] = [31, Array.from({ length: 30 }, (_, index) => index)];
  beforeAll(async () => {
    large = await createTestApp();
    const clients = [];
    for (const index of thirty) clients.push(await registerClient(large, { name: `App ${index}` }));
    for (const index of thirty) {
      const { id } = await large.addMember('READER', `member-${index}@example.com`);
      for (const client of clients) await addConsent(large, id, client.id);
    }
    owner = await signedIn(large, large.owner);
  });
  afterAll(() => large.close());

  test.each([
    ['members', 'connectedApps', 'member { email } oauthClient { name }'],
    ['oauthClients', 'consents', 'member { email } oauthClient { name }'],
    // Each member and each client leads to a list again, which is of as many owners as there are.
    ['oauthClients', 'consents', 'member { connectedApps(first: 1) { totalCount nodes { id } } }'],
  ])('%s with %s and of each %s are told in a few statements', async (list, inner, selection) => {
    await large.beginCounting();
    const { data, errors } = await owner(
      `{ ${list}(first: ${first}) { nodes { id ${inner}(first: 30) { nodes { id ${selection} } } } } }`,
    );
    expect(errors).toBeUndefined();
    const rows = data[list].nodes.flatMap((node: Record<string, { nodes: object[] }>) => node[inner]?.nodes);
    expect(rows).toHaveLength(30 * 30);
    const parts = rows.flatMap(({ id: _id, ...rest }: Record<string, unknown>) => Object.values(rest));
    expect(parts).not.toContain(null);
    expect(large.statements.length).toBeLessThan(20);
  });

  test('no statement takes more than 500 ids', async () => {
    // Of 900 consents, of which each is read by its id.
    large.statements.length = 0;
    const { errors } = await owner(
      '{ members(first: 31) { nodes { connectedApps(first: 30) { nodes { scopes } } } } }',
    );
    expect(errors).toBeUndefined();
    for (const statement of large.statements) {
      expect(statement.match(/\?|\$\d+/g)?.length ?? 0).toBeLessThan(510);
    }
  });
});

test('each member has their own in a list of many, as few as were asked for, newest first', async () => {
  const query =
    '{ members(first: 50) { nodes { id connectedApps(first: 2) { totalCount nodes { id } pageInfo { hasNextPage } } } } }';
  const { data } = await admin(query);
  for (const { id, connectedApps } of data.members.nodes) {
    const rows = await app.db.consent.findMany({ where: { memberId: id }, orderBy: { id: 'desc' } });
    expect(connectedApps).toEqual({
      totalCount: rows.length,
      nodes: rows.slice(0, 2).map((row) => ({ id: row.id })),
      pageInfo: { hasNextPage: rows.length > 2 },
    });
  }
});
