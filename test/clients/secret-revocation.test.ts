// revokeOAuthClientSecret: the secret fails at the very next request, in every process, however often it was right before.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Processes, startProcesses } from '../races/processes.js';
import type { TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';
import { countHashes, registerClient, type TestClient } from '../support/oauth.js';
import { machine, mutate, send, succeed, tokenWith } from './mutate.js';

let processes: Processes;
let app: TestApp;
let owner: Ask;
let client: TestClient;
let secretId: string;
beforeAll(async () => {
  processes = await startProcesses();
  [app] = processes.apps;
  owner = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
});
beforeEach(async () => {
  client = await registerClient(app, machine);
  ({ id: secretId } = await app.db.oAuthClientSecret.findFirstOrThrow({ where: { clientId: client.id } }));
});
afterAll(() => processes.close());

const selection = 'revokedSecretId oauthClient { id secrets { id } }';
const revoke = (id: string, ask = owner) => mutate(ask, 'revokeOAuthClientSecret', { secretId: id }, selection);
const works = (secret: string | null, by = app) => tokenWith(by, client.clientId, secret);
const rotate = () => succeed(owner, 'rotateOAuthClientSecret', { id: client.id }, 'clientSecret secret { id }');
const refused = '401 invalid_client';
const notFound = [
  {
    code: 'NOT_FOUND',
    message: 'There is no such secret in this account, or it was revoked already.',
    path: ['secretId'],
  },
];

describe('a secret that was revoked', () => {
  test('fails at the next request in every process that has it in mind, and costs no hash', async () => {
    const { clientSecret, secret } = await rotate();
    for (const process of processes.apps) {
      for (const each of [client.secret, clientSecret]) expect(await works(each, process)).toBe('token');
    }
    expect(await revoke(secretId)).toEqual({
      revokedSecretId: secretId,
      oauthClient: { id: client.id, secrets: [{ id: secret.id }] },
      userErrors: [],
    });
    for (const process of processes.apps) {
      const hashes = countHashes(process);
      expect(await works(client.secret, process)).toBe(refused);
      expect(await works(clientSecret, process)).toBe('token');
      expect(hashes).toEqual({ hash: 0, verify: 0, burn: 0 });
    }
  });

  test('was the last one: the client gets no token until it is given another', async () => {
    expect(await revoke(secretId)).toMatchObject({ oauthClient: { secrets: [] }, userErrors: [] });
    expect(await works(client.secret)).toBe(refused);
    expect(await works(null)).toBe(refused);
    const { clientSecret } = await rotate();
    expect(await works(clientSecret)).toBe('token');
    expect(await works(client.secret)).toBe(refused);
  });

  test('is gone from the list and as a node, and cannot be revoked again', async () => {
    const node = () => owner('query ($id: ID!) { node(id: $id) { id } }', { id: secretId });
    expect((await node()).data).toEqual({ node: { id: secretId } });
    await revoke(secretId);
    expect((await node()).data).toEqual({ node: null });
    expect(await revoke(secretId)).toEqual({ revokedSecretId: null, oauthClient: null, userErrors: notFound });
  });

  test('is in the audit log by its id, and by nothing else of it', async () => {
    const { clientSecret, secret } = await rotate();
    await revoke(secret.id);
    const entry = await app.db.auditLogEntry.findFirstOrThrow({
      where: { targetId: client.id, action: 'OAUTH_CLIENT_SECRET_REVOKED' },
    });
    expect(entry).toMatchObject({
      actorKind: 'API_TOKEN',
      accountId: app.owner.accountId,
      targetLabel: 'Test app',
      changes: JSON.stringify([{ field: 'secret', before: secret.id, after: null }]),
    });
    const { hash, selector } = await app.db.oAuthClientSecret.findUniqueOrThrow({ where: { id: secret.id } });
    for (const part of [hash, selector, clientSecret.slice(17)]) expect(JSON.stringify(entry)).not.toContain(part);
  });
});

test.each(['', '\u0000', 'nonsense', 'sec_00000000000000000000000000', "' OR 1=1 --"])(
  '%j is not found, and nothing is revoked',
  async (id) => {
    expect(await revoke(id)).toEqual({ revokedSecretId: null, oauthClient: null, userErrors: notFound });
    expect(await works(client.secret)).toBe('token');
  },
);

test('the id of a client, the hint and the secret itself are no ids of a secret', async () => {
  for (const id of [client.id, client.clientId, client.secret.slice(-4), client.secret]) {
    expect((await revoke(id)).userErrors).toEqual(notFound);
  }
  expect(await works(client.secret)).toBe('token');
});

test('another account’s secret is not found, just as one that is not there, and works on', async () => {
  const other = await app.addAccount('Theirs', 'owner@theirs.example');
  const theirs = bearer(app, (await apiTokenOf(app, 'ADMIN', other.owner)).token);
  expect(await revoke(secretId, theirs)).toEqual(await revoke('sec_00000000000000000000000000', theirs));
  expect((await theirs('query ($id: ID!) { node(id: $id) { id } }', { id: secretId })).data).toEqual({ node: null });
  expect(await works(client.secret)).toBe('token');
});

test('of many who revoke one at once, in two processes, one does it, and the log has it once', async () => {
  const asks = await Promise.all(
    processes.apps.map(async (process) => bearer(process, (await apiTokenOf(process, 'ADMIN')).token)),
  );
  const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => revoke(secretId, asks[index % 2] as Ask)));
  expect(answers.filter(({ revokedSecretId }) => revokedSecretId === secretId)).toHaveLength(1);
  expect(answers.filter(({ userErrors }) => userErrors[0]?.code === 'NOT_FOUND')).toHaveLength(11);
  const where = { targetId: client.id, action: 'OAUTH_CLIENT_SECRET_REVOKED' };
  expect(await app.db.auditLogEntry.count({ where })).toBe(1);
});

test('the schema refuses it without an id', async () => {
  const { status, errors } = await send(owner, 'revokeOAuthClientSecret', {});
  expect(status).toBe(400);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});
