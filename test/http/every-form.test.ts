// Every form of every page, sent as people send forms: twice, late, from a second tab, without cookies, from the back button. Each
// ends on a page that says what is, with a way on, or at the app; never in a fault of ours. A form that is not in the table fails.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiToken } from '../../src/api-tokens/service.js';
import { inviteMember } from '../../src/members/invitations.js';
import { actorOfMember } from '../../src/members/service.js';
import { createTestApp, memberPassword, type TestApp } from '../support/app.js';
import type { Page, TestBrowser } from '../support/browser.js';
import { linkTo } from '../support/mail.js';
import {
  anyPkce,
  authorizeUrl,
  newBrowser,
  postForm,
  redirectUri,
  registerClient,
  signedInBrowser,
  type TestClient,
} from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
/** Of another account than the members. */
let foreignClient: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app);
  const { owner } = await app.addAccount('Fabrikam');
  foreignClient = await registerClient({ ...app, owner });
});
afterAll(() => app.close());

let people = 0;
/** Somebody new, who has allowed nothing yet. */
function somebody() {
  people += 1;
  return app.addMember('WRITER', `person-${people}@example.com`);
}
type Person = Awaited<ReturnType<typeof somebody>>;

/** A form that is open in somebody's browser. */
interface Form {
  /** Where it is posted. */
  readonly path: string;
  /** The page that it is on. */
  readonly page: string;
  readonly name: string;
  /** Whether its page is for somebody who is signed in. */
  readonly signedIn: boolean;
  open(browser: TestBrowser, person: Person): Promise<Page>;
  values(person: Person): Record<string, string>;
}

const visit = (path: string) => (browser: TestBrowser) => browser.visit(path);
const authorize =
  (of: () => TestClient, more: Record<string, string> = {}) =>
  (browser: TestBrowser) =>
    browser.visit(authorizeUrl(of(), { ...anyPkce, ...more }));
const credentials = ({ email }: Person) => ({ email, password: memberPassword });
const decides = (decision: string) => () => ({ decision });

async function openInvitation(browser: TestBrowser, person: Person) {
  const manager = { actor: actorOfMember(app.owner, { ipAddress: null, userAgent: null }), memberId: app.owner.id };
  const email = `invited-by-${person.email}`;
  await inviteMember(app.deps, { ...manager, role: 'OWNER' }, { email, name: null, role: 'READER' });
  return browser.visit(await linkTo(app, email));
}

async function openResetLink(browser: TestBrowser, person: Person) {
  const other = newBrowser(app);
  await other.submit(await other.visit('/forgot-password'), { email: person.email });
  return browser.visit(await linkTo(app, person.email));
}

async function openToken(browser: TestBrowser, person: Person) {
  const actor = actorOfMember(person, { ipAddress: null, userAgent: null });
  const manager = { actor, accountId: person.accountId, memberId: person.id, role: person.role };
  const { apiToken } = await createApiToken(app.deps, manager, { name: 'CI', role: 'READER' });
  return browser.visit(`/me/tokens?token=${apiToken.id}`);
}

const newAddress = ({ email }: Person) => ({ decision: 'change', newEmail: `new-${email}` });

const noOtherAddress = (person: Person) => ({ ...newAddress(person), decision: 'cancel' });

async function openUnverified(browser: TestBrowser, person: Person) {
  await app.db.member.update({ where: { id: person.id }, data: { emailVerifiedAt: null } });
  return browser.visit('/me');
}

async function openProfileWithChange(browser: TestBrowser, person: Person) {
  await browser.submit(await browser.visit('/me'), newAddress(person), '/me/email');
  return browser.visit('/me');
}

async function openEmailLink(browser: TestBrowser, person: Person) {
  await openProfileWithChange(browser, person);
  return browser.visit(await linkTo(app, newAddress(person).newEmail));
}

async function openSessions(browser: TestBrowser, person: Person) {
  await signedInBrowser(app, person);
  return browser.visit('/me/sessions');
}

async function openApps(browser: TestBrowser) {
  await browser.submit(await browser.visit(authorizeUrl(client, anyPkce)), { decision: 'allow' });
  return browser.visit('/me/apps');
}

const form = (
  path: string,
  name: string,
  signedIn: boolean,
  open: Form['open'],
  values: Form['values'] = () => ({}),
  page = path,
): Form => ({ path, page, name, signedIn, open, values });

const forms: readonly Form[] = [
  form('/login', 'signing in', false, visit('/login'), credentials),
  form(
    '/login',
    'signing in to an app',
    false,
    authorize(() => client),
    credentials,
  ),
  form(
    '/consent',
    'allowing',
    true,
    authorize(() => client),
    decides('allow'),
  ),
  form(
    '/consent',
    'denying',
    true,
    authorize(() => client),
    decides('deny'),
  ),
  form(
    '/choose-account',
    'going on',
    true,
    authorize(() => client, { prompt: 'select_account' }),
    decides('continue'),
  ),
  form(
    '/choose-account',
    'going back',
    true,
    authorize(() => client, { prompt: 'select_account' }),
    decides('deny'),
  ),
  form(
    '/other-account',
    'switching',
    true,
    authorize(() => foreignClient),
    decides('switch'),
  ),
  form(
    '/other-account',
    'going back',
    true,
    authorize(() => foreignClient),
    decides('deny'),
  ),
  form(
    '/login',
    'going back to the app',
    false,
    authorize(() => client),
    decides('deny'),
  ),
  form('/logout', 'signing out', true, visit('/logout')),
  form('/accept-invitation', 'accepting', false, openInvitation, () => ({ password: 'a password of an invited one' })),
  form('/forgot-password', 'asking for a link', false, visit('/forgot-password'), ({ email }) => ({ email })),
  form('/reset-password', 'setting a password', false, openResetLink, () => ({ password: 'a new long password' })),
  form('/me', 'a name', true, visit('/me'), () => ({ name: 'Grace' })),
  form('/me/email', 'another address', true, visit('/me'), newAddress, '/me'),
  form('/me/email', 'a link to verify', true, openUnverified, ({ email }) => ({ decision: 'verify', email }), '/me'),
  form('/me/email', 'no other address', true, openProfileWithChange, noOtherAddress, '/me'),
  form('/verify-email', 'taking an address', true, openEmailLink),
  form('/me/password', 'a password', true, visit('/me/password'), () => ({
    current_password: memberPassword,
    password: 'a new long password',
  })),
  form('/me/sessions', 'signing out elsewhere', true, openSessions, () => ({ session: 'others' })),
  form('/me/apps', 'removing an app', true, openApps),
  form('/me/data', 'deletion', true, visit('/me/data'), ({ email }) => ({ decision: 'delete', confirmEmail: email })),
  form('/me/tokens', 'a new token', true, visit('/me/tokens'), () => ({
    decision: 'create',
    name: 'CI',
    role: 'READER',
    expires: '30',
  })),
  form('/me/tokens', 'replacing a token', true, openToken, () => ({ decision: 'rotate', overlap: '0', expires: '30' })),
  form('/me/tokens', 'revoking a token', true, openToken, () => ({ decision: 'revoke' })),
];

/** What takes a POST and is no form of a page. */
const protocol = [
  '/graphql',
  '/oauth/authorize',
  '/oauth/introspect',
  '/oauth/logout',
  '/oauth/revoke',
  '/oauth/token',
  '/oauth/userinfo',
];

test('the table knows every form that there is', () => {
  const posted = app.app.routes.filter(({ method }) => method === 'POST').map(({ path }) => path);
  const known = [...forms.map(({ path }) => path), ...protocol];
  expect([...new Set(posted)].sort()).toEqual([...new Set(known)].sort());
});

/** Holds an answer to what every one must be: at the app, or a page of ours that says something and leads on. */
function expectClear(answer: Page): void {
  if (answer.left) {
    expect(answer.url.href.startsWith(redirectUri)).toBe(true);
    expect(Boolean(answer.url.searchParams.get('code')) !== Boolean(answer.url.searchParams.get('error'))).toBe(true);
    return;
  }
  expect(answer.status, answer.html).toBeLessThan(500);
  expect(answer.html).toMatch(/<h1[ >]/);
  expect(answer.html).not.toContain('Something went wrong');
  expect(answer.html).toMatch(/<form method="post"|<a class="button[^"]*" href="\/|<nav/);
  expect(answer.headers.get('cache-control')).toBe('no-store');
}

async function forgetCookie(browser: TestBrowser, name: string): Promise<void> {
  const { domain, path } = (await browser.jar.getCookies(app.issuer)).find(({ key }) => key === name) ?? {};
  if (domain && path) await browser.jar.setCookie(`${name}=; Max-Age=0; Path=${path}`, app.issuer);
}

describe.each(forms)('$path ($name)', (given) => {
  let person: Person;
  let browser: TestBrowser;
  let page: Page;

  async function open(): Promise<void> {
    // All of these people are in one network, which asks for more links than one may.
    await app.db.rateLimiterFlexible.deleteMany();
    person = await somebody();
    browser = given.signedIn ? await signedInBrowser(app, person) : newBrowser(app);
    page = await given.open(browser, person);
    expect([page.status, page.url.pathname, page.left]).toEqual([200, given.page, false]);
  }
  const send = (values: Record<string, string> = {}) =>
    browser.submit(page, { ...given.values(person), ...values }, given.path);

  test('sent once it does what it is for, and sent again it ends on a clear page', async () => {
    await open();
    const first = await send();
    expectClear(first);
    expect(first.left || first.status === 200, first.html).toBe(true);
    for (let count = 0; count < 2; count += 1) expectClear(await send());
    // The back button: what is asked for again, since no page is kept.
    expectClear(await browser.visit(page.url.href));
  });

  test('sent twice at once it ends on a clear page', async () => {
    await open();
    for (const answer of await Promise.all([send(), send(), send()])) expectClear(answer);
  });

  test('open in two tabs, both end on a clear page', async () => {
    await open();
    const second = await browser.visit(page.url.href);
    expectClear(await browser.submit(second, given.values(person), given.path));
    expectClear(await send());
  });

  test('sent after a sign-out, and after the next person has signed in, it ends on a clear page', async () => {
    await open();
    await browser.submit(await browser.visit('/logout'));
    expectClear(await send());
    await browser.signIn(await somebody());
    expectClear(await send());
  });

  test('sent when session and request have expired it ends on a clear page', async () => {
    await open();
    app.clock.advance(31 * 86_400);
    expectClear(await send());
    expectClear(await browser.visit(page.url.href));
  });

  test('sent without the cookie that its token is bound to it changes nothing and says where to go on', async () => {
    await open();
    await forgetCookie(browser, 'latchkey-browser');
    const refused = await send();
    expect([refused.status, refused.html.includes('This page has expired')]).toEqual([403, true]);
    expectClear(refused);
    const onward = /<a class="button" href="([^"]+)"/.exec(refused.html)?.[1] ?? '';
    expectClear(await browser.visit(onward.replaceAll('&amp;', '&')));
  });

  test('sent without any cookie, from elsewhere, or as no form at all, it is refused clearly', async () => {
    await open();
    const stranger = newBrowser(app);
    expectClear(await stranger.submit(page, given.values(person), given.path));
    const foreign = await postForm(browser, given.path, given.values(person), { origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    expectClear(await browser.visit(given.path, json));
  });

  test('sent with nothing in it but its token, or with everything unusable, it ends on a clear page', async () => {
    await open();
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
    const empty = await postForm(browser, given.path, { csrf });
    expect(empty.status).toBeLessThan(500);
    const garbled = Object.fromEntries(Object.keys(given.values(person)).map((name) => [name, 'x\u0000\ud800']));
    expectClear(await send(garbled));
    expectClear(await send({ request: 'req_nobody', token: 'nothing', member: 'mem_nobody', once: 'x' }));
  });
});
