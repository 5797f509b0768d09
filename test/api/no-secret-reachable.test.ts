// Known attack 40 (CVE-2020-10187): an answer that holds a secret, or what is kept in its place. Whoever may see most walks every
// way through the schema, and none of what is stored to prove something with is in any answer.
import { type GraphQLSchema, getNamedType, isEnumType, isLeafType, isObjectType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { readTables } from '../support/dump.js';
import { ask as authorize, newBrowser, obtainTokens, refresh, registerClient } from '../support/oauth.js';
import { type CallerName, callersOf } from './callers.js';
import { type Furnished, furnish } from './furnished.js';
import { mutationsFor, queriesFor } from './roots.js';
import { readSchema } from './selections.js';
import { targetsOf } from './targets.js';
import { walk } from './walk.js';

let app: TestApp;
let schema: GraphQLSchema;
let world: Awaited<ReturnType<typeof callersOf>>;
let ours: Furnished;
let theirs: Furnished;

beforeAll(async () => {
  app = await createTestApp();
  world = await callersOf(app);
  schema = await readSchema(world.callers.anonymous.ask);
  // A used refresh token with its successor, a request that waits, an idempotency key, a refusal, a used assertion.
  const client = await registerClient(app);
  const scope = 'openid offline_access';
  const { refreshToken } = await obtainTokens(app, client, { scope, nonce: 'a nonce to be kept' });
  await refresh(app, client, refreshToken);
  await authorize(newBrowser(app), client);
  const keyed =
    'createApiToken(input: { name: "Kept", role: READER, idempotencyKey: "a key" }) { userErrors { code } }';
  await world.callers['session of the OWNER'].ask(`mutation { ${keyed} }`);
  await world.callers['session of a READER'].ask('{ oauthClients { totalCount } }');
  await app.db.assertionReplay.create({ data: { hash: 'the hash of an assertion', expiresAt: app.clock() } });
  await world.callers['session of the OWNER'].ask(
    'mutation { inviteMember(input: { email: "invited@example.com", role: READER }) { userErrors { code } } }',
  );
  await app.db.oneTimeLink.create({
    data: {
      id: app.deps.newId('oneTimeLink'),
      memberId: app.owner.id,
      purpose: 'RESET_PASSWORD',
      hash: 'the hash of a link',
      email: app.owner.email,
      createdAt: app.clock(),
      expiresAt: app.clock(),
    },
  });
  ours = await furnish(app, app.owner, 'ours');
  theirs = await furnish(app, world.other.owner, 'theirs');
});
afterAll(() => app.close());

/** What is kept of secrets, or to know them again. */
const hidden = [
  ...['Member.passwordHash', 'Session.secretHash', 'ApiToken.tokenHash', 'OAuthClientSecret.selector'],
  ...['OAuthClientSecret.hash', 'AuthorizationRequest.browserHash', 'AuthorizationCode.hash'],
  ...[
    'AuthorizationCode.codeChallenge',
    'AuthorizationCode.nonce',
    'RefreshToken.hash',
    'RefreshToken.sealedSuccessor',
  ],
  ...['SigningKey.encryptedPrivateJwk', 'AuditLogEntry.repeatKey', 'IdempotencyRecord.keyHash'],
  ...['IdempotencyRecord.inputHash', 'AssertionReplay.hash', 'Invitation.hash', 'OneTimeLink.hash'],
  ...['MailDelivery.sealed'],
];
/** The hash of a logo's bytes, which anybody may fetch, is in their address. */
const open = ['OAuthClientLogo.hash'];

test('known attack 40: every column that speaks of a secret is looked for, and holds something to find', async () => {
  const tables = Object.entries(await readTables(app));
  const columns = tables.flatMap(([table, rows]) => Object.keys(rows[0] ?? {}).map((column) => `${table}.${column}`));
  const telling = /hash|selector|seal|encrypt|private|password|challenge|nonce|verifier|repeatKey|totp|recovery/i;
  expect(columns.filter((column) => telling.test(column)).sort()).toEqual([...hidden, ...open].sort());
  for (const column of hidden) expect([column, (await valuesOf(column)).length]).not.toEqual([column, 0]);
});

async function valuesOf(name: string): Promise<string[]> {
  const [table = '', column = ''] = name.split('.');
  const rows = (await readTables(app))[table] ?? [];
  return rows.map((row) => row[column]).filter((value): value is string => typeof value === 'string');
}

test.each<CallerName>([
  'session of the OWNER',
  'API token of role ADMIN',
  'OAuth token with admin',
  'session of a READER',
  'anonymous',
])(
  'known attack 40: by %s no query and no mutation gives a hash, a selector or anything sealed',
  async (caller) => {
    const { ask } = world.callers[caller];
    makeTarget ??= await targetsOf(app);
    const roots = [...(await queriesFor(app, ours, theirs)), ...mutationsFor(caller, makeTarget)];
    // A new secret is shown once, with the selector that is part of it: secrets-shown-once.test.ts is about those.
    const answers = (await walk(schema, ask, roots)).texts.join('\n').replaceAll(/lk[a-z]_\w+/g, '');
    // The search finds what is there.
    if (caller !== 'anonymous') expect(answers).toContain(app.owner.id);
    for (const column of hidden) {
      const found = (await valuesOf(column)).filter((value) => answers.includes(value));
      expect([column, found]).toEqual([column, []]);
    }
  },
  120_000,
);

let makeTarget: Awaited<ReturnType<typeof targetsOf>> | undefined;

test('known attack 40: the schema has no field for a secret but those that show a new one once', () => {
  const fields = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && !type.name.startsWith('__')
      ? Object.values(type.getFields()).map((field) => ({ name: `${type.name}.${field.name}`, type: field.type }))
      : [],
  );
  const telling = /secret|token|hash|selector|password|private|sealed|encrypted|epoch|credential|verifier|challenge/i;
  const named = fields.filter(
    ({ name, type }) => telling.test(name.split('.')[1] ?? '') && isLeafType(getNamedType(type)),
  );
  const texts = named.filter(({ type }) => ['String', 'URL'].includes(getNamedType(type).name));
  expect(texts.map(({ name }) => name).sort()).toEqual([
    'CreateApiTokenPayload.token',
    'CreateOAuthClientPayload.clientSecret',
    'RotateApiTokenPayload.token',
    'RotateOAuthClientSecretPayload.clientSecret',
  ]);
  const others = named.filter((field) => !texts.includes(field)).map(({ type }) => getNamedType(type));
  expect(others.filter((type) => !isEnumType(type) && !['ID', 'Int'].includes(type.name))).toEqual([]);
});
