// The statements that read past Prisma's engine: they read what Prisma reads. The same on both databases.
import { setFlagsFromString } from 'node:v8';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RefreshTokenWithFamily } from '../../src/db/client.js';
import { sha256 } from '../../src/lib/crypto.js';
import { selectorOfClientSecret } from '../../src/lib/secret-format.js';
import { registerApi } from '../support/api-resources.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { apiTokenOf } from '../support/graphql.js';
import { claimsOf, obtainCode, obtainTokens, registerClient, type TestClient } from '../support/oauth.js';
import { revoke } from '../support/tokens.js';

let app: TestApp;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app);
});
afterAll(() => app.close());

const keyOf = ({ clientId, secret }: TestClient) => ({ clientId, selector: selectorOfClientSecret(secret) });

/** Those of a row's columns that the other has. */
function like<Row extends object>(row: Row, read: object): Partial<Row> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name in read)) as Partial<Row>;
}

async function familyByPrisma(id: string) {
  const include = { consent: { include: { client: true, member: true } } } as const;
  return app.db.tokenFamily.findUniqueOrThrow({ where: { id }, include });
}

/** Compares a family that was read here with what Prisma reads, column by column. */
async function expectFamily(read: RefreshTokenWithFamily['family'] | null | undefined): Promise<void> {
  if (!read) throw new Error('No family was read.');
  const { consent, ...family } = read;
  const { client: ofClient, member, ...ofConsent } = consent;
  const stored = await familyByPrisma(read.id);
  expect(family).toEqual(like(stored, family));
  expect(ofConsent).toEqual(like(stored.consent, ofConsent));
  expect(ofClient).toEqual(like(stored.consent.client, ofClient));
  expect(member).toEqual(like(stored.consent.member, member));
}

test('a caller is read with the secret that it names, and with no other', async () => {
  const other = await registerClient(app);
  const read = await app.deps.hotPaths.caller(keyOf(client));
  const stored = await app.db.oAuthClient.findUniqueOrThrow({ where: { id: client.id }, include: { secrets: true } });
  const { secrets, ...columns } = read ?? { secrets: [] };
  expect(Object.keys(columns).length).toBeGreaterThan(20);
  expect(columns).toEqual(like(stored, columns));
  expect(secrets).toEqual(stored.secrets.map((secret) => like(secret, secrets[0] ?? {})));
  const crossed = { clientId: client.clientId, selector: keyOf(other).selector };
  expect((await app.deps.hotPaths.caller(crossed))?.secrets).toEqual([]);
  expect((await app.deps.hotPaths.caller({ clientId: client.clientId, selector: null }))?.secrets).toEqual([]);
  expect(await app.deps.hotPaths.caller({ clientId: 'nobody', selector: null })).toBeNull();
});

test('a code, a refresh token and an access token are read with their family, as Prisma reads it', async () => {
  const { code } = await obtainCode(app, client);
  const withCode = await app.deps.hotPaths.callerWithCode(keyOf(client), sha256(code));
  const storedCode = await app.db.authorizationCode.findUniqueOrThrow({ where: { hash: sha256(code) } });
  const { family: ofCode, ...codeColumns } = withCode.presented ?? {};
  expect(codeColumns).toEqual(like(storedCode, codeColumns));
  await expectFamily(ofCode);

  const { refreshToken, accessToken } = await obtainTokens(app, client);
  const withToken = await app.deps.hotPaths.callerWithRefreshToken(keyOf(client), sha256(refreshToken));
  const storedToken = await app.db.refreshToken.findUniqueOrThrow({ where: { hash: sha256(refreshToken) } });
  const { family: ofToken, ...tokenColumns } = withToken.presented ?? {};
  expect(tokenColumns).toEqual(like(storedToken, tokenColumns));
  await expectFamily(ofToken);

  const { jti, fid } = claimsOf(accessToken) as { jti: string; fid: string };
  const token = { jti, familyId: fid, clientId: client.clientId, resourceId: undefined };
  const rows = await app.deps.hotPaths.accessToken(token);
  expect([rows.isRevoked, rows.api, rows.client]).toEqual([false, null, null]);
  await expectFamily(rows.family);
  const introspected = await app.deps.hotPaths.callerWithAccessToken(keyOf(client), token);
  expect(introspected.caller?.id).toBe(client.id);
  await expectFamily(introspected.presented?.family);
  await revoke(app, client, accessToken);
  expect((await app.deps.hotPaths.accessToken(token)).isRevoked).toBe(true);
});

test('rows that are read the same way have one hidden class, so that reading leaves none behind as garbage', async () => {
  // What V8 knows of its hidden classes it tells by functions of its own, in sources that were compiled with this.
  setFlagsFromString('--allow-natives-syntax');
  const alike = new Function('one', 'other', 'return %HaveSameMap(one, other)') as (a: object, b: object) => boolean;
  const { refreshToken, accessToken } = await obtainTokens(app, client);
  const { code } = await obtainCode(app, client);
  const { jti, fid } = claimsOf(accessToken) as { jti: string; fid: string };
  const token = { jti, familyId: fid, clientId: client.clientId, resourceId: undefined };
  const { token: ofApi } = await apiTokenOf(app, 'READER');
  const { hotPaths } = app.deps;
  const reads: Record<string, () => Promise<object | null | undefined>> = {
    caller: () => hotPaths.caller(keyOf(client)),
    code: async () => (await hotPaths.callerWithCode(keyOf(client), sha256(code))).presented,
    refreshToken: async () => (await hotPaths.callerWithRefreshToken(keyOf(client), sha256(refreshToken))).presented,
    family: async () => (await hotPaths.accessToken(token)).family,
    consent: async () => (await hotPaths.accessToken(token)).family?.consent,
    introspected: async () => (await hotPaths.callerWithAccessToken(keyOf(client), token)).presented,
    apiToken: () => hotPaths.apiToken(sha256(ofApi)),
  };
  for (const [name, read] of Object.entries(reads)) {
    // The first times V8 still learns what comes.
    for (let time = 0; time < 5; time += 1) await read();
    const [one, other] = [await read(), await read()];
    if (!one || !other) throw new Error(`Nothing was read: ${name}.`);
    expect([name, alike(one, other)]).toEqual([name, true]);
  }
});

test("another client's code and refresh token are as unknown as invented ones", async () => {
  const other = await registerClient(app);
  const { code } = await obtainCode(app, client);
  const { refreshToken } = await obtainTokens(app, client);
  const reads = [
    await app.deps.hotPaths.callerWithCode(keyOf(other), sha256(code)),
    await app.deps.hotPaths.callerWithRefreshToken(keyOf(other), sha256(refreshToken)),
  ];
  for (const { caller, presented } of reads) expect([caller?.id, presented]).toEqual([other.id, null]);
});

test('what was not there is null, and hides nothing else', async () => {
  const nothing = await app.deps.hotPaths.callerWithCode(keyOf(client), sha256('lkc_unknown'));
  expect([nothing.caller?.id, nothing.presented]).toEqual([client.id, null]);
  const nobody = await app.deps.hotPaths.callerWithRefreshToken({ clientId: 'nobody', selector: null }, 'x');
  expect(nobody).toEqual({ caller: null, presented: null });
  const token = { jti: 'unknown', familyId: 'fam_unknown', clientId: client.clientId, resourceId: 'api_unknown' };
  expect(await app.deps.hotPaths.accessToken(token)).toEqual({
    isRevoked: false,
    api: null,
    family: null,
    client: null,
  });
});

test('who reads together reads their own, and what no database can hold is an answer for nobody else', async () => {
  const others = await Promise.all(Array.from({ length: 25 }, () => registerClient(app)));
  const asked = [client, ...others].map(keyOf);
  const impossible = { clientId: 'with a \u0000 in it', selector: null };
  const results = await Promise.allSettled([...asked, impossible].map((key) => app.deps.hotPaths.caller(key)));
  const read = results.map((result) => (result.status === 'fulfilled' ? result.value?.id : undefined));
  expect(read).toEqual([client.id, ...others.map(({ id }) => id), undefined]);
});

test("a client's own token is read with its client, and an API with who may introspect for it", async () => {
  const api = await registerApi(app, { introspectionClientIds: [client.id] });
  const other = await registerClient(app);
  const token = { jti: 'any', familyId: undefined, clientId: other.clientId, resourceId: api.id };
  const { presented } = await app.deps.hotPaths.callerWithAccessToken(keyOf(client), token);
  expect([presented?.client?.id, presented?.api?.audience, presented?.isIntrospector]).toEqual([
    other.id,
    api.audience,
    true,
  ]);
  const asked = await app.deps.hotPaths.callerWithAccessToken(keyOf(other), token);
  expect(asked.presented?.isIntrospector).toBe(false);
  const here = await app.deps.hotPaths.accessToken({ ...token, resourceId: undefined });
  expect([here.client?.id, here.api]).toEqual([other.id, null]);
});

test('an API token is read with its owner, living or not', async () => {
  const { token } = await apiTokenOf(app, 'READER');
  const read = await app.deps.hotPaths.apiToken(sha256(token));
  const { owner, ...stored } = await app.db.apiToken.findUniqueOrThrow({
    where: { tokenHash: sha256(token) },
    include: { owner: true },
  });
  expect(read).toEqual({ ...like(stored, read ?? {}), owner: like(owner, read?.owner ?? {}) });
  await app.db.apiToken.update({ where: { id: stored.id }, data: { revokedAt: app.clock() } });
  expect((await app.deps.hotPaths.apiToken(sha256(token)))?.revokedAt).toEqual(app.clock());
  expect(await app.deps.hotPaths.apiToken(sha256('lkt_unknown'))).toBeNull();
});

test('each column of a moment is called so, and each other is not: they are told apart by their names', async () => {
  const read = await app.deps.hotPaths.caller(keyOf(client));
  const { family } = (
    await app.deps.hotPaths.callerWithCode(keyOf(client), sha256((await obtainCode(app, client)).code))
  ).presented ?? { family: null };
  const rows = [read, read?.secrets[0], family, family?.consent, family?.consent.member];
  for (const row of rows) {
    for (const [name, value] of Object.entries(row ?? {})) {
      if (value instanceof Date) expect(name).toMatch(/At$/);
      else if (name.endsWith('At')) expect([name, value]).toEqual([name, null]);
    }
  }
});

test('an authorization is read with its redirect URIs, session and consent, as Prisma reads them', async () => {
  const uris = ['https://app.example.com/one', 'https://app.example.com/two?a=1'];
  const other = await registerClient(app, { redirectUris: uris });
  await obtainCode(app, other, { redirect_uri: uris[0] });
  const stored = await app.db.session.findFirstOrThrow({ orderBy: { id: 'desc' }, include: { member: true } });
  const read = await app.deps.hotPaths.authorizing(other.clientId, stored.secretHash);
  expect(read.client?.redirectUris.map(({ uri }) => uri).sort()).toEqual(uris);
  const { member, ...session } = read.session ?? { member: null };
  expect(session).toEqual(like(stored, session));
  expect(member).toEqual(like(stored.member, member ?? {}));
  const consent = await app.db.consent.findFirstOrThrow({ where: { clientId: other.id } });
  expect(read.consent).toEqual(like(consent, read.consent ?? {}));
  const alone = await app.deps.hotPaths.authorizing(other.clientId, null);
  expect([alone.client?.id, alone.session, alone.consent]).toEqual([other.id, null, null]);
  expect(await app.deps.hotPaths.authorizing('nobody', stored.secretHash)).toEqual({
    client: null,
    session: null,
    consent: null,
  });
});
