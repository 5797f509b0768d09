// Mutations whose caller goes away before the answer: what they make is there whole, or not at all, and asking again under the
// same idempotency key ends with exactly one.
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';
import { type Input, succeed } from './mutate.js';

let app: TestServer;
let ask: Ask;
let credential: string;
beforeAll(async () => {
  app = await startTestServer();
  credential = (await apiTokenOf(app, 'ADMIN')).token;
  ask = bearer(app, credential);
});
afterAll(() => app.close());

const redirectUris = ['https://a.example.com/', 'https://b.example.com/', 'https://c.example.com/'];
const bodyOf = (mutation: string, type: string, input: Input) =>
  JSON.stringify({
    query: `mutation ($input: ${type}!) { ${mutation}(input: $input) { userErrors { code } } }`,
    variables: { input },
  });
const creating = (name: string, key?: string) =>
  bodyOf('createOAuthClient', 'CreateOAuthClientInput', { name, redirectUris, idempotencyKey: key });

/** Ways to go away: each begins a request and leaves after so many milliseconds. */
const ways: Record<string, (body: string, milliseconds: number) => Promise<void>> = {
  'a signal': async (body, milliseconds) => {
    const controller = new AbortController();
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${credential}` };
    const answer = app.request('/graphql', { method: 'POST', headers, body, signal: controller.signal });
    if (milliseconds > 0) await pause(milliseconds);
    controller.abort();
    await Promise.resolve(answer).catch(() => {});
  },
  'a fetch over the network': async (body, milliseconds) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${credential}` };
    const signal = AbortSignal.timeout(Math.max(1, milliseconds));
    await fetch(`${app.issuer}/graphql`, { method: 'POST', headers, body, signal }).catch(() => {});
  },
  'a socket that is destroyed': (body, milliseconds) => cut(body, body, milliseconds),
  'a socket that is destroyed in the middle of the body': (body, milliseconds) =>
    cut(body, body.slice(0, body.length / 2), milliseconds),
};

/** Promises a body over a socket of its own, sends a part of it, and destroys the socket. */
async function cut(whole: string, part: string, milliseconds: number): Promise<void> {
  const { port } = new URL(app.issuer);
  const socket = connect(Number(port), '127.0.0.1');
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  socket.on('error', () => {});
  const head = [
    'POST /graphql HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    `Authorization: Bearer ${credential}`,
    `Content-Length: ${Buffer.byteLength(whole)}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${part}`);
  await pause(milliseconds);
  socket.destroy();
}

/** What there is at one moment of the clients of one name: each part must be there for each client. */
async function partsOf(name: string) {
  const [clients, entries] = await app.db.$transaction(
    async (tx) => [
      await tx.oAuthClient.findMany({
        where: { name },
        include: { secrets: true, redirectUris: { orderBy: { position: 'asc' } } },
      }),
      await tx.auditLogEntry.findMany({ where: { targetLabel: name } }),
    ],
    { isolationLevel: 'Serializable' },
  );
  for (const { id, secrets, redirectUris: rows } of clients) {
    expect(secrets).toHaveLength(1);
    expect(rows.map(({ uri }) => uri)).toEqual(redirectUris);
    expect(entries.filter(({ targetId }) => targetId === id)).toMatchObject([{ action: 'OAUTH_CLIENT_CREATED' }]);
  }
  expect(entries).toHaveLength(clients.length);
  return clients;
}

const moments = [0, 0, 1, 2, 3, 5, 8, 13, 21];

describe.each(Object.keys(ways))('%s', (way) => {
  const leave = ways[way] as (typeof ways)[string];

  test('leaves a client whole or not at all, and is logged as no fault of ours', async () => {
    app.logLines.length = 0;
    const name = `by ${way}`;
    for (const milliseconds of moments) {
      await leave(creating(name), milliseconds);
      // At whatever moment one looks.
      expect((await partsOf(name)).length).toBeLessThanOrEqual(moments.length);
    }
    // Those under way come to their end within this.
    await pause(200);
    await partsOf(name);
    expect(app.logLines.filter((line) => line.includes('"level":50'))).toEqual([]);
  });

  test('and asking again under the same key ends with one', async () => {
    for (const [index, milliseconds] of moments.entries()) {
      const name = `again by ${way} ${index}`;
      await leave(creating(name, name), milliseconds);
      const input = { name, redirectUris, idempotencyKey: name };
      const { oauthClient, clientSecret, replayed } = await succeed(
        ask,
        'createOAuthClient',
        input,
        'replayed clientSecret oauthClient { id }',
      );
      const [client, ...others] = await partsOf(name);
      expect(others).toEqual([]);
      expect(oauthClient).toEqual({ id: client?.id });
      expect(clientSecret === null).toBe(replayed);
      const [record, ...more] = await app.db.idempotencyRecord.findMany({ where: { resultId: client?.id ?? '' } });
      expect([record?.mutation, more]).toEqual(['createOAuthClient', []]);
    }
  });

  test('leaves a rotation whole or not at all', async () => {
    const { oauthClient } = await succeed(
      ask,
      'createOAuthClient',
      { name: 'Rotated', redirectUris },
      'oauthClient { id }',
    );
    const where = { targetId: oauthClient.id, action: 'OAUTH_CLIENT_SECRET_ROTATED' };
    for (const milliseconds of moments) {
      const input = { id: oauthClient.id, previousSecretsExpireInSeconds: 0 };
      await leave(bodyOf('rotateOAuthClientSecret', 'RotateOAuthClientSecretInput', input), milliseconds);
    }
    // At whatever moment one looks: some may be under way.
    const [secrets, entries] = await app.db.$transaction(
      async (tx) => [
        await tx.oAuthClientSecret.findMany({ where: { clientId: oauthClient.id } }),
        await tx.auditLogEntry.count({ where }),
      ],
      { isolationLevel: 'Serializable' },
    );
    expect(secrets.filter(({ revokedAt }) => revokedAt === null)).toHaveLength(1);
    expect(entries).toBe(secrets.length - 1);
  });
});

test('nothing but that they went away is in the log', async () => {
  expect((await ask('{ viewer { role } }')).data).toEqual({ viewer: { role: 'ADMIN' } });
  const lines = app.logLines.map((line) => JSON.parse(line) as { level: number; err?: unknown });
  const faults = lines.filter(
    ({ level, err }) => level >= 50 && !/aborted|prematurely closed/.test(JSON.stringify(err)),
  );
  expect(faults).toEqual([]);
});
