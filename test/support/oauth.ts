// The steps of a sign-in through a client, by hand: register it, authorize in a browser, redeem what comes back.
import { createHash, randomBytes } from 'node:crypto';
import type { GivenMetadata } from '../../src/clients/metadata.js';
import { createOAuthClient } from '../../src/clients/service.js';
import { formatBasicCredentials } from '../../src/lib/basic-credentials.js';
import { actorOfMember } from '../../src/members/service.js';
import type { TestApp } from './app.js';
import { type Page, TestBrowser } from './browser.js';

export const redirectUri = 'https://app.example.com/callback';

/** A registered client as a test uses it. */
export interface TestClient {
  readonly id: string;
  readonly clientId: string;
  /** '' for a client without one. */
  readonly secret: string;
}

/** Registers a client of the owner's account; unless said otherwise one that may do everything a CONFIDENTIAL one can. */
export async function registerClient(app: TestApp, given: GivenMetadata = {}): Promise<TestClient> {
  const actor = actorOfMember(app.owner, { ipAddress: null, userAgent: null });
  const scopes = ['openid', 'profile', 'email', 'offline_access', 'reader', 'writer', 'admin'];
  const { oauthClient, clientSecret } = await createOAuthClient(app.deps, actor, {
    name: 'Test app',
    redirectUris: [redirectUri],
    scopes,
    ...given,
  });
  return { id: oauthClient.id, clientId: oauthClient.clientId, secret: clientSecret ?? '' };
}

/** A PKCE verifier and its S256 challenge. */
export function createPkce() {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

export function newBrowser(app: TestApp): TestBrowser {
  return new TestBrowser((url, init) => app.app.request(url, init), app.issuer);
}

/** The address of an authorization request; an undefined parameter is left out. */
export function authorizeUrl(client: TestClient, parameters: Record<string, string | undefined> = {}): string {
  const all: Record<string, string | undefined> = {
    client_id: client.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid profile email',
    state: 'the state',
    ...parameters,
  };
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `/oauth/authorize?${new URLSearchParams(given)}`;
}

/** Goes through sign-in and consent as they come, allowing. @returns where the browser ends up */
export async function authorize(
  browser: TestBrowser,
  url: string,
  person: { email: string; password: string },
): Promise<Page> {
  let page = await browser.visit(url);
  if (page.url.pathname === '/login') page = await browser.signIn(person, page);
  if (page.url.pathname === '/consent') page = await browser.submit(page, { decision: 'allow' });
  return page;
}

/** A fresh code by a whole sign-in, with what redeeming it takes. */
export async function obtainCode(
  app: TestApp,
  client: TestClient,
  parameters: Record<string, string | undefined> = {},
  browser = newBrowser(app),
) {
  const { verifier, challenge } = createPkce();
  const pkce = { code_challenge: challenge, code_challenge_method: 'S256' };
  const page = await authorize(browser, authorizeUrl(client, { ...pkce, ...parameters }), app.owner);
  const code = page.url.searchParams.get('code');
  if (code === null) throw new Error(`No code came back, but ${page.status} at ${page.url.href}: ${page.html}`);
  return { code, verifier, browser };
}

/** What a token endpoint answers, as far as tests look at it. */
export interface TokenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, string> & { expires_in?: number };
}

/** POST /oauth/token, authenticated as the client is registered by default: Basic, or client_id alone without a secret. */
export async function token(
  app: TestApp,
  client: TestClient | null,
  form: Record<string, string>,
): Promise<TokenAnswer> {
  const basic = client?.secret ? { authorization: formatBasicCredentials(client.clientId, client.secret) } : {};
  const body = client && !client.secret ? { client_id: client.clientId, ...form } : form;
  const response = await app.request('/oauth/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...(basic as Record<string, string>) },
    body: new URLSearchParams(body).toString(),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as TokenAnswer['body'] };
}

/** Redeems a code. */
export function redeem(
  app: TestApp,
  client: TestClient,
  granted: { code: string; verifier: string },
  form: Record<string, string> = {},
) {
  return token(app, client, {
    grant_type: 'authorization_code',
    code: granted.code,
    redirect_uri: redirectUri,
    code_verifier: granted.verifier,
    ...form,
  });
}

/** Presents a refresh token. */
export function refresh(app: TestApp, client: TestClient, refreshToken: string, form: Record<string, string> = {}) {
  return token(app, client, { grant_type: 'refresh_token', refresh_token: refreshToken, ...form });
}
