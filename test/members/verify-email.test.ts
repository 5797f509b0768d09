// Verifying the e-mail address that a member has: the link, what it proves, and what it does not do.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { dumpAll } from '../support/dump.js';
import { signedIn, signedInBrowser } from '../support/graphql.js';
import { linkTo, mailsTo, queuedMails } from '../support/mail.js';
import { postEmail } from '../support/my-account.js';
import { newBrowser, obtainTokens, postForm, registerClient, userinfo } from '../support/oauth.js';

let app: TestApp;
let member: Awaited<ReturnType<TestApp['addMember']>>;
beforeEach(async () => {
  app = await createTestApp();
  member = await app.addMember('READER', 'grace@example.com');
  await app.db.member.update({ where: { id: member.id }, data: { emailVerifiedAt: null } });
});
afterEach(() => app.close());

const row = () => app.db.member.findUniqueOrThrow({ where: { id: member.id } });
const isVerified = async () => (await row()).emailVerifiedAt !== null;

async function freshLink(): Promise<string> {
  await postEmail(await signedInBrowser(app, member), 'verify', { email: member.email });
  return linkTo(app, member.email);
}

test('a member whose address is not verified sees so, gets a link, and is verified by the button behind it', async () => {
  const client = await registerClient(app);
  const browser = await signedInBrowser(app, member);
  const { accessToken } = await obtainTokens(app, client, {}, browser);
  expect((await userinfo(app, accessToken)).body).toMatchObject({ email: member.email, email_verified: false });
  const profile = await browser.visit('/me');
  expect(profile.html).toContain('Not verified yet');
  expect(profile.html).toContain('name="decision" value="verify"');

  const sent = await postEmail(browser, 'verify', { email: member.email });
  expect([sent.status, sent.url.search]).toEqual([200, '?done=email-verify']);
  const link = await linkTo(app, member.email);
  expect(new URL(link).origin).toBe(app.issuer);
  const page = await browser.visit(link);
  expect([page.headers.get('referrer-policy'), page.headers.get('cache-control')]).toEqual(['no-referrer', 'no-store']);
  expect(await isVerified()).toBe(false);
  const done = await browser.submit(page);
  expect(done.url.href).toBe(`${app.issuer}/me?done=verified`);
  expect(done.html).toContain('Your e-mail address is verified.');
  expect(done.html).not.toContain('Not verified yet');
  expect(done.html).not.toContain('value="verify"');
  expect((await userinfo(app, accessToken)).body).toMatchObject({ email: member.email, email_verified: true });
  const actions = (await app.db.auditLogEntry.findMany({ where: { actorId: member.id } })).map(({ action }) => action);
  expect(actions).toEqual(expect.arrayContaining(['MEMBER_EMAIL_VERIFICATION_SENT', 'MEMBER_EMAIL_VERIFIED']));
});

test('opening the link does not use it up, and the form works in any browser, signed in or not (mail scanners)', async () => {
  const link = await freshLink();
  for (let count = 0; count < 3; count += 1) expect((await newBrowser(app).visit(link)).status).toBe(200);
  expect(await isVerified()).toBe(false);
  const browser = newBrowser(app);
  const done = await browser.submit(await browser.visit(link));
  expect([done.status, done.html.includes('It is done')]).toEqual([200, true]);
  expect(await isVerified()).toBe(true);
  // Nobody was signed in by it.
  expect((await browser.visit('/me')).url.pathname).toBe('/login');
});

test('a second click ends on the same clear page, and changes nothing', async () => {
  const link = await freshLink();
  const browser = newBrowser(app);
  const page = await browser.visit(link);
  await browser.submit(page);
  const { updatedAt } = await row();
  app.clock.advance(5);
  expect((await browser.submit(page)).html).toContain('It is done');
  expect((await newBrowser(app).visit(link)).html).toContain('It is done');
  expect((await row()).updatedAt).toEqual(updatedAt);
  expect(await app.db.auditLogEntry.count({ where: { action: 'MEMBER_EMAIL_VERIFIED' } })).toBe(1);
});

test('a replaced, an expired and an unknown link, and one of a suspended member, verify nothing', async () => {
  const replaced = await freshLink();
  const newest = await freshLink();
  const open = async (link: string) => (await newBrowser(app).visit(link)).status;
  expect(await open(replaced)).toBe(400);
  expect(await open('/verify-email?token=lkl_x')).toBe(400);
  expect(await open('/verify-email')).toBe(400);
  await app.db.member.update({ where: { id: member.id }, data: { status: 'SUSPENDED' } });
  expect(await open(newest)).toBe(400);
  await app.db.member.update({ where: { id: member.id }, data: { status: 'ACTIVE' } });
  app.clock.advance(86_399);
  expect(await open(newest)).toBe(200);
  app.clock.advance(1);
  expect(await open(newest)).toBe(400);
  expect(await isVerified()).toBe(false);
});

test('a link to a former address proves nothing about the present one', async () => {
  const link = await freshLink();
  await app.db.member.update({ where: { id: member.id }, data: { email: 'g@b.example', emailKey: 'g@b.example' } });
  expect((await newBrowser(app).visit(link)).status).toBe(400);
  expect(await isVerified()).toBe(false);
});

test('a link for a new password verifies nothing here', async () => {
  const browser = newBrowser(app);
  await browser.submit(await browser.visit('/forgot-password'), { email: member.email });
  const link = (await linkTo(app, member.email)).replace('/reset-password', '/verify-email');
  expect((await newBrowser(app).visit(link)).status).toBe(400);
});

test('three messages an hour are sent, and then the page says so', async () => {
  const browser = await signedInBrowser(app, member);
  for (let count = 0; count < 3; count += 1) {
    expect((await postEmail(browser, 'verify', { email: member.email })).status).toBe(200);
  }
  const refused = await postEmail(browser, 'verify', { email: member.email });
  expect([refused.status, refused.html.includes('within an hour')]).toEqual([400, true]);
  expect(refused.html).toContain('try again in 60 minutes');
  expect(await mailsTo(app, member.email)).toHaveLength(3);
});

test('one network asks for thirty links in a quarter of an hour, whoever asks', async () => {
  for (let index = 0; index < 30; index += 1) await app.deps.throttles.emailLinks.take('');
  const refused = await postEmail(await signedInBrowser(app, member), 'verify', { email: member.email });
  expect([refused.status, refused.html.includes('Too many messages')]).toEqual([400, true]);
  expect(await queuedMails(app)).toEqual([]);
});

test('a hundred tokens that do not work are all that one network may try', async () => {
  const browser = newBrowser(app);
  for (let index = 0; index < 100; index += 1) {
    expect((await browser.visit('/verify-email?token=lkl_x')).status).toBe(400);
  }
  expect((await browser.visit('/verify-email?token=lkl_x')).status).toBe(429);
});

test('a form from elsewhere sends nothing and verifies nothing (known attack 42)', async () => {
  const link = await freshLink();
  const browser = await signedInBrowser(app, member);
  const token = new URL(link).searchParams.get('token') ?? '';
  expect((await postForm(browser, '/verify-email', { token })).status).toBe(403);
  expect((await postForm(browser, '/me/email', { decision: 'verify', email: member.email })).status).toBe(403);
  expect(await isVerified()).toBe(false);
  expect(await mailsTo(app, member.email)).toHaveLength(1);
});

test('from GraphQL the same, and the token is nowhere but in the message', async () => {
  const ask = await signedIn(app, member);
  const mutation = `mutation ($email: String!) {
    sendEmailVerification(input: { email: $email }) { member { id emailVerified } userErrors { code path } }
  }`;
  expect((await ask(mutation, { email: 'other@example.com' })).data.sendEmailVerification).toEqual({
    member: null,
    userErrors: [{ code: 'INVALID', path: ['email'] }],
  });
  expect((await ask(mutation, { email: 'Grace@Example.com' })).data.sendEmailVerification).toEqual({
    member: { id: member.id, emailVerified: false },
    userErrors: [],
  });
  const link = await linkTo(app, member.email);
  const token = new URL(link).searchParams.get('token') ?? '';
  expect(JSON.stringify([await dumpAll(app), app.logLines])).not.toContain(token);
  const browser = newBrowser(app);
  await browser.submit(await browser.visit(link));
  expect((await ask(mutation, { email: member.email })).data.sendEmailVerification.userErrors).toEqual([
    { code: 'NOT_ALLOWED', path: ['email'] },
  ]);
});
