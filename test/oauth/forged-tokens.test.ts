// Access tokens that we did not sign for this purpose: other algorithms, other keys, other types, other audiences, altered
// bytes. None opens userinfo.
import { createHmac } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { claimsOf, obtainTokens, registerClient, userinfo } from '../support/oauth.js';

let app: TestApp;
let accessToken: string;
let claims: Record<string, unknown>;
let header: Record<string, unknown>;
let publicKeys: readonly Readonly<Record<string, unknown>>[];
beforeAll(async () => {
  app = await createTestApp();
  accessToken = (await obtainTokens(app, await registerClient(app))).accessToken;
  claims = claimsOf(accessToken);
  header = JSON.parse(Buffer.from(accessToken.split('.')[0] ?? '', 'base64url').toString());
  publicKeys = await app.deps.keys.published();
});
afterAll(() => app.close());

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const keyOf = (algorithm: string) => publicKeys.find((key) => key.alg === algorithm) ?? {};

async function expectRefused(forged: string) {
  expect((await userinfo(app, forged)).status).toBe(401);
  expect(await app.deps.keys.verify(forged, 'at+jwt')).toBeNull();
}

test('the token itself is accepted, and so is one signed anew by our keys', async () => {
  expect((await userinfo(app, accessToken)).status).toBe(200);
  expect((await userinfo(app, await app.deps.keys.sign('ES256', 'at+jwt', claims))).status).toBe(200);
});

test.each(['none', 'None', 'NONE', ''])('refuses alg %j (RFC 8725 3.1, OpenID Connect Core 2)', async (alg) => {
  for (const signature of ['', accessToken.split('.')[2] ?? '']) {
    await expectRefused(`${encode({ ...header, alg })}.${encode(claims)}.${signature}`);
  }
});

test('refuses HS256 with what is public of our keys, or nothing, as the secret (RFC 8725 2.1, known attack 47)', async () => {
  for (const key of publicKeys) {
    const body = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: key.kid })}.${encode(claims)}`;
    const secrets = [JSON.stringify(key), String(key.n ?? key.x), String(key.kid), ''];
    for (const secret of secrets) {
      await expectRefused(`${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`);
    }
  }
});

test("refuses another key under our key's id, brought along in the header or not", async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  for (const extra of [{}, { jwk }, { jku: 'https://evil.example/jwks' }, { x5u: 'https://evil.example/cert' }]) {
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: String(keyOf('ES256').kid), ...extra })
      .sign(privateKey);
    await expectRefused(forged);
  }
});

test('refuses an algorithm that is not the one of the key that is named', async () => {
  for (const [alg, kid] of [
    ['RS256', keyOf('ES256').kid],
    ['ES256', keyOf('RS256').kid],
    ['PS256', keyOf('RS256').kid],
    ['ES256', undefined],
    ['ES256', 7],
    ['ES256', 'unknown'],
    ['ES256', '__proto__'],
  ]) {
    const signature = accessToken.split('.')[2];
    await expectRefused(`${encode({ ...header, alg, kid })}.${encode(claims)}.${signature}`);
  }
});

test('refuses an ID token as access token, and an access token as ID token (RFC 9068 4, RFC 9700 2.3)', async () => {
  const idToken = await app.deps.keys.sign('ES256', 'JWT', claims);
  expect((await userinfo(app, idToken)).status).toBe(401);
  expect(await app.deps.keys.verify(idToken, 'JWT')).not.toBeNull();
  expect(await app.deps.keys.verify(accessToken, 'JWT')).toBeNull();
});

test.each<[string, Record<string, unknown>]>([
  ['another audience (RFC 9700 2.3)', { aud: 'https://api.example.com' }],
  ['an audience that only begins like ours', { aud: 'http://localhost:4000.evil.example' }],
  ['no audience', { aud: undefined }],
  ['an empty list of audiences', { aud: [] }],
  ['another issuer', { iss: 'https://evil.example' }],
  ['the issuer with a slash', { iss: 'http://localhost:4000/' }],
  ['no expiry', { exp: undefined }],
  ['an expiry long ago', { exp: 1 }],
  ['an expiry that is a text', { exp: '99999999999' }],
  ['no jti', { jti: undefined }],
  ['no scope', { scope: undefined }],
  ['a list of scopes', { scope: ['openid'] }],
  ['no client_id', { client_id: undefined }],
  ['an unknown family', { fid: 'fam_01JZZZZZZZZZZZZZZZZZZZZZZZ' }],
  ['another member than the family has', { sub: 'mem_01JZZZZZZZZZZZZZZZZZZZZZZZ' }],
  ['no family and another epoch', { fid: undefined, epoch: 7 }],
  ['no family and no epoch', { fid: undefined }],
])('refuses a token of ours with %s', async (_, changed) => {
  const signed = await app.deps.keys.sign('ES256', 'at+jwt', { ...claims, ...changed });
  expect((await userinfo(app, signed)).status).toBe(401);
});

test('refuses altered claims under the old signature', async () => {
  const [head, , signature] = accessToken.split('.');
  await expectRefused(`${head}.${encode({ ...claims, scope: 'openid admin' })}.${signature}`);
  await expectRefused(`${encode({ ...header, typ: 'AT+JWT', x: 1 })}.${accessToken.split('.')[1]}.${signature}`);
});

test('refuses a token that was shortened or lengthened by anything (CVE-2026-27840)', async () => {
  const [head = '', body = '', signature = ''] = accessToken.split('.');
  const changed = [
    `${head}.${body}`,
    `${head}.${body}.`,
    `${head}.${body}.${signature.slice(0, -1)}`,
    `${head}.${body}.${signature}A`,
    `${head}.${body}.${signature}=`,
    `${head}.${body}.${signature}==`,
    `${head}.${body}.${signature}.`,
    `${head}.${body}.${signature}.${signature}`,
    `.${accessToken}`,
    `${head}=.${body}.${signature}`,
    `${head}..${signature}`,
    `${head}.${body}.${signature.replaceAll('-', '+').replaceAll('_', '/')}==`,
  ];
  for (const forged of changed) await expectRefused(forged);
});
