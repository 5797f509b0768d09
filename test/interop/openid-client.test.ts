// openid-client, as its documentation uses it, against a listening server and through the real pages.
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/app.js';
import { fieldsOf, TestBrowser } from '../support/browser.js';
import { authorize, redirectUri, registerClient, type TestClient } from '../support/oauth.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const methods = {
  CLIENT_SECRET_BASIC: () => client.ClientSecretBasic(),
  CLIENT_SECRET_POST: () => client.ClientSecretPost(),
  NONE: () => client.None(),
};
type Method = keyof typeof methods;

function discover(registered: TestClient, method: Method, idTokenAlgorithm: 'RS256' | 'ES256' = 'RS256') {
  const metadata: Partial<client.ClientMetadata> = { id_token_signed_response_alg: idTokenAlgorithm };
  if (registered.secret) metadata.client_secret = registered.secret;
  return client.discovery(new URL(server.issuer), registered.clientId, metadata, methods[method](), {
    // The second one checks the signature too, which OpenID Connect lets a client leave out behind TLS.
    execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
  });
}

/** One sign-in: to the pages with the library's address, back with what they answered. */
async function signIn(config: client.Configuration, more: Record<string, string> = {}, decision = 'allow') {
  const codeVerifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid profile email',
    code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...more,
  });
  const browser = new TestBrowser(fetch, server.issuer);
  let page = await browser.visit(address.href);
  page = await browser.signIn(server.owner, page);
  if (page.url.pathname === '/consent') page = await browser.submit(page, { decision });
  const checks = { pkceCodeVerifier: codeVerifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
  return { currentUrl: page.url, checks, browser, page };
}

test('discovery offers what the library looks for', async () => {
  const config = await discover(await registerClient(server), 'CLIENT_SECRET_BASIC');
  const metadata = config.serverMetadata();
  expect(metadata.issuer).toBe(server.issuer);
  expect(metadata.supportsPKCE()).toBe(true);
  expect(metadata.authorization_response_iss_parameter_supported).toBe(true);
});

describe.each([
  ['CLIENT_SECRET_BASIC', 'CONFIDENTIAL', 'RS256'],
  ['CLIENT_SECRET_BASIC', 'CONFIDENTIAL', 'ES256'],
  ['CLIENT_SECRET_POST', 'CONFIDENTIAL', 'RS256'],
  ['NONE', 'PUBLIC', 'ES256'],
] as const)('a client with %s, type %s and ID tokens by %s', (method, type, idTokenSigningAlgorithm) => {
  test('signs a person in, reads who they are, and refreshes', async () => {
    const registered = await registerClient(server, { type, tokenEndpointAuthMethod: method, idTokenSigningAlgorithm });
    const config = await discover(registered, method, idTokenSigningAlgorithm);
    const { currentUrl, checks } = await signIn(config);

    const tokens = await client.authorizationCodeGrant(config, currentUrl, checks);
    const claims = tokens.claims();
    expect(claims).toMatchObject({ iss: server.issuer, aud: registered.clientId, sub: server.owner.id });
    expect(tokens.expiresIn()).toBeGreaterThan(590);

    const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '');
    expect(userinfo).toMatchObject({ sub: server.owner.id, email: server.owner.email, email_verified: true });

    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);
    expect(refreshed.claims()).toMatchObject({ sub: server.owner.id, auth_time: claims?.auth_time });
    await client.fetchUserInfo(config, refreshed.access_token, server.owner.id);
  });
});

test("the library's shortest form, with a client for client_secret_post, needs nothing else", async () => {
  const registered = await registerClient(server, { tokenEndpointAuthMethod: 'CLIENT_SECRET_POST' });
  const config = await client.discovery(
    new URL(server.issuer),
    registered.clientId,
    registered.secret,
    undefined,
    // Plain http is the test's alone.
    { execute: [client.allowInsecureRequests] },
  );
  const { currentUrl, checks } = await signIn(config);
  expect((await client.authorizationCodeGrant(config, currentUrl, checks)).claims()?.sub).toBe(server.owner.id);
});

test('max_age gives an auth_time that the library accepts', async () => {
  const config = await discover(await registerClient(server), 'CLIENT_SECRET_BASIC');
  const { currentUrl, checks } = await signIn(config, { max_age: '60' });
  const tokens = await client.authorizationCodeGrant(config, currentUrl, { ...checks, maxAge: 60 });
  expect(tokens.claims()?.auth_time).toBeTypeOf('number');
});

test.each(['CLIENT_SECRET_BASIC', 'CLIENT_SECRET_POST'] as const)('client credentials with %s', async (method) => {
  const registered = await registerClient(server, {
    grantTypes: ['client_credentials'],
    redirectUris: [],
    scopes: ['reader'],
    tokenEndpointAuthMethod: method,
  });
  const config = await discover(registered, method);
  const tokens = await client.clientCredentialsGrant(config, { scope: 'reader' });
  expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'reader', expires_in: 600 });
  expect(tokens.refresh_token).toBeUndefined();
});

test('a refusal on the consent page reaches the library as access_denied', async () => {
  const config = await discover(await registerClient(server), 'CLIENT_SECRET_BASIC');
  const { currentUrl, checks } = await signIn(config, {}, 'deny');
  const refused = await client.authorizationCodeGrant(config, currentUrl, checks).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(client.AuthorizationResponseError);
  expect(refused).toMatchObject({ error: 'access_denied', error_description: expect.stringMatching(/\w+/) });
});

test('a used refresh token that comes late, and a code that comes twice, are invalid_grant', async () => {
  const config = await discover(await registerClient(server), 'CLIENT_SECRET_BASIC');
  const { currentUrl, checks } = await signIn(config);
  const first = await client.authorizationCodeGrant(config, currentUrl, checks);
  const second = await client.refreshTokenGrant(config, first.refresh_token ?? '');
  await client.refreshTokenGrant(config, second.refresh_token ?? '');
  const late = await client.refreshTokenGrant(config, first.refresh_token ?? '').catch((error: unknown) => error);
  expect(late).toBeInstanceOf(client.ResponseBodyError);
  expect(late).toMatchObject({ error: 'invalid_grant', status: 400 });
  const twice = await client.authorizationCodeGrant(config, currentUrl, checks).catch((error: unknown) => error);
  expect(twice).toMatchObject({ error: 'invalid_grant' });
});

test('a wrong secret is a challenge by Basic and invalid_client by POST', async () => {
  const registered = { ...(await registerClient(server)), secret: 'not the secret' };
  const basic = await discover(registered, 'CLIENT_SECRET_BASIC');
  await expect(client.clientCredentialsGrant(basic)).rejects.toBeInstanceOf(client.WWWAuthenticateChallengeError);
  const post = await discover(registered, 'CLIENT_SECRET_POST');
  await expect(client.clientCredentialsGrant(post)).rejects.toMatchObject({ error: 'invalid_client', status: 401 });
});

test('a second sign-in in the same browser asks nothing', async () => {
  const registered = await registerClient(server);
  const config = await discover(registered, 'CLIENT_SECRET_BASIC');
  const browser = new TestBrowser(fetch, server.issuer);
  const codeVerifier = client.randomPKCECodeVerifier();
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid',
    code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
  });
  await authorize(browser, address.href, server.owner);
  const page = await browser.visit(address.href);
  expect(page.left).toBe(true);
  const tokens = await client.authorizationCodeGrant(config, page.url, { pkceCodeVerifier: codeVerifier });
  expect(tokens.claims()?.sub).toBe(server.owner.id);
});

test('response_mode=form_post gives a form that the library takes (Form Post 2)', async () => {
  const config = await discover(await registerClient(server), 'CLIENT_SECRET_BASIC');
  const { checks, page } = await signIn(config, { response_mode: 'form_post' });
  const body = new URLSearchParams(fieldsOf(page.html));
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const posted = new Request(redirectUri, { method: 'POST', headers, body: body.toString() });
  const tokens = await client.authorizationCodeGrant(config, posted, checks);
  expect(tokens.claims()?.sub).toBe(server.owner.id);
});

test('buildEndSessionUrl signs out without a question and leads back (RP-Initiated Logout 2)', async () => {
  const target = 'https://app.example.com/signed-out';
  const config = await discover(
    await registerClient(server, { postLogoutRedirectUris: [target] }),
    'CLIENT_SECRET_BASIC',
  );
  const { currentUrl, checks, browser } = await signIn(config);
  const tokens = await client.authorizationCodeGrant(config, currentUrl, checks);
  const parameters = { post_logout_redirect_uri: target, id_token_hint: tokens.id_token ?? '', state: 'a b' };
  const page = await browser.visit(client.buildEndSessionUrl(config, parameters).href);
  expect([page.left, page.url.href]).toEqual([true, `${target}?state=a+b`]);
  await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  });
});
