// Secrets and tokens that mutations show once (attacks 40 and 45): nowhere else, in no log line, row, error or later answer.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { dumpAll } from '../support/dump.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';

let app: TestApp;
let ask: Ask;
const shown: string[] = [];
beforeAll(async () => {
  app = await createTestApp();
  ask = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
  const run = async (name: string, input: object, fields: string) => {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
    const { data } = await ask(
      `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} replayed userErrors { message } } }`,
      { input },
    );
    expect(data[name].userErrors).toEqual([]);
    return data[name];
  };
  const client = { name: 'Canary', redirectUris: ['https://app.example.com/'], idempotencyKey: 'one' };
  const created = await run('createOAuthClient', client, 'clientSecret oauthClient { id }');
  expect(await run('createOAuthClient', client, 'clientSecret')).toMatchObject({ clientSecret: null, replayed: true });
  const { id } = created.oauthClient;
  const rotated = await run('rotateOAuthClientSecret', { id }, 'clientSecret');
  const token = await run('createApiToken', { name: 'Canary', role: 'READER' }, 'token apiToken { id }');
  const replaced = await run('rotateApiToken', { id: token.apiToken.id }, 'token');
  shown.push(created.clientSecret, rotated.clientSecret, token.token, replaced.token);
});
afterAll(() => app.close());

test('each was shown once, and each is another', () => {
  expect(new Set(shown).size).toBe(4);
  for (const secret of shown) expect(secret).toMatch(/^lk[st]_/);
});

test('none is in any row of any table, and none in any log line (attack 45)', async () => {
  await app.deps.lastUsed.flush();
  const stored = JSON.stringify(await dumpAll(app));
  const logged = app.logLines.join('\n');
  // What is searched is all there is.
  expect(stored).toContain('OAUTH_CLIENT_SECRET_ROTATED');
  for (const secret of shown) {
    for (const part of [secret, secret.slice(20, 50)]) {
      expect(stored).not.toContain(part);
      expect(logged).not.toContain(part);
    }
  }
});

test('no answer tells a hash, a selector or a sealed key (attack 40)', async () => {
  const { data } = await ask(`{
    oauthClients { nodes { id clientId jwks secrets { id hint createdBy { name } } } }
    apiTokens { nodes { id name hint owner { name } } }
    auditLog(first: 100) { nodes { actorLabel targetLabel changes { field before after } } }
  }`);
  const answer = JSON.stringify(data);
  const secrets = await app.db.oAuthClientSecret.findMany();
  const tokens = await app.db.apiToken.findMany();
  expect(secrets).toHaveLength(2);
  const hidden = [...secrets.flatMap(({ hash, selector }) => [hash, selector]), ...tokens.map((row) => row.tokenHash)];
  for (const text of [...hidden, ...shown]) expect(answer).not.toContain(text);
});

test('an error that quotes the input quotes no secret (attack 45)', async () => {
  const [secret = ''] = shown;
  const answers = [
    await ask('query ($id: ID!) { node(id: $id) { id } }', { id: secret }),
    await ask('mutation ($id: ID!) { revokeApiToken(input: { id: $id }) { userErrors { message } } }', { id: secret }),
    await ask('query ($after: String) { oauthClients(after: $after) { nodes { id } } }', { after: secret }),
  ];
  expect(JSON.stringify(answers.map(({ data, errors }) => ({ data, errors })))).not.toContain(secret);
  expect(app.logLines.join('\n')).not.toContain(secret);
});
