// Members who delete themselves: what ends, what stays, and what keeps them from it.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { setOwner } from '../../src/members/ownership.js';
import { createTestApp, type TestApp } from '../support/app.js';
import type { TestBrowser } from '../support/browser.js';
import { dumpLasting } from '../support/dump.js';
import { apiTokenOf, bearer, signedIn, signedInBrowser } from '../support/graphql.js';
import { mailsTo } from '../support/mail.js';
import { postOwn } from '../support/my-account.js';
import {
  claimsOf,
  newBrowser,
  obtainCode,
  obtainTokens,
  postForm,
  redeem,
  refresh,
  registerClient,
} from '../support/oauth.js';

let app: TestApp;
let member: Awaited<ReturnType<TestApp['addMember']>>;
let browser: TestBrowser;
beforeEach(async () => {
  app = await createTestApp();
  member = await app.addMember('WRITER', 'grace@example.com');
  browser = await signedInBrowser(app, member);
});
afterEach(() => app.close());

const find = () => app.db.member.findUnique({ where: { id: member.id } });
const remove = (by = browser, more: Record<string, string> = {}) =>
  postOwn(by, '/me/data', { decision: 'delete', confirmEmail: member.email, ...more });

/** As if they had been an ADMIN when they made it. */
const serviceToken = (role: 'READER' | 'WRITER') =>
  apiTokenOf(app, role, { ...member, role: 'ADMIN' }, { isService: true });

test('whoever types their address is deleted, with everything of theirs, and sees a page that says so', async () => {
  const client = await registerClient(app, { backchannelLogoutUri: 'https://app.example.com/logout' });
  const { refreshToken, idToken } = await obtainTokens(app, client, { scope: 'openid offline_access' }, browser);
  const code = await obtainCode(app, client, { scope: 'openid offline_access' }, browser);
  const personal = await apiTokenOf(app, 'READER', member);
  const service = await serviceToken('READER');
  expect((await browser.visit('/me/data')).html).toContain('Delete for good');

  const done = await remove(browser, { confirmEmail: ' Grace@Example.com' });
  expect([done.status, done.url.pathname]).toEqual([200, '/account-deleted']);
  expect(done.html).toContain('Your account is deleted');
  expect(await browser.jar.getCookieString(app.issuer)).not.toMatch(/(^|; )latchkey=/);
  expect((await browser.visit('/me')).url.pathname).toBe('/login');

  expect(await find()).toBeNull();
  for (const table of ['session', 'consent', 'oneTimeLink'] as const) {
    expect(await app.db[table as 'session'].count({ where: { memberId: member.id } })).toBe(0);
  }
  expect((await refresh(app, client, refreshToken)).status).toBe(400);
  expect((await redeem(app, client, code)).status).toBe(400);
  for (const { token } of [personal, service]) {
    expect((await bearer(app, token)('{ viewer { role } }')).status).toBe(401);
  }
  expect((await app.db.logoutDelivery.findMany()).map(({ sessionId }) => sessionId)).toEqual([claimsOf(idToken).sid]);
  expect((await newBrowser(app).signIn(member)).url.pathname).toBe('/login');
  const [mail] = await mailsTo(app, member.email);
  expect(mail?.subject).toBe('You were deleted from Latchkey');

  const entry = await app.db.auditLogEntry.findFirstOrThrow({ where: { action: 'MEMBER_DELETED' } });
  expect(entry).toMatchObject({ actorId: member.id, actorLabel: member.email, targetId: member.id });
  expect(JSON.parse(entry.changes)).toEqual([
    { field: 'transferredApiTokens', before: null, after: '0' },
    { field: 'revokedApiTokens', before: null, after: '2' },
  ]);
  // What they did stays told: the log is never changed.
  expect(await app.db.auditLogEntry.count({ where: { actorId: member.id, action: 'SIGNED_IN' } })).toBe(1);
  // The address is free again.
  await app.addMember('READER', member.email);
});

test('it needs a sign-in of the last ten minutes, which the page asks for and comes back from', async () => {
  app.clock.advance(601);
  expect((await browser.visit('/me/data')).html).not.toContain('Delete for good');
  const refused = await remove();
  expect(refused.url.pathname + refused.url.search).toBe('/login?again=1&return_to=%2Fme%2Fdata');
  expect(await find()).not.toBeNull();
  const back = await browser.signIn(member, refused);
  expect([back.url.pathname, back.html.includes('Delete for good')]).toEqual(['/me/data', true]);
});

test.each(['', 'other@example.com', 'grace'])(
  'typing %j instead of the address deletes nobody',
  async (confirmEmail) => {
    const before = await dumpLasting(app);
    const refused = await remove(browser, { confirmEmail });
    expect(refused.status).toBe(400);
    expect(refused.html).toMatch(/id="confirm-email-error">This is not the address/);
    expect(refused.html).toContain('Your account was not deleted.');
    if (confirmEmail !== '') expect(refused.html).toContain(`value="${confirmEmail}"`);
    expect(await dumpLasting(app)).toEqual(before);
  },
);

test('the page that says so sends whoever is signed in to their account', async () => {
  expect((await browser.visit('/account-deleted')).url.pathname).toBe('/me');
});

test('the owner is told to hand the account on first, on the page and whatever is posted', async () => {
  const owner = await signedInBrowser(app, app.owner);
  const page = await owner.visit('/me/data');
  expect(page.html).toContain('You own');
  expect(page.html).not.toContain('Delete for good');
  const refused = await remove(owner, { confirmEmail: app.owner.email });
  expect([refused.status, refused.html.includes('Transfer the ownership first')]).toEqual([400, true]);
  await setOwner(app.deps, operatorActor, member.id);
  expect((await remove(owner, { confirmEmail: app.owner.email })).url.pathname).toBe('/account-deleted');
  expect(await app.db.member.count({ where: { ownerOf: app.owner.accountId } })).toBe(1);
});

test('a form from elsewhere deletes nobody (known attack 42)', async () => {
  const form = { decision: 'delete', confirmEmail: member.email };
  expect((await postForm(browser, '/me/data', form)).status).toBe(403);
  expect(await find()).not.toBeNull();
});

test('posted twice, it ends on a clear page', async () => {
  const { csrf = '' } = /name="csrf" value="(?<csrf>[^"]+)"/.exec((await browser.visit('/me/data')).html)?.groups ?? {};
  const form = { csrf, decision: 'delete', confirmEmail: member.email };
  const answers = await Promise.all([1, 2, 3].map(() => postForm(browser, '/me/data', form)));
  const places = answers.map((response) => response.headers.get('location') ?? response.status);
  expect(places).toContain('/account-deleted');
  for (const place of places) expect(['/account-deleted', '/login?return_to=%2Fme%2Fdata', 400]).toContain(place);
  expect(await app.db.auditLogEntry.count({ where: { action: 'MEMBER_DELETED' } })).toBe(1);
});

describe('service tokens', () => {
  test('go to whom the member chooses, who is told to rotate them', async () => {
    const { id, token } = await serviceToken('READER');
    const heir = await app.addMember('READER', 'heir@example.com');
    const page = await browser.visit('/me/data');
    expect(page.html).toContain(`<option value="${heir.id}">The READER</option>`);
    expect(page.html).not.toContain('heir@example.com');
    expect((await remove(browser, { heir: heir.id })).url.pathname).toBe('/account-deleted');
    expect(await app.db.apiToken.findUnique({ where: { id } })).toMatchObject({ ownerId: heir.id, revokedAt: null });
    const { data } = await bearer(app, token)('{ viewer { member { id } } }');
    expect(data.viewer.member.id).toBe(heir.id);
    expect((await mailsTo(app, 'heir@example.com'))[0]?.paragraphs.join(' ')).toContain('rotate them');
  });

  test('that rest since their owner lost a role do not wake in other hands (design decision 6)', async () => {
    const { token } = await serviceToken('WRITER');
    await app.db.member.update({ where: { id: member.id }, data: { role: 'READER' } });
    await remove(browser, { heir: app.owner.id });
    expect(await find()).toBeNull();
    expect((await bearer(app, token)('{ viewer { role } }')).status).toBe(401);
  });

  test('go to nobody of another account', async () => {
    await serviceToken('READER');
    const { owner } = await app.addAccount();
    const before = await dumpLasting(app);
    const refused = await remove(browser, { heir: owner.id });
    expect([refused.status, refused.html.includes('no such member')]).toEqual([400, true]);
    expect(await dumpLasting(app)).toEqual(before);
  });
});

describe('from GraphQL', () => {
  const mutation = `mutation ($confirmEmail: String!) {
    deleteMyself(input: { confirmEmail: $confirmEmail }) {
      deletedMemberId transferredApiTokenCount revokedApiTokenCount userErrors { code path }
    }
  }`;

  test('a member deletes themselves in a browser that signed in lately', async () => {
    const ask = await signedIn(app, member);
    expect((await ask(mutation, { confirmEmail: 'x' })).data.deleteMyself.userErrors).toEqual([
      { code: 'INVALID', path: ['confirmEmail'] },
    ]);
    expect((await ask(mutation, { confirmEmail: member.email })).data.deleteMyself).toEqual({
      deletedMemberId: member.id,
      transferredApiTokenCount: 0,
      revokedApiTokenCount: 0,
      userErrors: [],
    });
    expect((await ask('{ viewer { role } }')).data.viewer).toBeNull();
  });

  test('the owner, an API token and a sign-in of long ago do not', async () => {
    const owner = await signedIn(app, app.owner);
    const { userErrors } = (await owner(mutation, { confirmEmail: app.owner.email })).data.deleteMyself;
    expect(userErrors).toEqual([{ code: 'LAST_OWNER', path: [] }]);
    const ask = await signedIn(app, member);
    const token = bearer(app, (await apiTokenOf(app, 'READER', member)).token);
    app.clock.advance(601);
    for (const by of [ask, token]) {
      const { errors } = await by(mutation, { confirmEmail: member.email });
      expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    }
    expect(await find()).not.toBeNull();
  });
});
