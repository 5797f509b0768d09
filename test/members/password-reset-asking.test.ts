// A forgotten password: asking for a link. Who gets one, how many, and that nobody learns who has an address.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { queuedMails } from '../support/mail.js';
import { newBrowser, postForm } from '../support/oauth.js';
import { askForLink, lastLink } from './reset-link.js';

let app: TestApp;
let member: Awaited<ReturnType<TestApp['addMember']>>;
beforeEach(async () => {
  app = await createTestApp();
  member = await app.addMember('READER', 'grace@example.com');
});
afterEach(() => app.close());

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
  const asked = await Promise.all(Array.from({ length: 8 }, () => askForLink(app, member.email)));
  expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([200]));
  expect(await app.db.mailDelivery.count()).toBe(3);
  app.clock.advance(3601);
  await askForLink(app, member.email);
  expect(await app.db.mailDelivery.count()).toBe(4);
});

test('a stranger who asks again and again keeps nobody from a link: whenever none works any more, another is sent', async () => {
  // The worst that one can do: all at once, and again whenever there might be something to use up.
  for (let minute = 0; minute < 180; minute += 10) {
    for (let again = 0; again < 3; again += 1) {
      await app.db.rateLimiterFlexible.deleteMany();
      await askForLink(app, member.email);
    }
    // Their own newest mail always holds a link that works.
    expect((await newBrowser(app).visit(await lastLink(app))).status, `after ${minute} minutes`).toBe(200);
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
  for (let count = 0; count < 3; count += 1) await askForLink(app, member.email);
  expect(await cost(member.email)).toBe(known);
});

test('one network asks for thirty links in a quarter of an hour, and then waits, whether or not anybody has the addresses', async () => {
  const browser = newBrowser(app);
  for (let index = 0; index < 30; index += 1) {
    expect((await askForLink(app, `nobody${index}@example.com`, browser)).status).toBe(200);
  }
  expect((await askForLink(app, member.email, browser)).status).toBe(429);
  expect(await app.db.mailDelivery.count()).toBe(0);
});

test('fifty requests at once are no more than thirty', async () => {
  const asked = await Promise.all(
    Array.from({ length: 50 }, (_, index) => askForLink(app, `nobody${index}@example.com`)),
  );
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
  const url = new URL(await lastLink(app));
  expect(url.origin).toBe(app.issuer);
  expect([url.pathname, [...url.searchParams.keys()]]).toEqual(['/reset-password', ['token']]);
});
