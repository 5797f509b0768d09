// Redeeming an authorization code: the order of checks, what a replay costs, and what leaves a code dead.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createToken, isToken } from '../../src/lib/secret-format.js';
import { createTestApp, type TestApp } from '../support/app.js';
import {
  claimsOf,
  createPkce,
  obtainCode,
  redeem,
  redirectUri,
  refresh,
  registerClient,
  type TestClient,
  token,
  userinfo,
} from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
let other: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app);
  other = await registerClient(app, { name: 'Another app' });
});
afterAll(() => app.close());

const grant = { grant_type: 'authorization_code', redirect_uri: redirectUri };

async function expectRefused(answer: ReturnType<typeof token>, error = 'invalid_grant') {
  const { status, body } = await answer;
  expect([status, body.error]).toEqual([400, error]);
  expect(body.access_token).toBeUndefined();
}

/** How often a replay was recorded for a client. */
function replays(of: TestClient) {
  return app.db.auditLogEntry.count({ where: { action: 'TOKENS_REVOKED_AFTER_REPLAY', targetId: of.id } });
}

test('rejects a replayed code and revokes its tokens (RFC 6749 4.1.2, RFC 9700 4.2.4, 4.5.3, OAuth 2.1 4.1.3)', async () => {
  const own = await registerClient(app);
  const granted = await obtainCode(app, own);
  const { body } = await redeem(app, own, granted);
  expect((await userinfo(app, body.access_token ?? '')).status).toBe(200);
  await expectRefused(redeem(app, own, granted));
  expect((await userinfo(app, body.access_token ?? '')).status).toBe(401);
  await expectRefused(refresh(app, own, body.refresh_token ?? ''));
  await expectRefused(redeem(app, own, granted));
  expect(await replays(own)).toBe(1);
});

test('a replay long after the code expired still revokes its tokens (oidcc-codereuse-30seconds)', async () => {
  const granted = await obtainCode(app, client);
  const { body } = await redeem(app, client, granted);
  app.clock.advance(120);
  await expectRefused(redeem(app, client, granted));
  expect((await userinfo(app, body.access_token ?? '')).status).toBe(401);
});

test.each<[string, Record<string, string>]>([
  ['a wrong verifier', { code_verifier: createPkce().verifier }],
  ['an empty verifier', { code_verifier: '' }],
  ['another redirect URI', { redirect_uri: 'https://app.example.com/other' }],
])('a replay with %s is only refused: whoever sends it does not hold the redemption', async (_, form) => {
  const granted = await obtainCode(app, client);
  const { body } = await redeem(app, client, granted);
  await expectRefused(redeem(app, client, granted, form));
  expect((await userinfo(app, body.access_token ?? '')).status).toBe(200);
});

test("another client's code is refused and stays as it was (CVE-2026-55672, OAuth 2.1 4.1.2)", async () => {
  const granted = await obtainCode(app, client);
  await expectRefused(redeem(app, other, granted));
  await expectRefused(redeem(app, other, granted, { code_verifier: createPkce().verifier }));
  expect((await redeem(app, client, granted)).status).toBe(200);
});

test("another client's replay of a used code revokes nothing", async () => {
  const granted = await obtainCode(app, client);
  const { body } = await redeem(app, client, granted);
  await expectRefused(redeem(app, other, granted));
  expect((await userinfo(app, body.access_token ?? '')).status).toBe(200);
});

test('a client that fails to authenticate leaves the code as it was', async () => {
  const granted = await obtainCode(app, client);
  const impostor = { ...client, secret: other.secret };
  expect((await redeem(app, impostor, granted)).status).toBe(401);
  expect((await redeem(app, client, granted)).status).toBe(200);
});

test.each<[string, (verifier: string) => Record<string, string>]>([
  ['a wrong verifier', () => ({ code_verifier: createPkce().verifier })],
  ['no verifier', () => ({ code_verifier: '' })],
  ['the challenge as verifier', () => ({ code_verifier: 'x'.repeat(43) })],
  ['a verifier of 42 characters (RFC 7636 4.1)', (verifier) => ({ code_verifier: verifier.slice(1) })],
  ['a verifier of 129 characters', () => ({ code_verifier: 'x'.repeat(129) })],
  ['a verifier with a space after it', (verifier) => ({ code_verifier: `${verifier} ` })],
  ['no redirect URI', () => ({ redirect_uri: '' })],
  ['another redirect URI', () => ({ redirect_uri: `${redirectUri}/` })],
  ['the redirect URI in capitals', () => ({ redirect_uri: redirectUri.toUpperCase() })],
])('a code is dead after %s (RFC 9700 2.1.1)', async (_, form) => {
  const granted = await obtainCode(app, client);
  await expectRefused(redeem(app, client, granted, form(granted.verifier)));
  await expectRefused(redeem(app, client, granted));
});

test('the redirect URI may be left out only where the authorization request left it out (RFC 6749 4.1.3)', async () => {
  const without = await obtainCode(app, client, { redirect_uri: undefined });
  expect((await redeem(app, client, without, { redirect_uri: '' })).status).toBe(200);
  const sent = await obtainCode(app, client, { redirect_uri: undefined });
  await expectRefused(redeem(app, client, sent, { redirect_uri: 'https://app.example.com/other' }));
});

test('a code lives for 60 seconds (OAuth 2.1 4.1.2, ASVS 5.0 10.4.3)', async () => {
  const first = await obtainCode(app, client);
  app.clock.advance(59);
  expect((await redeem(app, client, first)).status).toBe(200);
  const second = await obtainCode(app, client);
  app.clock.advance(60);
  await expectRefused(redeem(app, client, second));
});

describe('between consent and redemption', () => {
  async function afterwards(
    change: (own: TestClient) => Promise<unknown>,
    undo?: (own: TestClient) => Promise<unknown>,
  ) {
    const own = await registerClient(app);
    const granted = await obtainCode(app, own);
    await change(own);
    const answer = await redeem(app, own, granted);
    await undo?.(own);
    return { answer, own, granted };
  }

  test('a member who is suspended gets no tokens, nor later by the same code (CVE-2026-9798)', async () => {
    const setStatus = (status: 'SUSPENDED' | 'ACTIVE') =>
      app.db.member.update({ where: { id: app.owner.id }, data: { status } });
    const { answer, own, granted } = await afterwards(
      () => setStatus('SUSPENDED'),
      () => setStatus('ACTIVE'),
    );
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
    await expectRefused(redeem(app, own, granted));
  });

  test('a disabled client gets no tokens (CVE-2024-47000)', async () => {
    const { answer } = await afterwards((own) =>
      app.db.oAuthClient.update({ where: { id: own.id }, data: { disabledAt: app.clock() } }),
    );
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
  });

  test('a consent that is taken back ends the code', async () => {
    const { answer } = await afterwards((own) =>
      app.db.consent.updateMany({ where: { clientId: own.id }, data: { revokedAt: app.clock() } }),
    );
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
  });

  test('a client that loses the grant gets no tokens', async () => {
    const { answer } = await afterwards((own) =>
      app.db.oAuthClient.update({
        where: { id: own.id },
        data: { grantTypes: 'client_credentials', scopes: 'reader' },
      }),
    );
    expect([answer.status, answer.body.error]).toEqual([400, 'unauthorized_client']);
  });

  test('a deleted client is unknown', async () => {
    const { answer } = await afterwards((own) => app.db.oAuthClient.delete({ where: { id: own.id } }));
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
  });
});

test('no code is one shorter, longer or otherwise changed (CVE-2026-27840)', async () => {
  const granted = await obtainCode(app, client);
  const { code } = granted;
  const flipped = code.slice(0, 20) + (code[20] === 'A' ? 'B' : 'A') + code.slice(21);
  for (const changed of [code.slice(0, -1), code.slice(1), `${code}A`, `${code} `, flipped, code.toLowerCase(), 'x']) {
    await expectRefused(redeem(app, client, { ...granted, code: changed }));
  }
  await expectRefused(redeem(app, client, { ...granted, code: '' }), 'invalid_request');
  expect((await redeem(app, client, granted)).status).toBe(200);
});

test('a code that was edited anywhere, with a checksum that fits, is nobody’s (CVE-2026-16089)', async () => {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const granted = await obtainCode(app, client);
  const random = [...granted.code.slice(4, -6)].map((letter) => alphabet.indexOf(letter));
  const spelt = (letters: readonly number[]) => createToken('lkc', () => Uint8Array.from(letters));
  expect(spelt(random)).toBe(granted.code);
  for (const place of random.keys()) {
    const code = spelt(random.map((letter, index) => (index === place ? (letter + 1) % 62 : letter)));
    expect([isToken('lkc', code), code === granted.code]).toEqual([true, false]);
    await expectRefused(redeem(app, client, { ...granted, code }));
    await expectRefused(redeem(app, other, { ...granted, code }));
  }
  expect((await redeem(app, client, granted)).status).toBe(200);
});

test('a code is no refresh token, and a refresh token no code', async () => {
  const granted = await obtainCode(app, client);
  await expectRefused(refresh(app, client, granted.code));
  const { body } = await redeem(app, client, granted);
  await expectRefused(token(app, client, { ...grant, code: body.refresh_token ?? '' }));
});

test('a client without the grant refresh_token gets none', async () => {
  const brief = await registerClient(app, { grantTypes: ['authorization_code'], scopes: ['openid'] });
  const { body, status } = await redeem(app, brief, await obtainCode(app, brief, { scope: 'openid' }));
  expect([status, body.refresh_token]).toEqual([200, undefined]);
});

test('the nonce is in the ID token as it was sent, or absent (OpenID Connect Core 3.1.2.1)', async () => {
  const nonce = 'n"<>\\ é 😀';
  const { body } = await redeem(app, client, await obtainCode(app, client, { nonce }));
  expect(claimsOf(body.id_token).nonce).toBe(nonce);
  const without = await redeem(app, client, await obtainCode(app, client));
  expect(claimsOf(without.body.id_token)).not.toHaveProperty('nonce');
});
