// Connected apps in GraphQL: a member's own, an admin's view by member and by client, and taking one back.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { succeed } from '../clients/mutate.js';
import { registerApi } from '../support/api-resources.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, signedIn, throughClient } from '../support/graphql.js';
import {
  authorize,
  ask as authorizeOnce,
  authorizeUrl,
  createPkce,
  newBrowser,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  registerClient,
  type TestClient,
  userinfo,
} from '../support/oauth.js';

let app: TestApp;
let owner: Ask;
let member: Awaited<ReturnType<TestApp['addMember']>>;
let ofMember: Ask;
let other: Awaited<ReturnType<TestApp['addAccount']>>;
let ofOther: Ask;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  owner = await signedIn(app, app.owner);
  member = await app.addMember('READER', 'reader@example.com');
  ofMember = await signedIn(app, member);
  other = await app.addAccount('Fabrikam', 'owner@fabrikam.example');
  ofOther = await signedIn(app, other.owner);
});
afterAll(() => app.close());

/** Signs a person in through the client and allows what it asks for. @returns the tokens */
async function connect(person: { email: string; password: string }, scope = 'openid offline_access') {
  const browser = newBrowser(app);
  await browser.signIn(person);
  const { challenge, verifier } = createPkce();
  const pkce = { code_challenge: challenge, code_challenge_method: 'S256' };
  const page = await authorize(browser, authorizeUrl(client, { ...pkce, scope }), person);
  const code = page.url.searchParams.get('code') ?? '';
  const { body } = await redeem(app, client, { code, verifier });
  return { accessToken: body.access_token ?? '', refreshToken: body.refresh_token ?? '', browser };
}

const consentOf = (memberId: string) =>
  app.db.consent.findUniqueOrThrow({ where: { memberId_clientId: { memberId, clientId: client.id } } });
const revoke = async (ask: Ask, id: string) =>
  (
    await ask(
      'mutation ($id: ID!) { revokeConsent(input: { id: $id }) { revokedConsentId userErrors { code path } } }',
      {
        id,
      },
    )
  ).data.revokeConsent;
const notFound = { revokedConsentId: null, userErrors: [{ code: 'NOT_FOUND', path: ['id'] }] };
const nodeOf = async (ask: Ask, id: string) =>
  (await ask('query ($id: ID!) { node(id: $id) { id } }', { id })).data.node;

beforeEach(async () => {
  client = await registerClient(app, { name: 'Reports', homepageUrl: 'https://reports.example/' });
});

describe('viewer.connectedApps lists what was granted (OAuth 2.1 7.9)', () => {
  test('tells a READER of each app what the consent page says, and nothing of the client behind it', async () => {
    const api = await registerApi(app, {
      audience: 'https://orders.example',
      name: 'Orders',
      scopes: [{ name: 'orders:read', description: 'See your orders' }],
    });
    await app.db.oAuthClient.update({
      where: { id: client.id },
      data: { scopes: 'openid profile orders:read' },
    });
    const browser = newBrowser(app);
    const parameters = { scope: 'openid profile orders:read', resource: 'https://orders.example' };
    const { challenge } = createPkce();
    const pkce = { code_challenge: challenge, code_challenge_method: 'S256' };
    const page = await authorize(browser, authorizeUrl(client, { ...pkce, ...parameters }), member);
    expect(page.url.searchParams.get('code')).toMatch(/^lkc_/);
    await app.deps.lastUsed.flush();
    const { data, errors } = await ofMember(`{ viewer { connectedApps(first: 5) { totalCount nodes {
      id subject scopes consentedAt lastUsedAt viewerCanEdit
      allowed { name description audience }
      app { name publisher isVerified logoImageUrl homepageUrl policyUrl termsUrl hosts }
      member { id email } oauthClient { id }
    } } } }`);
    expect(errors).toBeUndefined();
    const here = (name: string) => ({ name, description: expect.any(String), audience: null });
    expect(data.viewer.connectedApps).toEqual({
      totalCount: 1,
      nodes: [
        {
          id: (await consentOf(member.id)).id,
          subject: member.id,
          scopes: ['openid', 'profile'],
          consentedAt: app.clock().toISOString(),
          lastUsedAt: app.clock().toISOString(),
          viewerCanEdit: true,
          allowed: [
            here('openid'),
            here('profile'),
            { name: 'orders:read', description: 'See your orders', audience: api.audience },
          ],
          app: {
            name: 'Reports',
            publisher: 'My organization',
            isVerified: false,
            logoImageUrl: null,
            homepageUrl: 'https://reports.example/',
            policyUrl: null,
            termsUrl: null,
            hosts: ['app.example.com'],
          },
          member: { id: member.id, email: 'reader@example.com' },
          oauthClient: null,
        },
      ],
    });
    await revoke(ofMember, (await consentOf(member.id)).id);
  });

  test('is read with an app’s own token too, which can take nothing back', async () => {
    const ask = await throughClient(app, client, 'openid reader');
    const { data } = await ask('{ viewer { connectedApps { nodes { id viewerCanEdit app { name } } } } }');
    const { id } = await consentOf(app.owner.id);
    expect(data.viewer.connectedApps.nodes).toContainEqual({ id, viewerCanEdit: false, app: { name: 'Reports' } });
    const { errors } = await ask(`mutation { revokeConsent(input: { id: "${id}" }) { revokedConsentId } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect((await consentOf(app.owner.id)).revokedAt).toBeNull();
  });

  test('goes through its pages by cursors, in both directions', async () => {
    const pager = await app.addMember('WRITER', 'pager@example.com');
    const ask = await signedIn(app, pager);
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      client = await registerClient(app, { name: `App ${index}` });
      await connect(pager, 'openid');
      ids.unshift((await consentOf(pager.id)).id);
    }
    const list = async (args: string) => {
      const { data } = await ask(
        `{ viewer { connectedApps(${args}) { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { id } } } }`,
      );
      const { nodes, pageInfo, totalCount } = data.viewer.connectedApps;
      expect(totalCount).toBe(5);
      return { ids: nodes.map(({ id }: { id: string }) => id), pageInfo };
    };
    const first = await list('first: 2');
    expect(first).toMatchObject({ ids: ids.slice(0, 2), pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    const second = await list(`first: 3, after: "${first.pageInfo.endCursor}"`);
    expect(second).toMatchObject({ ids: ids.slice(2), pageInfo: { hasNextPage: false, hasPreviousPage: true } });
    expect((await list(`last: 2, before: "${second.pageInfo.startCursor}"`)).ids).toEqual(ids.slice(0, 2));
    expect((await list('last: 2')).ids).toEqual(ids.slice(3));
    const { errors } = await ask('{ viewer { connectedApps(after: "nonsense") { totalCount } } }');
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe('an admin', () => {
  test('sees what a member allowed, which other members do not see', async () => {
    await connect(member, 'openid email');
    const { id } = await consentOf(member.id);
    const ask =
      'query ($id: ID!) { node(id: $id) { ... on Member { connectedApps { nodes { id oauthClient { clientId } } } } } }';
    const seen = (await owner(ask, { id: member.id })).data.node.connectedApps.nodes;
    expect(seen).toContainEqual({ id, oauthClient: { clientId: client.clientId } });
    const writer = await signedIn(app, await app.addMember('WRITER', 'writer@example.com'));
    expect((await writer(ask, { id: member.id })).data.node).toEqual({ connectedApps: null });
    expect(await nodeOf(owner, id)).toEqual({ id });
    expect(await nodeOf(writer, id)).toBeNull();
    expect(await nodeOf(ofOther, id)).toBeNull();
    expect(await revoke(writer, id)).toEqual(notFound);
    expect(await revoke(ofOther, id)).toEqual(notFound);
  });

  test('sees of a member of another account who allowed one of the clients no more than that, and can take it back', async () => {
    await app.db.oAuthClient.update({ where: { id: client.id }, data: { verifiedAt: app.clock() } });
    const { accessToken, refreshToken } = await connect(other.owner);
    const { id } = await consentOf(other.owner.id);
    const { data } = await owner(
      'query ($id: ID!) { oauthClient(id: $id) { consents { totalCount nodes { id subject scopes member { id email } oauthClient { name } } } } }',
      { id: client.id },
    );
    expect(data.oauthClient.consents).toEqual({
      totalCount: 1,
      nodes: [
        {
          id,
          subject: other.owner.id,
          scopes: ['openid', 'offline_access'],
          member: null,
          oauthClient: { name: 'Reports' },
        },
      ],
    });
    // Whose member it is sees the app, but not the client.
    const mine = await ofOther('{ viewer { connectedApps { nodes { id oauthClient { id } member { email } } } } }');
    expect(mine.data.viewer.connectedApps.nodes).toEqual([
      { id, oauthClient: null, member: { email: 'owner@fabrikam.example' } },
    ]);
    expect(await revoke(owner, id)).toEqual({ revokedConsentId: id, userErrors: [] });
    expect((await userinfo(app, accessToken)).status).toBe(401);
    expect((await refresh(app, client, refreshToken)).status).toBe(400);
    const entry = await app.db.auditLogEntry.findFirstOrThrow({
      where: { action: 'CONSENT_REVOKED', targetId: client.id },
    });
    expect(entry).toMatchObject({ accountId: app.owner.accountId, actorId: app.owner.id, targetLabel: 'Reports' });
    expect(JSON.parse(entry.changes)[0]).toEqual({ field: 'member', before: other.owner.id, after: null });
    expect(JSON.stringify(entry)).not.toContain('fabrikam');
  });
});

describe('revokeConsent ends what was granted (OAuth 2.1 7.9)', () => {
  test('ends the consent, the code that waits, refresh and access tokens at once, and the next sign-in asks anew', async () => {
    const { accessToken, refreshToken, browser } = await obtainTokens(app, client, {
      scope: 'openid offline_access reader',
    });
    const api = bearer(app, accessToken);
    expect((await api('{ viewer { role } }')).status).toBe(200);
    const code = await obtainCode(app, client, { scope: 'openid' }, browser);
    const { id } = await consentOf(app.owner.id);
    expect(await succeed(owner, 'revokeConsent', { id }, 'revokedConsentId')).toEqual({ revokedConsentId: id });
    expect((await userinfo(app, accessToken)).status).toBe(401);
    expect((await api('{ viewer { role } }')).status).toBe(401);
    expect((await refresh(app, client, refreshToken)).body.error).toBe('invalid_grant');
    expect((await redeem(app, client, code)).body.error).toBe('invalid_grant');
    expect((await authorizeOnce(browser, client, { scope: 'openid', prompt: 'none' })).parameters.error).toBe(
      'consent_required',
    );
    expect((await authorizeOnce(browser, client, { scope: 'openid' })).page).toBe('/consent');
    expect(await nodeOf(owner, id)).toBeNull();
    const entry = await app.db.auditLogEntry.findFirstOrThrow({
      where: { action: 'CONSENT_REVOKED', targetId: client.id },
    });
    expect(JSON.parse(entry.changes)).toEqual([
      { field: 'scopes', before: 'openid offline_access reader', after: null },
      { field: 'revokedSignIns', before: null, after: '2' },
    ]);
  });

  test('of what was taken back before, and of a consent without tokens, succeeds quietly', async () => {
    await connect(member, 'openid');
    const { id } = await consentOf(member.id);
    await app.db.tokenFamily.deleteMany({ where: { consentId: id } });
    for (const ask of [ofMember, ofMember, owner]) {
      expect(await revoke(ask, id)).toEqual({ revokedConsentId: id, userErrors: [] });
    }
    const where = { action: 'CONSENT_REVOKED', targetId: client.id };
    expect(await app.db.auditLogEntry.count({ where })).toBe(1);
  });

  test('leaves other members and other apps as they are', async () => {
    const kept = await connect(member);
    await connect(app.owner);
    await revoke(owner, (await consentOf(app.owner.id)).id);
    expect((await refresh(app, client, kept.refreshToken)).status).toBe(200);
  });

  test.each(['con_00000000000000000000000000', 'nonsense', ''])('of %j finds nothing', async (id) => {
    expect(await revoke(owner, id)).toEqual(notFound);
  });

  test('by an API token needs the role ADMIN', async () => {
    await connect(app.owner);
    const { id } = await consentOf(app.owner.id);
    const reader = bearer(app, (await apiTokenOf(app, 'READER')).token);
    const { errors } = await reader(`mutation { revokeConsent(input: { id: "${id}" }) { revokedConsentId } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    const admin = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
    expect(await revoke(admin, id)).toMatchObject({ userErrors: [] });
  });
});
