// Fifty at once on one refresh token: one successor, however many hear of it (CVE-2026-1035).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { claimsOf, obtainTokens, refresh, registerClient, type TestClient, userinfo } from '../support/oauth.js';

const fifty = Array.from({ length: 50 }, (_, index) => index);

/** The refresh tokens of a family that nobody has used. */
function unusedOf(app: TestApp, accessToken: string) {
  const familyId = String(claimsOf(accessToken).fid);
  return app.db.refreshToken.count({ where: { familyId, usedAt: null, expiresAt: { gt: app.clock() } } });
}

describe('within the grace window', () => {
  let app: TestApp;
  let client: TestClient;
  beforeAll(async () => {
    app = await createTestApp();
    client = await registerClient(app, { type: 'PUBLIC' });
  });
  afterAll(() => app.close());

  test('all fifty are given the same successor, and the family has one living end (CVE-2026-1035)', async () => {
    let { refreshToken, accessToken } = await obtainTokens(app, client);
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all(fifty.map(() => refresh(app, client, refreshToken)));
      expect(answers.map(({ status }) => status)).toEqual(fifty.map(() => 200));
      expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
      expect(new Set(answers.map(({ body }) => body.access_token)).size).toBe(50);
      expect(await unusedOf(app, accessToken)).toBe(1);
      refreshToken = answers[0]?.body.refresh_token ?? '';
      accessToken = answers[49]?.body.access_token ?? '';
    }
    expect((await userinfo(app, accessToken)).status).toBe(200);
  });

  test('the old and the new token at once never leave two living ends', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { refreshToken, accessToken } = await obtainTokens(app, client);
      const successor = (await refresh(app, client, refreshToken)).body.refresh_token ?? '';
      await Promise.all(fifty.map((index) => refresh(app, client, index % 2 === 0 ? refreshToken : successor)));
      expect(await unusedOf(app, accessToken)).toBe(1);
    }
  });

  test('a revocation among them wins: nothing that was given lives on', async () => {
    const { refreshToken, accessToken } = await obtainTokens(app, client);
    const id = String(claimsOf(accessToken).fid);
    const revoke = async () => {
      await app.db.tokenFamily.update({ where: { id }, data: { revokedAt: app.clock() } });
      return null;
    };
    const answers = await Promise.all(fifty.map((i) => (i === 10 ? revoke() : refresh(app, client, refreshToken))));
    for (const answer of answers.filter((each) => each?.status === 200)) {
      expect((await userinfo(app, answer?.body.access_token ?? '')).status).toBe(401);
      expect((await refresh(app, client, answer?.body.refresh_token ?? '')).body.error).toBe('invalid_grant');
    }
  });
});

test('without a grace window one of fifty succeeds, and the others revoke the family', async () => {
  const app = await createTestApp({ config: { refreshGraceSeconds: 0 } });
  try {
    const client = await registerClient(app, { type: 'PUBLIC' });
    const { refreshToken, accessToken } = await obtainTokens(app, client);
    const answers = await Promise.all(fifty.map(() => refresh(app, client, refreshToken)));
    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    expect(answers.filter(({ body }) => body.error === 'invalid_grant')).toHaveLength(49);
    expect((await userinfo(app, accessToken)).status).toBe(401);
    expect((await refresh(app, client, winners[0]?.body.refresh_token ?? '')).body.error).toBe('invalid_grant');
  } finally {
    await app.close();
  }
});
