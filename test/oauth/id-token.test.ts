// What an ID token says (OpenID Connect Core 2): every claim that is promised, and how it is signed.
import { createHash } from 'node:crypto';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { claimsOf, obtainTokens, registerClient, type TestClient, userinfo } from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app);
});
afterAll(() => app.close());

test('has the claims of Core 2 and 3.1.3.6, and sid (Back-Channel Logout 2.1)', async () => {
  const nonce = 'n-0S6_WzA2Mj "\\ü';
  const { idToken, accessToken } = await obtainTokens(app, client, { nonce });
  const now = Math.floor(app.clock().getTime() / 1000);
  const half = createHash('sha256').update(accessToken, 'ascii').digest().subarray(0, 16).toString('base64url');
  const session = await app.db.session.findFirstOrThrow({ where: { memberId: app.owner.id } });
  expect(claimsOf(idToken)).toEqual({
    iss: app.issuer,
    sub: app.owner.id,
    aud: client.clientId,
    iat: now,
    exp: now + 3600,
    auth_time: now,
    nonce,
    acr: '1',
    amr: ['pwd'],
    at_hash: half,
    sid: session.id,
  });
  expect(app.owner.id).toMatch(/^[\x21-\x7E]{1,255}$/);
});

test('has no nonce where none was sent (oidcc-ensure-request-without-nonce-succeeds-for-code-flow)', async () => {
  expect(claimsOf((await obtainTokens(app, client)).idToken)).not.toHaveProperty('nonce');
});

test.each(['RS256', 'ES256'] as const)(
  'is signed by %s with a key of the set (oidcc-idtoken-signature, Core 10.1)',
  async (alg) => {
    const own = await registerClient(app, { idTokenSigningAlgorithm: alg });
    const { idToken } = await obtainTokens(app, own);
    const keys = createLocalJWKSet((await (await app.request('/oauth/jwks')).json()) as JSONWebKeySet);
    const { protectedHeader } = await jwtVerify(idToken, keys, { audience: own.clientId, currentDate: app.clock() });
    expect(protectedHeader).toMatchObject({ alg, kid: expect.any(String) });
  },
);

test('has the very sub that userinfo has (oidcc-userinfo-get, Core 5.3.2)', async () => {
  const { idToken, accessToken } = await obtainTokens(app, client);
  expect((await userinfo(app, accessToken)).body.sub).toBe(claimsOf(idToken).sub);
});

test('is not given without the scope openid (Core 3.1.2.1)', async () => {
  expect((await obtainTokens(app, client, { scope: 'email' })).idToken).toBe('');
});
