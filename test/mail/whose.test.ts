// Whose message it was that a server refused: the log names the member by id, whatever the message is, so that the operator can
// tell who waits in vain; and it tells nothing else of it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noteExpiringSecrets } from '../../src/clients/expiry.js';
import { MailError } from '../../src/mail/letter.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { apiTokenOf, signedIn, signedInBrowser } from '../support/graphql.js';
import { mailsTo } from '../support/mail.js';
import { postEmail, postOwn } from '../support/my-account.js';
import { newBrowser, registerClient } from '../support/oauth.js';

let app: TestApp;
let member: Awaited<ReturnType<TestApp['addMember']>>;
beforeEach(async () => {
  const mailTransport = {
    send: () => Promise.reject(new MailError('The SMTP server answered DATA with 554.', { isFinal: true })),
    close() {},
  };
  app = await createTestApp({ mailTransport });
  member = await app.addMember('WRITER', 'grace@example.com');
});
afterEach(() => app.close());

/** Tries to send what waits. @returns whom the log names for each message that was refused, in order */
async function refused(): Promise<(string | undefined)[]> {
  app.logLines.length = 0;
  await app.deps.mailCourier.deliverDue();
  expect(await app.db.mailDelivery.count()).toBe(0);
  const entries = app.logLines.map((line) => JSON.parse(line) as { msg: string; member?: string });
  const whose = entries.filter(({ msg }) => msg.includes('will not be')).map((entry) => entry.member);
  expect(app.logLines.join('')).not.toMatch(/@|lkl_|lki_/);
  return whose.sort();
}

test.each(['suspend', 'restore', 'remove'])('of a member whom an admin decides about: %s', async (what) => {
  const ask = await signedIn(app, app.owner);
  const change = (mutation: string) =>
    ask(`mutation { ${mutation}(input: { memberId: "${member.id}" }) { userErrors { code } } }`);
  if (what === 'restore') {
    await change('suspendMember');
    await refused();
  }
  await change(`${what}Member`);
  expect(await refused()).toEqual([member.id]);
});

test('of both owners, when an account is handed on', async () => {
  const ask = await signedIn(app, app.owner);
  await ask(`mutation { transferOwnership(input: { memberId: "${member.id}" }) { userErrors { code } } }`);
  expect(await refused()).toEqual([app.owner.id, member.id].sort());
});

test('of whoever is invited', async () => {
  const ask = await signedIn(app, app.owner);
  await ask('mutation { inviteMember(input: { email: "ada@example.com", role: READER }) { member { id } } }');
  const invited = await app.db.member.findFirstOrThrow({ where: { status: 'INVITED' } });
  expect(await refused()).toEqual([invited.id]);
});

test('of whoever forgot their password, and then set another', async () => {
  const browser = newBrowser(app);
  await browser.submit(await browser.visit('/forgot-password'), { email: member.email });
  const [mail] = await mailsTo(app, member.email);
  expect(await refused()).toEqual([member.id]);
  await browser.submit(await browser.visit(mail?.action?.url ?? ''), { password: 'another long member password' });
  expect(await refused()).toContain(member.id);
});

test('of whoever verifies their address', async () => {
  await app.db.member.update({ where: { id: member.id }, data: { emailVerifiedAt: null } });
  await postEmail(await signedInBrowser(app, member), 'verify', { email: member.email });
  expect(await refused()).toEqual([member.id]);
});

test('of whoever wants another address: to the present one and the new one, before and after it counts', async () => {
  const browser = await signedInBrowser(app, member);
  await postEmail(browser, 'change', { newEmail: 'hopper@example.com' });
  const [mail] = await mailsTo(app, 'hopper@example.com');
  expect(await refused()).toEqual([member.id, member.id]);
  await browser.submit(await browser.visit(mail?.action?.url ?? ''));
  expect(await refused()).toEqual([member.id, member.id]);
});

test('of nobody, when somebody else has that address: the member who asked is not who reads it', async () => {
  await postEmail(await signedInBrowser(app, member), 'change', { newEmail: app.owner.email });
  // The other message tells the member's present address.
  expect(await refused()).toEqual([member.id, undefined]);
});

test('of whoever deletes themselves, and of whoever gets their service tokens', async () => {
  await apiTokenOf(app, 'READER', { ...member, role: 'ADMIN' }, { isService: true });
  const fields = { decision: 'delete', confirmEmail: member.email, heir: app.owner.id };
  await postOwn(await signedInBrowser(app, member), '/me/data', fields);
  expect(await refused()).toEqual([app.owner.id, member.id].sort());
});

test('of whoever signed in where they never did', async () => {
  const browser = await signedInBrowser(app, member);
  await app.db.session.updateMany({ data: { userAgent: 'another browser' } });
  await app.db.member.update({ where: { id: member.id }, data: { lastSeenAt: app.clock() } });
  await browser.visit('/');
  await signedInBrowser(app, member);
  expect(await refused()).toEqual([member.id]);
});

test('of each owner and admin who is told of a secret that expires', async () => {
  const admin = await app.addMember('ADMIN');
  await registerClient(app);
  const expiresAt = new Date(app.clock().getTime() + 86_400_000);
  await app.db.oAuthClientSecret.updateMany({ data: { expiresAt } });
  expect(await noteExpiringSecrets(app.deps)).toBe(1);
  expect(await refused()).toEqual([app.owner.id, admin.id].sort());
});
