// The example app against a listening server: what it shows when all is well, and what when it is not.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createPartnerApp, type PartnerApp } from '../../examples/partner-app/app.js';
import { operatorActor } from '../../src/audit/service.js';
import { endSession } from '../../src/sessions/service.js';
import { startTestServer, type TestServer } from '../support/app.js';
import { type Page, TestBrowser } from '../support/browser.js';
import { freePort, startPartnerApp } from '../support/partner-app.js';

let server: TestServer;
let app: PartnerApp;
beforeAll(async () => {
  server = await startTestServer();
  ({ app } = await startPartnerApp(server));
});
afterAll(async () => {
  await app.close();
  await server.close();
});

interface Person {
  readonly email: string;
  readonly password: string;
}

/** One person's browser: a jar for each of the two origins, as they share no cookies. */
function openBrowser() {
  const partner = new TestBrowser(fetch, app.url);
  const latchkey = new TestBrowser(fetch, server.issuer);
  return {
    partner,
    latchkey,
    /** From the app's sign-in link through Latchkey's pages back to the app. */
    async signIn(person: Person = server.owner, decision: 'allow' | 'deny' = 'allow'): Promise<Page> {
      const away = await partner.visit('/sign-in');
      let page = await latchkey.visit(away.url.href);
      if (page.url.pathname === '/login') page = await latchkey.signIn(person, page);
      if (page.url.pathname === '/consent') page = await latchkey.submit(page, { decision });
      expect(page.left).toBe(true);
      return partner.visit(page.url.href);
    },
    post: (path: string, origin = app.url) => partner.visit(path, { method: 'POST', headers: { origin } }),
  };
}

test('a person signs in, refreshes, and signs out of the app', async () => {
  const browser = openBrowser();
  expect((await browser.partner.visit('/')).html).toContain('Sign in with Latchkey');
  const home = await browser.signIn();
  expect(home.url.href).toBe(`${app.url}/`);
  expect(home.html).toContain(server.owner.email);
  expect(home.html).toContain(server.owner.id);
  expect(home.html).toContain('<output>0</output>');
  expect((await browser.post('/refresh')).html).toContain('<output>1</output>');
  expect((await browser.post('/refresh')).html).toContain('<output>2</output>');
  expect((await browser.post('/sign-out')).html).toContain('Sign in with Latchkey');
  expect((await browser.partner.visit('/')).html).not.toContain(server.owner.email);
});

test('signing in gives the browser another session than before', async () => {
  const browser = openBrowser();
  await browser.partner.visit('/sign-in');
  const before = await browser.partner.jar.getCookieString(app.url);
  await browser.signIn();
  expect(await browser.partner.jar.getCookieString(app.url)).not.toBe(before);
});

test('a refusal is put into words, and the next try works', async () => {
  const browser = openBrowser();
  // Somebody who has not allowed this app anything yet.
  const reader = await server.addMember('READER');
  const refused = await browser.signIn(reader, 'deny');
  expect(refused.status).toBe(403);
  expect(refused.html).toContain('You were not signed in');
  expect(refused.html).toContain('access_denied');
  expect((await browser.signIn(reader)).html).toContain(reader.email);
});

test('a callback that this browser did not ask for shows nothing of its address', async () => {
  const { partner } = openBrowser();
  const page = await partner.visit('/callback?state=guessed&error=access_denied&error_description=Call+0900-1234');
  expect(page.status).toBe(400);
  expect(page.html).toContain('did not begin here');
  expect(page.html).not.toContain('0900');
});

test('a callback that comes twice does not send the code twice', async () => {
  const browser = openBrowser();
  const away = await browser.partner.visit('/sign-in');
  const consent = await browser.latchkey.signIn(server.owner, await browser.latchkey.visit(away.url.href));
  const back = consent.left ? consent : await browser.latchkey.submit(consent, { decision: 'allow' });
  await browser.partner.visit(back.url.href);
  expect((await browser.partner.visit(back.url.href)).html).toContain('did not begin here');
  expect((await browser.partner.visit('/')).html).toContain(server.owner.email);
});

test('signing out of Latchkey ends the app’s tokens: the next refresh says so', async () => {
  const browser = openBrowser();
  await browser.signIn();
  const [session] = await server.db.session.findMany({ orderBy: { id: 'desc' }, take: 1 });
  await endSession(server.deps, operatorActor, session?.id ?? '');
  const page = await browser.post('/refresh');
  expect(page.html).toContain('Your sign-in has ended');
  expect(page.html).toContain('invalid_grant');
  expect((await browser.partner.visit('/')).html).toContain('Sign in with Latchkey');
});

test("another site's forms are refused", async () => {
  const browser = openBrowser();
  await browser.signIn();
  expect((await browser.post('/sign-out', 'https://elsewhere.example')).status).toBe(403);
  expect((await browser.partner.visit('/')).html).toContain(server.owner.email);
});

/** What goes to the app's console meanwhile. */
async function consoleDuring(act: () => Promise<unknown>): Promise<string> {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    await act();
    return written.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    written.mockRestore();
  }
}

test('without Latchkey the app says what to check, to the person and in one line on its console', async () => {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${await freePort()}`;
  const lonely = createPartnerApp({ issuer, clientId: 'id', clientSecret: 'secret', port });
  await lonely.listen();
  try {
    const line = await consoleDuring(async () => {
      const response = await fetch(`${lonely.url}/sign-in`, { redirect: 'manual' });
      expect(response.status).toBe(502);
      expect(await response.text()).toContain('Latchkey does not answer');
    });
    expect(line).toMatch(/^Partner app: Latchkey does not answer\. .*ISSUER.* ECONNREFUSED \(issuer: http.*\)\n$/);
    expect(line).toContain(issuer);
  } finally {
    await lonely.close();
  }
});

test('with a wrong secret the app shows what Latchkey says, and tells its console without the secret', async () => {
  const { app: forgetful, client } = await startPartnerApp(server, { clientSecret: 'lks_of-another-client' });
  const partner = new TestBrowser(fetch, forgetful.url);
  const latchkey = new TestBrowser(fetch, server.issuer);
  try {
    const away = await partner.visit('/sign-in');
    const consent = await latchkey.signIn(server.owner, await latchkey.visit(away.url.href));
    const back = consent.left ? consent : await latchkey.submit(consent, { decision: 'allow' });
    const line = await consoleDuring(async () => {
      const page = await partner.visit(back.url.href);
      expect(page.status).toBe(502);
      expect(page.html).toContain('<code>invalid_client</code>: Client authentication failed.');
    });
    expect(line).toMatch(/^Partner app: Signing in failed\. .* invalid_client: Client authentication failed\..*\n$/);
    expect(line).not.toMatch(/lks_|lkc_/);
    expect(line).not.toContain(client.secret);
  } finally {
    await forgetful.close();
  }
});

test('a person who refuses is nothing for the console', async () => {
  const reader = await server.addMember('READER', 'refuses@example.com');
  expect(await consoleDuring(() => openBrowser().signIn(reader, 'deny'))).toBe('');
});

test('what an answer says stays one line on the console, and text on the page', async () => {
  const { partner } = openBrowser();
  const state = (await partner.visit('/sign-in')).url.searchParams.get('state') ?? '';
  const said = { error: 'server_error', error_description: '<b>one</b>\r\ntwo\u001b[31m' };
  const line = await consoleDuring(async () => {
    const page = await partner.visit(`/callback?${new URLSearchParams({ ...said, state, iss: server.issuer })}`);
    expect(page.html).toContain('<code>server_error</code>: &lt;b&gt;one&lt;/b&gt;');
  });
  expect(line).toContain(' server_error: <b>one</b> two [31m (issuer: ');
  expect(line.trimEnd()).not.toMatch(/\p{Cc}/u);
});

test.each([
  [{ issuer: 'http://id.example.com' }, 'ISSUER must use https'],
  [{ issuer: 'nonsense' }, 'ISSUER must be an address'],
  [{ clientSecret: '' }, 'CLIENT_SECRET is missing'],
  [{ redirectUri: 'http://app.example.com/callback' }, 'REDIRECT_URI must use https'],
])('settings %o are refused', (wrong, message) => {
  const right = { issuer: 'https://id.example.com', clientId: 'id', clientSecret: 'secret' };
  expect(() => createPartnerApp({ ...right, ...wrong })).toThrow(message);
});
