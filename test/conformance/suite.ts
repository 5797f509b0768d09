// The conformance suite's side: its clients and configuration as `conformance seed` writes them, its browser, which follows the
// steps of that file, and what each module does with what came back.
import { createHash, randomBytes } from 'node:crypto';
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { expect } from 'vitest';
import { seedConformance } from '../../src/conformance/seed.js';
import { type SuiteClient, type SuiteConfig, suiteConfig } from '../../src/conformance/suite-config.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { formatBasicCredentials } from '../support/basic-credentials.js';
import { TestBrowser } from '../support/browser.js';
import { follow, type Seen } from './steps.js';

const suiteAddress = { suite: 'https://localhost.emobix.co.uk:8443', alias: 'latchkey' };
const test = `${suiteAddress.suite}/test/a/${suiteAddress.alias}`;
export const callback = `${test}/callback`;
export const postLogoutRedirect = `${test}/post_logout_redirect`;
export const backchannelLogout = `${test}/backchannel_logout`;

export type ResponseMode = 'query' | 'form_post';
type Parameters = Readonly<Record<string, string | undefined>>;

/** What the token endpoint answered, with the ID token's claims. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly idToken: string;
  readonly claims: JWTPayload;
}

const random = () => randomBytes(16).toString('base64url');

/** An installation that the suite tests. */
export async function startSuite() {
  const app = await createTestApp();
  const config = suiteConfig(await seedConformance(app.deps, suiteAddress));
  return { app, config, close: () => app.close() };
}

/** One run of one module: a browser without cookies, and the plan's response mode. */
export class Run {
  readonly app: TestApp;
  readonly config: SuiteConfig;
  readonly module: string;
  readonly responseMode: ResponseMode;
  readonly browser: TestBrowser;
  #visits = 0;

  constructor(app: TestApp, config: SuiteConfig, module: string, responseMode: ResponseMode) {
    this.app = app;
    this.config = config;
    this.module = module;
    this.responseMode = responseMode;
    this.browser = new TestBrowser((url, init) => app.app.request(url, init), app.issuer);
  }

  /** Sends the browser to an address of ours, and does there what the configuration says for this module. */
  visit(url: string): Promise<Seen> {
    this.#visits += 1;
    return follow(this.browser, this.config, this.module, url, this.#visits);
  }

  /** The address of an authorization request. What is undefined is left out. */
  authorizeUrl(parameters: Parameters = {}, client: SuiteClient = this.config.client): string {
    const all: Parameters = {
      client_id: client.client_id,
      response_type: 'code',
      redirect_uri: callback,
      scope: 'openid',
      state: random(),
      nonce: random(),
      ...(this.responseMode === 'query' ? {} : { response_mode: this.responseMode }),
      ...parameters,
    };
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(all)) if (value !== undefined) query.set(name, value);
    return `${this.app.issuer}/oauth/authorize?${query}`;
  }

  /** Authorizes and checks the response: to the callback, in the plan's mode, with state and issuer as they were (RFC 9207). */
  async authorize(parameters: Parameters = {}, client: SuiteClient = this.config.client) {
    const url = this.authorizeUrl(parameters, client);
    const sent = new URL(url).searchParams;
    return this.#checked(sent, await this.visit(url));
  }

  /** The same request, posted (Core 3.1.2.1): it answers with an address for the browser. */
  async authorizeByPost() {
    const { pathname, searchParams: sent } = new URL(this.authorizeUrl());
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: suiteAddress.suite };
    const posted = await this.browser.fetch(pathname, { method: 'POST', headers, body: sent.toString() });
    expect(posted.status).toBe(303);
    const location = new URL(posted.headers.get('location') ?? '', this.app.issuer).href;
    return this.#checked(sent, await this.visit(location));
  }

  #checked(sent: URLSearchParams, seen: Seen) {
    expect(seen.response, seen.page.html).not.toBeNull();
    const { response } = seen;
    expect(seen.page.url.href.startsWith(sent.get('redirect_uri') ?? callback)).toBe(true);
    expect(seen.mode).toBe(this.responseMode);
    expect(response?.state ?? null).toBe(sent.get('state'));
    expect(response?.iss).toBe(this.app.issuer);
    return { ...seen, response: response ?? {}, nonce: sent.get('nonce') };
  }

  /** One request to the token endpoint. */
  async token(form: Record<string, string>, client: SuiteClient = this.config.client) {
    const byPost = client === this.config.client_secret_post;
    const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
    if (!byPost) headers.authorization = formatBasicCredentials(client.client_id, client.client_secret);
    const body = new URLSearchParams(byPost ? { ...form, ...client } : form).toString();
    const response = await this.app.request('/oauth/token', { method: 'POST', headers, body });
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(response.headers.get('cache-control')).toContain('no-store');
    return { status: response.status, body: (await response.json()) as Record<string, string | undefined> };
  }

  redeem(code: string | undefined, client?: SuiteClient, more: Record<string, string> = {}) {
    const form = { grant_type: 'authorization_code', code: code ?? '', redirect_uri: callback, ...more };
    return this.token(form, client);
  }

  /** Checks an ID token as a client does (Core 3.1.3.7). */
  async verifyIdToken(idToken: string, client: SuiteClient = this.config.client): Promise<JWTPayload> {
    const jwks = (await (await this.app.request('/oauth/jwks')).json()) as JSONWebKeySet;
    const { payload, protectedHeader } = await jwtVerify(idToken, createLocalJWKSet(jwks), {
      issuer: this.app.issuer,
      audience: client.client_id,
      algorithms: ['RS256'],
      currentDate: this.app.clock(),
      requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
    });
    expect(protectedHeader.kid).toBeTruthy();
    expect((payload.sub ?? '').length).toBeLessThanOrEqual(255);
    return payload;
  }

  /** From the authorization request to verified tokens, and what came back on the way. */
  async signIn(parameters: Parameters = {}, client: SuiteClient = this.config.client) {
    const answer = await this.authorize(parameters, client);
    expect(answer.response.code, JSON.stringify(answer.response)).toBeTruthy();
    const verifier = parameters.code_challenge === undefined ? {} : { code_verifier: pkce.verifier };
    const redirect = parameters.redirect_uri === undefined ? {} : { redirect_uri: parameters.redirect_uri };
    const { status, body } = await this.redeem(answer.response.code, client, { ...verifier, ...redirect });
    expect(status, JSON.stringify(body)).toBe(200);
    return { ...answer, tokens: await this.readTokens(body, answer.nonce, client) };
  }

  /** Checks a token response (Core 3.1.3.3) and its ID token. */
  async readTokens(
    body: Record<string, string | undefined>,
    nonce: string | null,
    client: SuiteClient = this.config.client,
  ): Promise<Tokens> {
    const { access_token: accessToken = '', id_token: idToken = '', refresh_token: refreshToken } = body;
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: expect.any(Number) });
    const claims = await this.verifyIdToken(idToken, client);
    const hash = createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url');
    expect(claims).toMatchObject({ at_hash: hash, acr: expect.any(String), auth_time: expect.any(Number) });
    expect(claims.nonce ?? null).toBe(nonce);
    return { accessToken, refreshToken, idToken, claims };
  }

  /** What userinfo says of a token, sent in a way of Core 5.3.1; the sub is checked against the ID token's (5.3.2). */
  async userinfo(tokens: Tokens, how: 'get' | 'post-header' | 'post-body' = 'get') {
    const header = { authorization: `Bearer ${tokens.accessToken}` };
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const init = {
      get: { headers: header },
      'post-header': { method: 'POST', headers: header },
      'post-body': { method: 'POST', headers: form, body: `access_token=${tokens.accessToken}` },
    }[how];
    const response = await this.app.request('/oauth/userinfo', init);
    expect(response.status).toBe(200);
    const claims = (await response.json()) as Record<string, unknown>;
    expect(claims.sub).toBe(tokens.claims.sub);
    return claims;
  }

  /** The status with which userinfo meets a token. */
  async statusOfAccess(accessToken: string): Promise<number> {
    return (await this.app.request('/oauth/userinfo', { headers: { authorization: `Bearer ${accessToken}` } })).status;
  }

  async discovery(): Promise<Record<string, unknown>> {
    const response = await this.app.request('/.well-known/openid-configuration');
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    return (await response.json()) as Record<string, unknown>;
  }
}

const verifier = randomBytes(32).toString('base64url');
/** A verifier and its S256 challenge. */
export const pkce = { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
