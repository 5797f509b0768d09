// A verified client that turns into another one, as far as people can tell, is verified no more, and the answer says so.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { updateOAuthClient } from '../../src/clients/service.js';
import { setOAuthClientVerified } from '../../src/clients/standing.js';
import { actorOfMember } from '../../src/members/service.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, signedIn } from '../support/graphql.js';
import { redirectUri, registerClient, type TestClient } from '../support/oauth.js';

let app: TestApp;
let owner: Ask;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  owner = await signedIn(app, app.owner);
});
beforeEach(async () => {
  client = await registerClient(app, { homepageUrl: 'https://app.example.com/' });
  await setOAuthClientVerified(app.deps, operatorActor, client.clientId, true);
});
afterAll(() => app.close());

async function update(input: Record<string, unknown>) {
  const { data } = await owner(
    `mutation ($input: UpdateOAuthClientInput!) { updateOAuthClient(input: $input) {
      verificationCleared oauthClient { verifiedAt } userErrors { code }
    } }`,
    { input: { id: client.id, ...input } },
  );
  return data.updateOAuthClient;
}

const unverified = () =>
  app.db.auditLogEntry.count({ where: { targetId: client.id, action: 'OAUTH_CLIENT_UNVERIFIED' } });

describe('is cleared by', () => {
  test.each([
    ['another name', { name: 'Somebody else' }],
    ['another web site', { homepageUrl: 'https://evil.example/' }],
    ['no web site', { homepageUrl: null }],
    ['a policy', { policyUrl: 'https://app.example.com/policy' }],
    ['terms', { termsUrl: 'https://app.example.com/terms' }],
    ['a redirect to a new host', { redirectUris: [redirectUri, 'https://evil.example/callback'] }],
    ['a post-logout URI at a new host', { postLogoutRedirectUris: ['https://evil.example/bye'] }],
    ['a redirect to a new port', { redirectUris: [redirectUri, 'https://app.example.com:8443/callback'] }],
  ])('%s', async (_name, change) => {
    expect(await update(change)).toEqual({
      verificationCleared: true,
      oauthClient: { verifiedAt: null },
      userErrors: [],
    });
    expect(await unverified()).toBe(1);
    // The next change has nothing to clear any more.
    expect(await update({ name: 'Yet another' })).toMatchObject({ verificationCleared: false });
    expect(await unverified()).toBe(1);
  });
});

describe('is kept with', () => {
  test.each([
    ['the same name', { name: 'Test app' }],
    ['another note', { description: 'For ourselves' }],
    ['fewer scopes', { scopes: ['openid'] }],
    ['a redirect to another path', { redirectUris: [redirectUri, 'https://app.example.com/other'] }],
    ['a post-logout URI at a host of its redirects', { postLogoutRedirectUris: ['https://app.example.com/bye'] }],
    ['an origin of its pages', { allowedOrigins: ['https://elsewhere.example'] }],
    ['a place to be told of signing out', { backchannelLogoutUri: 'https://elsewhere.example/logout' }],
    ['keys', { jwksUri: 'https://elsewhere.example/jwks' }],
    ['another mode of consent', { consentMode: 'ALWAYS' }],
  ])('%s', async (_name, change) => {
    const { verificationCleared, oauthClient } = await update(change);
    expect(verificationCleared).toBe(false);
    expect(oauthClient.verifiedAt).not.toBeNull();
    expect(await unverified()).toBe(0);
  });
});

test('a redirect may move between the hosts that were there, post-logout URIs among them', async () => {
  const postLogoutRedirectUris = ['https://bye.example.com/'];
  expect((await update({ postLogoutRedirectUris })).verificationCleared).toBe(true);
  await setOAuthClientVerified(app.deps, operatorActor, client.clientId, true);
  const moved = { redirectUris: [redirectUri, 'https://bye.example.com/callback'], postLogoutRedirectUris: null };
  expect((await update(moved)).verificationCleared).toBe(false);
  expect((await update({ postLogoutRedirectUris })).verificationCleared).toBe(false);
});

test('a refused change clears nothing', async () => {
  const { userErrors } = await update({ name: 'Somebody else', scopes: ['root'] });
  expect(userErrors).toHaveLength(1);
  const { verifiedAt } = await app.db.oAuthClient.findUniqueOrThrow({ where: { id: client.id } });
  expect(verifiedAt).not.toBeNull();
});

test('an operator who verifies while the change is under way has not verified what it makes', async () => {
  await setOAuthClientVerified(app.deps, operatorActor, client.clientId, false);
  // The account is read after the client and before anything is written.
  const account = new Proxy(app.db.account, {
    get: (model, name) =>
      name === 'findUniqueOrThrow'
        ? async (query: Parameters<typeof model.findUniqueOrThrow>[0]) => {
            await setOAuthClientVerified(app.deps, operatorActor, client.clientId, true);
            return model.findUniqueOrThrow(query);
          }
        : Reflect.get(model, name, model),
  });
  const db = new Proxy(app.db, { get: (all, name) => (name === 'account' ? account : Reflect.get(all, name, all)) });
  const actor = actorOfMember(app.owner, { ipAddress: null, userAgent: null });
  await updateOAuthClient({ ...app.deps, db }, actor, { id: client.id }, { name: 'Somebody else' }).catch(() => null);
  const { name, verifiedAt } = await app.db.oAuthClient.findUniqueOrThrow({ where: { id: client.id } });
  expect({ name, isVerified: verifiedAt !== null }).not.toEqual({ name: 'Somebody else', isVerified: true });
});
