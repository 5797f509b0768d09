// private_key_jwt as openid-client and oauth4webapi do it, with keys that are registered and keys that are fetched.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/app.js';
import { keySet, makeKey, registerSigningClient, type TestKey } from '../support/assertions.js';
import { TestBrowser } from '../support/browser.js';
import { authorize, redirectUri, registerClient } from '../support/oauth.js';

let server: TestServer;
let keyServer: Server;
let jwksUri: string;
let served = '';
let calls = 0;
beforeAll(async () => {
  keyServer = createServer((_, response) => {
    calls += 1;
    response.setHeader('content-type', 'application/jwk-set+json').end(served);
  });
  await new Promise<void>((resolve) => keyServer.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(keyServer.address() as AddressInfo).port}`;
  jwksUri = `http://${host}/jwks.json`;
  server = await startTestServer({ config: { outboundAllow: [host] } });
});
afterAll(async () => {
  await server.close();
  await new Promise((resolve) => keyServer.close(resolve));
});

// Plain http is the test's alone.
const discover = (clientId: string, { privateKey, kid }: TestKey, more: client.ModifyAssertionOptions = {}) =>
  client.discovery(
    new URL(server.issuer),
    clientId,
    { id_token_signed_response_alg: 'RS256' },
    client.PrivateKeyJwt({ key: privateKey, kid }, more),
    { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
  );

test.each(['RS256', 'PS256', 'ES256', 'ES384', 'Ed25519'])(
  'openid-client signs with %s: a machine gets tokens',
  async (alg) => {
    const key = await makeKey(alg);
    const { clientId } = await registerSigningClient(server, { jwks: keySet(key) });
    const config = await discover(clientId, key);
    for (let round = 0; round < 2; round += 1) {
      const tokens = await client.clientCredentialsGrant(config, { scope: 'reader' });
      expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'reader' });
    }
  },
);

test('openid-client signs a person in and refreshes', async () => {
  const key = await makeKey('ES256');
  const { clientId } = await registerClient(server, {
    tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT',
    jwks: keySet(key),
  });
  const config = await discover(clientId, key);
  expect(config.serverMetadata().token_endpoint_auth_methods_supported).toContain('private_key_jwt');
  const codeVerifier = client.randomPKCECodeVerifier();
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid email',
    code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
  });
  const page = await authorize(new TestBrowser(fetch, server.issuer), address.href, server.owner);
  const tokens = await client.authorizationCodeGrant(config, page.url, { pkceCodeVerifier: codeVerifier });
  expect(tokens.claims()?.sub).toBe(server.owner.id);
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
  expect(refreshed.claims()?.sub).toBe(server.owner.id);
});

test('openid-client asks about a token and gives it back', async () => {
  const key = await makeKey('ES256');
  const { clientId } = await registerSigningClient(server, { jwks: keySet(key) });
  const config = await discover(clientId, key);
  const { access_token: token } = await client.clientCredentialsGrant(config, { scope: 'reader' });
  expect(await client.tokenIntrospection(config, token)).toMatchObject({ active: true, client_id: clientId });
  await client.tokenRevocation(config, token);
  expect(await client.tokenIntrospection(config, token)).toEqual({ active: false });
});

test('openid-client is told which audience to send in place of the token endpoint', async () => {
  const key = await makeKey('ES256');
  const { clientId } = await registerSigningClient(server, { jwks: keySet(key) });
  const config = await discover(clientId, key, {
    [client.modifyAssertion]: (_, payload) => {
      payload.aud = `${server.issuer}/oauth/token`;
    },
  });
  await expect(client.clientCredentialsGrant(config)).rejects.toMatchObject({
    error: 'invalid_client',
    error_description: expect.stringContaining(`must be the issuer, ${server.issuer}, `),
  });
});

test('oauth4webapi signs, with keys from its own address, and changes them', async () => {
  const [first, next] = await Promise.all([makeKey('ES256', 'first'), makeKey('RS256', 'next')]);
  served = keySet(first);
  const registered = await registerSigningClient(server, { jwksUri });
  const issuer = new URL(server.issuer);
  const insecure = { [oauth.allowInsecureRequests]: true };
  const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
  expect(as.token_endpoint_auth_signing_alg_values_supported).toContain('ES256');
  const known = { client_id: registered.clientId };
  const ask = async ({ privateKey, kid }: TestKey) => {
    const authentication = oauth.PrivateKeyJwt({ key: privateKey, kid });
    const form = new URLSearchParams({ scope: 'reader' });
    const response = await oauth.clientCredentialsGrantRequest(as, known, authentication, form, insecure);
    return oauth.processClientCredentialsResponse(as, known, response);
  };
  expect(await ask(first)).toMatchObject({ scope: 'reader' });
  expect(await ask(first)).toMatchObject({ scope: 'reader' });
  expect(calls).toBe(1);
  served = keySet(next);
  expect(await ask(next)).toMatchObject({ scope: 'reader' });
  expect(calls).toBe(2);
  await expect(ask(first)).rejects.toMatchObject({ error: 'invalid_client', status: 401 });
  expect(calls).toBe(2);
});
