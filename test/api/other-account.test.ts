// Nobody reaches another account: its owner tries every id and name of the first account in every argument of every query and
// mutation, asks for everything that comes back, and gets nothing of it; nor does a row change.
import { type GraphQLArgument, type GraphQLSchema, getNullableType, isInputObjectType, isNonNullType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, signedIn } from '../support/graphql.js';
import { obtainCode, redeem, registerClient } from '../support/oauth.js';
import { inputOf, readSchema, selectionOf } from './selections.js';

let app: TestApp;
let schema: GraphQLSchema;
let foreigner: Ask;
/** Every id and other name by which something of the first account could be asked for. */
let names: string[];
/** Texts that stand in rows of the first account alone. */
let secrets: string[];
let accountId: string;

beforeAll(async () => {
  app = await createTestApp();
  accountId = app.owner.accountId;
  await app.db.account.update({ where: { id: accountId }, data: { name: 'First account' } });
  const reader = await app.addMember('READER', 'reader@first.example');
  const client = await registerClient(app, { name: 'First client', description: 'First note' });
  await redeem(app, client, await obtainCode(app, client, { scope: 'openid offline_access' }));
  await apiTokenOf(app, 'ADMIN');
  const other = await app.addAccount();
  foreigner = await signedIn(app, other.owner);
  schema = await readSchema(foreigner);
  // Two of each table stand for the others.
  const rows = Object.values(await rowsOfFirstAccount()).flatMap<Record<string, unknown>>((all) => all.slice(0, 2));
  names = [...new Set(rows.flatMap((row) => [row.id, row.clientId, row.email, row.selector, row.hint]))].filter(
    (name) => typeof name === 'string',
  );
  secrets = [...names, app.owner.email, reader.email, 'First account', 'First client', 'First note'];
});
afterAll(() => app.close());

async function rowsOfFirstAccount() {
  const ofClient = { client: { accountId } };
  const ofMember = { member: { accountId } };
  const { db } = app;
  return {
    accounts: await db.account.findMany({ where: { id: accountId } }),
    members: await db.member.findMany({ where: { accountId } }),
    clients: await db.oAuthClient.findMany({ where: { accountId } }),
    redirectUris: await db.oAuthClientRedirectUri.findMany({ where: ofClient }),
    clientSecrets: await db.oAuthClientSecret.findMany({ where: ofClient }),
    apiTokens: await db.apiToken.findMany({ where: { accountId } }),
    sessions: await db.session.findMany({ where: ofMember }),
    consents: await db.consent.findMany({ where: ofMember }),
    families: await db.tokenFamily.findMany({ where: { consent: ofMember } }),
    refreshTokens: await db.refreshToken.findMany({ where: { family: { consent: ofMember } } }),
    auditLog: await db.auditLogEntry.findMany({ where: { accountId } }),
  };
}

/** The variables that put `name` wherever an argument, or its input, takes a text. */
function variablesOf(args: readonly GraphQLArgument[], name: string): Record<string, unknown>[] {
  const all = Object.fromEntries(args.map((argument) => [argument.name, inputOf(argument.type, name)]));
  const single = args.flatMap(({ name: argument, type }) => {
    const nullable = getNullableType(type);
    if (!isInputObjectType(nullable)) return isNonNullType(type) ? [] : [{ [argument]: all[argument] }];
    // Each optional id of an input by itself as well: an id beside a wrong client_id would be found for neither.
    const input = all[argument] as Record<string, unknown>;
    const optional = Object.values(nullable.getFields()).filter((field) => !isNonNullType(field.type));
    const required = Object.fromEntries(Object.entries(input).filter(([key]) => !optional.some((f) => f.name === key)));
    const ids = optional.filter((field) => /id$/i.test(field.name));
    return ids.map((field) => ({ [argument]: { ...required, [field.name]: input[field.name] } }));
  });
  return [all, ...single];
}

function rootFields() {
  return [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
    Object.values(type?.getFields() ?? {}).map((field) => ({ kind: type?.name.toLowerCase() ?? '', field })),
  );
}

test('every query and mutation with every name gives nothing and changes nothing', async () => {
  await app.deps.lastUsed.flush();
  const before = await rowsOfFirstAccount();
  expect(names.length).toBeGreaterThan(10);
  let asked = 0;
  for (const { kind, field } of rootFields()) {
    const declared = field.args.map((argument) => `$${argument.name}: ${argument.type}`).join(', ');
    const passed = field.args.map((argument) => `${argument.name}: $${argument.name}`).join(', ');
    const call = `${field.name}${passed && `(${passed})`} ${selectionOf(schema, field.type, 3)}`;
    for (const name of field.args.length > 0 ? names : ['']) {
      for (const variables of variablesOf(field.args, name)) {
        const { data, errors } = await foreigner(`${kind} ${declared && `(${declared})`} { ${call} }`, variables);
        // Cursors, for example, are refused. What is too large or unknown would be a fault of this test.
        expect(['OK', 'BAD_USER_INPUT']).toContain(errors?.[0]?.extensions.code ?? 'OK');
        expect(errors?.[0]?.message ?? '').not.toMatch(/Variable|Cannot query/);
        const text = JSON.stringify(data ?? null);
        // A name that was sent comes back as the name of what was made with it, but as nothing else.
        expect(secrets.filter((secret) => secret !== name && text.includes(secret))).toEqual([]);
        expect(text.replaceAll(`"name":"${name}"`, '')).not.toContain(`:"${name}"`);
        asked += 1;
      }
    }
  }
  expect(asked).toBeGreaterThan(100);
  expect(await rowsOfFirstAccount()).toEqual(before);
}, 60_000);

test('the first account’s owner gets all of it by the same means', async () => {
  // Otherwise the test above could pass because nobody gets anything.
  const ids = names.filter((name) => /^(acc|mem|cli|sec|tok)_/.test(name));
  const nodes = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
  expect((await (await signedIn(app, app.owner))(nodes, { ids })).data.nodes).toEqual(ids.map((id) => ({ id })));
  expect((await foreigner(nodes, { ids })).data.nodes).toEqual(ids.map(() => null));
});
