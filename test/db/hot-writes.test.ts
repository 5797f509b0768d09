// The statements that write past Prisma's engine: they use up once, and store both or neither. The same on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/lib/crypto.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { obtainCode, obtainTokens, registerClient, type TestClient } from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app);
});
afterAll(() => app.close());

describe('using up', () => {
  async function presented() {
    const { refreshToken } = await obtainTokens(app, client);
    const row = await app.db.refreshToken.findUniqueOrThrow({ where: { hash: sha256(refreshToken) } });
    const now = app.clock();
    const successor = () => {
      const id = app.deps.newId('refreshToken');
      return {
        id,
        familyId: row.familyId,
        hash: sha256(id),
        createdAt: now,
        expiresAt: new Date(now.getTime() + 1234),
      };
    };
    return { row, successor, now };
  }

  test('a refresh token is used once, by one of fifty, and has one successor', async () => {
    const { row, successor, now } = await presented();
    const used = { id: row.id, usedAt: now, sealedSuccessor: 'sealed' };
    const successors = Array.from({ length: 50 }, successor);
    const won = await Promise.all(successors.map((each) => app.deps.hotPaths.rotateRefreshToken(used, each)));
    expect(won.filter(Boolean)).toHaveLength(1);
    const winner = successors[won.indexOf(true)];
    const rows = await app.db.refreshToken.findMany({ where: { familyId: row.familyId, id: { not: row.id } } });
    expect(rows).toEqual([{ ...winner, usedAt: null, successorId: null, sealedSuccessor: null }]);
    const after = await app.db.refreshToken.findUniqueOrThrow({ where: { id: row.id } });
    expect(after).toEqual({ ...row, usedAt: now, sealedSuccessor: 'sealed', successorId: winner?.id });
  });

  test('the seal of the token before is erased when its successor is used, and not before', async () => {
    const { row, successor, now } = await presented();
    const second = successor();
    await app.deps.hotPaths.rotateRefreshToken({ id: row.id, usedAt: now, sealedSuccessor: 'first' }, second);
    const sealOf = async (id: string) =>
      (await app.db.refreshToken.findUniqueOrThrow({ where: { id } })).sealedSuccessor;
    expect(await sealOf(row.id)).toBe('first');
    const third = successor();
    await app.deps.hotPaths.rotateRefreshToken({ id: second.id, usedAt: now, sealedSuccessor: 'second' }, third);
    expect([await sealOf(row.id), await sealOf(second.id)]).toEqual([null, 'second']);
    // Somebody else's use of what was used already erases nothing.
    const late = { id: second.id, usedAt: now, sealedSuccessor: 'late' };
    expect(await app.deps.hotPaths.rotateRefreshToken(late, successor())).toBe(false);
    expect(await sealOf(second.id)).toBe('second');
  });

  test('a successor that cannot be stored leaves the token unused', async () => {
    const { row, successor, now } = await presented();
    const used = { id: row.id, usedAt: now, sealedSuccessor: null };
    const taken = { ...successor(), hash: row.hash };
    await expect(app.deps.hotPaths.rotateRefreshToken(used, taken)).rejects.toThrow();
    expect((await app.db.refreshToken.findUniqueOrThrow({ where: { id: row.id } })).usedAt).toBeNull();
    expect(await app.deps.hotPaths.rotateRefreshToken(used, successor())).toBe(true);
  });

  test('who asks together gets their own: of many tokens each is used once, and one that cannot be stored keeps nobody', async () => {
    const asked = await Promise.all(Array.from({ length: 12 }, presented));
    const taken = asked[5]?.row.hash ?? '';
    const results = await Promise.allSettled(
      asked.map(({ row, successor, now }, index) =>
        app.deps.hotPaths.rotateRefreshToken(
          { id: row.id, usedAt: now, sealedSuccessor: `seal ${index}` },
          index === 5 ? { ...successor(), hash: taken } : successor(),
        ),
      ),
    );
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : 'failed'))).toEqual(
      asked.map((_, index) => (index === 5 ? 'failed' : true)),
    );
    for (const [index, { row }] of asked.entries()) {
      const after = await app.db.refreshToken.findUniqueOrThrow({ where: { id: row.id } });
      expect(after.sealedSuccessor).toBe(index === 5 ? null : `seal ${index}`);
      expect(await app.db.refreshToken.count({ where: { id: after.successorId ?? '' } })).toBe(index === 5 ? 0 : 1);
    }
  });

  test('groups that want the same rows in another order do not wait for each other in a circle', async () => {
    for (let round = 0; round < 4; round += 1) {
      const asked = await Promise.all(Array.from({ length: 10 }, presented));
      app.statements.length = 0;
      const won = await Promise.all(
        [...asked, ...asked.toReversed()].map(({ row, successor, now }) =>
          app.deps.hotPaths.rotateRefreshToken({ id: row.id, usedAt: now, sealedSuccessor: null }, successor()),
        ),
      );
      expect(won.filter(Boolean)).toHaveLength(10);
      // A group that had to be given up would be asked for again, one by one.
      expect(app.statements.filter((sql) => /^(?:WITH|COMMIT)/.test(sql)).length).toBeLessThanOrEqual(2);
    }
  });

  test('a code is redeemed once, by one of fifty, with or without a refresh token', async () => {
    for (const gives of [true, false]) {
      const { code } = await obtainCode(app, client);
      const row = await app.db.authorizationCode.findUniqueOrThrow({ where: { hash: sha256(code) } });
      const now = app.clock();
      const given = (index: number) =>
        gives
          ? {
              id: app.deps.newId('refreshToken'),
              familyId: row.familyId,
              hash: sha256(`${code}${index}`),
              createdAt: now,
              expiresAt: now,
            }
          : null;
      const won = await Promise.all(
        Array.from({ length: 50 }, (_, index) => app.deps.hotPaths.redeemCode(row.id, now, given(index))),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await app.db.refreshToken.count({ where: { familyId: row.familyId } })).toBe(gives ? 1 : 0);
      expect(await app.db.authorizationCode.findUniqueOrThrow({ where: { id: row.id } })).toEqual({
        ...row,
        usedAt: now,
      });
    }
  });
});

describe('an authorization', () => {
  test.each([
    ['its session has ended', 'session'],
    ['its consent was taken back', 'consent'],
    ['the request that waited for it is gone', 'request'],
  ])('is stored with its code, and not at all when %s', async (_what, missing) => {
    await obtainCode(app, client);
    const before = await app.db.tokenFamily.findFirstOrThrow({ orderBy: { id: 'desc' } });
    const now = app.clock();
    const request = {
      id: app.deps.newId('authorizationRequest'),
      clientId: client.id,
      browserHash: 'any',
      request: '{}',
      createdAt: now,
      expiresAt: now,
    };
    await app.db.authorizationRequest.create({ data: request });
    const signIn = () => {
      const id = app.deps.newId('tokenFamily');
      const { revokedAt: _, sessionId, ...family } = { ...before, id };
      const code = {
        id: app.deps.newId('authorizationCode'),
        hash: sha256(id),
        redirectUri: 'https://app.example.com/',
        redirectUriRequired: true,
        codeChallenge: null,
        nonce: null,
        createdAt: now,
        expiresAt: now,
      };
      return { family: { ...family, sessionId: sessionId ?? '' }, code };
    };
    const first = signIn();
    expect(await app.deps.hotPaths.storeSignIn(first, request.id)).toBe(true);
    const stored = await app.db.tokenFamily.findUniqueOrThrow({
      where: { id: first.family.id },
      include: { codes: true },
    });
    expect(stored).toEqual({
      ...first.family,
      revokedAt: null,
      codes: [{ ...first.code, familyId: first.family.id, usedAt: null }],
    });
    expect(await app.db.authorizationRequest.count({ where: { id: request.id } })).toBe(0);

    if (missing !== 'request') await app.db.authorizationRequest.create({ data: request });
    if (missing === 'session')
      await app.db.session.updateMany({ where: { id: before.sessionId ?? '' }, data: { endedAt: now } });
    if (missing === 'consent')
      await app.db.consent.update({ where: { id: before.consentId }, data: { revokedAt: now } });
    const second = signIn();
    expect(await app.deps.hotPaths.storeSignIn(second, request.id)).toBe(false);
    expect(await app.db.tokenFamily.count({ where: { id: second.family.id } })).toBe(0);
    expect(await app.db.authorizationCode.count({ where: { hash: second.code.hash } })).toBe(0);
    // Nobody answered the request.
    expect(await app.db.authorizationRequest.count({ where: { id: request.id } })).toBe(missing === 'request' ? 0 : 1);
    await app.db.consent.update({ where: { id: before.consentId }, data: { revokedAt: null } });
  });
});
