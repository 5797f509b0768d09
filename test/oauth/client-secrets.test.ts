// The life of a client secret at the token endpoint: remembered once it was right, dead at once when it ends, throttled when
// it is guessed.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { countHashes, registerClient, type TestClient, token } from '../support/oauth.js';

let app: TestApp;
let counted: ReturnType<typeof countHashes>;
beforeAll(async () => {
  app = await createTestApp({ config: { trustedProxies: 1 } });
  counted = countHashes(app);
});
afterAll(() => app.close());

const grant = { grant_type: 'client_credentials' };
const robot = { grantTypes: ['client_credentials'] as const, redirectUris: [], scopes: ['reader'] };

/** Makes every secret of the client wrong, as if another had been made under the same id. */
async function withForeignHash(client: TestClient) {
  const hash = await app.deps.hasher.hash('another secret', 'test');
  await app.db.oAuthClientSecret.updateMany({ where: { clientId: client.id }, data: { hash } });
}

test('a right secret is hashed once and then remembered', async () => {
  const client = await registerClient(app, robot);
  counted.verify = 0;
  for (let use = 0; use < 5; use += 1) expect((await token(app, client, grant)).status).toBe(200);
  expect(counted.verify).toBe(1);
});

test('an expired secret fails at once, even when remembered', async () => {
  const client = await registerClient(app, robot);
  expect((await token(app, client, grant)).status).toBe(200);
  const expiresAt = new Date(app.clock().getTime() + 10_000);
  await app.db.oAuthClientSecret.updateMany({ where: { clientId: client.id }, data: { expiresAt } });
  expect((await token(app, client, grant)).status).toBe(200);
  app.clock.advance(10);
  expect((await token(app, client, grant)).status).toBe(401);
});

test('a revoked secret fails at once, even when remembered', async () => {
  const client = await registerClient(app, robot);
  expect((await token(app, client, grant)).status).toBe(200);
  await app.db.oAuthClientSecret.updateMany({ where: { clientId: client.id }, data: { revokedAt: app.clock() } });
  expect((await token(app, client, grant)).status).toBe(401);
});

test.each<[string, (secret: { clientId: string }) => Promise<unknown>]>([
  [
    'revoked, and all tokens with it,',
    async (secret) => {
      await app.db.oAuthClientSecret.updateMany({ where: secret, data: { revokedAt: app.clock() } });
      await app.db.oAuthClient.update({ where: { id: secret.clientId }, data: { tokenEpoch: 1 } });
    },
  ],
  [
    'ended by a rotation',
    (secret) => app.db.oAuthClientSecret.updateMany({ where: secret, data: { expiresAt: app.clock() } }),
  ],
  ['deleted', (secret) => app.db.oAuthClientSecret.deleteMany({ where: secret })],
])('a secret that is %s while its hash is checked gets nothing', async (_what, end) => {
  const client = await registerClient(app, robot);
  const { hasher } = app.deps;
  const inTurn: typeof hasher.inTurn = async (...given) => {
    const right = await hasher.inTurn(...given);
    await end({ clientId: client.id });
    return right;
  };
  Object.assign(app.deps, { hasher: { ...hasher, inTurn } });
  const { status, body } = await token(app, client, grant).finally(() => Object.assign(app.deps, { hasher }));
  expect([status, body.error]).toEqual([401, 'invalid_client']);
});

test('a remembered secret whose row has changed is hashed anew', async () => {
  const client = await registerClient(app, robot);
  expect((await token(app, client, grant)).status).toBe(200);
  await withForeignHash(client);
  expect((await token(app, client, grant)).status).toBe(401);
});

test('a wrong secret is never remembered', async () => {
  const client = await registerClient(app, robot);
  await withForeignHash(client);
  counted.verify = 0;
  for (let use = 0; use < 3; use += 1) expect((await token(app, client, grant)).status).toBe(401);
  expect(counted.verify).toBe(3);
});

test('two secrets of a client work at once, each by its own row', async () => {
  const [client, source] = [await registerClient(app, robot), await registerClient(app, robot)];
  await app.db.oAuthClientSecret.updateMany({ where: { clientId: source.id }, data: { clientId: client.id } });
  expect((await token(app, client, grant)).status).toBe(200);
  expect((await token(app, { ...client, secret: source.secret }, grant)).status).toBe(200);
  expect((await token(app, source, grant)).status).toBe(401);
});

test('a secret hashed with old parameters is hashed anew when it is used', async () => {
  const client = await registerClient(app, robot);
  const where = { clientId: client.id };
  const { hash } = await import('argon2');
  const old = await hash(client.secret, { memoryCost: 2048, timeCost: 2, parallelism: 1 });
  await app.db.oAuthClientSecret.updateMany({ where, data: { hash: old } });
  expect((await token(app, client, grant)).status).toBe(200);
  const { hash: stored } = await app.db.oAuthClientSecret.findFirstOrThrow({ where });
  expect(stored).toContain('m=1024,');
  expect((await token(app, client, grant)).status).toBe(200);
});

async function fromAddress(client: TestClient, address: string) {
  const basic = Buffer.from(`${client.clientId}:${client.secret}`).toString('base64');
  return app.request('/oauth/token', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${basic}`,
      'x-forwarded-for': address,
    },
    body: 'grant_type=client_credentials',
  });
}

test('after 10 failures guessing is throttled before the hash, by address; a remembered secret passes (RFC 6749 2.3.1)', async () => {
  const [client, source] = [await registerClient(app, robot), await registerClient(app, robot)];
  const row = await app.db.oAuthClientSecret.findFirstOrThrow({ where: { clientId: client.id } });
  expect((await fromAddress(client, '192.0.2.1')).status).toBe(200);
  // Another secret under the same row: what a guesser would send.
  const selector = source.secret.slice(4, 16);
  await app.db.oAuthClientSecret.updateMany({ where: { clientId: source.id }, data: { selector: 'other0000000' } });
  await app.db.oAuthClientSecret.update({ where: { id: row.id }, data: { selector } });
  const guessing = { ...client, secret: source.secret };
  for (let failure = 0; failure < 10; failure += 1) expect((await fromAddress(guessing, '192.0.2.1')).status).toBe(401);
  counted.verify = 0;
  const throttled = await fromAddress(guessing, '192.0.2.1');
  expect(throttled.status).toBe(429);
  expect(Number(throttled.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(((await throttled.json()) as { error: string }).error).toBe('temporarily_unavailable');
  expect(counted.verify).toBe(0);
  expect((await fromAddress(guessing, '192.0.2.2')).status).toBe(401);
  await app.db.oAuthClientSecret.update({ where: { id: row.id }, data: { selector: client.secret.slice(4, 16) } });
  expect((await fromAddress(client, '192.0.2.1')).status).toBe(200);
  const refusals = await app.db.auditLogEntry.findMany({
    where: { action: 'CLIENT_AUTHENTICATION_REFUSED', targetId: client.id },
    orderBy: { id: 'asc' },
  });
  expect(refusals.map(({ count, ipAddress }) => [count, ipAddress])).toEqual([
    [10, '192.0.2.1'],
    [1, '192.0.2.2'],
  ]);
});
