// LATCHKEY_SECRET and the signing keys: encrypted under the first secret, read by all of them, and a refusal that names the cure.
import { exportJWK, importJWK } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { rotateSigningKeys } from '../../src/keys/rotate.js';
import { createKeys } from '../../src/keys/service.js';
import { SigningKeyError } from '../../src/keys/store.js';
import { createSecretKeys } from '../../src/lib/secret-keys.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { fieldsOf } from '../support/browser.js';
import { createTestDatabase } from '../support/database.js';
import { newBrowser, obtainTokens, postForm, registerClient, userinfo } from '../support/oauth.js';

const oldSecret = 'a secret for tests of more than 32 bytes';
const newSecret = 'another secret for tests, also longer than 32 bytes';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ config: { secrets: [oldSecret] } });
});
afterAll(() => app.close());

function keysUnder(...secrets: [string, ...string[]]) {
  return createKeys({ ...app.deps, secretKeys: createSecretKeys(secrets) });
}

test('a key that cannot be decrypted is refused, with the cure', async () => {
  const failure = keysUnder(newSecret).reload();
  await expect(failure).rejects.toBeInstanceOf(SigningKeyError);
  await expect(failure).rejects.toThrow(/LATCHKEY_SECRET.*comma list.*new one first.*old one after/s);
});

test('a list of secrets reads what any of them encrypted, and writes with the first', async () => {
  const token = await app.deps.keys.sign('ES256', 'at+jwt', {
    iss: app.issuer,
    aud: app.issuer,
    sub: 'x',
    iat: Math.floor(app.clock().getTime() / 1000),
    exp: Math.floor(app.clock().getTime() / 1000) + 60,
  });
  const both = keysUnder(newSecret, oldSecret);
  await both.reload();
  expect(await both.verify(token, 'at+jwt')).toMatchObject({ sub: 'x' });
  expect(await both.published()).toEqual(await app.deps.keys.published());
  await rotateSigningKeys({ ...app.deps, secretKeys: createSecretKeys([newSecret, oldSecret]) }, operatorActor);
  await expect(keysUnder(oldSecret).reload()).rejects.toBeInstanceOf(SigningKeyError);
  await both.reload();
  expect(await both.published()).toHaveLength(4);
  await app.db.signingKey.deleteMany({
    where: { kid: { in: (await app.deps.keys.published()).map(({ kid }) => String(kid)) } },
  });
  await keysUnder(newSecret).reload();
});

test('the order of the list decides on what writes, not on what reads', async () => {
  await keysUnder(oldSecret, newSecret).reload();
  await keysUnder(newSecret, oldSecret).reload();
});

test('private keys are at rest only encrypted, and an altered row is refused', async () => {
  const rows = await app.db.signingKey.findMany();
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) {
    expect(row.encryptedPrivateJwk).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(Buffer.from(row.encryptedPrivateJwk, 'base64url').toString('latin1')).not.toContain('"d"');
    const jwk = JSON.parse(row.publicJwk);
    expect(await exportJWK(await importJWK(jwk, row.algorithm))).not.toHaveProperty('d');
  }
  const [row] = rows;
  const altered = `${row?.encryptedPrivateJwk.slice(0, 40)}AAAA${row?.encryptedPrivateJwk.slice(44)}`;
  await app.db.signingKey.update({ where: { kid: row?.kid ?? '' }, data: { encryptedPrivateJwk: altered } });
  await expect(keysUnder(newSecret, oldSecret).reload()).rejects.toBeInstanceOf(SigningKeyError);
});

test('tokens and open forms survive a change of the secret by way of the list', async () => {
  const database = await createTestDatabase();
  try {
    const before = await createTestApp({ database, config: { secrets: [oldSecret] } });
    const { accessToken } = await obtainTokens(before, await registerClient(before));
    const browser = newBrowser(before);
    const login = await browser.visit('/login');
    const after = await createTestApp({ database, config: { secrets: [newSecret, oldSecret] } });
    expect((await userinfo(after, accessToken)).status).toBe(200);
    const cookie = await browser.jar.getCookieString(after.issuer);
    const fields = { ...fieldsOf(login.html), email: before.owner.email, password: before.owner.password };
    const sent = await postForm(newBrowser(after), '/login', fields, { cookie, origin: after.issuer });
    expect(sent.status).toBe(303);
    const without = await createTestApp({ database, config: { secrets: [newSecret] } }).catch(
      (error: unknown) => error,
    );
    expect(without).toBeInstanceOf(SigningKeyError);
  } finally {
    await database.close();
  }
});
