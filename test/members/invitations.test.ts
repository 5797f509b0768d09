// Invitations: sent by an admin, accepted on a page, once.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, memberPassword, type TestApp } from '../support/app.js';
import { dumpAll } from '../support/dump.js';
import { type Ask, signedIn, signedInBrowser } from '../support/graphql.js';
import { linkTo, mailsTo } from '../support/mail.js';
import { newBrowser } from '../support/oauth.js';

let app: TestApp;
let ask: Ask;
beforeAll(async () => {
  app = await createTestApp();
  ask = await signedIn(app, app.owner);
});
afterAll(() => app.close());

const document = `mutation Invite($input: InviteMemberInput!) { inviteMember(input: $input) {
  member { id email emailVerified name role status invitedBy { id } invitationExpiresAt viewerCanEdit }
  replayed userErrors { code message path } } }`;

async function invite(email: string, more: object = {}, by = ask) {
  const { data, errors } = await by(document, { input: { email, role: 'WRITER', ...more } });
  expect(errors).toBeUndefined();
  return data.inviteMember;
}

async function resend(memberId: string) {
  const { data } = await ask(
    `mutation ($id: ID!) { resendInvitation(input: { memberId: $id }) { member { id } userErrors { code message path } } }`,
    { id: memberId },
  );
  return data.resendInvitation;
}

async function accept(link: string, given: { name?: string; password?: string } = {}, browser = newBrowser(app)) {
  const page = await browser.visit(link);
  return browser.submit(page, { name: 'Grace', password: memberPassword, ...given });
}

describe('inviting', () => {
  test('makes a member who is INVITED, and sends a link that works for seven days', async () => {
    const { member, replayed, userErrors } = await invite('Grace@Example.com', { name: 'Grace' });
    expect(userErrors).toEqual([]);
    expect(replayed).toBe(false);
    expect(member).toMatchObject({
      email: 'Grace@Example.com',
      emailVerified: false,
      name: 'Grace',
      role: 'WRITER',
      status: 'INVITED',
      invitedBy: { id: app.owner.id },
      invitationExpiresAt: '2026-06-08T12:00:00.000Z',
      viewerCanEdit: true,
    });
    const [mail] = await mailsTo(app, 'Grace@Example.com');
    expect(mail?.subject).toContain('My organization');
    expect(mail?.action?.url).toMatch(/^http:\/\/localhost:4000\/accept-invitation\?token=lki_/);
    const entry = await app.db.auditLogEntry.findFirstOrThrow({ where: { action: 'MEMBER_INVITED' } });
    expect(entry).toMatchObject({ targetId: member.id, targetLabel: 'Grace@Example.com', actorId: app.owner.id });
  });

  test('an address that belongs to another account’s member looks like any other; the message says why it cannot be used', async () => {
    const { owner } = await app.addAccount('Elsewhere', 'known@elsewhere.example');
    const known = await invite(owner.email);
    const unknown = await invite('unknown@elsewhere.example');
    const alike = ({ member: { id: _id, email: _email, ...member }, ...rest }: typeof known) => ({ ...rest, member });
    expect(alike(known)).toEqual(alike(unknown));
    const [mail] = await mailsTo(app, owner.email);
    expect(mail?.action).toBeUndefined();
    expect(mail?.paragraphs.join(' ')).toContain('one address belongs to one account');
    // Nor does what is stored tell them apart, but the message, which is encrypted.
    const rows = await app.db.invitation.findMany({
      where: { memberId: { in: [known.member.id, unknown.member.id] } },
    });
    expect(rows).toHaveLength(2);
  });

  test.each([
    ['a member of the account', async () => app.owner.email.toUpperCase()],
    [
      'somebody who was invited already',
      async () => {
        await invite('twice@example.com');
        return 'Twice@example.com';
      },
    ],
  ])('%s is TAKEN', async (_who, address) => {
    const { member, userErrors } = await invite(await address());
    expect(member).toBeNull();
    expect(userErrors).toMatchObject([{ code: 'TAKEN', path: ['email'] }]);
  });

  test('everything that is wrong is said at once, and nobody is invited', async () => {
    const before = await app.db.member.count();
    const { userErrors } = await invite('no address', { name: 'Gr\u202eace', role: 'OWNER' });
    expect(userErrors).toMatchObject([
      { code: 'INVALID', path: ['email'] },
      { code: 'INVALID', path: ['name'] },
      { code: 'NOT_ALLOWED', path: ['role'] },
    ]);
    expect(await app.db.member.count()).toBe(before);
  });

  test('the same key invites once and sends one message', async () => {
    const key = { idempotencyKey: 'once' };
    const first = await invite('idempotent@example.com', key);
    const again = await invite('idempotent@example.com', key);
    expect(again).toMatchObject({ replayed: true, member: { id: first.member.id } });
    expect(await mailsTo(app, 'idempotent@example.com')).toHaveLength(1);
  });

  test('an account cannot flood mailboxes: after 100 in an hour it has to wait', async () => {
    const other = await app.addAccount('Flooding', 'owner@flooding.example');
    const flood = await signedIn(app, other.owner);
    for (let count = 0; count < 100; count += 1) {
      expect((await invite(`${count}@flooded.example`, {}, flood)).userErrors).toEqual([]);
    }
    const { userErrors } = await invite('101@flooded.example', {}, flood);
    expect(userErrors).toMatchObject([{ code: 'LIMIT_EXCEEDED', message: expect.stringContaining('Try again in') }]);
  });
});

describe('accepting', () => {
  test('the person chooses a password, is signed in, and is a member like any other', async () => {
    const { member } = await invite('accepts@example.com');
    const browser = newBrowser(app);
    const page = await accept(await linkTo(app, 'accepts@example.com'), {}, browser);
    expect(page.url.pathname).toBe('/me');
    expect(page.html).toContain('Welcome.');
    const { data } = await browser.graphql('{ viewer { role member { id email emailVerified name status } } }');
    expect(data.viewer).toEqual({
      role: 'WRITER',
      member: { id: member.id, email: 'accepts@example.com', emailVerified: true, name: 'Grace', status: 'ACTIVE' },
    });
    await signedInBrowser(app, { email: 'Accepts@Example.com', password: memberPassword });
    const { data: seen } = await ask('query ($id: ID!) { node(id: $id) { ... on Member { invitationExpiresAt } } }', {
      id: member.id,
    });
    expect(seen.node.invitationExpiresAt).toBeNull();
  });

  test('looking at the link does not use it up, as mail programs look', async () => {
    await invite('scanned@example.com');
    const link = await linkTo(app, 'scanned@example.com');
    for (let look = 0; look < 3; look += 1) expect((await app.request(link)).status).toBe(200);
    expect((await accept(link)).url.pathname).toBe('/me');
  });

  test('a password that is too short is refused, with the name still there, and the link works on', async () => {
    await invite('short@example.com');
    const link = await linkTo(app, 'short@example.com');
    const refused = await accept(link, { password: 'short', name: 'Grace Hopper' });
    expect(refused.status).toBe(400);
    expect(refused.html).toContain('at least 12 characters');
    expect(refused.html).toContain('value="Grace Hopper"');
    expect(refused.html).not.toContain('value="short"');
    expect((await accept(link)).url.pathname).toBe('/me');
  });

  test.each([
    ['that was accepted', async (link: string) => void (await accept(link))],
    ['that has expired', async () => app.clock.advance(7 * 86_400)],
    ['that was sent again', async (_link: string, id: string) => void (await resend(id))],
    [
      'of a member who was removed',
      async (_link: string, id: string) =>
        void (await ask('mutation ($id: ID!) { removeMember(input: { memberId: $id }) { removedMemberId } }', { id })),
    ],
  ])('a link %s shows one clear page, and makes nobody a member', async (what, end) => {
    const email = `${what.replace(/\W/g, '-')}@example.com`;
    app.clock.advance(3600);
    const by = await signedIn(app, app.owner);
    ask = by;
    const { member } = await invite(email);
    const link = await linkTo(app, email);
    const browser = newBrowser(app);
    const form = await browser.visit(link);
    await end(link, member.id);
    const page = await browser.visit(link);
    expect(page.status).toBe(410);
    expect(page.html).toContain('This invitation does not work any more');
    const posted = await browser.submit(form, { name: 'Mallory', password: 'another long password' });
    expect(posted.status).toBe(410);
    expect(posted.headers.getSetCookie().filter((cookie) => cookie.startsWith('latchkey='))).toEqual([]);
    const found = await app.db.member.findUnique({ where: { id: member.id } });
    expect(found?.name).not.toBe('Mallory');
    ask = await signedIn(app, app.owner);
  });

  test('an invented link is the same page', async () => {
    const page = await newBrowser(app).visit('/accept-invitation?token=lki_invented');
    expect(page.status).toBe(410);
  });

  test('of two who accept one link at once exactly one succeeds', async () => {
    await invite('raced@example.com');
    const link = await linkTo(app, 'raced@example.com');
    const browsers = Array.from({ length: 5 }, () => newBrowser(app));
    const forms = await Promise.all(browsers.map((browser) => browser.visit(link)));
    const pages = await Promise.all(
      browsers.map((browser, index) =>
        browser.submit(forms[index] as never, { name: `Nr ${index}`, password: memberPassword }),
      ),
    );
    expect(pages.map(({ status, url }) => `${status} ${url.pathname}`).sort()).toEqual([
      '200 /me',
      ...Array.from({ length: 4 }, () => '410 /accept-invitation'),
    ]);
  });

  test('whoever was invited by two accounts joins the first that they accept', async () => {
    const other = await app.addAccount('Second', 'owner@second.example');
    await invite('wanted@example.com');
    const first = await linkTo(app, 'wanted@example.com');
    await invite('wanted@example.com', {}, await signedIn(app, other.owner));
    const second = await linkTo(app, 'wanted@example.com');
    expect((await accept(second)).url.pathname).toBe('/me');
    const page = await accept(first);
    expect(page.status).toBe(409);
    expect(page.html).toContain('This address belongs to another account');
    const member = await app.db.member.findUniqueOrThrow({ where: { emailKey: 'wanted@example.com' } });
    expect(member.accountId).toBe(other.account.id);
  });

  test('somebody else who was signed in in this browser is signed out', async () => {
    await invite('newcomer@example.com');
    const browser = await signedInBrowser(app, app.owner);
    const before = await app.db.session.findFirstOrThrow({
      where: { memberId: app.owner.id, endedAt: null },
      orderBy: { id: 'desc' },
    });
    await accept(await linkTo(app, 'newcomer@example.com'), {}, browser);
    const { data } = await browser.graphql('{ viewer { member { email } } }');
    expect(data.viewer.member.email).toBe('newcomer@example.com');
    expect((await app.db.session.findUniqueOrThrow({ where: { id: before.id } })).endedAt).not.toBeNull();
  });

  test('nobody signs in before they accepted, by no password and no name that the database has', async () => {
    const { member } = await invite('waiting@example.com');
    for (const email of ['waiting@example.com', `invited ${member.id}`]) {
      const page = await newBrowser(app).signIn({ email, password: memberPassword });
      expect(page.url.pathname).toBe('/login');
    }
  });
});

describe('sending it again', () => {
  test('the new link works', async () => {
    const { member } = await invite('again@example.com');
    const old = await linkTo(app, 'again@example.com');
    expect(await resend(member.id)).toMatchObject({ member: { id: member.id }, userErrors: [] });
    const link = await linkTo(app, 'again@example.com');
    expect(link).not.toBe(old);
    expect((await accept(link)).url.pathname).toBe('/me');
    expect((await resend(member.id)).userErrors).toMatchObject([{ code: 'NOT_ALLOWED', path: ['memberId'] }]);
  });

  test('at most five an hour for a member', async () => {
    const { member } = await invite('impatient@example.com');
    for (let count = 0; count < 5; count += 1) expect((await resend(member.id)).userErrors).toEqual([]);
    expect((await resend(member.id)).userErrors).toMatchObject([{ code: 'LIMIT_EXCEEDED' }]);
  });
});

test('no link is in the database, the audit log or the log in clear', async () => {
  await invite('canary@example.com');
  const token = new URL(await linkTo(app, 'canary@example.com')).searchParams.get('token') ?? '';
  const browser = newBrowser(app);
  await browser.visit(`/accept-invitation?token=${token}`);
  expect(token).toMatch(/^lki_/);
  expect(JSON.stringify(await dumpAll(app))).not.toContain(token);
  expect(app.logLines.join('\n')).not.toContain(token);
});

test('the page says to somebody who is signed in that accepting signs them out here, and to others nothing of it', async () => {
  await invite('beside@example.com');
  const link = await linkTo(app, 'beside@example.com');
  const there = await signedInBrowser(app, app.owner);
  expect((await there.visit(link)).html).toMatch(
    /You are signed in as <bdi[^>]*>owner@[^<]*<\/bdi>\. Accepting signs you out/,
  );
  expect((await newBrowser(app).visit(link)).html).not.toContain('You are signed in as');
});
