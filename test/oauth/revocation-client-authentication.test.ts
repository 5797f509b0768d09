// Every way for a client to prove who it is works at revocation and introspection as at the token endpoint (RFC 7009 section
// 2.1, RFC 7662 section 2.1), and what discovery says of it is true (RFC 8414 section 2).
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GivenMetadata } from '../../src/clients/metadata.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { assertionType, claimsFor, keySet, makeKey, sign, type TestKey } from '../support/assertions.js';
import { formatBasicCredentials } from '../support/basic-credentials.js';
import { countHashes, registerClient, type TestClient, token } from '../support/oauth.js';
import { postPlain } from '../support/tokens.js';

let app: TestApp;
let key: TestKey;
beforeAll(async () => {
  app = await createTestApp();
  key = await makeKey();
});
afterAll(() => app.close());

const robot = { grantTypes: ['client_credentials'], redirectUris: [], scopes: ['reader'] } as const;

interface Proof {
  readonly form: Record<string, string>;
  readonly headers: Record<string, string>;
}
type Method = 'CLIENT_SECRET_BASIC' | 'CLIENT_SECRET_POST' | 'PRIVATE_KEY_JWT';
const proofs: Record<Method, (client: TestClient) => Proof | Promise<Proof>> = {
  CLIENT_SECRET_BASIC: ({ clientId, secret }) => ({
    form: {},
    headers: { authorization: formatBasicCredentials(clientId, secret) },
  }),
  CLIENT_SECRET_POST: ({ clientId, secret }) => ({ form: { client_id: clientId, client_secret: secret }, headers: {} }),
  PRIVATE_KEY_JWT: async (client) => ({
    form: { client_assertion_type: assertionType, client_assertion: await sign(key, claimsFor(app, client)) },
    headers: {},
  }),
};
const methods = Object.keys(proofs) as Method[];

function register(method: Method): Promise<TestClient> {
  const jwks: GivenMetadata = method === 'PRIVATE_KEY_JWT' ? { jwks: keySet(key) } : {};
  return registerClient(app, { ...robot, ...jwks, tokenEndpointAuthMethod: method });
}

async function ask(path: string, given: string, proof: Proof) {
  const { status, text } = await postPlain(app, path, { token: given, ...proof.form }, proof.headers);
  return [status, JSON.parse(text)] as const;
}

async function accessToken(client: TestClient, method: Method): Promise<string> {
  const { form, headers } = await proofs[method](client);
  const grant = { grant_type: 'client_credentials', ...form };
  if (method === 'CLIENT_SECRET_BASIC') return (await token(app, client, grant)).body.access_token ?? '';
  return JSON.parse((await postPlain(app, '/oauth/token', grant, headers)).text).access_token;
}

test.each(methods)('%s', async (method) => {
  const client = await register(method);
  const given = await accessToken(client, method);
  expect(await ask('/oauth/introspect', given, await proofs[method](client))).toMatchObject([200, { active: true }]);
  expect(await ask('/oauth/revoke', given, await proofs[method](client))).toEqual([200, {}]);
  expect(await ask('/oauth/introspect', given, await proofs[method](client))).toEqual([200, { active: false }]);
});

test.each(methods)(
  'no other way than %s for a client that is registered for it (ASVS 5.0 10.4.9, CVE-2026-16093, CVE-2026-44476)',
  async (method) => {
    const client = await register(method);
    const given = await accessToken(client, method);
    const others: Proof[] = [{ form: { client_id: client.clientId }, headers: {} }];
    for (const other of methods.filter((candidate) => candidate !== method)) others.push(await proofs[other](client));
    for (const proof of others) {
      for (const path of ['/oauth/introspect', '/oauth/revoke']) {
        expect(await ask(path, given, proof)).toMatchObject([401, { error: 'invalid_client' }]);
      }
    }
    expect(await ask('/oauth/introspect', given, await proofs[method](client))).toMatchObject([200, { active: true }]);
  },
);

test('two ways at once are refused (OAuth 2.1 2.4)', async () => {
  const client = await register('CLIENT_SECRET_BASIC');
  const { headers } = await proofs.CLIENT_SECRET_BASIC(client);
  const { form } = await proofs.CLIENT_SECRET_POST(client);
  for (const path of ['/oauth/introspect', '/oauth/revoke']) {
    expect(await ask(path, 'x', { form, headers })).toMatchObject([400, { error: 'invalid_request' }]);
  }
});

test('an assertion is used up at one endpoint for all (RFC 7523 3, CVE-2020-5300)', async () => {
  const client = await register('PRIVATE_KEY_JWT');
  const paths = ['/oauth/token', '/oauth/introspect', '/oauth/revoke'];
  for (const first of paths) {
    const proof = await proofs.PRIVATE_KEY_JWT(client);
    const form = { ...proof.form, grant_type: 'client_credentials' };
    expect((await ask(first, 'x', { form, headers: {} }))[0]).toBe(200);
    for (const second of paths) {
      expect(await ask(second, 'x', { form, headers: {} })).toMatchObject([401, { error: 'invalid_client' }]);
    }
  }
});

test('a secret that was right at one endpoint costs no second hash at another', async () => {
  const client = await register('CLIENT_SECRET_BASIC');
  const counted = countHashes(app);
  await accessToken(client, 'CLIENT_SECRET_BASIC');
  for (const path of ['/oauth/introspect', '/oauth/revoke'])
    await ask(path, 'x', await proofs.CLIENT_SECRET_BASIC(client));
  expect(counted.verify).toBe(1);
});

test('discovery names both endpoints and how to authenticate there (RFC 8414 2)', async () => {
  const response = await app.request('/.well-known/oauth-authorization-server');
  const algorithms = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'];
  expect(await response.json()).toMatchObject({
    revocation_endpoint: `${app.issuer}/oauth/revoke`,
    revocation_endpoint_auth_methods_supported: [
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'none',
    ],
    revocation_endpoint_auth_signing_alg_values_supported: algorithms,
    introspection_endpoint: `${app.issuer}/oauth/introspect`,
    introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    introspection_endpoint_auth_signing_alg_values_supported: algorithms,
  });
});
