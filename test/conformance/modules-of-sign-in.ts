// Modules about signing in: prompts, ages, hints, and what a request may carry.
import { expect } from 'vitest';
import { callback, pkce, type Run } from './suite.js';

type Module = (run: Run) => Promise<void>;

/** A sign-in with one more parameter, which must not be an error (Core 15.1). */
const succeedsWith =
  (parameters: Record<string, string>): Module =>
  async (run) => {
    await run.signIn(parameters);
  };

const signedIn = (tasks: readonly string[]) => tasks.includes('/login');
/** The pages of ours that the person met. */
const met = (tasks: readonly string[]) => tasks.filter((path) => !path.startsWith('/test/'));

/** Signs in, lets time pass, and asks again. */
async function twice(run: Run, second: Record<string, string | undefined>, seconds = 2) {
  const first = await run.signIn();
  run.app.clock.advance(seconds);
  return { first, second: await run.signIn(second) };
}

const promptLogin: Module = async (run) => {
  const { first, second } = await twice(run, { prompt: 'login' });
  expect(signedIn(second.tasks)).toBe(true);
  expect(second.tokens.claims.sub).toBe(first.tokens.claims.sub);
  expect(second.tokens.claims.auth_time).toBeGreaterThan(Number(first.tokens.claims.auth_time));
};

const promptNoneNotLoggedIn: Module = async (run) => {
  const { response } = await run.authorize({ prompt: 'none' });
  expect(['login_required', 'interaction_required', 'account_selection_required']).toContain(response.error);
};

const promptNoneLoggedIn: Module = async (run) => {
  const { first, second } = await twice(run, { prompt: 'none' });
  expect(met(second.tasks)).toEqual([]);
  const { sub, auth_time } = first.tokens.claims;
  expect(second.tokens.claims).toMatchObject({ sub, auth_time });
};

const maxAge1: Module = async (run) => {
  const { first, second } = await twice(run, { max_age: '1' });
  expect(signedIn(second.tasks)).toBe(true);
  const { iat = 0, auth_time } = second.tokens.claims;
  expect(auth_time).toBeGreaterThan(Number(first.tokens.claims.auth_time));
  expect(iat - Number(auth_time)).toBeLessThanOrEqual(2);
};

const maxAge10000: Module = async (run) => {
  const { first, second } = await twice(run, { max_age: '10000' });
  expect(met(second.tasks)).toEqual([]);
  const { sub, auth_time } = first.tokens.claims;
  expect(second.tokens.claims).toMatchObject({ sub, auth_time });
};

const idTokenHint: Module = async (run) => {
  const first = await run.signIn();
  const second = await run.signIn({ prompt: 'none', id_token_hint: first.tokens.idToken });
  expect(met(second.tasks)).toEqual([]);
  const { sub, auth_time } = first.tokens.claims;
  expect(second.tokens.claims).toMatchObject({ sub, auth_time });
};

const withoutNonce: Module = async (run) => {
  const { tokens } = await run.signIn({ nonce: undefined });
  expect(tokens.claims.nonce).toBeUndefined();
};

const responseTypeMissing: Module = async (run) => {
  const { response } = await run.authorize({ response_type: undefined });
  expect(['invalid_request', 'unsupported_response_type']).toContain(response.error);
};

/** The suite's second client, a redirect URI with a query, long values. */
const alternateHappyFlow: Module = async (run) => {
  const redirect_uri = `${callback}?dummy1=lorem&dummy2=ipsum`;
  const long = 'x'.repeat(128);
  const { page, tokens } = await run.signIn({ redirect_uri, state: long, nonce: long }, run.config.client2);
  if (run.responseMode === 'query') expect(page.url.search).toContain('dummy1=lorem&dummy2=ipsum');
  await run.userinfo(tokens, 'post-header');
};

const registeredRedirectUri: Module = async (run) => {
  const { page, response } = await run.visit(run.authorizeUrl({ redirect_uri: `${callback}/unregistered` }));
  expect([response, page.left, page.status]).toEqual([null, false, 400]);
  expect(page.html).toContain('redirect_uri');
};

const byPost: Module = async (run) => {
  const { response, nonce } = await run.authorizeByPost();
  const { status, body } = await run.redeem(response.code);
  expect(status).toBe(200);
  await run.readTokens(body, nonce);
};

function unsigned(claims: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}

/** Never silently ignored (Core 3.1.2.6). */
const refusedAs =
  (error: string, parameters: (run: Run) => Record<string, string | undefined>): Module =>
  async (run) => {
    const { response } = await run.authorize(parameters(run));
    expect(response.error).toBe(error);
  };

export const signInModules: Readonly<Record<string, Module>> = {
  'oidcc-response-type-missing': responseTypeMissing,
  'oidcc-ensure-request-without-nonce-succeeds-for-code-flow': withoutNonce,
  'oidcc-alternate-happy-flow': alternateHappyFlow,
  'oidcc-display-page': succeedsWith({ display: 'page' }),
  'oidcc-display-popup': succeedsWith({ display: 'popup' }),
  'oidcc-prompt-login': promptLogin,
  'oidcc-prompt-none-not-logged-in': promptNoneNotLoggedIn,
  'oidcc-prompt-none-logged-in': promptNoneLoggedIn,
  'oidcc-max-age-1': maxAge1,
  'oidcc-max-age-10000': maxAge10000,
  'oidcc-ensure-request-with-unknown-parameter-succeeds': succeedsWith({ extra: 'foobar' }),
  'oidcc-id-token-hint': idTokenHint,
  'oidcc-login-hint': succeedsWith({ login_hint: 'person@conformance.example' }),
  'oidcc-ui-locales': succeedsWith({ ui_locales: 'se' }),
  'oidcc-claims-locales': succeedsWith({ claims_locales: 'se' }),
  'oidcc-ensure-request-with-acr-values-succeeds': succeedsWith({ acr_values: '1 2' }),
  'oidcc-ensure-registered-redirect-uri': registeredRedirectUri,
  'oidcc-ensure-post-request-succeeds': byPost,
  'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported': refusedAs(
    'request_uri_not_supported',
    () => ({ request_uri: 'https://localhost.emobix.co.uk:8443/test/a/latchkey/requesturi' }),
  ),
  'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported': refusedAs(
    'request_not_supported',
    (run) => ({ request: unsigned({ client_id: run.config.client.client_id, state: 'other', scope: 'openid' }) }),
  ),
  'oidcc-ensure-request-object-with-redirect-uri': refusedAs('request_not_supported', (run) => ({
    request: unsigned({ client_id: run.config.client.client_id, redirect_uri: `${callback}/other` }),
  })),
  'oidcc-ensure-request-with-valid-pkce-succeeds': succeedsWith({
    code_challenge: pkce.challenge,
    code_challenge_method: 'S256',
  }),
};
