// The discovery documents and the JSON Web Key Set: exact, cacheable, and listing only what exists.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { token } from '../support/oauth.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ issuer: 'https://id.example.com' });
});
afterAll(() => app.close());

const documents = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'];

type Metadata = Record<string, string> & Record<string, string[]>;

async function read(path: string) {
  const response = await app.request(path);
  return { response, body: (await response.json()) as Metadata };
}

test.each(documents)(
  '%s names the issuer exactly, and addresses under it (RFC 8414 3.3, Discovery 4.3)',
  async (path) => {
    const { response, body } = await read(path);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(body.issuer).toBe('https://id.example.com');
    for (const [name, value] of Object.entries(body)) {
      if (/(_endpoint|_uri)$/.test(name)) expect(value).toMatch(/^https:\/\/id\.example\.com\/oauth\/[a-z]+$/);
    }
  },
);

test('both documents are the same', async () => {
  const [openid, oauth] = [await read(documents[0] ?? ''), await read(documents[1] ?? '')];
  expect(openid.body).toEqual(oauth.body);
});

test('has what Discovery 3 and RFC 8414 2 demand, and what a partner looks for (Discovery 4.3, RFC 9700 2.1.1)', async () => {
  const { body } = await read(documents[0] ?? '');
  expect(body).toMatchObject({
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'form_post'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    subject_types_supported: ['public'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    token_endpoint_auth_signing_alg_values_supported: ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'],
    authorization_response_iss_parameter_supported: true,
    claims_parameter_supported: true,
    acr_values_supported: ['1'],
    end_session_endpoint: 'https://id.example.com/oauth/logout',
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
  });
  expect(body.scopes_supported).toContain('openid');
  expect(body.id_token_signing_alg_values_supported).toContain('RS256');
  expect(body.id_token_signing_alg_values_supported).not.toContain('none');
});

test('lists only what exists: every address answers, every grant is known', async () => {
  const { body } = await read(documents[0] ?? '');
  for (const [name, value] of Object.entries(body)) {
    if (!/(_endpoint|_uri)$/.test(name)) continue;
    expect((await app.request(String(value))).status, name).not.toBe(404);
  }
  for (const grantType of body.grant_types_supported ?? []) {
    expect((await token(app, null, { grant_type: grantType })).body.error).toBe('invalid_client');
  }
  const later = { registration: 'register', introspection: 'introspect', revocation: 'revoke' };
  for (const [name, path] of Object.entries(later)) {
    const exists = (await app.request(`/oauth/${path}`, { method: 'POST' })).status !== 404;
    expect(`${name}_endpoint` in body, name).toBe(exists);
  }
});

test.each([...documents.map((path) => [path, 3600] as const), ['/oauth/jwks', 300] as const])(
  '%s may be kept for %i seconds, and has an ETag',
  async (path, seconds) => {
    const { response } = await read(path);
    expect(response.headers.get('cache-control')).toBe(`public, max-age=${seconds}`);
    const etag = response.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[A-Za-z0-9_-]{20,}"$/);
    const again = await app.request(path, { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect((await app.request(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    expect(response.headers.get('set-cookie')).toBeNull();
  },
);

test.each([...documents, '/oauth/jwks'])('%s answers POST with 405, in JSON (RFC 9110 15.5.6)', async (path) => {
  const response = await app.request(path, { method: 'POST' });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  expect(await response.json()).toEqual({ error: 'invalid_request', error_description: 'Use GET or HEAD.' });
});

test.each([...documents, '/oauth/jwks'])('%s answers HEAD as GET, without the body (RFC 9110 9.3.2)', async (path) => {
  const got = await app.request(path);
  const asked = await app.request(path, { method: 'HEAD' });
  expect([asked.status, await asked.text()]).toEqual([200, '']);
  for (const name of ['etag', 'cache-control', 'content-type']) {
    expect(asked.headers.get(name), name).toBe(got.headers.get(name));
  }
  const known = { method: 'HEAD', headers: { 'if-none-match': got.headers.get('etag') ?? '' } };
  expect((await app.request(path, known)).status).toBe(304);
});

test('no device grant, token exchange, registration or pushed request is offered, nor answered (known attacks 11, 12, 23 and 44)', async () => {
  const { body } = await read(documents[0] ?? '');
  expect(Object.keys(body).filter((name) => /device|registration|pushed|backchannel_auth/.test(name))).toEqual([]);
  for (const path of ['device_authorization', 'device', 'register', 'register/x', 'par']) {
    expect((await app.request(`/oauth/${path}`, { method: 'POST' })).status, path).toBe(404);
  }
  const grants = ['device_code', 'token-exchange', 'jwt-bearer', 'saml2-bearer'].map(
    (name) => `urn:ietf:params:oauth:grant-type:${name}`,
  );
  for (const grantType of [...grants, 'urn:openid:params:grant-type:ciba', 'implicit', 'password']) {
    expect((await token(app, null, { grant_type: grantType })).body.error, grantType).toBe('unsupported_grant_type');
  }
});

test('the key set has the public half of each key and no more (RFC 7517)', async () => {
  const { response, body } = await read('/oauth/jwks');
  expect(response.headers.get('content-type')).toBe('application/jwk-set+json');
  const keys = body.keys as unknown as Record<string, string>[];
  expect(keys.map((key) => key.alg).sort()).toEqual(['ES256', 'RS256']);
  for (const key of keys) {
    expect(key).toMatchObject({ use: 'sig', kid: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) });
    const parts =
      key.kty === 'RSA' ? ['alg', 'e', 'kid', 'kty', 'n', 'use'] : ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'];
    expect(Object.keys(key).sort()).toEqual(parts);
  }
});

test('the issuer stays what it is under a hostile Host and forwarded headers (RFC 9700 4.13, CVE-2025-64101)', async () => {
  const headers = {
    host: 'evil.example',
    forwarded: 'host=evil.example;proto=http',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'http',
    'x-forwarded-prefix': '/evil',
    'x-original-host': 'evil.example',
  };
  for (const path of documents) {
    const elsewhere = await app.app.request(`http://evil.example${path}`, { headers });
    expect(await elsewhere.json()).toEqual((await read(path)).body);
  }
});
