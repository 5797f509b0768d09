// The number of SQL statements that a list of members costs: the same for any length, and this one.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countStatements } from '../clients/count-statements.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';

let app: TestApp;
const callers: Record<string, Ask> = {};
beforeAll(async () => {
  app = await createTestApp();
  const roles = ['READER', 'WRITER', 'ADMIN'] as const;
  for (let index = 0; index < 49; index += 1) {
    await app.addMember(roles[index % 3] as 'READER', `member-${index}@example.com`);
  }
  callers.ADMIN = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
  callers.READER = bearer(app, (await apiTokenOf(app, 'READER')).token);
});
afterAll(() => app.close());

// Who calls, and the rows: one statement for the token with its owner, one for the list.
const least = 2;
const everything = 'id email emailVerified name role status createdAt lastSeenAt';

test.each([
  ['through nodes', `nodes { ${everything} }`],
  ['through edges', `edges { cursor node { ${everything} } }`],
  ['through both', `nodes { ${everything} } edges { node { email } }`],
])(
  'members with everything %s cost as many for fifty as for five, and one more when counted',
  async (_name, selection) => {
    for (const ask of Object.values(callers)) {
      for (const first of [5, 50]) {
        expect(await countStatements(app, ask, 'members', first, selection)).toBe(least);
        expect(await countStatements(app, ask, 'members', first, `totalCount ${selection}`)).toBe(least + 1);
      }
    }
  },
);

test('forty nodes by their ids cost as many as five', async () => {
  const ask = callers.ADMIN as Ask;
  const ids = (await app.db.member.findMany({ take: 40 })).map(({ id }) => id);
  for (const chosen of [ids.slice(0, 5), ids]) {
    await app.beginCounting();
    const { data, errors } = await ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Member { email } } }', {
      ids: chosen,
    });
    expect(errors).toBeUndefined();
    expect(data.nodes.map(({ id }: { id: string }) => id)).toEqual(chosen);
    expect(app.statements).toHaveLength(least);
  }
});
