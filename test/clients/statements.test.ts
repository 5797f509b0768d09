// The number of SQL statements that a list costs does not grow with its length.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';

let app: TestApp;
let ask: Ask;
beforeAll(async () => {
  app = await createTestApp();
  ask = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
  const colleague = await app.addMember('ADMIN');
  for (let index = 0; index < 50; index += 1) {
    const { id } = await registerClient(app, { name: `Client ${index}` });
    // Rows of several members, so that no row's relations are another's.
    if (index % 2 === 0) {
      await app.db.oAuthClient.update({ where: { id }, data: { createdById: colleague.id } });
      await app.db.oAuthClientSecret.updateMany({ where: { clientId: id }, data: { createdById: colleague.id } });
    }
  }
});
afterAll(() => app.close());

const queries = {
  'with secrets and people': `nodes { redirectUris secrets { hint createdBy { email } } createdBy { email } account { name } }`,
  'with everything through edges': `totalCount edges { cursor node { id secrets { id createdBy { name } } account { id name owner { email } } lifetimes { idTokenSeconds } } }`,
  'with one relation under two names': `nodes { one: createdBy { email } other: createdBy { name } secrets { hint } more: secrets { id } }`,
};

test.each(Object.entries(queries))('fifty clients %s cost as many statements as five', async (_name, selection) => {
  const count = async (first: number) => {
    // What is written now and then is no part of it.
    await app.deps.lastUsed.flush();
    app.statements.length = 0;
    const { data, errors } = await ask(`{ oauthClients(first: ${first}) { ${selection} } }`);
    expect(errors).toBeUndefined();
    expect(data.oauthClients.nodes ?? data.oauthClients.edges).toHaveLength(first);
    return app.statements.length;
  };
  // The first time may load what later ones need not.
  await count(5);
  const forFive = await count(5);
  expect(await count(50)).toBe(forFive);
  expect(forFive).toBeLessThan(15);
});
