// My account, password: who may change it, what must be right, and what ends with the old one.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestApp, memberPassword, type TestApp } from '../support/app.js';
import { apiTokenOf, bearer, signedInBrowser } from '../support/graphql.js';
import { mailsTo } from '../support/mail.js';
import { countHashes, newBrowser, obtainTokens, refresh, registerClient } from '../support/oauth.js';

let app: TestApp;
let member: Awaited<ReturnType<TestApp['addMember']>>;
beforeEach(async () => {
  app = await createTestApp();
  member = await app.addMember('READER', 'grace@example.com');
});
afterEach(() => app.close());

const next = 'quite another long password';
const living = () => app.db.session.findMany({ where: { memberId: member.id, endedAt: null } });
const storedHash = async () => (await app.db.member.findUniqueOrThrow({ where: { id: member.id } })).passwordHash;

async function change(browser: Awaited<ReturnType<typeof signedInBrowser>>, current: string, password: string) {
  return browser.submit(await browser.visit('/me/password'), { current_password: current, password });
}

test('a member changes their password: this browser goes on under a new secret, everything else of theirs ends', async () => {
  const browser = await signedInBrowser(app, member);
  const elsewhere = await signedInBrowser(app, member);
  const client = await registerClient(app);
  const { refreshToken } = await obtainTokens(app, client, { scope: 'openid offline_access' }, elsewhere);
  const { token } = await apiTokenOf(app, 'READER', member);
  const before = await browser.jar.getCookies(app.issuer);
  const [sessionBefore] = await living();

  const changed = await change(browser, memberPassword, next);
  expect([changed.status, changed.url.pathname + changed.url.search]).toEqual([200, '/me/password?done=changed']);
  expect(changed.html).toContain('Your password is changed.');
  const secretOf = (cookies: typeof before) => cookies.find(({ key }) => key === 'latchkey')?.value;
  expect(secretOf(await browser.jar.getCookies(app.issuer))).not.toBe(secretOf(before));
  const sessions = await living();
  expect(sessions).toHaveLength(1);
  expect(sessions[0]?.id).not.toBe(sessionBefore?.id);

  expect((await elsewhere.visit('/me')).url.pathname).toBe('/login');
  expect((await refresh(app, client, refreshToken)).status).toBe(400);
  expect((await bearer(app, token)('{ viewer { role } }')).data.viewer.role).toBe('READER');
  expect((await newBrowser(app).signIn({ email: member.email, password: memberPassword })).status).toBe(400);
  expect((await newBrowser(app).signIn({ email: member.email, password: next })).url.pathname).toBe('/');

  const entry = await app.db.auditLogEntry.findFirstOrThrow({ where: { action: 'MEMBER_PASSWORD_SET' } });
  expect(entry).toMatchObject({ actorKind: 'MEMBER', actorId: member.id, targetId: member.id });
  expect((await mailsTo(app, member.email)).map(({ subject }) => subject)).toEqual([
    'Your Latchkey password was changed',
  ]);
});

test('apps that were signed in to hear of it (OpenID Connect Back-Channel Logout)', async () => {
  const client = await registerClient(app, { backchannelLogoutUri: 'https://app.example.com/signed-out' });
  const browser = await signedInBrowser(app, member);
  await obtainTokens(app, client, {}, browser);
  await change(browser, memberPassword, next);
  expect(await app.db.logoutDelivery.count({ where: { clientId: client.id } })).toBe(1);
});

test('a wrong current password and a bad new one are told at once, each beside its field, and nothing changes', async () => {
  const browser = await signedInBrowser(app, member);
  const before = await storedHash();
  const refused = await change(browser, 'not the password', 'short');
  expect(refused.status).toBe(400);
  expect(refused.html).toContain('<title>Error: Password');
  expect(refused.html).toMatch(
    /id="current_password"[^>]*aria-invalid="true"[^>]*aria-describedby="current_password-error"/,
  );
  expect(refused.html).toMatch(/id="password"[^>]*aria-describedby="password-error password-hint"/);
  expect(refused.html).toContain('This is not your current password.');
  expect(refused.html).toContain('at least 12 characters');
  expect(refused.html).not.toContain('not the password');
  expect(await storedHash()).toBe(before);
  expect(await living()).toHaveLength(1);
});

test.each([
  ['a common one', 'password1234', 'many people use'],
  ['one of 129 characters', 'x'.repeat(129), 'at most 128'],
  ['the same again', memberPassword, 'your current one'],
  ['none', '', 'at least 12 characters'],
])('the new password cannot be %s', async (_name, password, words) => {
  const browser = await signedInBrowser(app, member);
  const refused = await change(browser, memberPassword, password);
  expect([refused.status, refused.html.includes(words)]).toEqual([400, true]);
});

describe('whoever has the session alone', () => {
  test('guesses the password as slowly as at the sign-in, where it counts too, before any hash', async () => {
    const browser = await signedInBrowser(app, member);
    for (let attempt = 0; attempt < 10; attempt += 1) {
      expect((await change(browser, `guess number ${attempt}`, next)).status).toBe(400);
    }
    const counted = countHashes(app);
    const refused = await change(browser, memberPassword, next);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.html).toContain('Too many failed attempts');
    expect((await newBrowser(app).signIn(member)).status).toBe(429);
    expect(counted).toEqual({ hash: 0, verify: 0, burn: 0 });
    const entry = await app.db.auditLogEntry.findFirstOrThrow({ where: { action: 'SIGN_IN_REFUSED' } });
    expect(entry).toMatchObject({ actorId: member.id });
  });

  test('changes nothing without the form token (known attack 42)', async () => {
    const browser = await signedInBrowser(app, member);
    const before = await storedHash();
    const page = await browser.visit('/me/password');
    const refused = await browser.submit(page, { current_password: memberPassword, password: next, csrf: 'x' });
    expect(refused.status).toBe(403);
    expect(await storedHash()).toBe(before);
  });
});

test('of two changes at once one counts, and the other says so', async () => {
  const browser = await signedInBrowser(app, member);
  const page = await browser.visit('/me/password');
  const other = await signedInBrowser(app, member);
  const otherPage = await other.visit('/me/password');
  const given = { current_password: memberPassword };
  const answers = await Promise.all([
    browser.submit(page, { ...given, password: next }),
    other.submit(otherPage, { ...given, password: 'a third long password' }),
  ]);
  const places = answers.map(({ url }) => url.pathname + url.search).sort();
  expect(places.filter((place) => place === '/me/password?done=changed')).toHaveLength(1);
  expect(answers.every(({ status }) => status < 500)).toBe(true);
  expect(await living()).toHaveLength(1);
});

test('a link for a forgotten password that was sent before does not work any more', async () => {
  const stranger = newBrowser(app);
  await stranger.submit(await stranger.visit('/forgot-password'), { email: member.email });
  const [mail] = await mailsTo(app, member.email);
  await change(await signedInBrowser(app, member), memberPassword, next);
  expect((await stranger.visit(mail?.action?.url ?? '')).status).toBe(400);
});

test('a form that was open when the session ended leads to the sign-in and back', async () => {
  const browser = await signedInBrowser(app, member);
  const page = await browser.visit('/me/password');
  await browser.submit(await browser.visit('/logout'));
  const answer = await browser.submit(page, { current_password: memberPassword, password: next });
  expect([answer.url.pathname, answer.url.search]).toEqual(['/login', '?return_to=%2Fme%2Fpassword']);
});

test('neither password is logged or stored as it was typed', async () => {
  const browser = await signedInBrowser(app, member);
  await change(browser, 'a canary that is wrong', 'a canary');
  await change(browser, memberPassword, next);
  const log = app.logLines.join('\n');
  for (const secret of ['a canary', next, memberPassword]) expect(log).not.toContain(secret);
});
