// createOAuthClient when all is well: defaults, what is stored, and the secret that is shown once and works.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, signedIn } from '../support/graphql.js';
import { registerClient, token } from '../support/oauth.js';

let app: TestApp;
let owner: Ask;
beforeAll(async () => {
  app = await createTestApp();
  owner = await signedIn(app, app.owner);
});
afterAll(() => app.close());

const mutation = `mutation ($input: CreateOAuthClientInput!) { createOAuthClient(input: $input) {
  clientSecret
  oauthClient {
    id clientId account { id } name description type homepageUrl policyUrl termsUrl redirectUris grantTypes scopes
    tokenEndpointAuthMethod requirePkce consentMode idTokenSigningAlgorithm accessTokenSigningAlgorithm userinfoSigningAlgorithm responseModes
    lifetimes { accessTokenSeconds refreshTokenSeconds refreshTokenIdleSeconds idTokenSeconds }
    secrets { hint createdBy { id } expiresAt lastUsedAt } createdBy { id } version
    createdAt updatedAt lastUsedAt disabledAt verifiedAt
  }
  userErrors { code message path }
} }`;

type OAuthClient = Record<string, unknown> & { readonly id: string; readonly clientId: string };

async function create(input: Record<string, unknown>) {
  const { data, errors, headers } = await owner(mutation, { input });
  expect(errors).toBeUndefined();
  expect(data.createOAuthClient.userErrors).toEqual([]);
  expect(headers.get('cache-control')).toBe('no-store');
  return data.createOAuthClient as { clientSecret: string | null; oauthClient: OAuthClient };
}

const redirectUris = ['https://app.example.com/callback'];
const secretFormat = /^lks_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/;

describe('a client of which only the name and a redirect URI is said', () => {
  test('is CONFIDENTIAL, with PKCE, Basic, code and refresh, and the scopes of signing in (OAuth 2.1 7.5.1.1)', async () => {
    const { clientSecret, oauthClient } = await create({ name: 'Defaults', redirectUris });
    const now = app.deps.clock().toISOString();
    expect(oauthClient).toEqual({
      id: expect.stringMatching(/^cli_[0-9A-HJKMNP-TV-Z]{26}$/),
      clientId: expect.stringMatching(/^[0-9a-f]{32}$/),
      account: { id: app.owner.accountId },
      name: 'Defaults',
      description: null,
      type: 'CONFIDENTIAL',
      homepageUrl: null,
      policyUrl: null,
      termsUrl: null,
      redirectUris,
      grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN'],
      scopes: ['openid', 'profile', 'email'],
      tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC',
      requirePkce: true,
      consentMode: 'REMEMBER',
      idTokenSigningAlgorithm: 'RS256',
      accessTokenSigningAlgorithm: 'ES256',
      userinfoSigningAlgorithm: null,
      responseModes: ['QUERY', 'FORM_POST'],
      lifetimes: {
        accessTokenSeconds: 600,
        refreshTokenSeconds: 90 * 86_400,
        refreshTokenIdleSeconds: 30 * 86_400,
        idTokenSeconds: 3600,
      },
      secrets: [{ hint: clientSecret?.slice(-4), createdBy: { id: app.owner.id }, expiresAt: null, lastUsedAt: null }],
      createdBy: { id: app.owner.id },
      version: 1,
      createdAt: now,
      updatedAt: now,
      lastUsedAt: null,
      disabledAt: null,
      verifiedAt: null,
    });
    expect(clientSecret).toMatch(secretFormat);
  });

  test.each(['PUBLIC', 'NATIVE'])('has no secret and no method when it is %s', async (type) => {
    const { clientSecret, oauthClient } = await create({ name: type, type, redirectUris });
    expect(clientSecret).toBeNull();
    expect(oauthClient).toMatchObject({ type, tokenEndpointAuthMethod: 'NONE', requirePkce: true, secrets: [] });
    expect(await app.db.oAuthClientSecret.count({ where: { clientId: oauthClient.id } })).toBe(0);
  });
});

test('everything that can be said is stored as it was said', async () => {
  const input = {
    name: 'Everything',
    description: 'Two\nlines',
    type: 'CONFIDENTIAL',
    redirectUris: ['https://app.example.com/?tenant=1', 'https://other.example.com'],
    grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'CLIENT_CREDENTIALS'],
    scopes: ['openid', 'offline_access', 'reader'],
    tokenEndpointAuthMethod: 'CLIENT_SECRET_POST',
    requirePkce: false,
    consentMode: 'ALWAYS',
    idTokenSigningAlgorithm: 'ES256',
    accessTokenSigningAlgorithm: 'RS256',
    userinfoSigningAlgorithm: 'RS256',
    responseModes: ['FORM_POST'],
    lifetimes: {
      accessTokenSeconds: 60,
      refreshTokenSeconds: 7200,
      refreshTokenIdleSeconds: 3600,
      idTokenSeconds: 120,
    },
    homepageUrl: 'https://Example.com',
    policyUrl: 'https://example.com/policy',
    termsUrl: 'https://example.com/terms',
  };
  expect((await create(input)).oauthClient).toMatchObject(input);
});

test('a redirect URI is stored and given back byte for byte', async () => {
  const uris = [
    'https://app.example.com',
    'https://app.example.com/',
    'https://app.example.com/a%2Fb?x=%20&y=1+2',
    'https://app.example.com:8443/~user/',
  ];
  const { oauthClient } = await create({ name: 'Bytes', redirectUris: uris });
  expect(oauthClient.redirectUris).toEqual(uris);
  const rows = await app.db.oAuthClientRedirectUri.findMany({
    where: { clientId: oauthClient.id },
    orderBy: { position: 'asc' },
  });
  expect(rows.map(({ uri }) => uri)).toEqual(uris);
});

test('a client that signs nobody in needs no redirect URI', async () => {
  const { oauthClient } = await create({ name: 'Machine', grantTypes: ['CLIENT_CREDENTIALS'], scopes: [] });
  expect(oauthClient).toMatchObject({ redirectUris: [], grantTypes: ['CLIENT_CREDENTIALS'], scopes: [] });
});

describe('the secret', () => {
  const input = { name: 'Secret', redirectUris, grantTypes: ['CLIENT_CREDENTIALS'], scopes: ['reader'] };

  test('works at the token endpoint, and another one does not', async () => {
    const { clientSecret, oauthClient } = await create(input);
    const client = { id: '', clientId: oauthClient.clientId, secret: clientSecret ?? '' };
    const form = { grant_type: 'client_credentials' };
    expect((await token(app, client, form)).status).toBe(200);
    const other = await create(input);
    expect((await token(app, { ...client, secret: other.clientSecret ?? '' }, form)).status).toBe(401);
    await app.deps.lastUsed.flush();
    const { data } = await owner('query ($id: ID) { oauthClient(id: $id) { lastUsedAt secrets { lastUsedAt } } }', {
      id: oauthClient.id,
    });
    const now = app.deps.clock().toISOString();
    expect(data.oauthClient).toEqual({ lastUsedAt: now, secrets: [{ lastUsedAt: now }] });
  });

  test('is nowhere in the database or the log, and in no later answer', async () => {
    const { clientSecret, oauthClient } = await create(input);
    const secret = String(clientSecret);
    const random = secret.slice('lks_'.length + 13);
    const tables = Object.entries(app.db as unknown as Record<string, { findMany?: () => Promise<unknown[]> }>).filter(
      ([, table]) => typeof table?.findMany === 'function',
    );
    expect(tables.map(([name]) => name)).toContain('oAuthClientSecret');
    for (const [, table] of tables) expect(JSON.stringify(await table.findMany?.())).not.toContain(random);
    expect(app.logLines.join('\n')).not.toContain(random);
    const later = await owner(
      'query ($id: ID!) { node(id: $id) { ... on OAuthClient { name clientId secrets { id hint } } } }',
      {
        id: oauthClient.id,
      },
    );
    expect(JSON.stringify(later)).not.toContain(random);
  });

  test('has no field outside the payload that shows it', async () => {
    const { data } = await owner('{ __schema { types { name fields { name } } } }');
    const types = data.__schema.types as { name: string; fields: { name: string }[] | null }[];
    const withSecret = types.filter(({ fields }) =>
      fields?.some(({ name }) => /^(clientSecret|token|hash)$/.test(name)),
    );
    expect(withSecret.map(({ name }) => name).sort()).toEqual([
      'CreateApiTokenPayload',
      'CreateOAuthClientPayload',
      'RotateApiTokenPayload',
      'RotateOAuthClientSecretPayload',
    ]);
  });
});

test('the audit log says who registered what, without the secret', async () => {
  const { oauthClient } = await create({ name: 'Audited', redirectUris });
  const [entry] = await app.db.auditLogEntry.findMany({ where: { targetId: oauthClient.id } });
  expect(entry).toMatchObject({
    action: 'OAUTH_CLIENT_CREATED',
    accountId: app.owner.accountId,
    actorKind: 'MEMBER',
    actorId: app.owner.id,
    targetLabel: 'Audited',
  });
  expect(JSON.parse(entry?.changes ?? '[]')).toContainEqual({
    field: 'redirectUris',
    before: null,
    after: redirectUris[0],
  });
});

test.each([undefined, null])(
  'a client that nobody signs in to has no scopes about people by itself (scopes: %s)',
  async (scopes) => {
    const client = await registerClient(app, { grantTypes: ['client_credentials'], redirectUris: [], scopes });
    expect(await app.db.oAuthClient.findUniqueOrThrow({ where: { id: client.id } })).toMatchObject({ scopes: '' });
  },
);
