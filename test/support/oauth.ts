// The steps of a sign-in through a client, by hand: register it, authorize in a browser, redeem what comes back.
import { createHash, randomBytes } from 'node:crypto';
import type { GivenMetadata } from '../../src/clients/metadata.js';
import { createOAuthClient } from '../../src/clients/service.js';
import type { Hasher, HashTurn } from '../../src/lib/hasher.js';
import { actorOfMember } from '../../src/members/service.js';
import type { TestApp } from './app.js';
import { formatBasicCredentials } from './basic-credentials.js';
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

/** The parameters of a challenge that nobody redeems, for requests of which the answer alone matters. */
export const anyPkce = { code_challenge: createPkce().challenge, code_challenge_method: 'S256' };

/** What one authorization request is answered with, without following it. PKCE is sent unless it is overridden. */
export async function ask(
  browser: TestBrowser,
  client: TestClient,
  parameters: Record<string, string | undefined> = {},
) {
  const response = await browser.fetch(authorizeUrl(client, { ...anyPkce, ...parameters }));
  return answerOf(response);
}

/** A response of the authorization endpoint: where it leads, and what it says there. */
export function answerOf(response: Response) {
  const location = response.headers.get('location');
  const target = location === null ? null : new URL(location, 'https://ours.example');
  return {
    response,
    status: response.status,
    location,
    /** The path of a page of ours, or null. */
    page: target?.origin === 'https://ours.example' ? target.pathname : null,
    parameters: Object.fromEntries(target?.searchParams ?? []) as Record<string, string | undefined>,
  };
}

/** A browser in which the owner is signed in and has allowed the client nothing yet. */
export async function signedInBrowser(app: TestApp, person: { email: string; password: string } = app.owner) {
  const browser = newBrowser(app);
  await browser.signIn(person);
  return browser;
}

/** A whole sign-in, with the tokens that it gives. */
export async function obtainTokens(
  app: TestApp,
  client: TestClient,
  parameters: Record<string, string | undefined> = {},
  browser = newBrowser(app),
) {
  const { body } = await redeem(app, client, await obtainCode(app, client, parameters, browser));
  return {
    accessToken: body.access_token ?? '',
    refreshToken: body.refresh_token ?? '',
    idToken: body.id_token ?? '',
    browser,
  };
}

/** GET /oauth/userinfo with an access token. */
export async function userinfo(app: TestApp, accessToken: string) {
  const response = await app.request('/oauth/userinfo', { headers: { authorization: `Bearer ${accessToken}` } });
  const body = (await response.json()) as Record<string, string>;
  return { status: response.status, headers: response.headers, body };
}

/** The claims of a JWT, unverified. */
export function claimsOf(jwt: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt?.split('.')[1] ?? '', 'base64url').toString() || '{}') as Record<string, unknown>;
}

/** POSTs a form from a browser with exactly these headers beside the cookies, without following the answer. */
export function postForm(
  browser: TestBrowser,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = { origin: 'null', 'sec-fetch-site': 'same-origin' },
): Promise<Response> {
  return browser.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(fields).toString(),
  });
}

/** Counts from now on what slow hashing is asked for, and still does it. */
export function countHashes(app: TestApp) {
  const counted = { hash: 0, verify: 0, burn: 0 };
  const { hasher } = app.deps;
  const counting: Hasher = {
    ...hasher,
    hash(...given) {
      counted.hash += 1;
      return hasher.hash(...given);
    },
    inTurn: (address, job, lane) => {
      const counting = (turn: HashTurn) =>
        job({
          verify(...given) {
            counted.verify += 1;
            return turn.verify(...given);
          },
          burn(...given) {
            counted.burn += 1;
            return turn.burn(...given);
          },
        });
      return hasher.inTurn(address, counting, lane);
    },
  };
  Object.assign(app.deps, { hasher: counting });
  return counted;
}
