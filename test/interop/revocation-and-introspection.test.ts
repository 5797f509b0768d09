// openid-client and oauth4webapi, as their documentation uses them, giving tokens back and asking about them.
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/app.js';
import { obtainTokens, registerClient, type TestClient, userinfo } from '../support/oauth.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const lives = async (accessToken: string) => (await userinfo(server, accessToken)).status === 200;

describe('openid-client', () => {
  const methods = {
    CLIENT_SECRET_BASIC: () => client.ClientSecretBasic(),
    CLIENT_SECRET_POST: () => client.ClientSecretPost(),
    NONE: () => client.None(),
  };
  const discover = ({ clientId, secret }: TestClient, method: keyof typeof methods) =>
    client.discovery(new URL(server.issuer), clientId, secret || undefined, methods[method](), {
      execute: [client.allowInsecureRequests],
    });

  test.each([
    ['CLIENT_SECRET_BASIC', 'CONFIDENTIAL'],
    ['CLIENT_SECRET_POST', 'CONFIDENTIAL'],
    ['NONE', 'PUBLIC'],
    ['NONE', 'NATIVE'],
  ] as const)('gives tokens back with %s, type %s', async (method, type) => {
    const registered = await registerClient(server, { type });
    const tokens = await obtainTokens(server, registered);
    // Only now, since the sign-in by hand sends Basic.
    await server.db.oAuthClient.update({ where: { id: registered.id }, data: { tokenEndpointAuthMethod: method } });
    const config = await discover(registered, method);
    await client.tokenRevocation(config, tokens.accessToken, { token_type_hint: 'access_token' });
    expect(await lives(tokens.accessToken)).toBe(false);
    const refreshed = await client.refreshTokenGrant(config, tokens.refreshToken);
    await client.tokenRevocation(config, refreshed.refresh_token ?? '', { token_type_hint: 'refresh_token' });
    expect(await lives(refreshed.access_token)).toBe(false);
    await client.tokenRevocation(config, 'whatever');
  });

  test('asks about tokens', async () => {
    const registered = await registerClient(server);
    const config = await discover(registered, 'CLIENT_SECRET_BASIC');
    const { accessToken, refreshToken } = await obtainTokens(server, registered, { scope: 'openid reader' });
    expect(await client.tokenIntrospection(config, accessToken)).toMatchObject({
      active: true,
      scope: 'openid reader',
      sub: server.owner.id,
      client_id: registered.clientId,
    });
    expect(await client.tokenIntrospection(config, refreshToken)).toMatchObject({ active: true });
    await client.tokenRevocation(config, refreshToken);
    for (const token of [accessToken, refreshToken]) {
      expect(await client.tokenIntrospection(config, token)).toEqual({ active: false });
    }
  });

  test('is told when a client may not ask', async () => {
    const registered = await registerClient(server, { type: 'PUBLIC' });
    const config = await discover(registered, 'NONE');
    const refused = await client.tokenIntrospection(config, 'x').catch((error: unknown) => error);
    expect(refused).toMatchObject({ error: 'invalid_client', status: 401 });
  });
});

describe('oauth4webapi', () => {
  // Plain http is the test's alone.
  const insecure = { [oauth.allowInsecureRequests]: true };

  test('gives tokens back and asks about them', async () => {
    const issuer = new URL(server.issuer);
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
    const registered = await registerClient(server);
    const asClient = { client_id: registered.clientId };
    const proof = oauth.ClientSecretBasic(registered.secret);
    const { accessToken, refreshToken } = await obtainTokens(server, registered);
    const ask = async (token: string) =>
      oauth.processIntrospectionResponse(
        as,
        asClient,
        await oauth.introspectionRequest(as, asClient, proof, token, insecure),
      );
    expect(await ask(accessToken)).toMatchObject({ active: true, token_type: 'Bearer', iss: server.issuer });
    for (const token of [refreshToken, accessToken, 'whatever']) {
      const response = await oauth.revocationRequest(as, asClient, proof, token, insecure);
      expect(await oauth.processRevocationResponse(response)).toBeUndefined();
      expect(await ask(token)).toEqual({ active: false });
    }
    const refused = await oauth
      .revocationRequest(as, asClient, oauth.ClientSecretBasic('wrong'), accessToken, insecure)
      .then(oauth.processRevocationResponse)
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(oauth.WWWAuthenticateChallengeError);
  });
});
