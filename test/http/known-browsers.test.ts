// A browser that a member signed in with before: guessing elsewhere never keeps them out of it. And that this helps nobody else.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { setPassword } from '../../src/members/service.js';
import { createTestApp, memberPassword, type TestApp } from '../support/app.js';
import { fieldsOf, type TestBrowser } from '../support/browser.js';
import { newBrowser, postForm } from '../support/oauth.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ config: { trustedProxies: 1 } });
});
afterAll(() => app.close());

const cookieName = 'latchkey-known';

async function tryFrom(browser: TestBrowser, email: string, password: string, address: string) {
  const login = await browser.visit('/login?again=1');
  const headers = { origin: app.issuer, 'x-forwarded-for': address };
  return postForm(browser, '/login', { ...fieldsOf(login.html), email, password }, headers);
}

async function statusFrom(browser: TestBrowser, email: string, password: string, address: string) {
  return (await tryFrom(browser, email, password, address)).status;
}

/** A browser that the member signed in with, and no longer is. */
async function knownBrowserOf(email: string, address = '192.0.2.200') {
  const browser = newBrowser(app);
  expect(await statusFrom(browser, email, memberPassword, address)).toBe(303);
  await browser.submit(await browser.visit('/logout'));
  return browser;
}

/** Uses up what one network may guess at a member. */
async function lock(email: string, address: string) {
  for (let guess = 0; guess < 10; guess += 1) await statusFrom(newBrowser(app), email, 'not the password', address);
  expect(await statusFrom(newBrowser(app), email, memberPassword, address)).toBe(429);
}

async function marksOf(browser: TestBrowser): Promise<string> {
  const cookies = await browser.jar.getCookies(app.issuer);
  return cookies.find(({ key }) => key === cookieName)?.value ?? '';
}

async function withMarks(marks: string): Promise<TestBrowser> {
  const browser = newBrowser(app);
  await browser.jar.setCookie(`${cookieName}=${marks}; Path=/`, app.issuer);
  return browser;
}

test('guessing from their own network does not lock a member out of a browser that they signed in with', async () => {
  const { email } = await app.addMember('WRITER', 'same-network@example.com');
  const browser = await knownBrowserOf(email);
  await lock(email, '192.0.2.1');
  expect(await statusFrom(browser, email, memberPassword, '192.0.2.1')).toBe(303);
});

test('guessing at everybody from one network does not, either', async () => {
  const { email } = await app.addMember('WRITER', 'sprayed@example.com');
  const browser = await knownBrowserOf(email);
  for (let guess = 0; guess < 99; guess += 1) await app.deps.throttles.signInByAddress.fail('192.0.2.2');
  expect(await statusFrom(newBrowser(app), 'nobody@example.com', 'not the password', '192.0.2.2')).toBe(400);
  expect(await statusFrom(newBrowser(app), email, memberPassword, '192.0.2.2')).toBe(429);
  expect(await statusFrom(browser, email, memberPassword, '192.0.2.2')).toBe(303);
});

test('guessing from many networks locks nobody out of a network that has not guessed', async () => {
  const { email } = await app.addMember('WRITER', 'distributed@example.com');
  for (let guess = 0; guess < 40; guess += 1) {
    await statusFrom(newBrowser(app), email, 'not the password', `198.51.100.${guess}`);
  }
  // Thirty guesses were more than usual: from here on three of a neighbourhood are all.
  expect(await statusFrom(newBrowser(app), email, 'not the password', '198.51.100.99')).toBe(429);
  for (let guess = 0; guess < 3; guess += 1) {
    expect(await statusFrom(newBrowser(app), email, 'not the password', '203.0.113.1')).toBe(400);
  }
  expect(await statusFrom(newBrowser(app), email, memberPassword, '203.0.113.2')).toBe(429);
  expect(await statusFrom(newBrowser(app), email, memberPassword, '192.0.2.77')).toBe(303);
});

test('all browsers that know a member wait in one line, so that nobody has more turns by more of them', async () => {
  const { email } = await app.addMember('WRITER', 'many-browsers@example.com');
  const browsers = [await knownBrowserOf(email), await knownBrowserOf(email)];
  const lines: unknown[] = [];
  const { hasher } = app.deps;
  const inTurn: typeof hasher.inTurn = (line, job, lane) => {
    lines.push([line, lane]);
    return hasher.inTurn(line, job, lane);
  };
  Object.assign(app.deps, { hasher: { ...hasher, inTurn } });
  for (const browser of browsers) expect(await statusFrom(browser, email, memberPassword, '192.0.2.3')).toBe(303);
  Object.assign(app.deps, { hasher });
  expect(lines).toHaveLength(2);
  expect(lines[0]).toEqual(lines[1]);
  expect(lines[0]).toEqual([expect.stringMatching(/^mem_/), 'known']);
});

test('what is guessed in a known browser is counted there, and locks it alone', async () => {
  const { email } = await app.addMember('WRITER', 'borrowed@example.com');
  const [borrowed, other] = [await knownBrowserOf(email), await knownBrowserOf(email)];
  for (let guess = 0; guess < 10; guess += 1) {
    expect(await statusFrom(borrowed, email, 'not the password', `192.0.2.${100 + guess}`)).toBe(400);
  }
  expect(await statusFrom(borrowed, email, memberPassword, '192.0.2.3')).toBe(429);
  expect(await statusFrom(other, email, memberPassword, '192.0.2.3')).toBe(303);
  expect(await statusFrom(newBrowser(app), email, memberPassword, '192.0.2.3')).toBe(303);
});

test('a browser is known for its own member and nobody else', async () => {
  const victim = await app.addMember('WRITER', 'victim@example.com');
  const attacker = await app.addMember('WRITER', 'attacker@example.com');
  const browser = await knownBrowserOf(attacker.email);
  await lock(victim.email, '192.0.2.4');
  expect(await statusFrom(browser, victim.email, memberPassword, '192.0.2.4')).toBe(429);
});

test('a forged, altered or old mark is none', async () => {
  const { email } = await app.addMember('WRITER', 'forged@example.com');
  const marks = await marksOf(await knownBrowserOf(email));
  await lock(email, '192.0.2.5');
  const [id = '', issued = '', proof = ''] = marks.split('.');
  const later = (Number.parseInt(issued, 36) + 1).toString(36);
  const forgeries = ['', '~~~', 'x'.repeat(3000), `${'A'.repeat(22)}.${issued}.${proof}`, `${id}.${later}.${proof}`];
  for (const forgery of forgeries) {
    expect(await statusFrom(await withMarks(forgery), email, memberPassword, '192.0.2.5'), forgery).toBe(429);
  }
  expect(await statusFrom(await withMarks(`${forgeries[3]}~${marks}`), email, memberPassword, '192.0.2.5')).toBe(303);
  app.clock.advance(366 * 86_400);
  expect(await statusFrom(await withMarks(marks), email, memberPassword, '192.0.2.5')).toBe(429);
});

test('a new password voids all marks of a member', async () => {
  const { email } = await app.addMember('WRITER', 'renewed@example.com');
  const browser = await knownBrowserOf(email);
  await setPassword(app.deps, operatorActor, email, 'a new long password');
  await lock(email, '192.0.2.6');
  expect(await statusFrom(browser, email, 'a new long password', '192.0.2.6')).toBe(429);
});

test('one browser is known for five members, the latest ones, and its cookie grows no further', async () => {
  const browser = newBrowser(app);
  const emails: string[] = [];
  for (let index = 0; index < 6; index += 1) {
    const { email } = await app.addMember('READER', `family-${index}@example.com`);
    emails.push(email);
    for (let again = 0; again < 2; again += 1) await statusFrom(browser, email, memberPassword, '192.0.2.7');
  }
  const marks = await marksOf(browser);
  expect(marks.split('~')).toHaveLength(5);
  expect(marks.length).toBeLessThan(500);
  const [oldest = '', second = ''] = emails;
  for (const email of [oldest, second]) await lock(email, '192.0.2.8');
  expect(await statusFrom(await withMarks(marks), oldest, memberPassword, '192.0.2.8')).toBe(429);
  expect(await statusFrom(await withMarks(marks), second, memberPassword, '192.0.2.8')).toBe(303);
});

test('a refused sign-in costs the same statements whether or not anybody has the address, and notes nobody', async () => {
  const known = await app.addMember('WRITER', 'costs@example.com');
  const cost = async (email: string, address: string) => {
    const browser = newBrowser(app);
    const fields = { ...fieldsOf((await browser.visit('/login')).html), email, password: 'not the password' };
    await app.beginCounting();
    await postForm(browser, '/login', fields, { origin: app.issuer, 'x-forwarded-for': address });
    return app.statements.map((statement) => statement.split(' ')[0]);
  };
  const entries = () => app.db.auditLogEntry.count({ where: { action: 'SIGN_IN_REFUSED' } });
  const before = await entries();
  const ofNobody = await cost('nobody-costs@example.com', '192.0.2.12');
  expect(await entries()).toBe(before);
  expect(ofNobody).toEqual(await cost(known.email, '192.0.2.13'));
  expect(await entries()).toBe(before + 1);
});

test('the mark names nobody, and whoever has none is not told who has one', async () => {
  const known = await app.addMember('WRITER', 'known@example.com');
  const unknown = await app.addMember('WRITER', 'never-came@example.com');
  const browser = await knownBrowserOf(known.email);
  expect(await marksOf(browser)).not.toContain(known.id);
  const shape = async (email: string, address: string) => {
    const response = await tryFrom(newBrowser(app), email, 'not the password', address);
    const text = (await response.text()).replace(/(name="csrf" value=")[^"]*/, '$1').replaceAll(email, '');
    return { status: response.status, text, headers: [...response.headers.keys()] };
  };
  for (let guess = 0; guess < 11; guess += 1) {
    const first = await shape(known.email, '192.0.2.9');
    expect(await shape(unknown.email, '192.0.2.10')).toEqual(first);
    expect(await shape('nobody@example.com', '192.0.2.11')).toEqual(first);
  }
});
