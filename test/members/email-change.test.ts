// Another e-mail address: asked for by whoever signed in lately, proved by a link to the new address, told to the old one.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { setEmail } from '../../src/members/email.js';
import { actorOfMember } from '../../src/members/service.js';
import { removeMember, suspendMember } from '../../src/members/standing.js';
import { beginSession } from '../../src/sessions/service.js';
import { createTestApp, memberPassword, type TestApp } from '../support/app.js';
import type { TestBrowser } from '../support/browser.js';
import { dumpAll } from '../support/dump.js';
import { apiTokenOf, bearer, signedIn, signedInBrowser } from '../support/graphql.js';
import { linkTo, mailsTo, queuedMails } from '../support/mail.js';
import { postEmail } from '../support/my-account.js';
import { claimsOf, newBrowser, obtainTokens, postForm, refresh, registerClient, userinfo } from '../support/oauth.js';

let app: TestApp;
let member: Awaited<ReturnType<TestApp['addMember']>>;
let browser: TestBrowser;
beforeEach(async () => {
  app = await createTestApp();
  member = await app.addMember('WRITER', 'grace@example.com');
  browser = await signedInBrowser(app, member);
});
afterEach(() => app.close());

const newEmail = 'Grace.Hopper@Navy.example';
const row = () => app.db.member.findUniqueOrThrow({ where: { id: member.id } });
const request = (to = newEmail, by = browser) => postEmail(by, 'change', { newEmail: to });
const subjectsTo = async (address: string) => (await mailsTo(app, address)).map(({ subject }) => subject);

async function freshLink(): Promise<string> {
  await request();
  return linkTo(app, newEmail);
}

const confirm = async (link: string, by = browser) => by.submit(await by.visit(link));
const manager = () => ({
  actor: actorOfMember(app.owner, { ipAddress: null, userAgent: null }),
  memberId: app.owner.id,
  role: app.owner.role,
});

test('the address changes when the form behind the link to it is posted, and then everything knows it', async () => {
  const client = await registerClient(app);
  const { accessToken, refreshToken } = await obtainTokens(app, client, { scope: 'openid email' }, browser);
  const elsewhere = await signedInBrowser(app, member);
  const other = await obtainTokens(app, client, { scope: 'openid email' }, elsewhere);
  const { token } = await apiTokenOf(app, 'READER', member);
  const forgotten = newBrowser(app);
  await forgotten.submit(await forgotten.visit('/forgot-password'), { email: member.email });
  const resetLink = await linkTo(app, member.email);

  const asked = await request(` ${newEmail} `);
  expect([asked.status, asked.url.search]).toEqual([200, '?done=email-change']);
  expect(asked.html).toContain('Your address changes when you confirm it there');
  expect(asked.html).toContain(newEmail);
  expect((await row()).email).toBe('grace@example.com');
  expect(await subjectsTo(member.email)).toContain('Somebody asked to change your Latchkey e-mail address');

  const link = await linkTo(app, newEmail);
  expect(new URL(link).origin).toBe(app.issuer);
  for (let count = 0; count < 2; count += 1) expect((await newBrowser(app).visit(link)).status).toBe(200);
  expect((await row()).email).toBe('grace@example.com');
  app.clock.advance(60);
  const confirming = await browser.visit(link);
  expect(confirming.html).toMatch(/from <bdi[^>]*>grace@example\.com<\/bdi> to <bdi[^>]*>[^<]+<\/bdi>/);
  expect(confirming.html).toContain(newEmail);
  const done = await confirm(link);
  expect(done.url.href).toBe(`${app.issuer}/me?done=changed`);
  expect(done.html).toContain(`<dd>${newEmail}`);

  expect(await row()).toMatchObject({
    email: newEmail,
    emailKey: 'grace.hopper@navy.example',
    emailVerifiedAt: app.clock(),
    searchText: 'grace.hopper@navy.example the writer',
    updatedAt: app.clock(),
  });
  expect(await subjectsTo('grace@example.com')).toContain('Your Latchkey e-mail address was changed');
  expect(await subjectsTo(newEmail)).toContain('You sign in to Latchkey with this e-mail address now');

  // This browser stays signed in, every other one does not.
  expect((await browser.visit('/me')).url.pathname).toBe('/me');
  expect((await elsewhere.visit('/me')).url.pathname).toBe('/login');
  expect((await refresh(app, client, other.refreshToken)).status).toBe(400);
  expect((await bearer(app, token)('{ viewer { role } }')).status).toBe(200);
  expect((await newBrowser(app).visit(resetLink)).status).toBe(400);

  expect((await userinfo(app, accessToken)).body).toMatchObject({ email: newEmail, email_verified: true });
  const { body } = await refresh(app, client, refreshToken);
  expect(body.access_token).toBeDefined();
  const claims = JSON.stringify({ id_token: { email: null, email_verified: null } });
  const again = await obtainTokens(app, client, { scope: 'openid email', claims }, browser);
  expect(claimsOf(again.idToken)).toMatchObject({ sub: member.id, email: newEmail, email_verified: true });

  expect((await newBrowser(app).signIn({ email: newEmail, password: memberPassword })).url.pathname).toBe('/');
  expect((await newBrowser(app).signIn(member)).url.pathname).toBe('/login');
  const entry = await app.db.auditLogEntry.findFirstOrThrow({ where: { action: 'MEMBER_EMAIL_CHANGED' } });
  expect(entry).toMatchObject({ actorKind: 'MEMBER', actorId: member.id, targetId: member.id });
  expect(JSON.parse(entry.changes)).toEqual([{ field: 'email', before: 'grace@example.com', after: newEmail }]);
});

test('clients are told of the sessions that end (back-channel logout)', async () => {
  const client = await registerClient(app, { backchannelLogoutUri: 'https://app.example.com/logout' });
  const elsewhere = await signedInBrowser(app, member);
  const { idToken } = await obtainTokens(app, client, {}, elsewhere);
  await obtainTokens(app, client, {}, browser);
  await confirm(await freshLink());
  const told = await app.db.logoutDelivery.findMany();
  expect(told.map(({ sessionId }) => sessionId)).toEqual([claimsOf(idToken).sid]);
});

test('it needs a sign-in of the last ten minutes, which the page asks for and comes back from', async () => {
  app.clock.advance(601);
  const profile = await browser.visit('/me');
  expect(profile.html).not.toContain('value="change"');
  expect(profile.html).toContain('/login?again=1&amp;return_to=%2Fme');
  const refused = await request();
  expect(refused.url.pathname + refused.url.search).toBe('/login?again=1&return_to=%2Fme');
  expect(await queuedMails(app)).toEqual([]);
  const back = await browser.signIn(member, refused);
  expect(back.url.pathname).toBe('/me');
  expect(back.html).toContain('value="change"');
  expect((await request()).url.search).toBe('?done=email-change');
});

test('an address that somebody has is answered like any other; only the message to it tells', async () => {
  const { owner } = await app.addAccount();
  const shown = async (to: string) => {
    const page = await request(to);
    return [page.status, page.url.search, page.html.replaceAll(to, 'ADDRESS')];
  };
  app.statements.length = 0;
  const taken = await shown(owner.email);
  const costOfTaken = app.statements.length;
  app.statements.length = 0;
  expect(await shown('nobody@another.example')).toEqual(taken);
  expect(app.statements).toHaveLength(costOfTaken);
  const [mail] = await mailsTo(app, owner.email);
  expect(mail?.subject).toBe('This e-mail address is in use at Latchkey');
  expect(mail?.action).toBeUndefined();
  expect(JSON.stringify(mail)).not.toContain(member.email);
  // The message to a new address does not tell whose it may become either: it may have been mistyped.
  expect(JSON.stringify(await mailsTo(app, 'nobody@another.example'))).not.toContain(member.email);
  expect((await app.db.member.findUniqueOrThrow({ where: { id: owner.id } })).email).toBe(owner.email);
});

test('whoever reads a message that went astray does not get the member by it', async () => {
  const link = await freshLink();
  const stranger = newBrowser(app);
  const page = await stranger.visit(link);
  expect([page.status, page.html.includes('Sign in first'), page.html.includes('<form')]).toEqual([200, true, false]);
  expect(page.html).not.toContain(member.email);
  const csrf = /name="csrf" value="([^"]+)"/.exec((await stranger.visit('/login')).html)?.[1] ?? '';
  const token = new URL(link).searchParams.get('token') ?? '';
  await postForm(stranger, '/verify-email', { csrf, token });
  const colleague = await signedInBrowser(app, app.owner);
  const other = await colleague.visit(link);
  expect([other.status, other.html.includes('for somebody else')]).toEqual([403, true]);
  expect(await postForm(colleague, '/verify-email', { csrf, token })).toMatchObject({ status: 403 });
  expect((await row()).email).toBe('grace@example.com');
  expect((await newBrowser(app).visit(link)).status).toBe(200);
});

test('in another browser the member signs in with the old address, and comes back to the link', async () => {
  const link = await freshLink();
  const phone = newBrowser(app);
  const href = /href="(\/login\?return_to=[^"]+)"/.exec((await phone.visit(link)).html)?.[1] ?? '';
  const page = await phone.signIn(member, await phone.visit(href));
  expect(page.url.href).toBe(link);
  expect((await phone.submit(page)).url.search).toBe('?done=changed');
  expect((await row()).email).toBe(newEmail);
  expect((await browser.visit('/me')).url.pathname).toBe('/login');
});

test.each([
  '/verify-email?token=x',
  '/verify-email',
  '/verify-email?token=lkl_x&return_to=https://evil.example',
  '//evil.example/verify-email?token=lkl_x',
])('a sign-in does not lead to %s', async (address) => {
  const other = newBrowser(app);
  const login = await other.visit(`/login?return_to=${encodeURIComponent(address)}`);
  expect((await other.signIn(member, login)).url.pathname).toBe('/');
});

describe('a change that waits', () => {
  test('is replaced by a newer one, and taken back by the member', async () => {
    const first = await freshLink();
    await request('second@example.com');
    const second = await linkTo(app, 'second@example.com');
    expect((await browser.visit(first)).status).toBe(400);
    const ofFirst = await postEmail(browser, 'cancel', { newEmail });
    expect([ofFirst.status, ofFirst.html.includes('No change to this address')]).toEqual([400, true]);
    const cancelled = await postEmail(browser, 'cancel', { newEmail: 'second@example.com' });
    expect(cancelled.html).toContain('Your address stays as it is.');
    expect(cancelled.html).not.toContain('Your address changes when');
    expect((await browser.visit(second)).status).toBe(400);
    expect((await postEmail(browser, 'cancel', { newEmail: 'second@example.com' })).status).toBe(400);
  });

  test('ends after an hour', async () => {
    const link = await freshLink();
    app.clock.advance(3599);
    expect((await browser.visit(link)).status).toBe(200);
    app.clock.advance(1);
    expect((await browser.visit(link)).status).toBe(400);
    expect((await browser.visit('/me')).html).not.toContain('Your address changes when');
  });

  test('ends with a new password, as whoever did not ask for it sets', async () => {
    const link = await freshLink();
    const victim = newBrowser(app);
    await victim.submit(await victim.visit('/forgot-password'), { email: member.email });
    const reset = await linkTo(app, member.email);
    expect(reset).toContain('/reset-password');
    await victim.submit(await victim.visit(reset), { password: 'quite another long password' });
    expect((await victim.visit(link)).status).toBe(400);
    expect((await row()).email).toBe('grace@example.com');
  });

  test('ends with suspension, also when the member is restored', async () => {
    const link = await freshLink();
    await suspendMember(app.deps, manager(), member.id);
    await app.db.member.update({ where: { id: member.id }, data: { status: 'ACTIVE' } });
    expect((await (await signedInBrowser(app, member)).visit(link)).status).toBe(400);
  });

  test('ends with removal', async () => {
    const link = await freshLink();
    await removeMember(app.deps, manager(), member.id);
    expect((await newBrowser(app).visit(link)).status).toBe(400);
    expect(await app.db.oneTimeLink.count()).toBe(0);
  });
});

test('a link is used once, and a second click is told that it is done', async () => {
  const link = await freshLink();
  const page = await browser.visit(link);
  expect((await browser.submit(page)).url.search).toBe('?done=changed');
  expect((await browser.submit(page)).html).toContain('It is done');
  await setEmail(app.deps, operatorActor, member.id, 'third@example.com', true);
  const stale = await newBrowser(app).visit(link);
  expect([stale.status, stale.html.includes('does not work any more')]).toEqual([400, true]);
  expect((await row()).email).toBe('third@example.com');
});

test('a sign-in that was proved with the former address begins no session', async () => {
  const actor = actorOfMember(member, { ipAddress: null, userAgent: null });
  await setEmail(app.deps, operatorActor, member.id, 'third@example.com', true);
  expect(await beginSession(app.deps, actor, member, ['pwd'])).toBeNull();
});

test('three in an hour are the most, to whatever addresses', async () => {
  for (const to of ['a@example.com', 'b@example.com', app.owner.email]) expect((await request(to)).status).toBe(200);
  const refused = await request('d@example.com');
  expect([refused.status, refused.html.includes('within an hour')]).toEqual([400, true]);
  expect(refused.html).toContain('value="d@example.com"');
  expect(await mailsTo(app, 'd@example.com')).toEqual([]);
});

test.each(['no address', 'grace@example.com', ''])('%j is refused, and sends nothing', async (to) => {
  expect((await request(to)).status).toBe(400);
  expect(await queuedMails(app)).toEqual([]);
});

test('another spelling of one’s own address is changed like any other', async () => {
  await request('Grace@Example.com');
  await confirm(await linkTo(app, 'Grace@Example.com'));
  expect(await row()).toMatchObject({ email: 'Grace@Example.com', emailKey: 'grace@example.com' });
});

test('a form from elsewhere asks for nothing (known attack 42)', async () => {
  expect((await postForm(browser, '/me/email', { decision: 'change', newEmail })).status).toBe(403);
  expect(await queuedMails(app)).toEqual([]);
});

test('neither address is in the log, and no token is in the database', async () => {
  const link = await freshLink();
  await confirm(link);
  const token = new URL(link).searchParams.get('token') ?? '';
  expect(JSON.stringify([await dumpAll(app), app.logLines])).not.toContain(token);
  expect(app.logLines.join('')).not.toContain(newEmail);
});

describe('from GraphQL', () => {
  const mutation = `mutation ($newEmail: String!) {
    requestEmailChange(input: { newEmail: $newEmail }) { pendingEmailChange { email expiresAt } userErrors { code path } }
  }`;

  test('it is asked for, seen and taken back in a browser that signed in lately', async () => {
    const ask = await signedIn(app, member);
    const pendingEmailChange = { email: newEmail, expiresAt: '2026-06-01T13:00:00.000Z' };
    expect((await ask(mutation, { newEmail })).data.requestEmailChange).toEqual({ pendingEmailChange, userErrors: [] });
    const viewer = '{ viewer { pendingEmailChange { email requestedAt } } }';
    expect((await ask(viewer)).data.viewer.pendingEmailChange).toMatchObject({ email: newEmail });
    const cancel = `mutation { cancelEmailChange(input: { newEmail: "${newEmail}" }) { member { email } userErrors { code } } }`;
    expect((await ask(cancel)).data.cancelEmailChange).toEqual({ member: { email: member.email }, userErrors: [] });
    expect((await ask(cancel)).data.cancelEmailChange).toEqual({ member: null, userErrors: [{ code: 'NOT_FOUND' }] });
    expect((await ask(viewer)).data.viewer.pendingEmailChange).toBeNull();
    expect((await ask(mutation, { newEmail: 'x' })).data.requestEmailChange.userErrors).toEqual([
      { code: 'INVALID', path: ['newEmail'] },
    ]);
  });

  test('a sign-in of long ago and an API token are refused with what to do', async () => {
    const ask = await signedIn(app, member);
    const token = bearer(app, (await apiTokenOf(app, 'READER', member)).token);
    app.clock.advance(601);
    for (const by of [ask, token]) {
      const { data, errors } = await by(mutation, { newEmail });
      expect(data.requestEmailChange).toBeNull();
      expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    }
    expect((await ask(mutation, { newEmail })).errors?.[0]?.message).toContain('/login?again=1');
    expect(await queuedMails(app)).toEqual([]);
  });
});
