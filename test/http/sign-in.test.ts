// Signing in with a password: who is recognised, that refusals tell nothing, and what is recorded of them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { setPassword } from '../../src/members/service.js';
import { createTestApp, memberPassword, type TestApp } from '../support/app.js';
import { fieldsOf } from '../support/browser.js';
import { countHashes, newBrowser, postForm } from '../support/oauth.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ config: { trustedProxies: 1 } });
});
afterAll(() => app.close());

/** One attempt to sign in, from an address. */
async function attempt(email: string, password: string, address = '192.0.2.1') {
  const browser = newBrowser(app);
  const login = await browser.visit('/login');
  const headers = { origin: app.issuer, 'x-forwarded-for': address };
  const response = await postForm(browser, '/login', { ...fieldsOf(login.html), email, password }, headers);
  return { browser, response, status: response.status, html: await response.text() };
}

test('the right password opens a session, in any spelling of the address', async () => {
  for (const email of [app.owner.email, ` ${app.owner.email.toUpperCase()} `]) {
    const { browser, status } = await attempt(email, app.owner.password);
    expect(status).toBe(303);
    expect((await browser.visit('/')).html).toContain(app.owner.email);
  }
});

test('a failure keeps in the address where one was going, and asks again to confirm', async () => {
  const browser = newBrowser(app);
  const first = await browser.submit(await browser.visit('/login?return_to=%2Fme%2Fapps'), { email: 'x@example.com' });
  expect([first.status, first.url.search]).toEqual([400, '?return_to=%2Fme%2Fapps']);
  await browser.signIn(app.owner);
  const again = await browser.visit('/login?again=1&return_to=%2Fme%2Fdata');
  expect(again.html).toContain('to confirm that it is you');
  const refused = await browser.submit(again, { password: 'not the password' });
  expect([refused.status, refused.url.searchParams.get('return_to')]).toEqual([400, '/me/data']);
  expect(refused.html).toContain('to confirm that it is you');
  expect((await browser.submit(refused, { password: app.owner.password })).url.pathname).toBe('/me/data');
});

test('two spellings of one password are the same (NFKC)', async () => {
  const member = await app.addMember('WRITER', 'composed@example.com');
  await setPassword(app.deps, operatorActor, member.email, 'long caf\u00e9 password');
  expect((await attempt(member.email, 'long cafe\u0301 password')).status).toBe(303);
  expect((await attempt(member.email, 'long cafe password')).status).toBe(400);
});

describe('a refusal is the same for', () => {
  test('a wrong password, whoever it is of, and an unknown address, in words and in work (CVE-2024-41952)', async () => {
    const suspended = await app.addMember('READER', 'suspended@example.com');
    await app.db.member.update({ where: { id: suspended.id }, data: { status: 'SUSPENDED' } });
    const invited = await app.addMember('READER', 'invited@example.com');
    await app.db.member.update({ where: { id: invited.id }, data: { passwordHash: null, status: 'INVITED' } });
    const counted = countHashes(app);
    const costs = () => counted.hash + counted.verify + counted.burn;
    const shape = async (email: string, password: string) => {
      const before = costs();
      const { status, html, response } = await attempt(email, password, '192.0.2.10');
      const headers = Object.fromEntries(response.headers);
      expect(costs() - before, email).toBe(1);
      expect(response.headers.getSetCookie().join()).not.toMatch(/latchkey=/);
      const text = html.replace(/(name="csrf" value=")[^"]*/, '$1').replace(email, '');
      return { status, text, policy: headers['content-security-policy'], names: Object.keys(headers).sort() };
    };
    const wrong = await shape(app.owner.email, 'not the password');
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain('The e-mail address or the password is not right.');
    expect(await shape('nobody@example.com', 'not the password')).toEqual(wrong);
    expect(await shape(suspended.email, 'not the password')).toEqual(wrong);
    expect(await shape(invited.email, memberPassword)).toEqual(wrong);
    expect(await shape('not an address', '')).toEqual(wrong);
    expect(await shape(app.owner.email, 'x'.repeat(10_000))).toEqual(wrong);
    expect(await shape(app.owner.email, '')).toEqual(wrong);
  });
});

test('a suspended member is told so after the right password alone, at the same cost, and is not signed in', async () => {
  const member = await app.addMember('READER', 'paused@example.com');
  await app.db.member.update({ where: { id: member.id }, data: { status: 'SUSPENDED' } });
  const wrong = await attempt(member.email, 'not the password', '192.0.2.12');
  expect([wrong.status, wrong.html.includes('suspended')]).toEqual([400, false]);
  expect(wrong.html).toContain('The e-mail address or the password is not right.');
  const counted = countHashes(app);
  const right = await attempt(member.email, memberPassword, '192.0.2.12');
  expect([counted.verify, counted.burn, counted.hash]).toEqual([1, 0, 0]);
  expect(right.status).toBe(403);
  expect(right.html).toContain('Your membership is suspended. Ask an admin of');
  expect(right.response.headers.getSetCookie().join()).not.toMatch(/latchkey=/);
  expect(await app.db.session.count({ where: { memberId: member.id } })).toBe(0);
  const refused = { action: 'SIGN_IN_REFUSED', targetId: member.id };
  expect((await app.db.auditLogEntry.findFirstOrThrow({ where: refused })).count).toBe(2);
});

test('a NUL character in an address is an error of the request, not of ours', async () => {
  expect((await attempt('a\0b@example.com', 'not the password', '192.0.2.11')).status).toBe(400);
  expect((await attempt(app.owner.email, 'not the\0password', '192.0.2.11')).status).toBe(400);
});

test('after ten failures in whatever spelling an address is throttled, however right the password is then (CVE-2025-24806)', async () => {
  const member = await app.addMember('WRITER', 'guessed@example.com');
  const spellings = [
    member.email,
    ` ${member.email} `,
    member.email.toUpperCase(),
    'Guessed@Example.com',
    '\tguessed@EXAMPLE.com',
  ];
  for (let failure = 0; failure < 10; failure += 1) {
    const spelling = spellings[failure % spellings.length] ?? '';
    expect((await attempt(spelling, 'not the password', '192.0.2.20')).status).toBe(400);
  }
  const counted = countHashes(app);
  const throttled = await attempt(member.email.toUpperCase(), memberPassword, '192.0.2.20');
  expect(throttled.status).toBe(429);
  expect(Number(throttled.response.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(throttled.html).toContain('Too many failed attempts');
  expect(counted).toEqual({ hash: 0, verify: 0, burn: 0 });
  expect((await attempt(member.email, memberPassword, '192.0.2.21')).status).toBe(303);
});

test('an address that does not exist is throttled like one that does', async () => {
  for (let failure = 0; failure < 10; failure += 1) await attempt('nobody@example.com', 'x', '192.0.2.30');
  expect((await attempt('nobody@example.com', 'x', '192.0.2.30')).status).toBe(429);
});

test('guesses that come all at once are throttled too', async () => {
  const member = await app.addMember('WRITER', 'stormed@example.com');
  const guesses = Array.from({ length: 30 }, () => attempt(member.email, 'not the password', '192.0.2.40'));
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  // Two hash at once in tests, so one more than ten can be under way.
  expect(statuses.filter((status) => status === 400).length).toBeLessThanOrEqual(11);
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(19);
});

test('a success forgives the failures before it', async () => {
  const member = await app.addMember('WRITER', 'clumsy@example.com');
  for (let round = 0; round < 3; round += 1) {
    for (let failure = 0; failure < 5; failure += 1) await attempt(member.email, 'not the password', '192.0.2.50');
    expect((await attempt(member.email, memberPassword, '192.0.2.50')).status).toBe(303);
  }
});

describe('the audit log', () => {
  test('has a row for each sign-in, and one a minute for refusals, with a count', async () => {
    const member = await app.addMember('ADMIN', 'audited@example.com');
    const rows = (action: string) =>
      app.db.auditLogEntry.findMany({ where: { action, targetId: member.id }, orderBy: { id: 'asc' } });
    await attempt(member.email, memberPassword, '192.0.2.60');
    expect(await rows('SIGNED_IN')).toMatchObject([
      { actorKind: 'MEMBER', actorId: member.id, accountId: member.accountId, ipAddress: '192.0.2.60', count: 1 },
    ]);
    for (let failure = 0; failure < 3; failure += 1) await attempt(member.email, 'not the password', '192.0.2.60');
    await attempt(member.email, 'not the password', '192.0.2.61');
    app.clock.advance(60);
    await attempt(member.email, 'not the password', '192.0.2.60');
    expect((await rows('SIGN_IN_REFUSED')).map(({ count, ipAddress }) => [count, ipAddress])).toEqual([
      [3, '192.0.2.60'],
      [1, '192.0.2.61'],
      [1, '192.0.2.60'],
    ]);
    expect(await rows('SIGNED_IN')).toHaveLength(1);
  });

  test('has nothing of addresses that do not exist', async () => {
    const before = await app.db.auditLogEntry.count();
    await attempt('invented@example.com', 'not the password', '192.0.2.70');
    expect(await app.db.auditLogEntry.count()).toBe(before);
  });
});
