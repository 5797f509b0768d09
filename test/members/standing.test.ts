// What admins decide about members: roles, suspension, removal. What ends, ends at once and everywhere.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Role } from '../../src/lib/roles.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, signedIn, signedInBrowser } from '../support/graphql.js';
import { mailsTo } from '../support/mail.js';
import {
  authorize,
  authorizeUrl,
  createPkce,
  newBrowser,
  redeem,
  redirectUri,
  registerClient,
  token,
} from '../support/oauth.js';

let app: TestApp;
let ask: Ask;
let count = 0;
beforeAll(async () => {
  app = await createTestApp();
});
beforeEach(async () => {
  ask = await signedIn(app, app.owner);
});
afterAll(() => app.close());

function newMember(role: 'ADMIN' | 'WRITER' | 'READER' = 'WRITER') {
  count += 1;
  return app.addMember(role, `member-${count}@example.com`);
}

async function change(mutation: string, input: object, by = ask) {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}`;
  const what =
    mutation === 'removeMember'
      ? 'removedMemberId transferredApiTokenCount revokedApiTokenCount'
      : 'member { id role status }';
  const { data, errors } = await by(
    `mutation ($input: ${type}Input!) { ${mutation}(input: $input) { ${what} userErrors { code path } } }`,
    { input },
  );
  if (errors) throw new Error(JSON.stringify(errors));
  return data[mutation];
}

/** Signs a member in through a client. @returns what they have by that */
async function everythingOf(member: { email: string; password: string; id: string; accountId: string; role: Role }) {
  const client = await registerClient(app);
  const browser = newBrowser(app);
  const { verifier, challenge } = createPkce();
  const pkce = { code_challenge: challenge, code_challenge_method: 'S256' };
  const url = authorizeUrl(client, { ...pkce, scope: 'openid offline_access reader' });
  const codeOf = async () => (await authorize(browser, url, member)).url.searchParams.get('code') ?? '';
  const tokens = (await redeem(app, client, { code: await codeOf(), verifier })).body;
  return {
    client,
    browser,
    verifier,
    code: await codeOf(),
    accessToken: tokens.access_token ?? '',
    refreshToken: tokens.refresh_token ?? '',
    personal: await apiTokenOf(app, 'ADMIN', member),
    service: await apiTokenOf(app, 'ADMIN', member, { isService: true }),
  };
}
type Everything = Awaited<ReturnType<typeof everythingOf>>;

/** What of it works now. */
async function worksOf(has: Everything) {
  const works = async (answer: Promise<{ data?: { viewer?: unknown } | null }>) =>
    ((await answer).data?.viewer ?? null) !== null;
  const viewer = '{ viewer { role } }';
  return {
    session: await works(has.browser.graphql(viewer)),
    accessToken: await works(bearer(app, has.accessToken)(viewer)),
    personal: await works(bearer(app, has.personal.token)(viewer)),
    service: await works(bearer(app, has.service.token)(viewer)),
    refresh:
      (await token(app, has.client, { grant_type: 'refresh_token', refresh_token: has.refreshToken })).status === 200,
    code: (await redeem(app, has.client, { code: has.code, verifier: has.verifier })).status === 200,
  };
}
const nothing = { session: false, accessToken: false, personal: false, service: false, refresh: false, code: false };

describe('a role', () => {
  test('counts from the next request on, whatever token the member holds (design decision 6)', async () => {
    const member = await newMember('ADMIN');
    const session = await signedIn(app, member);
    const byToken = bearer(app, (await apiTokenOf(app, 'ADMIN', member)).token);
    const result = await change('updateMemberRole', { memberId: member.id, role: 'READER' });
    expect(result).toMatchObject({ member: { role: 'READER' }, userErrors: [] });
    for (const by of [session, byToken]) {
      const { data, errors } = await by('{ viewer { role } oauthClients { totalCount } }');
      expect(data.viewer.role).toBe('READER');
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
    const entry = await app.db.auditLogEntry.findFirstOrThrow({
      where: { action: 'MEMBER_ROLE_CHANGED', targetId: member.id },
    });
    expect(JSON.parse(entry.changes)).toEqual([{ field: 'role', before: 'ADMIN', after: 'READER' }]);
  });

  test('OWNER is given to nobody, and taken from nobody', async () => {
    const member = await newMember();
    expect((await change('updateMemberRole', { memberId: member.id, role: 'OWNER' })).userErrors).toEqual([
      { code: 'NOT_ALLOWED', path: ['role'] },
    ]);
    const admin = await signedIn(app, await newMember('ADMIN'));
    expect((await change('updateMemberRole', { memberId: app.owner.id, role: 'ADMIN' }, admin)).userErrors).toEqual([
      { code: 'LAST_OWNER', path: ['memberId'] },
    ]);
  });

  test('the same again changes nothing and is not recorded', async () => {
    const member = await newMember('READER');
    await change('updateMemberRole', { memberId: member.id, role: 'READER' });
    expect(await app.db.auditLogEntry.count({ where: { action: 'MEMBER_ROLE_CHANGED', targetId: member.id } })).toBe(0);
  });
});

describe('suspending', () => {
  test('ends sessions, tokens and codes at once, and lets API tokens rest (known attack 21)', async () => {
    const member = await newMember('ADMIN');
    const has = await everythingOf(member);
    const result = await change('suspendMember', { memberId: member.id });
    expect(result).toMatchObject({ member: { status: 'SUSPENDED' }, userErrors: [] });
    expect(await worksOf(has)).toEqual(nothing);
    expect((await newBrowser(app).signIn(member)).url.pathname).toBe('/login');
    expect((await mailsTo(app, member.email)).at(-1)?.subject).toBe('You cannot sign in to Latchkey for now');
  });

  test('the owner is not suspended, nor is oneself, nor who was invited', async () => {
    const member = await newMember('ADMIN');
    const admin = await signedIn(app, member);
    const invited = await ask(
      'mutation { inviteMember(input: { email: "i@example.com", role: READER }) { member { id } } }',
    );
    const tries = [
      [app.owner.id, 'LAST_OWNER'],
      [member.id, 'NOT_ALLOWED'],
      [invited.data.inviteMember.member.id, 'NOT_ALLOWED'],
      ['mem_01JX5Z8Q0V7R3M2K9T4W6Y1B0C', 'NOT_FOUND'],
      ['nonsense', 'NOT_FOUND'],
    ];
    for (const [memberId, code] of tries) {
      const { userErrors } = await change('suspendMember', { memberId }, admin);
      expect(userErrors).toEqual([{ code, path: ['memberId'] }]);
    }
  });

  test('restoring gives back signing in and API tokens, and none of the tokens that apps held', async () => {
    const member = await newMember('ADMIN');
    const has = await everythingOf(member);
    await change('suspendMember', { memberId: member.id });
    expect((await change('restoreMember', { memberId: member.id })).member.status).toBe('ACTIVE');
    expect((await mailsTo(app, member.email)).at(-1)?.subject).toBe('You can sign in to Latchkey again');
    expect(await worksOf(has)).toEqual({ ...nothing, personal: true, service: true });
    await signedInBrowser(app, member);
  });

  test('what the member allowed of a request that still waits is asked for anew', async () => {
    const member = await newMember();
    const client = await registerClient(app, { consentMode: 'ALWAYS' });
    const { challenge } = createPkce();
    const browser = newBrowser(app);
    const url = authorizeUrl(client, { code_challenge: challenge, code_challenge_method: 'S256' });
    await browser.signIn(member, await browser.visit(url));
    const request = await app.db.authorizationRequest.findFirstOrThrow({ where: { clientId: client.id } });
    await app.db.authorizationRequest.update({ where: { id: request.id }, data: { consentedById: member.id } });
    await change('suspendMember', { memberId: member.id });
    const after = await app.db.authorizationRequest.findUniqueOrThrow({ where: { id: request.id } });
    expect(after.consentedById).toBeNull();
  });
});

describe('removing', () => {
  test('ends everything at once, and the member is no more', async () => {
    const member = await newMember('ADMIN');
    const has = await everythingOf(member);
    const result = await change('removeMember', { memberId: member.id });
    expect(result).toEqual({
      removedMemberId: member.id,
      transferredApiTokenCount: 0,
      revokedApiTokenCount: 2,
      userErrors: [],
    });
    expect(await worksOf(has)).toEqual(nothing);
    expect((await newBrowser(app).signIn(member)).url.pathname).toBe('/login');
    expect(await app.db.member.count({ where: { id: member.id } })).toBe(0);
    const entry = await app.db.auditLogEntry.findFirstOrThrow({
      where: { action: 'MEMBER_REMOVED', targetId: member.id },
    });
    expect(entry.targetLabel).toBe(member.email);
  });

  test('service tokens go to whom they are given, and do at most what that member may', async () => {
    const member = await newMember('ADMIN');
    const heir = await newMember('READER');
    const service = await apiTokenOf(app, 'ADMIN', member, { isService: true });
    const personal = await apiTokenOf(app, 'ADMIN', member);
    const result = await change('removeMember', { memberId: member.id, transferServiceTokensTo: heir.id });
    expect(result).toMatchObject({ transferredApiTokenCount: 1, revokedApiTokenCount: 1 });
    const { data } = await bearer(app, service.token)('{ viewer { role member { id } } }');
    expect(data.viewer).toEqual({ role: 'READER', member: { id: heir.id } });
    expect((await bearer(app, personal.token)('{ viewer { role } }')).status).toBe(401);
  });

  test('an heir must be somebody else of the account who is active, or nothing happens', async () => {
    const member = await newMember();
    const suspended = await newMember();
    await change('suspendMember', { memberId: suspended.id });
    const other = await app.addAccount('Heirs', 'owner@heirs.example');
    const tries = [
      [member.id, 'INVALID'],
      [suspended.id, 'INVALID'],
      [other.owner.id, 'NOT_FOUND'],
    ];
    for (const [transferServiceTokensTo, code] of tries) {
      const { userErrors } = await change('removeMember', { memberId: member.id, transferServiceTokensTo });
      expect(userErrors).toEqual([{ code, path: ['transferServiceTokensTo'] }]);
    }
    expect(await app.db.member.count({ where: { id: member.id } })).toBe(1);
  });

  test('the owner is not removed, nor does anybody remove themselves', async () => {
    const member = await newMember('ADMIN');
    const admin = await signedIn(app, member);
    expect((await change('removeMember', { memberId: app.owner.id }, admin)).userErrors).toEqual([
      { code: 'LAST_OWNER', path: ['memberId'] },
    ]);
    expect((await change('removeMember', { memberId: member.id }, admin)).userErrors).toEqual([
      { code: 'NOT_ALLOWED', path: ['memberId'] },
    ]);
  });

  test('the clients that the member registered stay, without their name', async () => {
    const member = await newMember('ADMIN');
    const by = await signedIn(app, member);
    const { data } = await by(
      `mutation { createOAuthClient(input: { name: "Kept", redirectUris: ["${redirectUri}"] }) { oauthClient { id } } }`,
    );
    await change('removeMember', { memberId: member.id });
    const seen = await ask('query ($id: ID!) { oauthClient(id: $id) { name createdBy { id } } }', {
      id: data.createOAuthClient.oauthClient.id,
    });
    expect(seen.data.oauthClient).toEqual({ name: 'Kept', createdBy: null });
  });
});

describe('the list', () => {
  test('is searched by name and address, and sorted by name and last use, by admins', async () => {
    await app.addMember('READER', 'zoe@search.example');
    await app.db.member.update({
      where: { emailKey: 'zoe@search.example' },
      data: { name: 'Änne', nameKey: 'änne', searchText: 'zoe@search.example änne' },
    });
    const find = async (search: string, by = ask) =>
      (
        await by('query ($search: String) { members(filter: { search: $search }) { totalCount nodes { name } } }', {
          search,
        })
      ).data.members;
    expect((await find('ÄNN')).nodes).toEqual([{ name: 'Änne' }]);
    expect((await find('zoe@search')).nodes).toEqual([{ name: 'Änne' }]);
    expect((await find('zoe nobody')).totalCount).toBe(0);
    const reader = await signedIn(app, await newMember('READER'));
    expect((await find('änne', reader)).totalCount).toBe(1);
    // Who does not see addresses must not find them out letter by letter.
    expect((await find('zoe@search', reader)).totalCount).toBe(0);

    const names = (await ask('{ members(first: 100, orderBy: { field: NAME, direction: DESC }) { nodes { name } } }'))
      .data.members.nodes;
    expect(names[0].name).toBe('Änne');
    const seen = await ask(
      '{ members(first: 3, orderBy: { field: LAST_SEEN_AT, direction: DESC }) { nodes { lastSeenAt } } }',
    );
    expect(seen.data.members.nodes[0].lastSeenAt).not.toBeNull();
    const refused = await reader('{ members(orderBy: { field: LAST_SEEN_AT }) { totalCount } }');
    expect(refused.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
});
