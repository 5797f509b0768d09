// Every operation of every tab that GraphiQL opens runs as it stands, once the reader has put in an id where it says so.
import { randomUUID } from 'node:crypto';
import {
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
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

/** What a reader puts in place of each placeholder, as JSON of the variables. */
async function fillIn(text: string): Promise<string> {
  const targets = await targetsOf(app);
  const invited = await targets.invitedMember();
  const member = await targets.newMember();
  const client = await registerClient(app);
  const secret = await app.db.oAuthClientSecret.findFirstOrThrow({ where: { clientId: client.id } });
  const token = await apiTokenOf(app, 'READER');
  const api = await registerApi(app, { audience: `https://${randomUUID()}.example` });
  return text
    .replaceAll('PASTE_AN_INVITED_ID', invited.id)
    .replaceAll('PASTE_A_MEMBER_ID', member.id)
    .replaceAll('PASTE_A_CONSENT_ID', (await targets.consent()).id)
    .replaceAll('PASTE_A_SESSION_ID', (await targets.session()).id)
    .replaceAll('PASTE_A_CLIENT_ID', client.clientId)
    .replaceAll('PASTE_A_SECRET_ID', secret.id)
    .replaceAll('PASTE_A_TOKEN_ID', token.id)
    .replaceAll('PASTE_AN_API_ID', api.id)
    .replaceAll('PASTE_AN_ID', client.id);
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

const fieldsOf = (document: DocumentNode) =>
  (operationOf(document)?.selectionSet.selections ?? []).map((field) =>
    field.kind === Kind.FIELD ? field.name.value : '',
  );

describe('each runs as it stands', () => {
  // One of them hands the account on.
  afterEach(() => setOwner(app.deps, operatorActor, app.owner.id));

  test.each(operations)('%s', async (name, document, given) => {
    const { ask, address } = name.startsWith('Yourself: ')
      ? await somebody()
      : { ask: owner, address: app.owner.email };
    const variables = (await fillIn(JSON.stringify(given))).replaceAll('PASTE_YOUR_ADDRESS', address);
    expect(variables).not.toContain('PASTE');
    const { data, errors } = await ask(print(document), JSON.parse(variables));
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
