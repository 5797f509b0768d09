// Every tab that GraphiQL opens runs as it stands, once the reader has put in an id where it says so.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { examples } from '../../src/api/examples.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, signedIn } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';

let app: TestApp;
let owner: Ask;
beforeAll(async () => {
  app = await createTestApp();
  owner = await signedIn(app, app.owner);
});
afterAll(() => app.close());

/** What a reader puts in place of each placeholder. */
async function fillIn(text: string): Promise<string> {
  const { clientId } = await registerClient(app);
  const { id } = await apiTokenOf(app, 'READER');
  return text.replaceAll('PASTE_A_CLIENT_ID', clientId).replaceAll('PASTE_A_TOKEN_ID', id);
}

test.each(examples.map((example) => [example.name, example] as const))('%s', async (_name, example) => {
  const filled = await fillIn(JSON.stringify({ query: example.query, variables: example.variables ?? {} }));
  expect(filled).not.toContain('PASTE_');
  const { query, variables } = JSON.parse(filled) as { query: string; variables: Record<string, unknown> };
  const { data, errors } = await owner(query, variables);
  expect(errors).toBeUndefined();
  for (const payload of Object.values<Record<string, unknown> | null>(data)) {
    expect(payload).not.toBeNull();
    expect(payload?.userErrors ?? []).toEqual([]);
    for (const value of Object.values(payload ?? {})) if (value !== payload?.apiToken) expect(value).not.toBeNull();
  }
});

test('together they show every mutation, and every way of reading more than one thing', async () => {
  const { data } = await owner('{ __schema { mutationType { fields { name } } } }');
  const mutations = data.__schema.mutationType.fields.map(({ name }: { name: string }) => name) as string[];
  const text = examples.map(({ query }) => query).join('\n');
  for (const field of [...mutations, 'viewer', 'account', 'oauthClients']) expect(text).toMatch(`  ${field}`);
});
