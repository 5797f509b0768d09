// Client libraries as their own documentation has them where docs/partners.md has them otherwise: what each is known for, and
// what its user is told. The examples as they stand are test/docs/partners.test.ts's.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { allowRedirects } from '../../src/accounts/service.js';
import { operatorActor } from '../../src/audit/service.js';
import type { GivenMetadata } from '../../src/clients/metadata.js';
import { startTestServer, type TestServer } from '../support/app.js';
import { fieldsOf } from '../support/browser.js';
import { type DocumentedApp, startDocumentedApp } from '../support/documented-apps.js';
import { obtainTokens, registerClient, type TestClient, userinfo } from '../support/oauth.js';
import { openBrowserFor } from '../support/partner-process.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await allowRedirects(server.deps, operatorActor, server.owner.accountId, ['loopback']);
});
afterAll(() => server.close());

// What an app prints may come later than what it answers.
const patience = { timeout: 5000 };

let app: DocumentedApp | undefined;
afterEach(async () => {
  await app?.stop();
  app = undefined;
});

/** An example with another text in place of one of its own, in a browser that it sent to us. */
async function startWith(name: string, own: string, other: string, given: GivenMetadata = {}) {
  const change = (source: string) => {
    expect(source).toContain(own);
    return source.replace(own, other);
  };
  app = await startDocumentedApp(server, name, { change, given });
  const browser = openBrowserFor(server, app);
  const start = await browser.partner.visit(name === 'Auth.js' ? '/auth/signin' : '/sign-in');
  const away = start.left ? start : await browser.partner.submit(start);
  return { app, browser, away, asked: away.url.searchParams };
}

describe('passport-oauth2 as its README has it, without PKCE and state', () => {
  const leftOut = `      pkce: true,
      state: true,
`;
  const post = { tokenEndpointAuthMethod: 'CLIENT_SECRET_POST' } as const;

  test('signs in with a client that does without PKCE', async () => {
    const { browser, away, asked } = await startWith('passport-oauth2', leftOut, '', { ...post, requirePkce: false });
    expect([asked.has('code_challenge'), asked.has('state')]).toEqual([false, false]);
    await browser.signIn(away);
    expect(await browser.person()).toMatchObject({ email: server.owner.email });
  });

  test('is told to use PKCE by a client as it is by default', async () => {
    const { app, browser, away } = await startWith('passport-oauth2', leftOut, '', post);
    const page = await browser.signIn(away);
    expect(page.url.searchParams.get('error')).toBe('invalid_request');
    await expect
      .poll(app.output, patience)
      .toContain('code_challenge is missing: this client must use PKCE with S256.');
    expect(await browser.person()).toBeNull();
  });
});

test('passport-oauth2 that sends the access token in the address gets no profile', async () => {
  const leftOut = 'this._oauth2.useAuthorizationHeaderforGET(true);';
  const { app, browser, away } = await startWith('passport-oauth2', leftOut, '');
  await browser.signIn(away);
  expect(await browser.person()).toBeNull();
  await expect.poll(app.output, patience).toContain('Send the access token in the header Authorization: Bearer.');
});

test('passport-oauth2 with a client for Basic is told the method that is registered', async () => {
  const given = { tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC' } as const;
  const { app, browser, away } = await startWith('passport-oauth2', '', '', given);
  await browser.signIn(away);
  expect(await browser.person()).toBeNull();
  await expect
    .poll(app.output, patience)
    .toContain('This client is registered for client_secret_basic, but used client_secret_post.');
});

describe('openid-client without a word about client authentication', () => {
  test('sends the secret in the body, for a client that is registered so', async () => {
    const given = { tokenEndpointAuthMethod: 'CLIENT_SECRET_POST' } as const;
    const { browser, away } = await startWith('openid-client', 'client.ClientSecretBasic()', 'undefined', given);
    await browser.signIn(away);
    expect(await browser.person()).toMatchObject({ email: server.owner.email });
  });

  test('is told so by a client as it is by default', async () => {
    const { app, browser, away } = await startWith('openid-client', 'client.ClientSecretBasic()', 'undefined');
    await browser.signIn(away);
    await expect
      .poll(app.output, patience)
      .toContain('This client is registered for client_secret_basic, but used client_secret_post.');
  });
});

describe('Auth.js', () => {
  test('sends PKCE, state and nonce', async () => {
    const { asked } = await startWith('Auth.js', '', '');
    expect(asked.get('code_challenge_method')).toBe('S256');
    for (const name of ['code_challenge', 'state', 'nonce']) expect(asked.get(name)).toMatch(/\w/);
  });

  test('that reads the ID token, its default, knows neither name nor e-mail address', async () => {
    const { app, browser, away } = await startWith('Auth.js', 'idToken: false,', '');
    await browser.signIn(away);
    expect(await browser.person(), app.output()).toEqual({});
  });

  test('that reads the ID token knows them when it asks for them by name', async () => {
    const claims = 'claims: { id_token: { email: null, name: null } }';
    const authorization = `authorization: { params: { scope: 'openid profile email', ${claims} } },`;
    const { app, browser, away } = await startWith('Auth.js', 'idToken: false,', authorization);
    await browser.signIn(away);
    expect(await browser.person(), app.output()).toMatchObject({ email: server.owner.email });
  });
});

test('express-openid-connect with its default, the implicit flow, is told so in the form that it wants', async () => {
  const own = "response_type: 'code', ";
  const { app, browser, away, asked } = await startWith('express-openid-connect', own, '');
  expect([asked.get('response_type'), asked.get('response_mode')]).toEqual(['id_token', 'form_post']);
  const page = await browser.latchkey.signIn(server.owner, await browser.latchkey.visit(away.url.href));
  expect(fieldsOf(page.html)).toMatchObject({ error: 'unsupported_response_type', state: asked.get('state') });
  expect(page.html).toContain(`action="${app.url}/callback"`);
});

interface SimpleToken {
  readonly token: Record<string, string>;
  refresh(): Promise<SimpleToken>;
  revokeAll(): Promise<void>;
}
type SimpleClient = new (
  config: unknown,
) => {
  getToken(parameters: Record<string, string>): Promise<SimpleToken>;
  createToken(token: Record<string, string>): SimpleToken;
};

describe('simple-oauth2', () => {
  const { AuthorizationCode, ClientCredentials } = createRequire(
    join(import.meta.dirname, '../partner-apps/package.json'),
  )('simple-oauth2') as Record<'AuthorizationCode' | 'ClientCredentials', SimpleClient>;
  const configFor = (client: TestClient, options = {}) => ({
    client: { id: client.clientId, secret: client.secret },
    auth: { tokenHost: server.issuer, tokenPath: '/oauth/token', revokePath: '/oauth/revoke' },
    options,
  });
  const machine: GivenMetadata = { grantTypes: ['client_credentials'], redirectUris: [], scopes: ['reader'] };

  test.each([
    ['CLIENT_SECRET_BASIC', {}],
    ['CLIENT_SECRET_POST', { authorizationMethod: 'body' }],
  ] as const)('gets a token for the app itself with %s', async (tokenEndpointAuthMethod, options) => {
    const client = await registerClient(server, { ...machine, tokenEndpointAuthMethod });
    const { token } = await new ClientCredentials(configFor(client, options)).getToken({ scope: 'reader' });
    expect(token).toMatchObject({ token_type: 'Bearer', scope: 'reader', expires_in: 600 });
    expect(token.expires_at).toBeInstanceOf(Date);
  });

  test('refreshes and gives both tokens back', async () => {
    const client = await registerClient(server);
    const { accessToken, refreshToken } = await obtainTokens(server, client);
    const oauth = new AuthorizationCode(configFor(client));
    const given = oauth.createToken({ access_token: accessToken, refresh_token: refreshToken });
    const refreshed = await given.refresh();
    expect(refreshed.token.refresh_token).not.toBe(refreshToken);
    const newAccessToken = refreshed.token.access_token ?? '';
    expect((await userinfo(server, newAccessToken)).status).toBe(200);
    await refreshed.revokeAll();
    expect((await userinfo(server, newAccessToken)).status).toBe(401);
    await expect(refreshed.refresh()).rejects.toMatchObject({ data: { payload: { error: 'invalid_grant' } } });
  });

  test('hands on what is wrong with the secret', async () => {
    const client = { ...(await registerClient(server, machine)), secret: 'not the secret' };
    const refused = new ClientCredentials(configFor(client)).getToken({ scope: 'reader' });
    await expect(refused).rejects.toMatchObject({
      output: { statusCode: 401 },
      data: { payload: { error: 'invalid_client', error_description: expect.stringContaining('Check client_id') } },
    });
  });
});
