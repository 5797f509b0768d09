// What the GraphQL API refuses to a caller that it knows is in the audit log: which field, by whom, how often; never more.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, anonymous, apiTokenOf, asClient, bearer, signedIn, throughClient } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';

let app: TestApp;
let reader: Awaited<ReturnType<TestApp['addMember']>>;
let asReader: Ask;
beforeAll(async () => {
  app = await createTestApp();
  reader = await app.addMember('READER');
  asReader = await signedIn(app, reader);
});
afterAll(() => app.close());
afterEach(() => app.clock.advance(60));

/** The refusals that a step brought, with what each of them says. */
async function refusalsOf(step: () => Promise<unknown>) {
  const before = await app.db.auditLogEntry.findMany({ where: { action: 'REQUEST_REFUSED' } });
  await step();
  const rows = await app.db.auditLogEntry.findMany({ where: { action: 'REQUEST_REFUSED' }, orderBy: { id: 'asc' } });
  return rows
    .filter((row) => !before.some(({ id, count }) => id === row.id && count === row.count))
    .map(({ changes, ...row }) => ({
      ...row,
      fields: JSON.parse(changes).map((change: { after: string }) => change.after),
    }));
}

const createToken = 'createApiToken(input: { name: "a name of mine", role: READER }) { token }';

test('a member who is refused a field is recorded with it, and still answered', async () => {
  const refusals = await refusalsOf(async () => {
    const { data, errors } = await asReader('{ oauthClients { totalCount } viewer { role } }');
    expect(data).toEqual({ oauthClients: null, viewer: { role: 'READER' } });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' }, path: ['oauthClients'] }]);
  });
  expect(refusals).toMatchObject([
    {
      accountId: reader.accountId,
      actorKind: 'MEMBER',
      actorId: reader.id,
      actorLabel: reader.email,
      targetId: reader.id,
      targetLabel: reader.email,
      viaClientId: null,
      fields: ['Query.oauthClients'],
      count: 1,
    },
  ]);
});

test('an API token is recorded under its own name, and what it passed is not', async () => {
  const token = await apiTokenOf(app, 'READER', reader);
  const refusals = await refusalsOf(() => bearer(app, token.token)(`mutation { secretAlias: ${createToken} }`));
  expect(refusals).toMatchObject([
    { actorKind: 'API_TOKEN', actorId: token.id, targetId: token.id, fields: ['Mutation.createApiToken'] },
  ]);
  expect(JSON.stringify(refusals)).not.toMatch(/secretAlias|a name of mine|lkt_/);
});

test('an access token is recorded as the member’s, through its client', async () => {
  const client = await registerClient(app);
  const through = await throughClient(app, client, 'openid admin');
  const refusals = await refusalsOf(() => through(`mutation { ${createToken} }`));
  expect(refusals).toMatchObject([
    { actorKind: 'MEMBER', actorId: app.owner.id, viaClientId: client.id, targetId: app.owner.id },
  ]);
});

test('a service’s own refusal is recorded like the schema’s', async () => {
  const client = await registerClient(app);
  const other = await registerClient(app);
  const through = await throughClient(app, client, 'openid admin');
  const refusals = await refusalsOf(async () => {
    const { errors } = await through(
      'mutation ($input: UpdateOAuthClientInput!) { updateOAuthClient(input: $input) { userErrors { code } } }',
      { input: { id: other.id, redirectUris: ['https://elsewhere.example.com/'] } },
    );
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });
  expect(refusals).toMatchObject([{ fields: ['Mutation.updateOAuthClient'], viaClientId: client.id }]);
});

test('one operation makes one entry, with each field once, however often it was asked for', async () => {
  const refusals = await refusalsOf(() =>
    asReader(`query { a: oauthClients { totalCount } b: oauthClients { nodes { id } } ...More }
      fragment More on Query { auditLog { nodes { id } } }`),
  );
  expect(refusals).toMatchObject([{ count: 1 }]);
  expect(refusals[0]?.fields.toSorted()).toEqual(['Query.auditLog', 'Query.oauthClients']);
});

test('repeats within a minute count up one entry; the next minute has its own', async () => {
  const refusals = await refusalsOf(async () => {
    for (let index = 0; index < 3; index += 1) await asReader('{ auditLog { nodes { id } } }');
    app.clock.advance(60);
    await asReader('{ auditLog { nodes { id } } }');
  });
  expect(refusals.map(({ count }) => count)).toEqual([3, 1]);
});

test('a token that is not for this API is recorded where it says whose it is', async () => {
  const client = await registerClient(app, {
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
  });
  const itself = await asClient(app, client, 'admin');
  const withOpenid = await throughClient(app, client, 'openid');
  const refusals = await refusalsOf(async () => {
    expect((await itself('{ viewer { role } }')).status).toBe(403);
    expect((await withOpenid('{ viewer { role } }')).status).toBe(403);
  });
  expect(refusals).toMatchObject([
    {
      actorKind: 'OAUTH_CLIENT',
      actorId: client.id,
      accountId: app.owner.accountId,
      targetId: client.id,
      fields: ['*'],
    },
    { actorKind: 'MEMBER', actorId: app.owner.id, viaClientId: client.id, fields: ['*'] },
  ]);
});

test('nobody and good requests leave nothing, nor does what is wrong in other ways', async () => {
  const client = await registerClient(app);
  const refusals = await refusalsOf(async () => {
    await anonymous(app)(`mutation { ${createToken} }`);
    await bearer(app, 'lkt_nonsense')('{ viewer { role } }');
    await asReader('{ viewer { role } account { name } }');
    await asReader(`{ node(id: "${client.id}") { id } }`);
    await asReader('{ nonsense }');
    await asReader('mutation { revokeApiToken(input: { id: "nonsense" }) { userErrors { code } } }');
  });
  expect(refusals).toEqual([]);
});

test('a good request costs no statement more', async () => {
  const count = async () => {
    await app.beginCounting();
    await asReader('{ account { name } }');
    return app.statements.filter((sql) => sql.includes('AuditLogEntry')).length;
  };
  expect(await count()).toBe(0);
});

test('a refusal that cannot be written is answered all the same, and logged', async () => {
  const { db } = app;
  const operation = '{ oauthClients { totalCount } }';
  const refused = await asReader(operation);
  app.clock.advance(60);
  const failing = new Proxy(db, {
    get: (target, name) =>
      name === 'auditLogEntry'
        ? { upsert: () => Promise.reject(new Error('the disk is full')) }
        : Reflect.get(target, name),
  });
  Object.assign(app.deps, { db: failing });
  try {
    const { data, errors, status } = await asReader(operation);
    expect({ data, errors, status }).toEqual({ data: refused.data, errors: refused.errors, status: refused.status });
  } finally {
    Object.assign(app.deps, { db });
  }
  const line = app.logLines.find((text) => text.includes('the disk is full'));
  expect(line).toContain('"level":50');
  expect(line).toContain('a refusal was not written');
  expect(line).toContain('requestId');
});
