// The number of SQL statements that a list of API tokens costs: the same for any length, and this one.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countStatements } from '../clients/count-statements.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';

let app: TestApp;
let admin: Ask;
let reader: Ask;
beforeAll(async () => {
  app = await createTestApp();
  const person = await app.addMember('READER');
  const tokens = [];
  for (let index = 0; index < 50; index += 1) {
    tokens.push(await apiTokenOf(app, 'READER', app.owner), await apiTokenOf(app, 'READER', person));
  }
  reader = bearer(app, tokens[1]?.token ?? '');
  admin = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
});
afterAll(() => app.close());

// Who calls, and the rows: one statement for the token with its owner, one for the list.
const least = 2;
const selections: [string, string, number][] = [
  ['their own fields', 'nodes { id name hint role isCurrent viewerCanEdit lastUsedAt }', 0],
  ['their owners', 'nodes { owner { id name email } }', 1],
  ['their owners, through edges', 'edges { cursor node { id owner { email lastSeenAt } } }', 1],
  ['their owners under two names', 'nodes { one: owner { email } other: owner { name } }', 1],
];

test.each(selections)(
  'tokens with %s cost as many for fifty as for five, and one more when counted',
  async (_name, selection, relations) => {
    for (const ask of [admin, reader]) {
      for (const first of [5, 50]) {
        expect(await countStatements(app, ask, 'apiTokens', first, selection)).toBe(least + relations);
        expect(await countStatements(app, ask, 'apiTokens', first, `totalCount ${selection}`)).toBe(
          least + relations + 1,
        );
      }
    }
  },
);
