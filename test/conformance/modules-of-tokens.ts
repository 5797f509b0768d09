// Modules about what a sign-in gives: tokens, claims, and what becomes of codes and refresh tokens.
import { decodeProtectedHeader } from 'jose';
import { expect } from 'vitest';
import type { Run } from './suite.js';

type Module = (run: Run) => Promise<void>;

/** Core 5.4: which claims a scope asks for. All of them have a value, or the suite warns. */
const claimsOfScope: Readonly<Record<string, readonly string[]>> = {
  profile: [
    ...['name', 'family_name', 'given_name', 'middle_name', 'nickname', 'preferred_username', 'profile', 'picture'],
    ...['website', 'gender', 'birthdate', 'zoneinfo', 'locale', 'updated_at'],
  ],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
};

const scopes =
  (...names: string[]): Module =>
  async (run) => {
    const { tokens } = await run.signIn({ scope: ['openid', ...names].join(' ') });
    const { sub: _, ...claims } = await run.userinfo(tokens);
    expect(Object.keys(claims).sort()).toEqual(names.flatMap((name) => claimsOfScope[name] ?? []).sort());
    for (const [name, value] of Object.entries(claims)) expect([name, value]).not.toEqual([name, null]);
  };

const server: Module = async (run) => {
  const { tokens } = await run.signIn();
  await run.userinfo(tokens);
  const wrong = await run.redeem('lkc_invented');
  expect([wrong.status, wrong.body.error]).toEqual([400, 'invalid_grant']);
};

const idTokenSignature: Module = async (run) => {
  const { tokens } = await run.signIn();
  const { alg, kid } = decodeProtectedHeader(tokens.idToken);
  const { keys } = await (await run.app.request('/oauth/jwks')).json();
  expect(alg).toBe('RS256');
  expect(keys.filter((key: { kid: string }) => key.kid === kid)).toHaveLength(1);
};

/** For providers that offer alg none; passed over where discovery does not (Core 3.1.3.7). */
const idTokenUnsigned: Module = async (run) => {
  const { id_token_signing_alg_values_supported: algorithms } = await run.discovery();
  expect(algorithms).not.toContain('none');
  const { tokens } = await run.signIn();
  expect(decodeProtectedHeader(tokens.idToken).alg).not.toBe('none');
};

const userinfo =
  (how: 'get' | 'post-header' | 'post-body'): Module =>
  async (run) => {
    const { tokens } = await run.signIn();
    await run.userinfo(tokens, how);
  };

const claimsEssential: Module = async (run) => {
  const claims = JSON.stringify({ userinfo: { name: { essential: true } } });
  const { tokens } = await run.signIn({ claims });
  expect((await run.userinfo(tokens)).name).toBeTruthy();
};

/** A code that is used again (RFC 6749 4.1.2). */
const codeReuse =
  (seconds: number): Module =>
  async (run) => {
    const { response, tokens } = await run.signIn();
    run.app.clock.advance(seconds);
    const { status, body } = await run.redeem(response.code);
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
    expect(await run.statusOfAccess(tokens.accessToken)).toBe(401);
  };

const clientSecretPost: Module = async (run) => {
  const { tokens } = await run.signIn({}, run.config.client_secret_post);
  await run.userinfo(tokens);
};

/** Core 12: refreshed tokens, for the client that they were issued to alone. */
const refreshToken: Module = async (run) => {
  const parameters = { scope: 'openid offline_access', prompt: 'consent' };
  const first = await run.signIn(parameters);
  const { iss, sub, aud, auth_time } = first.tokens.claims;
  expect(first.tokens.refreshToken).toBeTruthy();
  run.app.clock.advance(2);
  const form = { grant_type: 'refresh_token', refresh_token: first.tokens.refreshToken ?? '' };
  const other = await run.token(form, run.config.client2);
  expect([other.status, other.body.error]).toEqual([400, 'invalid_grant']);
  const { status, body } = await run.token(form);
  expect(status).toBe(200);
  // Section 12.2: the same person and sign-in, issued later; a nonce is not needed.
  const refreshed = await run.verifyIdToken(body.id_token ?? '');
  expect(refreshed).toMatchObject({ iss, sub, aud, auth_time });
  expect(refreshed.iat).toBeGreaterThan(first.tokens.claims.iat ?? 0);
  expect(await run.statusOfAccess(body.access_token ?? '')).toBe(200);
};

export const tokenModules: Readonly<Record<string, Module>> = {
  'oidcc-server': server,
  'oidcc-idtoken-signature': idTokenSignature,
  'oidcc-idtoken-unsigned': idTokenUnsigned,
  'oidcc-userinfo-get': userinfo('get'),
  'oidcc-userinfo-post-header': userinfo('post-header'),
  'oidcc-userinfo-post-body': userinfo('post-body'),
  'oidcc-scope-profile': scopes('profile'),
  'oidcc-scope-email': scopes('email'),
  'oidcc-scope-address': scopes('address'),
  'oidcc-scope-phone': scopes('phone'),
  'oidcc-scope-all': scopes('profile', 'email', 'address', 'phone'),
  'oidcc-codereuse': codeReuse(0),
  'oidcc-codereuse-30seconds': codeReuse(30),
  'oidcc-server-client-secret-post': clientSecretPost,
  'oidcc-claims-essential': claimsEssential,
  'oidcc-refresh-token': refreshToken,
};
