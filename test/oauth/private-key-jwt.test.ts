// Clients that sign in place of sending a secret (RFC 7523, OpenID Connect Core section 9): what an assertion must be, and
// that its method is the client's only one.
import { createHmac, createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import {
  assemble,
  assertionType,
  claimsFor,
  keySet,
  makeKey,
  present,
  registerSigningClient,
  seconds,
  sign,
  type TestKey,
} from '../support/assertions.js';
import { formatBasicCredentials } from '../support/basic-credentials.js';
import { registerClient, type TestClient, type TokenAnswer, token } from '../support/oauth.js';

const grant = { grant_type: 'client_credentials' };

let app: TestApp;
let key: TestKey;
let rsa: TestKey;
let client: TestClient;
let secretClient: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  [key, rsa] = await Promise.all([makeKey('ES256'), makeKey('RS256')]);
  client = await registerSigningClient(app, { jwks: keySet(key, rsa) });
  secretClient = await registerClient(app, {
    grantTypes: ['client_credentials'],
    redirectUris: [],
    scopes: ['reader'],
    tokenEndpointAuthMethod: 'CLIENT_SECRET_POST',
  });
});
afterAll(() => app.close());

/** An assertion that is right save for what is given; undefined leaves a member out. */
const assertion = (claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}, by = key) =>
  sign(by, { ...claimsFor(app, client), ...claims }, header);

const outcome = ({ status, body }: TokenAnswer) => [status, body.error];
const refused = [401, 'invalid_client'];

test.each(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'])(
  'an assertion signed with %s works (RFC 9700 2.5)',
  async (alg) => {
    const made = await makeKey(alg);
    const signing = await registerSigningClient(app, { jwks: keySet(made) });
    const answer = await present(app, await sign(made, claimsFor(app, signing)));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  },
);

test.each<[string, Record<string, unknown>, Record<string, unknown>, Record<string, string>?]>([
  ['client_id beside it', {}, {}, { client_id: 'theirs' }],
  ['the issuer in an array', { aud: ['the issuer'] }, {}],
  ['typ JWT', {}, { typ: 'JWT' }],
  ['typ client-authentication+jwt', {}, { typ: 'client-authentication+jwt' }],
  ['no kid', {}, { kid: undefined }],
  ['no iat', { iat: undefined }, {}],
  ['exp ten minutes ahead, by a clock that is a minute fast', { exp: 660, iat: 60, nbf: 60 }, {}],
  ['exp a little past, by a clock that is slow', { exp: -59 }, {}],
  ['a jti of 255 characters', { jti: 'j'.repeat(255) }, {}],
])('%s is fine', async (_, claims, header, form = {}) => {
  const times = Object.entries(claims).map(([name, value]) => [
    name,
    typeof value === 'number' ? seconds(app) + value : Array.isArray(value) ? [app.issuer] : value,
  ]);
  const own = 'client_id' in form ? { client_id: client.clientId } : {};
  expect((await present(app, await assertion(Object.fromEntries(times), header), own)).status).toBe(200);
});

describe('the claims (RFC 7523 3), which are spoken of only to whoever has the key', () => {
  const tokenEndpoint = () => `${app.issuer}/oauth/token`;
  test.each<[string, RegExp, () => Record<string, unknown>]>([
    ['the token endpoint as audience', /must be the issuer, \S+, and nothing else/, () => ({ aud: tokenEndpoint() })],
    ['the issuer with a slash', /issuer/, () => ({ aud: `${app.issuer}/` })],
    ['the issuer and another', /issuer/, () => ({ aud: [app.issuer, tokenEndpoint()] })],
    ['the issuer twice', /issuer/, () => ({ aud: [app.issuer, app.issuer] })],
    ['an empty audience', /issuer/, () => ({ aud: [] })],
    ['no audience', /issuer/, () => ({ aud: undefined })],
    ['another server as audience', /issuer/, () => ({ aud: 'https://id.example.com' })],
    ['an expired one', /expired/, () => ({ exp: seconds(app) - 60 })],
    ['no exp', /exp/, () => ({ exp: undefined })],
    ['exp too far ahead', /10 minutes/, () => ({ exp: seconds(app) + 661 })],
    ['exp in milliseconds', /10 minutes/, () => ({ exp: app.clock().getTime() })],
    ['iat in the future', /iat/, () => ({ iat: seconds(app) + 61 })],
    ['nbf in the future', /nbf/, () => ({ nbf: seconds(app) + 61 })],
    ['no jti', /jti/, () => ({ jti: undefined })],
    ['an empty jti', /jti/, () => ({ jti: '' })],
    ['a jti of 256 characters', /jti/, () => ({ jti: 'j'.repeat(256) })],
  ])('refuses %s', async (_, description, claims) => {
    const answer = await present(app, await assertion(claims()));
    expect(outcome(answer)).toEqual(refused);
    expect(answer.body.error_description).toMatch(description);
    const guessed = await present(app, await assertion(claims(), {}, await makeKey('ES256')));
    expect(guessed.body.error_description).not.toMatch(description);
  });
});

test.each<[string, () => Promise<string> | string]>([
  ['alg none', () => assemble({ alg: 'none', kid: key.kid }, claimsFor(app, client), '')],
  ['HS256 with the public key in PEM as the secret', () => hs256(pem())],
  ['HS256 with the public JWK as the secret', () => hs256(JSON.stringify(rsa.publicJwk))],
  ['ES512', async () => sign(await makeKey('ES512'), claimsFor(app, client))],
  ["another key under the right key's kid", async () => assertion({}, {}, await makeKey('ES256'))],
  ['a key of its own header', async () => signedByOwnHeader()],
  ['a kid that names no key', () => assertion({}, { kid: 'unknown' })],
  ['the kid of a key of another kind', () => assertion({}, { kid: rsa.kid })],
  ['crit', () => assertion({}, { crit: ['b64'], b64: true })],
  ['typ at+jwt', () => assertion({}, { typ: 'at+jwt' })],
  ['an altered payload', async () => altered(await assertion())],
  ['no signature', async () => `${(await assertion()).split('.').slice(0, 2).join('.')}.`],
  ['iss that is not sub', () => assertion({ iss: secretClient.clientId })],
  ['no iss', () => assertion({ iss: undefined })],
  ["the row's id as sub", () => assertion({ iss: client.id, sub: client.id })],
  ['an unknown client', () => assertion({ iss: 'unknown', sub: 'unknown' })],
  ['a client of another method', () => assertion({ iss: secretClient.clientId, sub: secretClient.clientId })],
])('refuses %s', async (_, make) => {
  const answer = await present(app, await make());
  expect(outcome(answer)).toEqual(refused);
  expect(answer.headers.has('www-authenticate')).toBe(false);
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

const pem = () => createPublicKey({ key: { ...rsa.publicJwk }, format: 'jwk' }).export({ type: 'spki', format: 'pem' });

function hs256(secret: string | Buffer): string {
  const [header, payload] = assemble({ alg: 'HS256', kid: rsa.kid }, claimsFor(app, client)).split('.');
  return `${header}.${payload}.${createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url')}`;
}

async function signedByOwnHeader(): Promise<string> {
  const own = await makeKey('ES256', 'own');
  return sign(own, claimsFor(app, client), {
    kid: undefined,
    jwk: own.publicJwk,
    jku: 'https://attacker.example/jwks',
  });
}

function altered(text: string): string {
  const [header, , signature = ''] = text.split('.');
  return `${header}.${assemble({}, claimsFor(app, client)).split('.')[1]}.${signature}`;
}

test('an unknown client, another method and a wrong key are alike in status, body and headers', async () => {
  const shape = async (text: string, form = {}) => {
    const { status, body, headers } = await present(app, text, form);
    const { 'x-request-id': _, ...rest } = Object.fromEntries(headers);
    return { status, body, headers: rest };
  };
  const of = (sub: string) => assertion({ iss: sub, sub });
  const unknown = await shape(await of('unknown'));
  expect(unknown.status).toBe(401);
  expect(await shape(await of(secretClient.clientId))).toEqual(unknown);
  expect(await shape(await assertion({}, {}, await makeKey('ES256')))).toEqual(unknown);
  expect(await shape(await assertion({}, { kid: 'unknown' }))).toEqual(unknown);
});

describe('one method only', () => {
  test.each([
    ['none', {}],
    ['another', { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' }],
    ['one in other letters', { client_assertion_type: assertionType.toUpperCase() }],
  ])('assertion type: %s is refused', async (_, form) => {
    const answer = await token(app, null, { ...grant, client_assertion: await assertion(), ...form });
    expect(outcome(answer)).toEqual(refused);
    expect(answer.body.error_description).toContain(assertionType);
  });

  test('a type without an assertion is refused', async () => {
    expect(outcome(await token(app, null, { ...grant, client_assertion_type: assertionType }))).toEqual(refused);
  });

  test('an assertion beside a secret is refused, whichever of them is right (CVE-2026-16093)', async () => {
    const right = await assertion();
    const body = { client_id: secretClient.clientId, client_secret: secretClient.secret };
    for (const text of [right, 'a.b.c', 'junk']) {
      expect(outcome(await present(app, text, body))).toEqual([400, 'invalid_request']);
      expect(outcome(await present(app, text, { client_secret: 'x' }))).toEqual([400, 'invalid_request']);
      const form = new URLSearchParams({ ...grant, client_assertion_type: assertionType, client_assertion: text });
      for (const secret of [secretClient.secret, 'wrong']) {
        const response = await app.request('/oauth/token', {
          method: 'POST',
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            authorization: formatBasicCredentials(secretClient.clientId, secret),
          },
          body: form.toString(),
        });
        expect(response.status).toBe(400);
      }
    }
    // None of it used the assertion up.
    expect((await present(app, right)).status).toBe(200);
  });

  test('client_id must name the client of the assertion', async () => {
    const answer = await present(app, await assertion(), { client_id: secretClient.clientId });
    expect(outcome(answer)).toEqual([400, 'invalid_request']);
  });

  test('a client of private_key_jwt cannot use a secret that it had, nor none', async () => {
    const changed = await registerClient(app, {
      grantTypes: ['client_credentials'],
      redirectUris: [],
      scopes: ['reader'],
    });
    const data = { tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT' as const, jwks: keySet(key) };
    await app.db.oAuthClient.update({ where: { id: changed.id }, data });
    const answer = await token(app, changed, grant);
    expect(outcome(answer)).toEqual(refused);
    expect(answer.body.error_description).toContain('private_key_jwt');
    const inBody = { ...grant, client_id: changed.clientId, client_secret: changed.secret };
    expect(outcome(await token(app, null, inBody))).toEqual(refused);
    expect(outcome(await token(app, null, { ...grant, client_id: changed.clientId }))).toEqual(refused);
    expect((await present(app, await sign(key, claimsFor(app, changed)))).status).toBe(200);
  });

  test('keys that a client of another method left behind are of no use', async () => {
    const changed = await registerSigningClient(app, { jwks: keySet(key) });
    const data = { tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC' as const };
    await app.db.oAuthClient.update({ where: { id: changed.id }, data });
    expect(outcome(await present(app, await sign(key, claimsFor(app, changed))))).toEqual(refused);
  });

  test('a disabled client is told so only with the right key', async () => {
    const doomed = await registerSigningClient(app, { jwks: keySet(key) });
    await app.db.oAuthClient.update({ where: { id: doomed.id }, data: { disabledAt: app.clock() } });
    const right = await present(app, await sign(key, claimsFor(app, doomed)));
    const wrong = await present(app, await sign(await makeKey('ES256'), claimsFor(app, doomed)));
    expect([outcome(right), outcome(wrong)]).toEqual([refused, refused]);
    expect(right.body.error_description).toContain('disabled');
    expect(wrong.body.error_description).not.toContain('disabled');
  });
});
