// Known attack 45: secrets and tokens in logs, rows and lists. Every mutation that shows one is driven, each is then presented
// wherever it does not belong, and none is found again: in no row, no log line, no later answer.
import { getNamedType, isObjectType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { dumpAll } from '../support/dump.js';
import { type Ask, apiTokenOf, bearer, post, signedIn } from '../support/graphql.js';
import { operationOf, rootFields } from './authorization-table.js';
import { furnish } from './furnished.js';
import { queriesFor } from './roots.js';
import { readSchema } from './selections.js';
import { targetsOf } from './targets.js';
import { walk } from './walk.js';

/** The fields that show a secret, by their mutation: no-secret-reachable.test.ts sees to it that there are no others. */
const showing: Record<string, string> = {
  createOAuthClient: 'clientSecret',
  rotateOAuthClientSecret: 'clientSecret',
  createApiToken: 'token',
  rotateApiToken: 'token',
};

let app: TestApp;
let ask: Ask;
const shown: Record<string, string> = {};

async function show(mutation: string, idempotencyKey: string, id: string | undefined) {
  const name = `Mutation.${mutation}`;
  const root = rootFields[name];
  if (!root) throw new Error(`The table has no ${name}.`);
  const call = root.call.replace('input: {', `input: { idempotencyKey: "${idempotencyKey}",`);
  const select = `{ ${showing[mutation]} replayed userErrors { message } }`;
  const { data } = await ask(operationOf(name, { ...root, call }, select), { id });
  return data[mutation] as Record<string, unknown>;
}

beforeAll(async () => {
  app = await createTestApp();
  ask = await signedIn(app, app.owner);
  const makeTarget = await targetsOf(app);
  for (const [mutation, field] of Object.entries(showing)) {
    const target = rootFields[`Mutation.${mutation}`]?.target;
    for (const key of [`${mutation} 1`, `${mutation} 2`]) {
      const id = target && (await makeTarget[target]()).id;
      const { [field]: secret, ...rest } = await show(mutation, key, id);
      expect(rest).toEqual({ replayed: false, userErrors: [] });
      shown[key] = String(secret);
      expect(await show(mutation, key, id)).toEqual({ [field]: null, replayed: true, userErrors: [] });
    }
  }
});
afterAll(() => app.close());

test('known attack 45: every mutation that shows a secret is driven, and each time it is another', async () => {
  const schema = await readSchema(ask);
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {}).filter(({ type }) => {
    const payload = getNamedType(type);
    return isObjectType(payload) && Object.values(showing).some((field) => field in payload.getFields());
  });
  expect(mutations.map(({ name }) => name).sort()).toEqual(Object.keys(showing).sort());
  for (const secret of Object.values(shown)) expect(secret).toMatch(/^lk[st]_\w{49,}$/);
  expect(new Set(Object.values(shown)).size).toBe(8);
});

/** Puts a secret where it does not belong, in each way that a request can go wrong. @returns what is answered */
async function misplace(secret: string): Promise<string> {
  const put = (query: string) => ask(query, { text: secret });
  const whoAmI = { query: '{ viewer { role } }' };
  const answers = [
    await put('query ($text: ID!) { node(id: $text) { id } nodes(ids: [$text]) { id } oauthClient(id: $text) { id } }'),
    await put('query ($text: String) { oauthClient(clientId: $text) { id } }'),
    await put('query ($text: String) { oauthClients(after: $text) { totalCount } }'),
    await put('query ($text: String) { oauthClients(filter: { search: $text }) { totalCount } }'),
    await put('query ($text: ID) { auditLog(filter: { targetId: $text }) { nodes { id } } }'),
    await put('query ($text: ID) { apiTokens(filter: { ownerId: $text }) { nodes { id } } }'),
    await put('mutation ($text: ID!) { revokeApiToken(input: { id: $text }) { userErrors { message } } }'),
    await put('mutation ($text: ID!) { rotateApiToken(input: { id: $text }) { userErrors { message } } }'),
    await put(
      'mutation ($text: ID!) { revokeOAuthClientSecret(input: { secretId: $text }) { userErrors { message } } }',
    ),
    await put('mutation ($text: String) { deleteOAuthClient(input: { clientId: $text }) { userErrors { message } } }'),
    await post(app, whoAmI, { authorization: `Bearer ${secret}x` }),
    await post(app, whoAmI, { authorization: `Basic ${secret}` }),
    await post(app, whoAmI, { cookie: `latchkey=${secret}`, origin: app.issuer }),
  ];
  // Here GraphQL quotes to the callers what they wrote themselves, so only what is kept of it counts.
  await put(`query ($text: Int) { node(id: "${secret}") { id } ${secret} apiTokens(first: $text) { totalCount } }`);
  await put('query ($text: Int) { apiTokens(first: $text) { totalCount } }');
  await post(app, `{"query":"{ viewer","${secret}`);
  for (const path of ['/graphql', '/nothing-here', '/login', '/oauth/userinfo']) {
    await app.request(`${path}?query=${encodeURIComponent(`{ node(id: "${secret}") { id } }`)}&access_token=${secret}`);
  }
  return JSON.stringify(answers.map(({ data, errors }) => ({ data, errors })));
}

/** How a secret might be hidden: its random part alone, as base64, as hexadecimal. */
function spellings(secret: string): string[] {
  const core = secret.slice(-49, -6);
  const base64 = (text: string) => Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -1);
  return [core, base64(secret), base64(core), Buffer.from(core).toString('hex')];
}

function expectNone(place: string, text: string) {
  for (const [key, secret] of Object.entries(shown)) {
    const found = spellings(secret).filter((spelling) => text.includes(spelling));
    expect([place, key, found]).toEqual([place, key, []]);
  }
}

test('known attack 45: no secret is in a row, a log line or a later answer, wherever it was presented', async () => {
  for (const secret of Object.values(shown)) expectNone('an error', await misplace(secret));
  // A token at work, doing what it may not.
  const token = bearer(app, shown['createApiToken 1'] ?? '');
  expect((await token('{ viewer { role } oauthClients { totalCount } }')).data.viewer).toEqual({ role: 'READER' });
  await app.deps.lastUsed.flush();

  // The search finds what is there.
  const tables = await dumpAll(app);
  expect(tables.AuditLogEntry?.join()).toContain('OAUTH_CLIENT_SECRET_ROTATED');
  expect(tables.AuditLogEntry?.join()).toContain('REQUEST_REFUSED');
  expect(tables.IdempotencyRecord).toHaveLength(8);
  for (const [table, rows] of Object.entries(tables)) expectNone(table, rows.join('\n'));

  const log = app.logLines.join('');
  expect(log).toContain('/oauth/userinfo');
  expectNone('the log', log);

  const ours = await furnish(app, app.owner, 'ours');
  const { texts } = await walk(await readSchema(ask), ask, await queriesFor(app, ours));
  expect(texts.join()).toContain(app.owner.id);
  expectNone('a later answer', texts.join('\n'));
});

test('known attack 45: what tells secrets apart is their last four characters, and no more', async () => {
  const { token } = await apiTokenOf(app, 'READER');
  const { data } = await ask('{ apiTokens(first: 1) { nodes { hint } } }');
  expect(data.apiTokens.nodes).toEqual([{ hint: token.slice(-4) }]);
  const rows = [...(await app.db.apiToken.findMany()), ...(await app.db.oAuthClientSecret.findMany())];
  for (const { hint } of rows) expect(hint).toMatch(/^\w{4}$/);
});
