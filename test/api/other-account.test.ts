// Known attack 31 (CVE-2025-64431, CVE-2025-27507): nobody reaches another account. Its owner puts every id and name of the
// first account into every argument of every query and mutation: nothing of it comes back, no row of it changes, and the answer
// is the same as for an id that nobody has.
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isNonNullType,
} from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { succeed } from '../clients/mutate.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Dump, dumpLasting, readTables } from '../support/dump.js';
import { type Answer, type Ask, apiTokenOf, signedIn } from '../support/graphql.js';
import { obtainCode, redeem, registerClient } from '../support/oauth.js';
import { ownedBy } from './callers.js';
import { furnish } from './furnished.js';
import { glanceAt, inputOf, readSchema } from './selections.js';

let app: TestApp;
let schema: GraphQLSchema;
let owner: Ask;
let foreigner: Ask;
let other: Awaited<ReturnType<TestApp['addAccount']>>;
/** Every id and other name by which something of the first account could be asked for. */
let names: string[];
/** Texts that stand in rows of the first account alone. */
let secrets: string[];

const nameColumns = ['id', 'clientId', 'email', 'selector', 'hint', 'jti', 'kid'];

beforeAll(async () => {
  app = await createTestApp();
  await app.addMember('READER', 'reader@first.example');
  const client = await registerClient(app);
  await redeem(app, client, await obtainCode(app, client, { scope: 'openid offline_access' }));
  await obtainCode(app, client);
  await furnish(app, app.owner, 'first');
  owner = await signedIn(app, app.owner);
  // The newest row of each table stands for the others.
  const rows = Object.values(await readTables(app)).flatMap((all) => all.slice(-1));
  names = [...new Set(rows.flatMap((row) => nameColumns.map((column) => row[column])))].filter(
    (name): name is string => typeof name === 'string',
  );
  secrets = [...names, app.owner.email, 'reader@first.example', 'first account', 'first client', 'first note'];
  other = await app.addAccount();
  foreigner = await signedIn(app, other.owner);
  schema = await readSchema(foreigner);
});
afterAll(() => app.close());

/** The variables that put `name` wherever an argument, or its input, takes a text: into all of them, and into each by itself. */
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
  // What takes no text, such as a number, would be asked for by each name alike.
  return [all, ...single.filter((variables) => JSON.stringify(variables).includes(JSON.stringify(name)))];
}

interface RootField {
  readonly kind: 'query' | 'mutation';
  readonly field: GraphQLField<unknown, unknown>;
}

function rootFields(): RootField[] {
  const fields = (kind: RootField['kind'], type: ReturnType<GraphQLSchema['getQueryType']>) =>
    Object.values(type?.getFields() ?? {}).map((field) => ({ kind, field }));
  return [...fields('query', schema.getQueryType()), ...fields('mutation', schema.getMutationType())];
}

function askWith(ask: Ask, { kind, field }: RootField, variables: Record<string, unknown>): Promise<Answer> {
  const declared = field.args.map((argument) => `$${argument.name}: ${argument.type}`).join(', ');
  const passed = field.args.map((argument) => `${argument.name}: $${argument.name}`).join(', ');
  // Of what takes no name, such as the viewer, a shorter look: the whole of it is more than an operation may select.
  const look = glanceAt(field.type, field.args.length > 0 ? 3 : 2);
  const call = `${field.name}${passed && `(${passed})`} ${look}`;
  return ask(`${kind} ${declared && `(${declared})`} { ${call} }`, variables);
}

/** The rows that are there no more, or not as they were. */
function lostRows(before: Dump, after: Dump): string[] {
  return Object.entries(before).flatMap(([table, rows]) => {
    const now = new Set(after[table]);
    return rows.filter((row) => !now.has(row));
  });
}

test('known attack 31: every query and mutation with every name gives nothing and changes nothing', async () => {
  const before = await dumpLasting(app);
  expect(names.length).toBeGreaterThan(20);
  let asked = 0;
  // An export tells its member of all that they did, with the names that they sent: before they sent any.
  const isExport = ({ field }: RootField) => field.name.startsWith('export');
  // The caller's account is called what was sent, which later answers would tell.
  const isRename = ({ field }: RootField) => field.name === 'updateAccount';
  const roots = rootFields();
  const others = roots.filter((one) => !isExport(one) && !isRename(one));
  for (const root of [...roots.filter(isExport), ...others, ...roots.filter(isRename)]) {
    for (const name of root.field.args.length > 0 ? names : ['']) {
      for (const variables of variablesOf(root.field.args, name)) {
        const { data, errors } = await askWith(foreigner, root, variables);
        // Cursors, for example, are refused. What is too large or unknown would be a fault of this test.
        expect(['OK', 'BAD_USER_INPUT']).toContain(errors?.[0]?.extensions.code ?? 'OK');
        expect(errors?.[0]?.message ?? '').not.toMatch(/Variable|Cannot query|conflict/);
        const text = JSON.stringify(data ?? null);
        // A text that was sent comes back as the name or address of what was made with it, but as nothing else.
        expect(secrets.filter((secret) => secret !== name && text.includes(secret))).toEqual([]);
        expect(text.replaceAll(`"name":"${name}"`, '').replaceAll(`"email":"${name}"`, '')).not.toContain(`:"${name}"`);
        asked += 1;
      }
    }
  }
  expect(asked).toBeGreaterThan(500);
  await succeed(foreigner, 'updateAccount', { name: other.account.name });
  expect(lostRows(before, await dumpLasting(app))).toEqual([]);
}, 120_000);

/** An id like this one that nobody has; null for what is no id. */
function unknownLike(name: string): string | null {
  if (/^[a-z]{3}_[0-9A-Z]{26}$/.test(name)) return `${name.slice(0, 4)}${'0'.repeat(26)}`;
  return /^[0-9a-f]{32}$/.test(name) ? '0'.repeat(32) : null;
}

test('known attack 31: what is foreign is answered like what is unknown, word for word', async () => {
  // Somebody who has nothing that was called by these names.
  const third = await signedIn(app, (await app.addAccount('Third account', 'owner@third.example')).owner);
  await third('{ viewer { role } }');
  await app.deps.lastUsed.flush();
  // One id of each kind stands for the others.
  const unknownOf = new Map(names.map((name) => [unknownLike(name), name]));
  let compared = 0;
  for (const root of rootFields().filter(
    // What makes something new, and an export, which tells of the one before.
    ({ field }) => !/^(create|invite|export)/.test(field.name) && field.args.length > 0,
  )) {
    for (const [unknown, name] of unknownOf) {
      if (unknown === null) continue;
      const [foreign, unheard] = [variablesOf(root.field.args, name), variablesOf(root.field.args, unknown)];
      for (const [index, variables] of foreign.entries()) {
        const answers = [await askWith(third, root, variables), await askWith(third, root, unheard[index] ?? {})];
        const [first, second] = answers.map(({ status, data, errors }) => JSON.stringify({ status, data, errors }));
        expect(first?.replaceAll(name, 'ID')).toBe(second?.replaceAll(unknown, 'ID'));
        compared += 1;
      }
    }
  }
  expect(compared).toBeGreaterThan(200);
}, 120_000);

/** The arguments of lists that are ids: those of filters, as they are written in a document. */
function idFilters(): { list: string; filter: string; write: (id: string) => string }[] {
  return Object.values(schema.getQueryType()?.getFields() ?? {}).flatMap(({ name: list, args }) =>
    args.flatMap(({ name: argument, type }) => {
      const named = getNamedType(type);
      const fields = isInputObjectType(named) ? Object.values(named.getFields()) : [];
      const ids = fields.filter((field) => getNamedType(field.type).name === 'ID');
      return ids.map(({ name }) => ({ list, filter: name, write: (id) => `(${argument}: { ${name}: "${id}" })` }));
    }),
  );
}

test('known attack 31: an id in a filter finds what is one’s own, and of another account nothing', async () => {
  const client = await registerClient(ownedBy(app, other.owner));
  await apiTokenOf(app, 'READER', other.owner);
  const filters = idFilters();
  expect(filters.map(({ list, filter }) => `${list}.${filter}`).sort()).toEqual([
    'apiTokens.ownerId',
    'auditLog.actorId',
    'auditLog.targetId',
    'oauthClients.createdById',
  ]);
  const count = async (ask: Ask, list: string, given: string) => {
    const { data, errors } = await ask(`{ ${list}${given} { nodes { id } } }`);
    expect(errors).toBeUndefined();
    return data[list].nodes.length;
  };
  for (const { list, filter, write } of filters) {
    const [mine, theirs] = filter === 'targetId' ? [client.id, app.owner.accountId] : [other.owner.id, app.owner.id];
    expect([filter, await count(foreigner, list, write(mine))]).not.toEqual([filter, 0]);
    expect([filter, await count(owner, list, write(theirs))]).not.toEqual([filter, 0]);
    for (const id of [theirs, ...names])
      expect([filter, id, await count(foreigner, list, write(id))]).toEqual([filter, id, 0]);
  }
});

test('known attack 31: the first account’s owner gets all of it by the same means', async () => {
  // Otherwise the tests above could pass because nobody gets anything.
  const ids = names.filter((name) => /^(acc|mem|cli|sec|tok|aud|api)_/.test(name));
  expect(new Set(ids.map((id) => id.slice(0, 3))).size).toBe(7);
  const nodes = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
  expect((await owner(nodes, { ids })).data.nodes).toEqual(ids.map((id) => ({ id })));
  expect((await foreigner(nodes, { ids })).data.nodes).toEqual(ids.map(() => null));
});
