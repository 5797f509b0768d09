// The number of SQL statements that connected apps and sessions cost: in lists of members and clients as many for many as for few.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addConsent, addSession } from '../api/targets.js';
import { countStatements } from '../clients/count-statements.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';
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
  ['oauthClients', 'consents(first: 2) { totalCount nodes { scopes member { email } app { name } } }'],
])('%s with %s cost as many for twelve as for three', async (list, selection) => {
  const [few, many] = [3, 12];
  const count = await countStatements(app, admin, list, few, `nodes { id ${selection} }`);
  expect(count).toBeLessThan(16);
  expect(await countStatements(app, admin, list, many, `nodes { id ${selection} }`)).toBe(count);
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
