// Requests that another site, or another browser, makes in a person's name: the forms refuse them, and a waiting request is
// its browser's alone.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { fieldsOf, type Page, type TestBrowser } from '../support/browser.js';
import {
  anyPkce,
  authorizeUrl,
  newBrowser,
  postForm,
  registerClient,
  signedInBrowser,
  type TestClient,
} from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app);
});
afterAll(() => app.close());

test('what has no such method is answered with a page that says so, and what there is', async () => {
  for (const [method, path, allow] of [
    ['POST', '/', 'GET, HEAD'],
    ['POST', '/account-deleted', 'GET, HEAD'],
    ['DELETE', '/login', 'GET, HEAD, POST'],
  ] as const) {
    const answer = await app.request(path, { method });
    expect([path, answer.status, answer.headers.get('allow')]).toEqual([path, 405, allow]);
    expect(await answer.text()).toContain('This page cannot do that');
  }
  for (const method of ['GET', 'POST']) {
    const answer = await app.request('/nothing', { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([404, null]);
  }
});

test('of an origin that is not ours no more than 500 characters are logged', async () => {
  const { browser, fields } = await loginForm();
  const origin = `https://${'x'.repeat(5000)}.example`;
  expect((await postForm(browser, '/login', fields, { origin })).status).toBe(403);
  const lines = app.logLines.filter((line) => line.includes('xxxxx'));
  expect(lines).toHaveLength(1);
  expect(lines[0]?.match(/x+/g)?.join('').length).toBeLessThan(520);
});

interface Form {
  readonly browser: TestBrowser;
  readonly page: Page;
  readonly path: string;
  readonly fields: Record<string, string>;
  /** Whether what the form does has been done. */
  done(): Promise<boolean>;
}

async function loginForm(): Promise<Form> {
  const browser = newBrowser(app);
  const page = await browser.visit('/login');
  const fields = { ...fieldsOf(page.html), email: app.owner.email, password: app.owner.password };
  const done = async () => (await browser.visit('/')).html.includes(app.owner.email);
  return { browser, page, path: '/login', fields, done };
}

async function consentForm(): Promise<Form> {
  const browser = await signedInBrowser(app);
  // A client of its own: what is allowed once is not asked again.
  const page = await browser.visit(authorizeUrl(await registerClient(app), anyPkce));
  const id = fieldsOf(page.html).request ?? '';
  const done = async () => (await app.db.authorizationRequest.count({ where: { id } })) === 0;
  return { browser, page, path: '/consent', fields: { ...fieldsOf(page.html), decision: 'allow' }, done };
}

async function logoutForm(): Promise<Form> {
  const browser = await signedInBrowser(app);
  const page = await browser.visit('/logout');
  const done = async () => !(await browser.visit('/')).html.includes(app.owner.email);
  return { browser, page, path: '/logout', fields: fieldsOf(page.html), done };
}

async function otherAccountForm(): Promise<Form> {
  const email = `${Math.random()}@foreign.example`;
  const { owner } = await app.addAccount('Foreign', email);
  const browser = await signedInBrowser(app, owner);
  const page = await browser.visit(authorizeUrl(client, anyPkce));
  const done = async () => !(await browser.visit('/')).html.includes(email);
  return { browser, page, path: '/other-account', fields: { ...fieldsOf(page.html), decision: 'switch' }, done };
}

describe.each([
  ['sign-in', loginForm],
  ['consent', consentForm],
  ['sign-out', logoutForm],
  ['other-account', otherAccountForm],
])('the %s form (CVE-2014-8144, OpenID Connect Core 3.1.2.3)', (_, open) => {
  test('works from its own page', async () => {
    const { browser, path, fields, done } = await open();
    expect(await done()).toBe(false);
    expect((await postForm(browser, path, fields)).status).toBe(303);
    expect(await done()).toBe(true);
  });

  test('is refused without its token, with a wrong one, and with that of another browser (OpenID Connect Core 3.1.2.3, CVE-2014-8144)', async () => {
    const { browser, path, fields, done } = await open();
    const elsewhere = fieldsOf((await newBrowser(app).visit('/login')).html).csrf ?? '';
    for (const csrf of ['', 'x', elsewhere, `${fields.csrf}A`, String(fields.csrf).slice(1)]) {
      const response = await postForm(browser, path, { ...fields, csrf });
      expect([response.status, response.headers.get('location')]).toEqual([403, null]);
      expect(response.headers.getSetCookie().join()).not.toMatch(/latchkey=/);
    }
    expect(await done()).toBe(false);
  });

  test.each<[string, Record<string, string>]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['another port of this host', { origin: 'http://localhost:4001' }],
    ['another scheme', { origin: 'https://localhost:4000' }],
    ['another site, by Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling, by Sec-Fetch-Site', { 'sec-fetch-site': 'same-site' }],
    ['an unknown origin of another site', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ])('is refused from %s, token or not', async (_name, headers) => {
    const { browser, path, fields, done } = await open();
    const response = await postForm(browser, path, fields, headers);
    expect([response.status, response.headers.get('location')]).toEqual([403, null]);
    expect(await done()).toBe(false);
  });

  test('is refused as another media type, and by GET', async () => {
    const { browser, path, fields, done } = await open();
    const body = new URLSearchParams(fields).toString();
    const headers = { 'content-type': 'text/plain', origin: app.issuer };
    expect((await browser.fetch(path, { method: 'POST', headers, body })).status).toBe(403);
    await browser.fetch(`${path}?${body}`);
    expect(await done()).toBe(false);
  });
});

describe('a waiting request of another browser (CVE-2022-39222)', () => {
  test('opens no page there, and is not answered by it', async () => {
    const { page } = await consentForm();
    for (const thief of [newBrowser(app), await signedInBrowser(app)]) {
      for (const path of ['/login', '/consent', '/other-account']) {
        const response = await thief.fetch(`${path}${page.url.search}`);
        expect([response.status, response.headers.get('location')]).toEqual([403, null]);
        expect(await response.text()).not.toContain('Test app');
      }
    }
  });

  test('cannot be decided there, though the person is the same', async () => {
    const { fields, done } = await consentForm();
    const thief = await signedInBrowser(app);
    const { csrf } = fieldsOf((await thief.visit('/logout')).html);
    for (const decision of ['allow', 'deny']) {
      const response = await postForm(thief, '/consent', { ...fields, csrf: csrf ?? '', decision });
      expect([response.status, response.headers.get('location')]).toEqual([403, null]);
    }
    expect(await done()).toBe(false);
  });

  test('is not signed in for there', async () => {
    const victim = newBrowser(app);
    const waiting = await victim.visit(authorizeUrl(client, anyPkce));
    const { browser, fields } = await loginForm();
    const request = fieldsOf(waiting.html).request ?? '';
    expect((await postForm(browser, '/login', { ...fields, request })).status).toBe(403);
  });
});

test('a waiting request is over after an hour', async () => {
  const { browser, page, fields } = await consentForm();
  app.clock.advance(3600);
  expect((await browser.fetch(page.url.href)).status).toBe(403);
  expect((await postForm(browser, '/consent', fields)).status).toBe(403);
});

test('the form of a page that was answered is spent (the back button)', async () => {
  const { browser, page, fields } = await consentForm();
  const first = await postForm(browser, '/consent', fields);
  expect(new URL(first.headers.get('location') ?? '').searchParams.get('code')).toMatch(/^lkc_/);
  for (const again of [await postForm(browser, '/consent', fields), await browser.fetch(page.url.href)]) {
    expect([again.status, again.headers.get('location')]).toEqual([403, null]);
    expect(await again.text()).toContain('Go back to the app and sign in again.');
  }
});

test('a form that is posted twice at once is answered once', async () => {
  const { browser, fields } = await consentForm();
  const answers = await Promise.all([1, 2, 3, 4].map(() => postForm(browser, '/consent', fields)));
  const codes = answers.filter((answer) => (answer.headers.get('location') ?? '').includes('code='));
  expect(codes).toHaveLength(1);
});

test('a form posted under another address of ours is told which one is right', async () => {
  const browser = newBrowser(app);
  const login = await browser.visit('/login');
  const response = await browser.fetch('/login', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://127.0.0.1:4000' },
    body: new URLSearchParams({
      ...fieldsOf(login.html),
      email: app.owner.email,
      password: app.owner.password,
    }).toString(),
  });
  expect(response.status).toBe(403);
  expect(await response.text()).toContain(`Latchkey is at ${app.issuer}`);
});
