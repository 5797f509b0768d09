// The life of signing keys: the next one is published before it signs, the old one until its last token has expired.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { jwksMaxAgeSeconds, longestTokenSeconds, rotateSigningKeys } from '../../src/keys/rotate.js';
import { createKeys } from '../../src/keys/service.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { obtainTokens, refresh, registerClient, type TestClient, userinfo } from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
let first: string[];
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app);
});
afterAll(() => app.close());
beforeEach(async () => {
  // Past every earlier rotation.
  app.clock.advance(3 * longestTokenSeconds);
  first = await publishedKids();
  expect(first).toHaveLength(2);
});

/** The key ids in the JWKS, as anybody reads it. */
async function publishedKids(): Promise<string[]> {
  const { keys } = (await (await app.request('/oauth/jwks')).json()) as { keys: { kid: string }[] };
  return keys.map(({ kid }) => kid).sort();
}

function kidOf(jwt: string): string {
  return JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString()).kid;
}

/** The ids of the keys that sign now: one for access tokens, one for ID tokens. */
async function signingKids(): Promise<string[]> {
  const { accessToken, idToken } = await obtainTokens(app, client);
  return [kidOf(accessToken), kidOf(idToken)].sort();
}

async function rotate() {
  const { kids, activeAt } = await rotateSigningKeys(app.deps, operatorActor);
  return { kids: kids.sort(), secondsUntilActive: (activeAt.getTime() - app.clock().getTime()) / 1000 };
}

describe('a rotation (OpenID Connect Core 10.1, oidcc-server-rotate-keys)', () => {
  test('publishes the next keys at least the max-age of the JWKS before they sign (OpenID Connect Core 10.1)', async () => {
    const { kids, secondsUntilActive } = await rotate();
    expect(secondsUntilActive).toBeGreaterThanOrEqual(jwksMaxAgeSeconds + 60);
    app.clock.advance(30);
    expect(await publishedKids()).toEqual([...first, ...kids].sort());
    expect(await signingKids()).toEqual(first);
    app.clock.advance(secondsUntilActive - 30 - 1);
    expect(await signingKids()).toEqual(first);
    app.clock.advance(1);
    expect(await signingKids()).toEqual(kids);
  });

  test('keeps the old keys published until their last token has expired, then drops them', async () => {
    const { kids, secondsUntilActive } = await rotate();
    app.clock.advance(secondsUntilActive - 1);
    const { accessToken } = await obtainTokens(app, client);
    app.clock.advance(1 + 30);
    expect(kids).toEqual(await signingKids());
    expect((await userinfo(app, accessToken)).status).toBe(200);
    app.clock.advance(longestTokenSeconds - 30);
    expect(await publishedKids()).toEqual([...first, ...kids].sort());
    app.clock.advance(3600);
    expect(await publishedKids()).toEqual(kids);
  });

  test('leaves refresh tokens as they are', async () => {
    const { refreshToken } = await obtainTokens(app, client);
    const { kids } = await rotate();
    app.clock.advance(2 * longestTokenSeconds);
    const { status, body } = await refresh(app, client, refreshToken);
    expect(status).toBe(200);
    expect(kids).toContain(kidOf(body.access_token ?? ''));
    expect((await userinfo(app, body.access_token ?? '')).status).toBe(200);
  });

  test('twice in a row leaves no moment without a key, and one pair in the end', async () => {
    await rotate();
    app.clock.advance(60);
    const second = await rotate();
    for (let minute = 0; minute < 10; minute += 1) {
      expect(await signingKids()).toHaveLength(2);
      app.clock.advance(60);
    }
    expect(await signingKids()).toEqual(second.kids);
    app.clock.advance(2 * longestTokenSeconds);
    expect(await publishedKids()).toEqual(second.kids);
  });

  test('is in the audit log as the operator', async () => {
    const { kids } = await rotate();
    const row = await app.db.auditLogEntry.findFirstOrThrow({
      where: { action: 'SIGNING_KEY_ROTATED' },
      orderBy: { id: 'desc' },
    });
    expect(row.actorKind).toBe('OPERATOR');
    for (const kid of kids) expect(row.targetLabel).toContain(kid);
  });

  test('is noticed by every other process within 30 seconds', async () => {
    const another = createKeys(app.deps);
    await another.reload();
    const { kids } = await rotate();
    expect(await another.published()).toHaveLength(2);
    app.clock.advance(30);
    expect((await another.published()).map(({ kid }) => kid)).toEqual(expect.arrayContaining(kids));
  });

  test('is noticed at once by a process that meets a token of the new key', async () => {
    const another = createKeys(app.deps);
    await another.reload();
    const { kids, secondsUntilActive } = await rotate();
    // A process whose clock runs ahead signs with the new key already.
    const later = new Date(app.clock().getTime() + secondsUntilActive * 1000);
    const hasty = createKeys({ ...app.deps, clock: () => later });
    const now = Math.floor(app.clock().getTime() / 1000);
    const token = await hasty.sign('ES256', 'at+jwt', { iss: app.issuer, aud: 'x', sub: 'x', iat: now, exp: now + 60 });
    expect(kids).toContain(kidOf(token));
    app.clock.advance(1);
    expect(await another.verify(token, 'at+jwt')).toMatchObject({ sub: 'x' });
  });
});

test('an unknown kid has the keys reread, but not for every invention', async () => {
  const keys = createKeys(app.deps);
  await keys.reload();
  const { kids } = await rotate();
  app.clock.advance(1);
  app.statements.length = 0;
  const token = (kid: string) =>
    `${Buffer.from(JSON.stringify({ alg: 'ES256', kid })).toString('base64url')}.e30.${'A'.repeat(86)}`;
  for (let invention = 0; invention < 50; invention += 1) await keys.verify(token(`kid-${invention}`), 'at+jwt');
  expect(app.statements.filter((sql) => sql.includes('SigningKey')).length).toBeLessThanOrEqual(1);
  expect((await keys.published()).map(({ kid }) => kid)).toEqual(expect.arrayContaining(kids));
});

test('a token of a key that was unpublished is refused', async () => {
  const { accessToken } = await obtainTokens(app, client);
  const where = { kid: kidOf(accessToken) };
  expect((await userinfo(app, accessToken)).status).toBe(200);
  const { unpublishedAt } = await app.db.signingKey.findUniqueOrThrow({ where });
  await app.db.signingKey.update({ where, data: { unpublishedAt: app.clock() } });
  app.clock.advance(30);
  expect((await userinfo(app, accessToken)).status).toBe(401);
  await app.db.signingKey.update({ where, data: { unpublishedAt } });
});
