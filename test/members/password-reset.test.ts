// A forgotten password: what a link does, the new password, and what somebody else could try with either.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tidy } from '../../src/maintenance.js';
import { createTestApp, memberPassword, type TestApp } from '../support/app.js';
import { dumpAll } from '../support/dump.js';
import { apiTokenOf, bearer, signedInBrowser } from '../support/graphql.js';
import { queuedMails } from '../support/mail.js';
import {
  anyPkce,
  authorizeUrl,
  countHashes,
  newBrowser,
  obtainTokens,
  postForm,
  refresh,
  registerClient,
} from '../support/oauth.js';
import { askForLink, lastLink } from './reset-link.js';

let app: TestApp;
let member: Awaited<ReturnType<TestApp['addMember']>>;
beforeEach(async () => {
  app = await createTestApp();
  member = await app.addMember('READER', 'grace@example.com');
});
afterEach(() => app.close());

const password = 'quite another long password';

async function freshLink(email = member.email): Promise<string> {
  await askForLink(app, email);
  return lastLink(app);
}

const living = () => app.db.session.count({ where: { memberId: member.id, endedAt: null } });

test('a member asks for a link on the sign-in page, sets a password by it, is signed in, and everything else ends', async () => {
  const client = await registerClient(app);
  const elsewhere = await signedInBrowser(app, member);
  const { refreshToken } = await obtainTokens(app, client, { scope: 'openid offline_access' }, elsewhere);
  const { token } = await apiTokenOf(app, 'READER', member);
  await app.db.member.update({ where: { id: member.id }, data: { emailVerifiedAt: null } });
  const browser = newBrowser(app);
  expect((await browser.visit('/login')).html).toContain('href="/forgot-password"');
  const sent = await askForLink(app, ' Grace@Example.com ', browser);
  expect([sent.status, sent.url.search]).toEqual([200, '?sent=1']);
  const [mail] = await queuedMails(app);
  expect(mail?.to).toBe('grace@example.com');

  const page = await browser.visit(mail?.action?.url ?? '');
  expect(page.headers.get('referrer-policy')).toBe('no-referrer');
  expect(page.headers.get('cache-control')).toBe('no-store');
  const done = await browser.submit(page, { password });
  expect([done.status, done.url.pathname]).toEqual([200, '/me']);
  expect(done.html).toContain('Your password is changed, and you are signed in here.');
  expect(await living()).toBe(1);
  expect((await elsewhere.visit('/me')).url.pathname).toBe('/login');
  expect((await refresh(app, client, refreshToken)).status).toBe(400);
  expect((await bearer(app, token)('{ viewer { role } }')).status).toBe(200);
  expect((await queuedMails(app)).map(({ subject }) => subject)).toContain('Your Latchkey password was changed');
  const row = await app.db.member.findUniqueOrThrow({ where: { id: member.id } });
  expect(row.emailVerifiedAt).not.toBeNull();
  const entry = await app.db.auditLogEntry.findFirstOrThrow({ where: { action: 'MEMBER_PASSWORD_SET' } });
  expect(entry).toMatchObject({ actorKind: 'MEMBER', actorId: member.id, targetId: member.id });
  expect((await newBrowser(app).signIn({ email: member.email, password })).url.pathname).toBe('/');
});

test('whoever came from an app goes back into it with the new password', async () => {
  const client = await registerClient(app);
  const browser = newBrowser(app);
  const login = await browser.visit(authorizeUrl(client, anyPkce));
  const path = /href="(\/forgot-password\?request=req_[^"]+)"/.exec(login.html)?.[1] ?? '';
  const sent = await askForLink(app, member.email, browser, path);
  expect(sent.html).toContain(`href="/login?request=${login.url.searchParams.get('request')}"`);
  const page = await browser.visit(await lastLink(app));
  expect((await browser.submit(page, { password })).url.pathname).toBe('/consent');
});

test('in another browser than the app’s the password is set all the same, and the app’s request stays where it is', async () => {
  const client = await registerClient(app);
  const first = newBrowser(app);
  const login = await first.visit(authorizeUrl(client, anyPkce));
  await askForLink(app, member.email, first, `/forgot-password?request=${login.url.searchParams.get('request')}`);
  const other = newBrowser(app);
  expect((await other.submit(await other.visit(await lastLink(app)), { password })).url.pathname).toBe('/me');
  expect(await app.db.authorizationRequest.count({ where: { sessionId: null } })).toBe(1);
});

test('opening a link does not use it up; using it does, and it works no second time (mail scanners, replay)', async () => {
  const link = await freshLink();
  for (let count = 0; count < 3; count += 1) expect((await newBrowser(app).visit(link)).status).toBe(200);
  const browser = newBrowser(app);
  const page = await browser.visit(link);
  expect((await browser.submit(page, { password })).url.pathname).toBe('/me');
  const again = await newBrowser(app).visit(link);
  expect(again.status).toBe(400);
  expect(again.html).toContain('This link does not work any more');
  expect(again.html).toContain('href="/forgot-password"');
  const thief = newBrowser(app);
  await thief.visit('/login');
  const csrf = /name="csrf" value="([^"]+)"/.exec((await thief.visit('/login')).html)?.[1] ?? '';
  const token = new URL(link).searchParams.get('token') ?? '';
  expect((await postForm(thief, '/reset-password', { csrf, token, password: 'the password of a thief' })).status).toBe(
    400,
  );
  expect((await newBrowser(app).signIn({ email: member.email, password })).url.pathname).toBe('/');
});

test('of five uses of one link at once, one wins', async () => {
  const link = await freshLink();
  const tries = await Promise.all(
    Array.from({ length: 5 }, async (_, index) => {
      const browser = newBrowser(app);
      return browser.submit(await browser.visit(link), { password: `a long new password ${index}` });
    }),
  );
  expect(tries.filter(({ url }) => url.pathname === '/me')).toHaveLength(1);
  expect(tries.filter(({ status }) => status === 400)).toHaveLength(4);
  expect(await living()).toBe(1);
});

test('an expired link, a replaced one and one of a member who was suspended do nothing', async () => {
  const replaced = await freshLink();
  const newest = await freshLink();
  expect((await newBrowser(app).visit(replaced)).status).toBe(400);
  expect((await newBrowser(app).visit(newest)).status).toBe(200);
  await app.db.member.update({ where: { id: member.id }, data: { status: 'SUSPENDED' } });
  expect((await newBrowser(app).visit(newest)).status).toBe(400);
  await app.db.member.update({ where: { id: member.id }, data: { status: 'ACTIVE' } });
  app.clock.advance(1799);
  expect((await newBrowser(app).visit(newest)).status).toBe(200);
  app.clock.advance(1);
  expect((await newBrowser(app).visit(newest)).status).toBe(400);
});

test.each(['VERIFY_EMAIL', 'CHANGE_EMAIL'] as const)('a token for %s sets no password', async (purpose) => {
  const link = await freshLink();
  await app.db.oneTimeLink.updateMany({ data: { purpose } });
  expect((await newBrowser(app).visit(link)).status).toBe(400);
});

test('a link to a former address sets no password', async () => {
  const link = await freshLink();
  await app.db.member.update({ where: { id: member.id }, data: { email: 'g@b.example', emailKey: 'g@b.example' } });
  expect((await newBrowser(app).visit(link)).status).toBe(400);
});

test('a password that is too short or common is refused, and the link works on', async () => {
  const browser = newBrowser(app);
  const page = await browser.visit(await freshLink());
  const refused = await browser.submit(page, { password: 'short' });
  expect([refused.status, refused.html.includes('at least 12')]).toEqual([400, true]);
  expect(refused.html).not.toContain('value="short"');
  expect((await browser.submit(refused, { password })).url.pathname).toBe('/me');
});

test('an unknown token costs no hash, and a hundred from one network are all that it may try', async () => {
  const counted = countHashes(app);
  const browser = newBrowser(app);
  const csrf = /name="csrf" value="([^"]+)"/.exec((await browser.visit('/login')).html)?.[1] ?? '';
  const attempt = () => postForm(browser, '/reset-password', { csrf, token: 'lkl_x', password });
  for (let index = 0; index < 100; index += 1) expect((await attempt()).status).toBe(400);
  expect((await attempt()).status).toBe(429);
  expect(counted).toEqual({ hash: 0, verify: 0, burn: 0 });
});

test('a form from elsewhere sends no mail and sets no password (known attack 42)', async () => {
  const link = await freshLink();
  const browser = newBrowser(app);
  const token = new URL(link).searchParams.get('token') ?? '';
  expect((await postForm(browser, '/forgot-password', { email: member.email })).status).toBe(403);
  expect((await postForm(browser, '/reset-password', { token, password })).status).toBe(403);
  expect(await app.db.mailDelivery.count()).toBe(1);
  expect((await newBrowser(app).signIn({ email: member.email, password: memberPassword })).url.pathname).toBe('/');
});

test('neither the token nor the password is in the log, the audit log or anywhere in the database', async () => {
  const link = await freshLink();
  const token = new URL(link).searchParams.get('token') ?? '';
  const browser = newBrowser(app);
  await browser.submit(await browser.visit(link), { password });
  const everything = JSON.stringify([await dumpAll(app), app.logLines]);
  expect(everything).not.toContain(token);
  expect(everything).not.toContain(password);
});

test('whoever else was signed in in the browser is signed out', async () => {
  const browser = await signedInBrowser(app, app.owner);
  await browser.submit(await browser.visit(await freshLink()), { password });
  expect((await browser.visit('/me')).html).toContain(member.email);
  expect(await app.db.session.count({ where: { memberId: app.owner.id, endedAt: null } })).toBe(0);
});

test('links are deleted when they have been over for a day, and what lives stays', async () => {
  await freshLink();
  await tidy(app.deps);
  expect(await app.db.oneTimeLink.count()).toBe(1);
  app.clock.advance(86_400 + 1801);
  await freshLink();
  await tidy(app.deps);
  expect(await app.db.oneTimeLink.count()).toBe(1);
});
