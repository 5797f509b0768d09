// The message about a sign-in from where none came from lately.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nameOfBrowser } from '../../src/lib/user-agent.js';
import { tidy } from '../../src/maintenance.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { fieldsOf } from '../support/browser.js';
import { queuedMails } from '../support/mail.js';
import { newBrowser, postForm } from '../support/oauth.js';

const day = 86_400;
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const safari =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1';

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp({ config: { trustedProxies: 1 } });
});
afterEach(() => app.close());

/** Signs the owner in, in a browser of this kind at this address. @returns the browser */
async function signIn(userAgent: string, address = '192.0.2.1', password = app.owner.password) {
  const browser = newBrowser(app);
  const login = await browser.visit('/login');
  const fields = { ...fieldsOf(login.html), email: app.owner.email, password };
  const headers = { origin: app.issuer, 'x-forwarded-for': address, 'user-agent': userAgent };
  const response = await postForm(browser, '/login', fields, headers);
  expect(response.status).toBe(password === app.owner.password ? 303 : 400);
  return browser;
}

const subjects = async () => (await queuedMails(app)).map(({ subject }) => subject);
const news = 'New sign-in to your Latchkey account';

test('the very first sign-in is no news', async () => {
  await signIn(firefox);
  expect(await subjects()).toEqual([]);
});

test('another browser is, with its time, its address, its name and where to look', async () => {
  await signIn(firefox);
  await signIn(safari, '2001:db8::1');
  const [mail, ...more] = await queuedMails(app);
  expect(more).toEqual([]);
  expect(mail).toMatchObject({ to: app.owner.email, subject: news, action: { url: `${app.issuer}/me` } });
  expect(mail?.paragraphs).toEqual([
    `Somebody signed in as ${app.owner.email} in a way that was not seen in the last 30 days.`,
    'Time: 1 June 2026, 12:00 UTC',
    'Browser: Safari on iPhone',
    'Address: 2001:db8::1',
  ]);
  await app.deps.mailCourier.deliverDue();
  expect(app.mails).toMatchObject([{ to: app.owner.email, subject: news }]);
});

test('another network is', async () => {
  await signIn(firefox);
  await signIn(firefox, '198.51.100.7');
  expect(await subjects()).toEqual([news]);
});

test('each is once: the second time it is known', async () => {
  await signIn(firefox);
  await signIn(safari);
  await signIn(safari);
  expect(await subjects()).toEqual([news]);
});

test('several at once from the same place are one', async () => {
  await signIn(firefox);
  await Promise.all([1, 2, 3, 4].map(() => signIn(safari)));
  expect(await subjects()).toEqual([news]);
});

describe('known is', () => {
  test('the same browser in the same IPv6 network, whatever its address there', async () => {
    await signIn(firefox, '2001:db8:1:2::1');
    await signIn(firefox, '2001:db8:1:2:ffff::9');
    expect(await subjects()).toEqual([]);
  });

  test('a browser that signed out days ago, and is tidied after', async () => {
    const browser = await signIn(firefox);
    await browser.submit(await browser.visit('/logout'));
    app.clock.advance(20 * day);
    await tidy(app.deps);
    await signIn(firefox);
    expect(await subjects()).toEqual([]);
  });

  test('not one that was last used 30 days ago', async () => {
    await signIn(firefox);
    app.clock.advance(30 * day);
    await signIn(firefox);
    expect(await subjects()).toEqual([news]);
  });

  test('not one that another member uses', async () => {
    const other = await app.addMember('READER');
    await app.db.member.update({ where: { id: other.id }, data: { lastSeenAt: app.clock() } });
    await signIn(firefox);
    const browser = newBrowser(app);
    const login = await browser.visit('/login');
    const headers = { origin: app.issuer, 'x-forwarded-for': '192.0.2.1', 'user-agent': firefox };
    const fields = { ...fieldsOf(login.html), email: other.email, password: other.password };
    await postForm(browser, '/login', fields, headers);
    expect((await queuedMails(app)).map(({ to }) => to)).toEqual([other.email]);
  });
});

test('a refused sign-in is no news', async () => {
  await signIn(firefox);
  await signIn(safari, '192.0.2.1', 'a long wrong password');
  expect(await subjects()).toEqual([]);
});

test('nothing is sent to an address that nobody has proved to be the member’s', async () => {
  await signIn(firefox);
  await app.db.member.update({ where: { id: app.owner.id }, data: { emailVerifiedAt: null } });
  await signIn(safari);
  expect(await subjects()).toEqual([]);
});

test.each([
  [firefox, 'Firefox on Linux'],
  [safari, 'Safari on iPhone'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    'Chrome on Windows',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0',
    'Edge on Windows',
  ],
  [
    'Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36',
    'Chrome on Android',
  ],
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36',
    'Chrome on Linux',
  ],
  ['curl/8.5.0', 'an unknown browser'],
  ['Your account is locked, call +1 555 0100', 'an unknown browser'],
  [null, 'an unknown browser'],
])('%s is called %s: nothing of the sender’s own words', (userAgent, name) => {
  expect(nameOfBrowser(userAgent)).toBe(name);
});
