// Revocation when the database fails: never a success that was none (CVE-2020-15223), and nothing half done.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Db, Tx } from '../../src/db/client.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { refresh, registerClient, type TestClient, userinfo } from '../support/oauth.js';
import { revoke, storedTokens, tokensOf } from '../support/tokens.js';

let app: TestApp;
let client: TestClient;
let whole: Db;
beforeAll(async () => {
  app = await createTestApp();
  whole = app.db;
});
afterAll(() => app.close());
beforeEach(async () => {
  client = await registerClient(app);
});

/** Replaces parts of the database, or statements of its hot paths, that the application is given, while the work is done. */
async function withFailing<T>(parts: Record<string, unknown>, work: () => Promise<T>): Promise<T> {
  const { hotPaths } = app.deps;
  const failing = new Proxy(whole, { get: (target, name) => parts[String(name)] ?? Reflect.get(target, name) });
  Object.assign(app.deps, { db: failing, hotPaths: { ...hotPaths, ...parts } });
  try {
    return await work();
  } finally {
    Object.assign(app.deps, { db: whole, hotPaths });
  }
}

const fault = async () => {
  throw new Error('the disk is full');
};
const failures: Record<string, Record<string, unknown>> = {
  'no transaction can begin': { $transaction: fault },
  'the transaction is undone at its very end': {
    $transaction: (work: (tx: Tx) => Promise<unknown>) =>
      whole.$transaction(async (tx) => {
        await work(tx);
        await fault();
      }),
  },
  'the audit log cannot be written': {
    $transaction: (work: (tx: Tx) => Promise<unknown>) =>
      whole.$transaction((tx) =>
        work(
          new Proxy(tx, {
            get: (target, name) => (name === 'auditLogEntry' ? { create: fault } : Reflect.get(target, name)),
          }),
        ),
      ),
  },
  'refresh tokens cannot be read': { callerWithRefreshToken: fault },
  'clients cannot be read': { caller: fault, callerWithRefreshToken: fault },
};

test.each(
  Object.entries(failures).flatMap(([what, parts]) =>
    (['refresh', 'access'] as const)
      // An access token is not looked for among refresh tokens.
      .filter((kind) => kind === 'refresh' || what !== 'refresh tokens cannot be read')
      .map((kind) => [what, kind, parts] as const),
  ),
)(
  'when %s, giving back the %s token is answered 503 and changes nothing (RFC 7009 2.2.1, CVE-2020-15223)',
  async (_, kind, parts) => {
    const tokens = await tokensOf(app, client);
    const before = await storedTokens(app);
    const { status, headers, text } = await withFailing(parts, () => revoke(app, client, tokens[kind]));
    expect([status, JSON.parse(text).error]).toEqual([503, 'temporarily_unavailable']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(headers.get('cache-control')).toBe('no-store');
    // Nothing of ours is told, and the log has it.
    expect(text).not.toContain('disk');
    expect(app.logLines.join('')).toContain('the disk is full');
    expect(await storedTokens(app)).toBe(before);
    expect((await userinfo(app, tokens.access)).status).toBe(200);
    // The second try, as the answer asks for, does it.
    expect((await revoke(app, client, tokens[kind])).status).toBe(200);
    expect((await userinfo(app, tokens.access)).status).toBe(401);
    expect((await refresh(app, client, tokens.refresh)).status).toBe(kind === 'refresh' ? 400 : 200);
  },
);

test('a refused client is told so, and not to try again', async () => {
  const { status, headers } = await revoke(app, { ...client, secret: 'wrong' }, 'anything');
  expect([status, headers.get('retry-after')]).toEqual([401, null]);
});

test('too many wrong secrets are throttled here as at the token endpoint (RFC 6749 2.3.1, RFC 7662 4)', async () => {
  const last = client.secret.at(-1);
  // A live id with a wrong rest: the only kind of secret that costs a hash. The checksum is spared by changing the stored hash.
  await app.db.oAuthClientSecret.updateMany({
    where: { clientId: client.id },
    data: { hash: await app.deps.hasher.hash(`another${last}`, 'test') },
  });
  for (let attempt = 0; attempt < 10; attempt += 1) expect((await revoke(app, client, 'x')).status).toBe(401);
  const { status, headers } = await revoke(app, client, 'x');
  expect(status).toBe(429);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
});
