// A forgotten password: the link, the new password, and what somebody else could try with either.
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

let app: TestApp;
let member: Awaited<ReturnType<TestApp['addMember']>>;
beforeEach(async () => {
  app = await createTestApp();
  member = await app.addMember('READER', 'grace@example.com');
});
afterEach(() => app.close());

const password = 'quite another long password';

async function askFor(email: string, browser = newBrowser(app), path = '/forgot-password') {
  return browser.submit(await browser.visit(path), { email });
}

/** The address in the last mail. */
async function lastLink(): Promise<string> {
  return (await queuedMails(app)).at(-1)?.action?.url ?? '';
}

async function freshLink(email = member.email): Promise<string> {
  await askFor(email);
  return lastLink();
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
  const sent = await askFor(' Grace@Example.com ', browser);
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
  const sent = await askFor(member.email, browser, path);
  expect(sent.html).toContain(`href="/login?request=${login.url.searchParams.get('request')}"`);
  const page = await browser.visit(await lastLink());
  expect((await browser.submit(page, { password })).url.pathname).toBe('/consent');
});

test('in another browser than the app’s the password is set all the same, and the app’s request stays where it is', async () => {
  const client = await registerClient(app);
  const first = newBrowser(app);
  const login = await first.visit(authorizeUrl(client, anyPkce));
  await askFor(member.email, first, `/forgot-password?request=${login.url.searchParams.get('request')}`);
  const other = newBrowser(app);
  expect((await other.submit(await other.visit(await lastLink()), { password })).url.pathname).toBe('/me');
  expect(await app.db.authorizationRequest.count({ where: { sessionId: null } })).toBe(1);
});

test('unknown, suspended and known addresses are answered with the same bytes, and only the known one gets a mail', async () => {
  const suspended = await app.addMember('WRITER', 'suspended@example.com');
  const invited = await app.addMember('WRITER', 'invited@example.com');
  await app.db.member.update({ where: { id: suspended.id }, data: { status: 'SUSPENDED' } });
  await app.db.member.update({ where: { id: invited.id }, data: { status: 'INVITED' } });
  const emails = [member.email, 'nobody@example.com', suspended.email, invited.email];
  const answers: unknown[] = [];
  for (const email of emails) {
    const browser = newBrowser(app);
    const form = await browser.visit('/forgot-password');
    const csrf = /name="csrf" value="([^"]+)"/.exec(form.html)?.[1] ?? '';
    app.statements.length = 0;
    const response = await postForm(browser, '/forgot-password', { csrf, email });
    const shown = await browser.visit(response.headers.get('location') ?? '');
    answers.push([response.status, response.headers.get('location'), await response.text(), shown.html]);
  }
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect((await queuedMails(app)).map(({ to }) => to)).toEqual([member.email]);
  expect(await app.db.oneTimeLink.count()).toBe(1);
});

test('an unknown address costs what a known one does: a transaction with a sealed mail, which is taken back', async () => {
  const browser = newBrowser(app);
  const writes = async (email: string) => {
    const form = await browser.visit('/forgot-password');
    app.statements.length = 0;
    await browser.submit(form, { email });
    return app.statements.filter((statement) => /INSERT INTO.*MailDelivery/i.test(statement)).length;
  };
  expect(await writes(member.email)).toBe(1);
  expect(await writes('nobody@example.com')).toBe(1);
});

test('nobody can fill a mailbox: three mails an hour, also when all are asked for at once, and answers that look alike', async () => {
  const asked = await Promise.all(Array.from({ length: 8 }, () => askFor(member.email)));
  expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([200]));
  expect(await app.db.mailDelivery.count()).toBe(3);
  app.clock.advance(3601);
  await askFor(member.email);
  expect(await app.db.mailDelivery.count()).toBe(4);
});

test('a stranger who asks again and again keeps nobody from a link: whenever none works any more, another is sent', async () => {
  // The worst that one can do: all at once, and again whenever there might be something to use up.
  for (let minute = 0; minute < 180; minute += 10) {
    for (let again = 0; again < 3; again += 1) {
      await app.db.rateLimiterFlexible.deleteMany();
      await askFor(member.email);
    }
    // Their own newest mail always holds a link that works.
    expect((await newBrowser(app).visit(await lastLink())).status, `after ${minute} minutes`).toBe(200);
    app.clock.advance(600);
  }
  const sentAt = (await app.db.oneTimeLink.findMany({ orderBy: { createdAt: 'asc' } })).map(({ createdAt }) =>
    createdAt.getTime(),
  );
  for (const from of sentAt) {
    expect(sentAt.filter((at) => at >= from && at < from + 3_600_000).length).toBeLessThanOrEqual(5);
  }
});

test('a known, an unknown and a flooded address cost the same statements', async () => {
  const browser = newBrowser(app);
  const cost = async (email: string) => {
    const { csrf = '' } =
      /name="csrf" value="(?<csrf>[^"]+)"/.exec((await browser.visit('/forgot-password')).html)?.groups ?? {};
    app.statements.length = 0;
    await postForm(browser, '/forgot-password', { csrf, email });
    return app.statements.length;
  };
  const known = await cost(member.email);
  expect(await cost('nobody@example.com')).toBe(known);
  for (let count = 0; count < 3; count += 1) await askFor(member.email);
  expect(await cost(member.email)).toBe(known);
});

test('one network asks for thirty links in a quarter of an hour, and then waits, whether or not anybody has the addresses', async () => {
  const browser = newBrowser(app);
  for (let index = 0; index < 30; index += 1) {
    expect((await askFor(`nobody${index}@example.com`, browser)).status).toBe(200);
  }
  expect((await askFor(member.email, browser)).status).toBe(429);
  expect(await app.db.mailDelivery.count()).toBe(0);
});

test('fifty requests at once are no more than thirty', async () => {
  const asked = await Promise.all(Array.from({ length: 50 }, (_, index) => askFor(`nobody${index}@example.com`)));
  expect(asked.filter(({ status }) => status === 200)).toHaveLength(30);
  expect(asked.filter(({ status }) => status === 429)).toHaveLength(20);
});

test('the link is at the issuer whatever Host and X-Forwarded-Host say (password reset poisoning)', async () => {
  const browser = newBrowser(app);
  const form = await browser.visit('/forgot-password');
  await browser.visit('/forgot-password', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
    },
    body: new URLSearchParams({
      csrf: /name="csrf" value="([^"]+)"/.exec(form.html)?.[1] ?? '',
      email: member.email,
    }).toString(),
  });
  const url = new URL(await lastLink());
  expect(url.origin).toBe(app.issuer);
  expect([url.pathname, [...url.searchParams.keys()]]).toEqual(['/reset-password', ['token']]);
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
