// The revocation endpoint (RFC 7009): which token a client may give back, what ends with it, and what stays.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createToken } from '../../src/lib/secret-format.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { apiTokenOf } from '../support/graphql.js';
import { claimsOf, obtainCode, redeem, refresh, registerClient, type TestClient, userinfo } from '../support/oauth.js';
import { clientToken, postAs, postPlain, revoke, storedTokens, tokensOf } from '../support/tokens.js';

let app: TestApp;
let confidential: TestClient;
let publicClient: TestClient;
let native: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  confidential = await registerClient(app, {
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
  });
  publicClient = await registerClient(app, { type: 'PUBLIC' });
  native = await registerClient(app, { type: 'NATIVE' });
});
afterAll(() => app.close());

const clients = { confidential: () => confidential, public: () => publicClient, native: () => native };
const clientNames = Object.keys(clients) as (keyof typeof clients)[];
const lives = async (accessToken: string) => (await userinfo(app, accessToken)).status === 200;

describe.each(clientNames)('a %s client', (name) => {
  const own = () => clients[name]();

  test('ends a sign-in by its refresh token, access tokens at once (RFC 7009 2.1, 2.2, CVE-2016-6582)', async () => {
    const tokens = await tokensOf(app, own());
    const others = await tokensOf(app, own());
    expect(await lives(tokens.access)).toBe(true);
    const answer = await revoke(app, own(), tokens.refresh);
    expect([answer.status, answer.text]).toEqual([200, '{}']);
    expect(await lives(tokens.access)).toBe(false);
    expect((await refresh(app, own(), tokens.refresh)).body.error).toBe('invalid_grant');
    // Another sign-in of the same member through the same client goes on.
    expect(await lives(others.access)).toBe(true);
    expect((await refresh(app, own(), others.refresh)).status).toBe(200);
  });

  test('ends an access token by itself; its sign-in goes on (RFC 7009 2.1)', async () => {
    const tokens = await tokensOf(app, own());
    const answer = await revoke(app, own(), tokens.access);
    expect([answer.status, answer.text]).toEqual([200, '{}']);
    expect(await lives(tokens.access)).toBe(false);
    const refreshed = await refresh(app, own(), tokens.refresh);
    expect(refreshed.status).toBe(200);
    expect(await lives(refreshed.body.access_token ?? '')).toBe(true);
  });

  const inert: [string, () => string | Promise<string>][] = [
    ['an ID token of its own', async () => (await tokensOf(app, own())).id],
    ['a code of its own', async () => (await obtainCode(app, own())).code],
    ['a refresh token that was never given', () => createToken('lkr', app.deps.randomBytes)],
    ['a refresh token with a typing error', async () => `${(await tokensOf(app, own())).refresh.slice(0, -1)}~`],
    ['an API token', async () => (await apiTokenOf(app, 'ADMIN')).token],
    ['its client_id', () => own().clientId],
    ['garbage', () => 'garbage'],
    ['dots', () => '..'],
    ['what is no ASCII', () => 'é€😀'],
    ['a long text', () => 'a.'.repeat(30_000)],
  ];
  for (const other of clientNames.filter((candidate) => candidate !== name)) {
    for (const kind of ['access', 'refresh', 'id'] as const) {
      inert.push([`the ${kind} token of a ${other} client`, async () => (await tokensOf(app, clients[other]()))[kind]]);
    }
  }
  test.each(inert)(
    'changes nothing with %s, and is not told (RFC 7009 2.1, 2.2, CVE-2018-1000211)',
    async (_, make) => {
      const given = await make();
      const before = await storedTokens(app);
      const answer = await revoke(app, own(), given);
      expect([answer.status, answer.text]).toEqual([200, '{}']);
      expect(await storedTokens(app)).toBe(before);
    },
  );

  test('is not helped or hindered by a hint, wrong or unknown (RFC 7009 2.1)', async () => {
    for (const hint of ['access_token', 'refresh_token', 'saml_token', '']) {
      for (const kind of ['access', 'refresh'] as const) {
        const tokens = await tokensOf(app, own());
        expect((await revoke(app, own(), tokens[kind], { token_type_hint: hint })).status).toBe(200);
        expect(await lives(tokens.access)).toBe(false);
      }
    }
  });
});

test('the answer is JSON that says nothing, and is not kept (RFC 7009 2.2)', async () => {
  const { refresh: given } = await tokensOf(app, confidential);
  for (const token of [given, given, 'garbage']) {
    const { status, headers, text } = await revoke(app, confidential, token);
    expect([status, text, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      200,
      '{}',
      'application/json',
      'no-store',
    ]);
  }
});

test('a used refresh token ends the sign-in of its successor, in the grace window and after it (RFC 7009 2.1)', async () => {
  for (const seconds of [0, 31]) {
    const first = await tokensOf(app, confidential);
    const { body } = await refresh(app, confidential, first.refresh);
    app.clock.advance(seconds);
    expect((await revoke(app, confidential, first.refresh)).status).toBe(200);
    expect((await refresh(app, confidential, body.refresh_token ?? '')).body.error).toBe('invalid_grant');
    // Nor does the grace window give the successor once more.
    expect((await refresh(app, confidential, first.refresh)).body.error).toBe('invalid_grant');
    expect(await lives(body.access_token ?? '')).toBe(false);
  }
});

test("a client's own access token ends by itself too", async () => {
  const [given, other] = [await clientToken(app, confidential, 'reader'), await clientToken(app, confidential)];
  expect((await revoke(app, native, given)).status).toBe(200);
  expect(await app.db.revokedAccessToken.count({ where: { jti: String(claimsOf(given).jti) } })).toBe(0);
  expect((await revoke(app, confidential, given)).status).toBe(200);
  expect(await app.db.revokedAccessToken.count({ where: { jti: String(claimsOf(given).jti) } })).toBe(1);
  expect(await app.db.revokedAccessToken.count({ where: { jti: String(claimsOf(other).jti) } })).toBe(0);
});

test('a revoked access token is remembered until it expires', async () => {
  const { access } = await tokensOf(app, confidential);
  await revoke(app, confidential, access);
  const { jti, exp } = claimsOf(access);
  const row = await app.db.revokedAccessToken.findUniqueOrThrow({ where: { jti: String(jti) } });
  expect(row.expiresAt.getTime() / 1000).toBe(exp);
});

test('an access token that is over is not remembered', async () => {
  const { access } = await tokensOf(app, confidential);
  app.clock.advance(600 + 61);
  const before = await storedTokens(app);
  expect((await revoke(app, confidential, access)).status).toBe(200);
  expect(await storedTokens(app)).toBe(before);
});

test('a sign-in that is over is not ended again', async () => {
  const own = await registerClient(app);
  const { refresh: given } = await tokensOf(app, own);
  await app.db.tokenFamily.updateMany({
    where: { consent: { clientId: own.id } },
    data: { expiresAt: app.clock() },
  });
  const before = await storedTokens(app);
  expect((await revoke(app, own, given)).status).toBe(200);
  expect(await storedTokens(app)).toBe(before);
});

test('an access token given back while its member is suspended does not come to life again', async () => {
  const { access } = await tokensOf(app, confidential);
  await app.db.member.update({ where: { id: app.owner.id }, data: { status: 'SUSPENDED' } });
  expect((await revoke(app, confidential, access)).status).toBe(200);
  await app.db.member.update({ where: { id: app.owner.id }, data: { status: 'ACTIVE' } });
  expect(await lives(access)).toBe(false);
});

test('fifty at once end a token once, and are all told so', async () => {
  const own = await registerClient(app);
  const { access, refresh: given } = await tokensOf(app, own);
  for (const [token, field] of [
    [access, 'revokedAccessTokens'],
    [given, 'revokedSignIns'],
  ] as const) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => revoke(app, own, token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const entries = await app.db.auditLogEntry.findMany({ where: { action: 'TOKENS_REVOKED', targetId: own.id } });
    expect(entries.filter(({ changes }) => changes.includes(field))).toHaveLength(1);
  }
});

test('the audit log says which client gave back what, and never the token', async () => {
  const own = await registerClient(app);
  const { access, refresh: given } = await tokensOf(app, own);
  const logged = app.logLines.length;
  await revoke(app, own, access);
  await revoke(app, own, given);
  const entries = await app.db.auditLogEntry.findMany({
    where: { action: 'TOKENS_REVOKED', targetId: own.id },
    orderBy: { id: 'asc' },
  });
  expect(entries.map(({ changes }) => JSON.parse(changes))).toEqual([
    [{ field: 'revokedAccessTokens', before: null, after: '1' }],
    [{ field: 'revokedSignIns', before: null, after: '1' }],
  ]);
  for (const entry of entries) {
    expect(entry).toMatchObject({ actorKind: 'OAUTH_CLIENT', actorId: own.id, accountId: app.owner.accountId });
  }
  const written = JSON.stringify(entries) + app.logLines.slice(logged).join('');
  for (const secret of [access, given, String(claimsOf(access).jti)]) expect(written).not.toContain(secret);
});

test('token has to be there, once (RFC 7009 2.1)', async () => {
  for (const form of [{}, { token: '' }]) {
    const { status, text } = await postAs(app, confidential, '/oauth/revoke', form);
    expect([status, JSON.parse(text).error]).toEqual([400, 'invalid_request']);
  }
  const { refresh: given, access } = await tokensOf(app, publicClient);
  const twice = `client_id=${publicClient.clientId}&token=${given}&token=${given}`;
  expect((await postPlain(app, '/oauth/revoke', twice)).status).toBe(400);
  const inJson = await app.request('/oauth/revoke', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_id: publicClient.clientId, token: given }),
  });
  expect(inJson.status).toBe(400);
  const query = new URLSearchParams({ client_id: publicClient.clientId, token: given });
  expect((await postPlain(app, `/oauth/revoke?${query}`, '')).status).toBe(401);
  const got = await app.request(`/oauth/revoke?${query}`);
  expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
  expect(await lives(access)).toBe(true);
});

test('a client that does not prove who it is revokes nothing (RFC 7009 2.1, ASVS 10.4.9)', async () => {
  const { refresh: given, access } = await tokensOf(app, confidential);
  const before = await storedTokens(app);
  const attempts = [
    await postPlain(app, '/oauth/revoke', { token: given }),
    await postPlain(app, '/oauth/revoke', { token: given, client_id: confidential.clientId }),
    await revoke(app, { ...confidential, secret: 'wrong' }, given),
    await revoke(app, { ...publicClient, clientId: 'unknown' }, given),
    await postPlain(app, '/oauth/revoke', { token: given }, { authorization: `Bearer ${access}` }),
  ];
  for (const { status, text, headers } of attempts) {
    expect([status, JSON.parse(text).error]).toEqual([401, 'invalid_client']);
    expect(headers.get('cache-control')).toBe('no-store');
  }
  expect(await storedTokens(app)).toBe(before);
  expect(await lives(access)).toBe(true);
});

test('a disabled client is refused; its tokens are dead as it is', async () => {
  const own = await registerClient(app);
  const { refresh: given } = await tokensOf(app, own);
  await app.db.oAuthClient.update({ where: { id: own.id }, data: { disabledAt: app.clock() } });
  expect((await revoke(app, own, given)).status).toBe(401);
});

test('a refresh that is under way does not outlive the revocation (known attack DOT 1816)', async () => {
  const own = await registerClient(app);
  const granted = await obtainCode(app, own);
  const { body } = await redeem(app, own, granted);
  const given = body.refresh_token ?? '';
  const [refreshed, revoked] = await Promise.all([refresh(app, own, given), revoke(app, own, given)]);
  expect(revoked.status).toBe(200);
  if (refreshed.status === 200) {
    expect(await lives(refreshed.body.access_token ?? '')).toBe(false);
    expect((await refresh(app, own, refreshed.body.refresh_token ?? '')).body.error).toBe('invalid_grant');
  }
});
