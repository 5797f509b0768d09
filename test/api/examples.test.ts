// Every operation of every tab that GraphiQL opens runs as it stands, once the reader has put in an id where it says so.
import { randomUUID } from 'node:crypto';
import {
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  print,
  separateOperations,
  visit,
} from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { examples } from '../../src/api/examples.js';
import { operatorActor } from '../../src/audit/service.js';
import { setOwner } from '../../src/members/ownership.js';
import { registerApi } from '../support/api-resources.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, signedIn } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';
import { targetsOf } from './targets.js';

let app: TestApp;
let owner: Ask;
beforeAll(async () => {
  app = await createTestApp();
  owner = await signedIn(app, app.owner);
});
afterAll(() => app.close());

/** What a reader puts in place of each placeholder that is an id. */
async function idsToPaste(): Promise<Record<string, string>> {
  const targets = await targetsOf(app);
  const member = await targets.newMember();
  const client = await registerClient(app);
  const secret = await app.db.oAuthClientSecret.findFirstOrThrow({ where: { clientId: client.id } });
  const token = await apiTokenOf(app, 'READER');
  const api = await registerApi(app, { audience: `https://${randomUUID()}.example` });
  return {
    PASTE_AN_INVITED_ID: (await targets.invitedMember()).id,
    PASTE_A_MEMBER_ID: member.id,
    PASTE_A_MEMBER_ID_TO_REMOVE: member.id,
    PASTE_A_MEMBER_ID_TO_MAKE_OWNER: member.id,
    PASTE_A_CONSENT_ID: (await targets.consent()).id,
    PASTE_A_SESSION_ID: (await targets.session()).id,
    PASTE_A_CLIENT_ID: client.clientId,
    PASTE_A_CLIENT_ID_TO_REVOKE_ITS_TOKENS: client.clientId,
    PASTE_A_CLIENT_ID_TO_DELETE: client.clientId,
    PASTE_THE_ID_OF_A_CLIENT: client.id,
    PASTE_A_SECRET_ID: secret.id,
    PASTE_A_TOKEN_ID: token.id,
    PASTE_A_TOKEN_ID_TO_REVOKE: token.id,
    PASTE_AN_API_ID: api.id,
    PASTE_THE_ID_OF_AN_API_TO_DELETE: api.id,
    PASTE_AN_ID: client.id,
  };
}

/** Variables with some of their placeholders filled in. */
function filledIn(variables: object, values: Record<string, string>) {
  const text = JSON.stringify(variables).replace(/"(PASTE_\w+)"/g, (all, name) => JSON.stringify(values[name]) ?? all);
  return JSON.parse(text);
}

/** A member who can do everything to themselves: not the owner, not verified, with a change of their address that waits. */
async function somebody() {
  const member = await app.addMember('READER', `${randomUUID()}@example.com`);
  await app.db.member.update({ where: { id: member.id }, data: { emailVerifiedAt: null } });
  const ask = await signedIn(app, member);
  await ask('mutation { requestEmailChange(input: { newEmail: "new@example.com" }) { userErrors { code } } }');
  return { ask, address: member.email };
}

/** Operations by name, each as GraphiQL sends it: with the fragments that it uses and all variables of its tab. */
const operations = examples.flatMap(({ name, query, variables = {} }) =>
  Object.entries(separateOperations(parse(query))).map(
    ([operation, document]) => [`${name}: ${operation}`, document, variables] as const,
  ),
);

function operationOf(document: DocumentNode): OperationDefinitionNode | undefined {
  return document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
}

const variablesOf = (document: DocumentNode) =>
  (operationOf(document)?.variableDefinitions ?? []).map(({ variable }) => variable.name.value);

const fieldsOf = (document: DocumentNode) =>
  (operationOf(document)?.selectionSet.selections ?? []).map((field) =>
    field.kind === Kind.FIELD ? field.name.value : '',
  );

describe('each runs once it is filled in', () => {
  // One of them hands the account on.
  afterEach(() => setOwner(app.deps, operatorActor, app.owner.id));

  test.each(operations)('%s', async (name, document, given) => {
    const { ask, address } = name.startsWith('Yourself: ')
      ? await somebody()
      : { ask: owner, address: app.owner.email };
    const variables = filledIn(given, {
      ...(await idsToPaste()),
      PASTE_A_ROLE: 'WRITER',
      PASTE_AN_ADDRESS_TO_INVITE: 'grace@example.com',
      PASTE_YOUR_ADDRESS: address,
      PASTE_YOUR_ADDRESS_TO_DELETE_YOURSELF: address,
      PASTE_YOUR_NEW_ADDRESS: 'new@example.com',
    });
    if (variables.name === '') variables.name = 'Another name';
    if (variables.input?.name === '') variables.input.name = 'Another name';
    expect(JSON.stringify(variables)).not.toContain('PASTE');
    const { data, errors } = await ask(print(document), variables);
    expect(errors).toBeUndefined();
    for (const payload of Object.values<Record<string, unknown> | null>(data)) {
      expect(payload).not.toBeNull();
      expect(payload?.userErrors ?? []).toEqual([]);
      // What a tab shows has something to show, but for what only other credentials or clients have.
      for (const [field, value] of Object.entries(payload ?? {})) {
        if (!['apiToken', 'clientSecret', 'description', 'disabledAt', 'verifiedAt'].includes(field)) {
          expect(value, field).not.toBeNull();
        }
      }
    }
  });

  test.each(operations.filter(([, document]) => fieldsOf(document)[0] === 'createOAuthClient'))(
    '%s shows a secret exactly if the client has one',
    async (_name, document, given) => {
      const { createOAuthClient } = (await owner(print(document), given)).data;
      const { tokenEndpointAuthMethod } = createOAuthClient.oauthClient;
      expect(createOAuthClient.clientSecret !== null).toBe(tokenEndpointAuthMethod !== 'NONE');
    },
  );
});

describe('whoever presses ▶ to see what happens', () => {
  const isMutation = (document: DocumentNode) => operationOf(document)?.operation === OperationTypeNode.MUTATION;
  const mutations = operations.filter(([, document]) => isMutation(document));
  /** What only adds something, or only reads. */
  const harmless = (document: DocumentNode) => /^(?:create|exportMyData)/.test(fieldsOf(document)[0] ?? '');

  async function expectRefused(document: DocumentNode, variables: Record<string, unknown>) {
    const { data, errors } = await owner(print(document), variables);
    const payloads = Object.values<{ userErrors: unknown[] } | null>(data ?? {});
    expect(errors !== undefined || payloads.every((payload) => payload?.userErrors.length !== 0)).toBe(true);
  }

  test.each(mutations.filter(([, document]) => !harmless(document)))(
    '%s is refused before anything is filled in',
    (_name, document, given) => expectRefused(document, given),
  );

  test.each(mutations.filter(([, document]) => fieldsOf(document)[0]?.startsWith('update')))(
    '%s is refused while only the id of what it changes is filled in',
    async (_name, document, given) => {
      const { PASTE_THE_ID_OF_A_CLIENT, ...ids } = await idsToPaste();
      await expectRefused(document, filledIn(given, ids));
    },
  );

  test.each(mutations.filter(([, document]) => /^(?:delete|remove|revoke|transfer)/.test(fieldsOf(document)[0] ?? '')))(
    '%s cannot be undone, and shares what is filled in with nothing else in its tab',
    (name, document) => {
      const tab = name.split(':')[0];
      const neighbours = operations.filter(([other]) => other !== name && other.split(':')[0] === tab);
      const taken = neighbours.flatMap(([, other]) => variablesOf(other));
      expect(variablesOf(document).filter((variable) => taken.includes(variable))).toEqual([]);
    },
  );
});

describe('in a tab', () => {
  test.each(examples.map((example) => [example.name, example] as const))(
    '%s every variable is used, and every one that is needed has a value',
    (_name, { query, variables = {} }) => {
      const declared: string[] = [];
      visit(parse(query), {
        VariableDefinition({ variable, type }) {
          declared.push(variable.name.value);
          if (type.kind === Kind.NON_NULL_TYPE) expect(variables).toHaveProperty(variable.name.value);
        },
      });
      expect(Object.keys(variables).filter((name) => !declared.includes(name))).toEqual([]);
    },
  );

  test('lines are short enough for half a window', () => {
    const lines = examples.flatMap(({ query }) => query.split('\n'));
    expect(lines.filter((line) => line.length > (line.startsWith('#') ? 52 : 64))).toEqual([]);
  });

  test('operations have names of their own, also among tabs', () => {
    const names = operations.map(([, document]) => operationOf(document)?.name?.value);
    expect(new Set(names).size).toBe(names.length);
  });
});

test('twelve tabs are the most, of few operations each', () => {
  expect(examples.length).toBeLessThanOrEqual(12);
  for (const { query } of examples) expect(Object.keys(separateOperations(parse(query))).length).toBeLessThanOrEqual(5);
});

test('together they show every mutation, and every way of reading more than one thing', async () => {
  const { data } = await owner(`{
    __schema { mutationType { fields { name } } queryType { fields { name } } }
  }`);
  const namesOf = ({ fields }: { fields: { name: string }[] }) => fields.map(({ name }) => name);
  const shown = operations.flatMap(([, document]) => fieldsOf(document));
  const { mutationType, queryType } = data.__schema;
  const missing = [...namesOf(mutationType), ...namesOf(queryType)].filter((name) => !shown.includes(name));
  // Whoever has an id at hand finds these two by themselves.
  expect(missing.sort()).toEqual(['node', 'nodes']);
});
