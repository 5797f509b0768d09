// The number of SQL statements that a list of clients costs: the same for any length, and this one.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';
import { countStatements } from './count-statements.js';
import { succeed } from './mutate.js';

let app: TestApp;
let ask: Ask;
beforeAll(async () => {
  app = await createTestApp();
  ask = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
  const colleague = await app.addMember('ADMIN');
  for (let index = 0; index < 50; index += 1) {
    const { id } = await registerClient(app, { name: `Client ${index}` });
    const bytes = new Uint8Array([index]);
    const logo = { hash: String(index), contentType: 'image/png', bytes, fetchedAt: app.clock() };
    await app.db.oAuthClientLogo.create({ data: { clientId: id, ...logo } });
    await succeed(ask, 'rotateOAuthClientSecret', { id });
    // Rows of several members, so that no row's relations are another's.
    if (index % 2 === 0) {
      await app.db.oAuthClient.update({ where: { id }, data: { createdById: colleague.id } });
      await app.db.oAuthClientSecret.updateMany({ where: { clientId: id }, data: { createdById: colleague.id } });
    }
  }
});
afterAll(() => app.close());

// Who calls, and the rows: one statement for the token with its owner, one for the list.
const least = 2;
const everything = `id clientId account { id name } name description type logoUrl logoImageUrl homepageUrl policyUrl termsUrl
  redirectUris postLogoutRedirectUris allowedOrigins backchannelLogoutUri jwks jwksUri grantTypes scopes
  tokenEndpointAuthMethod requirePkce consentMode idTokenSigningAlgorithm lifetimes { idTokenSeconds }
  secrets { id hint createdAt createdBy { id email } expiresAt lastUsedAt } createdBy { id name email } version createdAt
  updatedAt lastUsedAt disabledAt verifiedAt viewerCanEdit`;

/** What is asked of each row, and how many statements that adds: one for each relation, however deep it is. */
const selections: [string, string, number][] = [
  ['their own fields', 'nodes { id name scopes lifetimes { idTokenSeconds } viewerCanEdit }', 0],
  ['redirect URIs', 'nodes { redirectUris }', 1],
  ['the account', 'nodes { account { name } }', 1],
  ['the account and its owner', 'nodes { account { owner { email } } }', 2],
  ['who registered them', 'nodes { createdBy { email } }', 1],
  ['secrets', 'nodes { secrets { hint } }', 1],
  ['secrets and who made them', 'nodes { secrets { hint createdBy { email } } }', 2],
  ['the logo', 'nodes { logoImageUrl }', 1],
  ['everything', `nodes { ${everything} }`, 6],
  ['everything through edges', `edges { cursor node { ${everything} } }`, 6],
  ['half of it through nodes, half through edges', 'nodes { redirectUris } edges { node { secrets { hint } } }', 2],
  ['one relation under two names', 'nodes { one: createdBy { email } other: createdBy { name } }', 1],
];

describe.each(selections)('clients with %s', (_name, selection, relations) => {
  test('cost as many statements for fifty as for five', async () => {
    for (const first of [5, 50]) {
      expect(await countStatements(app, ask, 'oauthClients', first, selection)).toBe(least + relations);
    }
  });

  test('cost one more when they are counted', async () => {
    const counted = `totalCount ${selection}`;
    for (const first of [5, 50]) {
      expect(await countStatements(app, ask, 'oauthClients', first, counted)).toBe(least + relations + 1);
    }
  });
});

test('a filter, an order and a cursor cost no statement more', async () => {
  const { data } = await ask('{ oauthClients(first: 5, orderBy: { field: NAME }) { pageInfo { endCursor } } }');
  await app.beginCounting();
  const { errors } = await ask(
    `query ($after: String) { oauthClients(
      first: 20, after: $after, orderBy: { field: NAME }, filter: { search: "client", disabled: false }
    ) { nodes { name } } }`,
    { after: data.oauthClients.pageInfo.endCursor },
  );
  expect(errors).toBeUndefined();
  expect(app.statements).toHaveLength(least);
});
