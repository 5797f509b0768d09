// Refresh tokens: rotation that survives a lost reply and cannot fork (RFC 9700 4.14), and what a second use costs.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tidy } from '../../src/maintenance.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { claimsOf, obtainTokens, refresh, registerClient, type TestClient, userinfo } from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
let other: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app);
  other = await registerClient(app, { name: 'Another app' });
});
afterAll(() => app.close());

async function expectRefused(answer: ReturnType<typeof refresh>, error = 'invalid_grant') {
  const { status, body } = await answer;
  expect([status, body.error]).toEqual([400, error]);
}

/** The family's refresh tokens, oldest first. */
async function rowsOf(accessToken: string) {
  return app.db.refreshToken.findMany({
    where: { familyId: String(claimsOf(accessToken).fid) },
    orderBy: { id: 'asc' },
  });
}

async function familyOf(accessToken: string) {
  return app.db.tokenFamily.findUniqueOrThrow({ where: { id: String(claimsOf(accessToken).fid) } });
}

test('each use gives another refresh token and a living access token', async () => {
  const first = await obtainTokens(app, client);
  const second = await refresh(app, client, first.refreshToken);
  const third = await refresh(app, client, second.body.refresh_token ?? '');
  const tokens = [first.refreshToken, second.body.refresh_token, third.body.refresh_token];
  expect(new Set(tokens).size).toBe(3);
  expect((await userinfo(app, third.body.access_token ?? '')).status).toBe(200);
  expect(third.headers.get('cache-control')).toBe('no-store');
});

describe('within the grace window', () => {
  test('a repeat gives the same successor and a new access token, and moves no expiry', async () => {
    const { refreshToken, accessToken } = await obtainTokens(app, client);
    const first = await refresh(app, client, refreshToken);
    const [rows, family] = [await rowsOf(accessToken), await familyOf(accessToken)];
    for (const seconds of [0, 10, 20]) {
      app.clock.advance(seconds === 0 ? 0 : 10);
      const repeat = await refresh(app, client, refreshToken);
      expect(repeat.body.refresh_token).toBe(first.body.refresh_token);
      expect(repeat.body.access_token).not.toBe(first.body.access_token);
      expect((await userinfo(app, repeat.body.access_token ?? '')).status).toBe(200);
    }
    expect(await rowsOf(accessToken)).toEqual(rows);
    expect(await familyOf(accessToken)).toEqual(family);
  });

  test('a repeat after the successor was used revokes the family', async () => {
    const { refreshToken, accessToken } = await obtainTokens(app, client);
    const first = await refresh(app, client, refreshToken);
    const second = await refresh(app, client, first.body.refresh_token ?? '');
    await expectRefused(refresh(app, client, refreshToken));
    expect((await userinfo(app, accessToken)).status).toBe(401);
    await expectRefused(refresh(app, client, second.body.refresh_token ?? ''));
  });

  test('a repeat of a revoked token is refused: revocation always wins', async () => {
    const { refreshToken, accessToken } = await obtainTokens(app, client);
    await refresh(app, client, refreshToken);
    const family = await familyOf(accessToken);
    await app.db.tokenFamily.update({ where: { id: family.id }, data: { revokedAt: app.clock() } });
    await expectRefused(refresh(app, client, refreshToken));
  });

  test('a repeat by another client is refused and touches nothing (CVE-2026-55672)', async () => {
    const { refreshToken, accessToken } = await obtainTokens(app, client);
    const first = await refresh(app, client, refreshToken);
    await expectRefused(refresh(app, other, refreshToken));
    await expectRefused(refresh(app, other, first.body.refresh_token ?? ''));
    expect((await userinfo(app, accessToken)).status).toBe(200);
    expect((await refresh(app, client, refreshToken)).body.refresh_token).toBe(first.body.refresh_token);
  });

  test('the seal opens by the presented token alone, and is erased when the successor is used', async () => {
    const { refreshToken, accessToken } = await obtainTokens(app, client);
    const first = await refresh(app, client, refreshToken);
    const sealed = (await rowsOf(accessToken))[0]?.sealedSuccessor;
    expect(sealed).toMatch(/^[A-Za-z0-9_-]{100,}$/);
    expect(Buffer.from(sealed ?? '', 'base64url').includes(first.body.refresh_token ?? 'none')).toBe(false);
    await refresh(app, client, first.body.refresh_token ?? '');
    expect((await rowsOf(accessToken)).map((row) => row.sealedSuccessor === null)).toEqual([true, false, true]);
  });
});

test('after the grace window a second use revokes the family, once recorded (RFC 9700 4.14.2)', async () => {
  const own = await registerClient(app);
  const { refreshToken, accessToken } = await obtainTokens(app, own);
  const first = await refresh(app, own, refreshToken);
  app.clock.advance(31);
  await expectRefused(refresh(app, own, refreshToken));
  await expectRefused(refresh(app, own, refreshToken));
  await expectRefused(refresh(app, own, first.body.refresh_token ?? ''));
  expect((await userinfo(app, accessToken)).status).toBe(401);
  expect((await userinfo(app, first.body.access_token ?? '')).status).toBe(401);
  const where = { action: 'TOKENS_REVOKED_AFTER_REPLAY', targetId: own.id };
  expect(await app.db.auditLogEntry.count({ where })).toBe(1);
});

test('a lost reply can be repeated until the last second of the grace window, and the seal then goes', async () => {
  const { refreshToken, accessToken } = await obtainTokens(app, client);
  const first = await refresh(app, client, refreshToken);
  app.clock.advance(30);
  await tidy(app.deps);
  expect((await refresh(app, client, refreshToken)).body.refresh_token).toBe(first.body.refresh_token);
  app.clock.advance(1);
  await tidy(app.deps);
  expect((await rowsOf(accessToken))[0]?.sealedSuccessor).toBeNull();
  expect((await refresh(app, client, first.body.refresh_token ?? '')).status).toBe(200);
});

test('with the grace window at 0 the second use revokes the family at once, and nothing is sealed', async () => {
  const strict = await createTestApp({ config: { refreshGraceSeconds: 0 } });
  try {
    const own = await registerClient(strict);
    const { refreshToken, accessToken } = await obtainTokens(strict, own);
    const first = await refresh(strict, own, refreshToken);
    expect(await strict.db.refreshToken.count({ where: { sealedSuccessor: { not: null } } })).toBe(0);
    expect((await refresh(strict, own, refreshToken)).body.error).toBe('invalid_grant');
    expect((await refresh(strict, own, first.body.refresh_token ?? '')).body.error).toBe('invalid_grant');
    expect((await userinfo(strict, accessToken)).status).toBe(401);
  } finally {
    await strict.close();
  }
});

test("another client's use of a fresh token is refused and touches nothing (RFC 9700 4.14.2)", async () => {
  const { refreshToken } = await obtainTokens(app, client);
  await expectRefused(refresh(app, other, refreshToken));
  expect((await refresh(app, client, refreshToken)).status).toBe(200);
});

test('a refresh without client authentication is refused and touches nothing (GHSA-392p-2q2v-4372)', async () => {
  const { refreshToken } = await obtainTokens(app, client);
  expect((await refresh(app, { ...client, secret: '' }, refreshToken)).status).toBe(401);
  expect((await refresh(app, { ...client, secret: other.secret }, refreshToken)).status).toBe(401);
  expect((await refresh(app, client, refreshToken)).status).toBe(200);
});

test('no refresh token is one shorter, longer or otherwise changed (CVE-2026-27840)', async () => {
  const { refreshToken } = await obtainTokens(app, client);
  for (const changed of [refreshToken.slice(0, -1), refreshToken.slice(4), `${refreshToken}A`, `${refreshToken} `]) {
    await expectRefused(refresh(app, client, changed));
  }
  await expectRefused(refresh(app, client, ''), 'invalid_request');
  expect((await refresh(app, client, refreshToken)).status).toBe(200);
});
