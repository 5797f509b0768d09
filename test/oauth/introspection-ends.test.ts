// Introspection of tokens that have come to an end, who may ask at all, and what an answer costs.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { setOAuthClientVerified } from '../../src/clients/standing.js';
import { createToken } from '../../src/lib/secret-format.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { obtainTokens, refresh, registerClient, signedInBrowser, type TestClient } from '../support/oauth.js';
import { clientToken, introspect, postAs, postPlain, revoke, tokensOf } from '../support/tokens.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

const inactive = '{"active":false}';
const expectInactive = async (client: TestClient, token: string) => {
  const { status, text } = await postAs(app, client, '/oauth/introspect', { token });
  expect([status, text]).toEqual([200, inactive]);
};
const expectActive = async (client: TestClient, token: string) =>
  expect(await introspect(app, client, token)).toMatchObject({ active: true });

describe('both tokens of a sign-in are inactive as soon as', () => {
  interface SignIn {
    readonly client: TestClient;
    readonly memberId: string;
    readonly refreshToken: string;
  }
  test.each<[string, (signIn: SignIn) => Promise<unknown>]>([
    ['the refresh token is given back', ({ client, refreshToken }) => revoke(app, client, refreshToken)],
    [
      'the sign-in is revoked',
      ({ client }) =>
        app.db.tokenFamily.updateMany({
          where: { consent: { clientId: client.id } },
          data: { revokedAt: app.clock() },
        }),
    ],
    [
      'the sign-in is over',
      ({ client }) =>
        app.db.tokenFamily.updateMany({
          where: { consent: { clientId: client.id } },
          data: { expiresAt: app.clock() },
        }),
    ],
    [
      'the sign-in is deleted',
      ({ client }) => app.db.tokenFamily.deleteMany({ where: { consent: { clientId: client.id } } }),
    ],
    [
      'the consent is taken back',
      ({ client }) => app.db.consent.updateMany({ where: { clientId: client.id }, data: { revokedAt: app.clock() } }),
    ],
    [
      'the member is suspended',
      ({ memberId }) => app.db.member.update({ where: { id: memberId }, data: { status: 'SUSPENDED' } }),
    ],
    ['the member is removed', ({ memberId }) => app.db.member.delete({ where: { id: memberId } })],
  ])('%s', async (_, end) => {
    const client = await registerClient(app);
    const member = await app.addMember('READER', `${client.clientId}@example.com`);
    const { accessToken, refreshToken } = await obtainTokens(app, client, {}, await signedInBrowser(app, member));
    for (const token of [accessToken, refreshToken]) await expectActive(client, token);
    await end({ client, memberId: member.id, refreshToken });
    for (const token of [accessToken, refreshToken]) await expectInactive(client, token);
  });

  test('the client loses its verification, for a member of another account', async () => {
    const { owner } = await app.addAccount();
    const client = await registerClient(app);
    await setOAuthClientVerified(app.deps, operatorActor, client.clientId, true);
    const { accessToken, refreshToken } = await obtainTokens(app, client, {}, await signedInBrowser(app, owner));
    for (const token of [accessToken, refreshToken]) await expectActive(client, token);
    await setOAuthClientVerified(app.deps, operatorActor, client.clientId, false);
    for (const token of [accessToken, refreshToken]) await expectInactive(client, token);
  });
});

test('an access token is inactive when it is given back; its refresh token stays active', async () => {
  const client = await registerClient(app);
  const { access, refresh: kept } = await tokensOf(app, client);
  await revoke(app, client, access);
  await expectInactive(client, access);
  await expectActive(client, kept);
});

test('a used refresh token is inactive, in the grace window too, and its successor active', async () => {
  const client = await registerClient(app);
  const { refresh: used } = await tokensOf(app, client);
  const { body } = await refresh(app, client, used);
  await expectInactive(client, used);
  await expectActive(client, body.refresh_token ?? '');
});

test("a client's own token is inactive once its epoch is over", async () => {
  const client = await registerClient(app, {
    grantTypes: ['client_credentials'],
    redirectUris: [],
    scopes: ['reader'],
  });
  const token = await clientToken(app, client, 'reader');
  await expectActive(client, token);
  await app.db.oAuthClient.update({ where: { id: client.id }, data: { tokenEpoch: { increment: 1 } } });
  await expectInactive(client, token);
});

test("a client's own token says no scope that was taken from the client, and is inactive once its grant was", async () => {
  const client = await registerClient(app, {
    grantTypes: ['client_credentials'],
    redirectUris: [],
    scopes: ['reader', 'writer'],
  });
  const token = await clientToken(app, client, 'reader writer');
  expect(await introspect(app, client, token)).toMatchObject({ scope: 'reader writer' });
  await app.db.oAuthClient.update({ where: { id: client.id }, data: { scopes: 'reader' } });
  expect(await introspect(app, client, token)).toMatchObject({ active: true, scope: 'reader' });
  await app.db.oAuthClient.update({ where: { id: client.id }, data: { grantTypes: 'authorization_code' } });
  await expectInactive(client, token);
});

test('tokens are inactive when they expire', async () => {
  const client = await registerClient(app, { lifetimes: { refreshTokenIdleSeconds: 3600 } });
  const { access, refresh: idle } = await tokensOf(app, client, { scope: 'openid offline_access' });
  app.clock.advance(599);
  await expectActive(client, access);
  // RFC 7662 section 4: not a second longer, though a reader of another clock may be given a minute.
  app.clock.advance(1);
  await expectInactive(client, access);
  await expectActive(client, idle);
  app.clock.advance(3600);
  await expectInactive(client, idle);
});

describe('who may ask (RFC 7662 2.1)', () => {
  test('no client that is registered for none, not even about its own token', async () => {
    for (const type of ['PUBLIC', 'NATIVE'] as const) {
      const own = await registerClient(app, { type });
      const { access } = await tokensOf(app, own);
      for (const token of [access, 'garbage']) {
        const { status, text, headers } = await postAs(app, own, '/oauth/introspect', { token });
        expect([status, JSON.parse(text).error]).toEqual([401, 'invalid_client']);
        expect(text).not.toContain('active');
        expect(headers.get('cache-control')).toBe('no-store');
      }
    }
  });

  test('nobody without a credential, with a wrong one, or with the token itself', async () => {
    const client = await registerClient(app);
    const { access: token } = await tokensOf(app, client);
    const attempts = [
      await postPlain(app, '/oauth/introspect', { token }),
      await postPlain(app, '/oauth/introspect', { token, client_id: client.clientId }),
      await postPlain(app, '/oauth/introspect', { token }, { authorization: `Bearer ${token}` }),
      await postAs(app, { ...client, secret: 'wrong' }, '/oauth/introspect', { token }),
    ];
    for (const { status, text } of attempts) {
      expect([status, JSON.parse(text).error]).toEqual([401, 'invalid_client']);
    }
  });

  test('token has to be there, in the body of a POST', async () => {
    const client = await registerClient(app);
    expect((await postAs(app, client, '/oauth/introspect', {})).status).toBe(400);
    expect((await postAs(app, client, '/oauth/introspect?token=x', {})).status).toBe(400);
    const got = await app.request('/oauth/introspect?token=x');
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('the SQL statements of an answer', () => {
  let client: TestClient;
  beforeAll(async () => {
    client = await registerClient(app, { grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'] });
  });

  async function count(token: string): Promise<number> {
    // The first time hashes the secret, and what is written now and then is no part of it.
    await introspect(app, client, token);
    await app.beginCounting();
    await introspect(app, client, token);
    return app.statements.length;
  }

  test('are one: the client, the token and all that it stands on', async () => {
    const { access, refresh: asked } = await tokensOf(app, client);
    expect(await count(access)).toBe(1);
    expect(await count(asked)).toBe(1);
    expect(await count(await clientToken(app, client))).toBe(1);
  });

  test("are as many for another client's token as for an invention, living or dead (CVE-2024-41952)", async () => {
    const other = await registerClient(app, {
      grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
    });
    const living = await tokensOf(app, other);
    const dead = await tokensOf(app, other);
    await revoke(app, other, dead.refresh);
    const invented = await count(createToken('lkr', app.deps.randomBytes));
    for (const { refresh: token } of [living, dead]) expect(await count(token)).toBe(invented);
    const garbage = await count('garbage');
    for (const token of [living.access, dead.access, living.id, await clientToken(app, other)]) {
      expect(await count(token)).toBe(garbage);
    }
  });
});
