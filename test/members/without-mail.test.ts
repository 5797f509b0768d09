// What works by e-mail alone, where none is sent: a public service without an SMTP server says so at once, to everybody alike, and
// stores nothing that nobody would ever hear of. Everything that merely tells somebody something goes on.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { readSmtpUrl, type SmtpServer } from '../../src/config/mail.js';
import { setEmail } from '../../src/members/email.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, signedIn, signedInBrowser } from '../support/graphql.js';
import { mailsTo, queuedMails } from '../support/mail.js';
import { postEmail, postOwn } from '../support/my-account.js';
import { authorizeUrl, newBrowser, postForm, registerClient } from '../support/oauth.js';

const issuer = 'https://id.example.com';
const noMail = {
  code: 'NOT_ALLOWED',
  message: expect.stringMatching(/sends no e-mail.*operates.*LATCHKEY_SMTP_URL/),
  path: [],
};

let app: TestApp;
let member: Awaited<ReturnType<TestApp['addMember']>>;
beforeEach(async () => {
  app = await createTestApp({ issuer });
  member = await app.addMember('WRITER', 'grace@example.com');
});
afterEach(() => app.close());

/** Everything that could have been stored by what was asked for. */
async function stored() {
  const { db } = app;
  const [mails, links, members, invitations, keys, entries] = await Promise.all([
    db.mailDelivery.count(),
    db.oneTimeLink.count(),
    db.member.count(),
    db.invitation.findMany(),
    db.idempotencyRecord.count(),
    db.auditLogEntry.count(),
  ]);
  return { mails, links, members, invitations, keys, entries };
}

async function mutate(ask: Ask, mutation: string, input: object) {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const answer = await ask(
    `mutation ($input: ${type}!) { ${mutation}(input: $input) { userErrors { code message path } } }`,
    { input },
  );
  expect(answer.errors).toBeUndefined();
  return answer.data[mutation].userErrors;
}

describe('a forgotten password', () => {
  test('the sign-in page leads to a page that promises no link, says whom to ask, and leads back', async () => {
    const browser = newBrowser(app);
    expect((await browser.visit('/login')).html).toContain('href="/forgot-password"');
    const page = await browser.visit('/forgot-password');
    expect(page.status).toBe(200);
    expect(page.html).toContain('This service sends no e-mail');
    expect(page.html).toContain('Ask whoever operates this service for a new password.');
    expect(page.html).not.toContain('LATCHKEY_SMTP_URL');
    expect(page.html).not.toMatch(/We send you|<form|is on its way/);
    expect(page.html).toContain('href="/login"');
  });

  test('so does the address that a sent form leads to, and the app that waits is not lost', async () => {
    const client = await registerClient(app);
    const browser = newBrowser(app);
    const login = await browser.visit(
      authorizeUrl(client, { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' }),
    );
    const [, query] = /href="\/forgot-password(\?request=\w+)"/.exec(login.html) ?? [];
    const page = await browser.visit(`/forgot-password${query}`);
    expect(page.html).toContain(`href="/login${query}"`);
    const sent = await browser.visit('/forgot-password?sent=1');
    expect(sent.html).toContain('This service sends no e-mail');
    expect(sent.html).not.toContain('is on its way');
  });

  test('a form of before is answered with the same bytes, whoever has the address, and nothing is stored', async () => {
    const before = await stored();
    const answers: unknown[] = [];
    for (const email of [member.email, 'nobody@example.com', 'no address']) {
      const browser = newBrowser(app);
      const csrf = /name="csrf" value="([^"]+)"/.exec((await browser.visit('/login')).html)?.[1] ?? '';
      const response = await postForm(browser, '/forgot-password', { csrf, email });
      answers.push([response.status, await response.text()]);
    }
    expect(answers[0]).toEqual([400, expect.stringContaining('This service sends no e-mail')]);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await stored()).toEqual(before);
  });
});

describe('an invitation', () => {
  test('is refused before anybody is a member by it, and its idempotency key is free afterwards', async () => {
    const ask = await signedIn(app, app.owner);
    const before = await stored();
    const input = { email: 'ada@example.com', role: 'READER', idempotencyKey: 'once' };
    expect(await mutate(ask, 'inviteMember', input)).toEqual([noMail]);
    expect(await stored()).toEqual(before);
  });

  test('is not sent again, and the link that was sent when there was e-mail works on', async () => {
    const ask = await signedIn(app, app.owner);
    Object.assign(app.deps.config, { smtp: readSmtpUrl('smtps://smtp.example.com') });
    expect(await mutate(ask, 'inviteMember', { email: 'ada@example.com', role: 'READER' })).toEqual([]);
    const [mail] = await mailsTo(app, 'ada@example.com');
    Object.assign(app.deps.config, { smtp: null });
    const before = await stored();
    const { id } = await app.db.member.findFirstOrThrow({ where: { status: 'INVITED' } });
    expect(await mutate(ask, 'resendInvitation', { memberId: id })).toEqual([noMail]);
    expect(await stored()).toEqual(before);
    expect((await newBrowser(app).visit(mail?.action?.url ?? '')).html).toContain('Accept');
  });
});

describe('one’s own address', () => {
  test('is neither verified nor changed by mutations', async () => {
    await app.db.member.update({ where: { id: member.id }, data: { emailVerifiedAt: null } });
    const ask = await signedIn(app, member);
    const before = await stored();
    expect(await mutate(ask, 'sendEmailVerification', { email: member.email })).toEqual([noMail]);
    expect(await mutate(ask, 'requestEmailChange', { newEmail: 'hopper@example.com' })).toEqual([noMail]);
    expect(await stored()).toEqual(before);
  });

  test('the profile offers no link, says why, and answers forms of before with the reason', async () => {
    await app.db.member.update({ where: { id: member.id }, data: { emailVerifiedAt: null } });
    const browser = await signedInBrowser(app, member);
    const { html } = await browser.visit('/me');
    expect(html).toContain('Not verified yet');
    expect(html).toMatch(/This service sends no e-mail.*neither verified nor changed/);
    expect(html).not.toMatch(/value="verify"|value="change"|We send/);
    const before = await stored();
    for (const [decision, fields] of [
      ['verify', { email: member.email }],
      ['change', { newEmail: 'hopper@example.com' }],
    ] as const) {
      const answer = await postEmail(browser, decision, fields);
      expect([answer.status, answer.html]).toEqual([400, expect.stringContaining('LATCHKEY_SMTP_URL')]);
    }
    expect(await stored()).toEqual(before);
  });

  test('a change that waits from when there was e-mail can still be taken back', async () => {
    Object.assign(app.deps.config, { smtp: readSmtpUrl('smtps://smtp.example.com') as SmtpServer });
    const browser = await signedInBrowser(app, member);
    await postEmail(browser, 'change', { newEmail: 'hopper@example.com' });
    Object.assign(app.deps.config, { smtp: null });
    expect((await browser.visit('/me')).html).toContain('value="cancel"');
    expect((await postEmail(browser, 'cancel', { newEmail: 'hopper@example.com' })).url.search).toBe(
      '?done=email-cancel',
    );
  });
});

test('whoever deletes themselves is promised no message', async () => {
  const browser = await signedInBrowser(app, member);
  const done = await postOwn(browser, '/me/data', { decision: 'delete', confirmEmail: member.email });
  expect([done.url.pathname, done.html.includes('Your account is deleted')]).toEqual(['/account-deleted', true]);
  expect(done.html).not.toContain('on its way');
});

test('what merely tells somebody something is done as ever', async () => {
  const ask = await signedIn(app, app.owner);
  for (const mutation of ['suspendMember', 'restoreMember']) {
    expect(await mutate(ask, mutation, { memberId: member.id })).toEqual([]);
  }
  await setEmail(app.deps, operatorActor, member.id, 'hopper@example.com', true);
  expect(await mutate(ask, 'transferOwnership', { memberId: member.id })).toEqual([]);
  expect(await queuedMails(app)).toHaveLength(6);
});

test.each([
  ['with a server', { issuer, config: { smtp: readSmtpUrl('smtps://smtp.example.com') as SmtpServer } }],
  ['on a loopback issuer, whose log shows messages', { issuer: 'https://latchkey.localhost:8443' }],
])('%s everything is offered and sent', async (_where, options) => {
  const here = await createTestApp(options);
  const browser = await signedInBrowser(here, here.owner);
  expect((await browser.visit('/forgot-password')).html).toContain('We send you a link');
  expect((await browser.visit('/me')).html).toContain('value="change"');
  const ask: Ask = (query, variables) => browser.graphql(query, variables) as ReturnType<Ask>;
  expect(await mutate(ask, 'inviteMember', { email: 'ada@example.com', role: 'READER' })).toEqual([]);
  await browser.submit(await browser.visit('/forgot-password'), { email: here.owner.email });
  expect(await here.db.mailDelivery.count()).toBe(2);
  await here.close();
});
