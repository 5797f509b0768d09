// oauth4webapi, as its documentation uses it: every message built and every answer checked step by step, signatures included.
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/app.js';
import { fieldsOf, TestBrowser } from '../support/browser.js';
import { authorize, redirectUri, registerClient, type TestClient } from '../support/oauth.js';

// Plain http is the test's alone.
const insecure = { [oauth.allowInsecureRequests]: true };

let server: TestServer;
let as: oauth.AuthorizationServer;
beforeAll(async () => {
  server = await startTestServer();
  const issuer = new URL(server.issuer);
  as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
});
afterAll(() => server.close());

const methods = {
  CLIENT_SECRET_BASIC: ({ secret }: TestClient) => oauth.ClientSecretBasic(secret),
  CLIENT_SECRET_POST: ({ secret }: TestClient) => oauth.ClientSecretPost(secret),
  NONE: () => oauth.None(),
};

/** The address of an authorization request, with what is needed when the browser comes back. */
async function authorizationRequest(client: oauth.Client, scope = 'openid profile email') {
  const codeVerifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  const address = new URL(as.authorization_endpoint ?? '');
  const parameters = {
    client_id: client.client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope,
    code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  return { address, codeVerifier, state, nonce };
}

/** A whole sign-in through the pages. @returns the token response, its ID token checked with its signature */
async function signIn(client: oauth.Client, authentication: oauth.ClientAuth, scope?: string) {
  const { address, codeVerifier, state, nonce } = await authorizationRequest(client, scope);
  const page = await authorize(new TestBrowser(fetch, server.issuer), address.href, server.owner);
  const parameters = oauth.validateAuthResponse(as, client, page.url, state);
  const response = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    authentication,
    parameters,
    redirectUri,
    codeVerifier,
    insecure,
  );
  const result = await oauth.processAuthorizationCodeResponse(as, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  await oauth.validateApplicationLevelSignature(as, response, insecure);
  return result;
}

test('both discovery documents are the same', async () => {
  const issuer = new URL(server.issuer);
  const response = await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oauth2' });
  expect(await oauth.processDiscoveryResponse(issuer, response)).toEqual(as);
  expect(as.response_types_supported).toEqual(['code']);
});

describe.each([
  ['CLIENT_SECRET_BASIC', 'CONFIDENTIAL', 'RS256'],
  ['CLIENT_SECRET_POST', 'CONFIDENTIAL', 'ES256'],
  ['NONE', 'PUBLIC', 'RS256'],
  ['NONE', 'NATIVE', 'ES256'],
] as const)('a client with %s, type %s and ID tokens by %s', (method, type, algorithm) => {
  test('signs a person in, reads who they are, and refreshes', async () => {
    const registered = await registerClient(server, {
      type,
      tokenEndpointAuthMethod: method,
      idTokenSigningAlgorithm: algorithm,
    });
    const client = { client_id: registered.clientId, id_token_signed_response_alg: algorithm };
    const authentication = methods[method](registered);

    const tokens = await signIn(client, authentication);
    const claims = oauth.getValidatedIdTokenClaims(tokens);
    expect(claims).toMatchObject({ sub: server.owner.id, aud: registered.clientId, amr: ['pwd'] });

    const answer = await oauth.userInfoRequest(as, client, tokens.access_token, insecure);
    const userinfo = await oauth.processUserInfoResponse(as, client, claims?.sub ?? '', answer);
    expect(userinfo).toMatchObject({ email: server.owner.email });

    const response = await oauth.refreshTokenGrantRequest(
      as,
      client,
      authentication,
      tokens.refresh_token ?? '',
      insecure,
    );
    const refreshed = await oauth.processRefreshTokenResponse(as, client, response);
    await oauth.validateApplicationLevelSignature(as, response, insecure);
    expect(refreshed.refresh_token).toMatch(/^lkr_/);
    expect(oauth.getValidatedIdTokenClaims(refreshed)?.sub).toBe(server.owner.id);
  });
});

test('client credentials', async () => {
  const registered = await registerClient(server, {
    grantTypes: ['client_credentials'],
    redirectUris: [],
    scopes: ['reader'],
  });
  const client = { client_id: registered.clientId };
  const authentication = oauth.ClientSecretBasic(registered.secret);
  const response = await oauth.clientCredentialsGrantRequest(
    as,
    client,
    authentication,
    new URLSearchParams({ scope: 'reader' }),
    insecure,
  );
  const tokens = await oauth.processClientCredentialsResponse(as, client, response);
  expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'reader' });
});

test("an access token is a JWT that an API's own check accepts (RFC 9068)", async () => {
  const registered = await registerClient(server);
  const client = { client_id: registered.clientId };
  const tokens = await signIn(client, oauth.ClientSecretBasic(registered.secret), 'openid reader');
  const request = new Request('https://api.example.com/orders', {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  const claims = await oauth.validateJwtAccessToken(as, request, server.issuer, insecure);
  expect(claims).toMatchObject({
    sub: server.owner.id,
    client_id: registered.clientId,
    scope: 'openid reader',
    iss: server.issuer,
  });
});

test('a form_post answer is one that the library takes (Form Post 2)', async () => {
  const registered = await registerClient(server);
  const client = { client_id: registered.clientId };
  const { address, codeVerifier, state, nonce } = await authorizationRequest(client);
  address.searchParams.set('response_mode', 'form_post');
  const page = await authorize(new TestBrowser(fetch, server.issuer), address.href, server.owner);
  // What the app reads from the body of the request that the browser sends.
  const posted = new URLSearchParams(fieldsOf(page.html));
  const parameters = oauth.validateAuthResponse(as, client, posted, state);
  const authentication = oauth.ClientSecretBasic(registered.secret);
  const response = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    authentication,
    parameters,
    redirectUri,
    codeVerifier,
    insecure,
  );
  const expected = { expectedNonce: nonce, requireIdToken: true };
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, expected);
  expect(oauth.getValidatedIdTokenClaims(tokens)?.sub).toBe(server.owner.id);
});

test('a refusal reaches the library with state and issuer', async () => {
  const registered = await registerClient(server);
  const client = { client_id: registered.clientId };
  const { address, state } = await authorizationRequest(client);
  const browser = new TestBrowser(fetch, server.issuer);
  const consent = await browser.signIn(server.owner, await browser.visit(address.href));
  const page = await browser.submit(consent, { decision: 'deny' });
  expect(page.url.searchParams.get('iss')).toBe(server.issuer);
  const validate = () => oauth.validateAuthResponse(as, client, page.url, state);
  expect(validate).toThrow(oauth.AuthorizationResponseError);
  expect(page.url.searchParams.get('error')).toBe('access_denied');
});

test("another server's issuer in the answer is noticed (RFC 9207)", async () => {
  const registered = await registerClient(server);
  const client = { client_id: registered.clientId };
  const { address, state } = await authorizationRequest(client);
  const page = await authorize(new TestBrowser(fetch, server.issuer), address.href, server.owner);
  page.url.searchParams.set('iss', 'https://id.example.com');
  expect(() => oauth.validateAuthResponse(as, client, page.url, state)).toThrow(/iss/);
});

test('userinfo answers an expired or foreign token with a challenge that the library reads', async () => {
  const registered = await registerClient(server);
  const client = { client_id: registered.clientId };
  const answer = await oauth.userInfoRequest(as, client, 'not-a-token', insecure);
  expect(answer.status).toBe(401);
  const refused = await oauth
    .processUserInfoResponse(as, client, server.owner.id, answer)
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(oauth.WWWAuthenticateChallengeError);
  expect(refused).toMatchObject({ cause: [{ scheme: 'bearer', parameters: { error: 'invalid_token' } }] });
});
