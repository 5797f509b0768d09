// My account, sessions: where a member is signed in, and signing out elsewhere.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import type { TestBrowser } from '../support/browser.js';
import { signedInBrowser } from '../support/graphql.js';
import { newBrowser, postForm } from '../support/oauth.js';

let app: TestApp;
let here: TestBrowser;
let there: TestBrowser;
beforeAll(async () => {
  app = await createTestApp();
});
beforeEach(async () => {
  await app.db.session.deleteMany();
  there = await signedInBrowser(app, app.owner);
  here = await signedInBrowser(app, app.owner);
  await app.db.session.updateMany({
    data: { ipAddress: '192.0.2.7', userAgent: 'Mozilla/5.0 (X11; Linux) Firefox/1' },
  });
});
afterAll(() => app.close());

const isSignedIn = async (browser: TestBrowser) => (await browser.visit('/me')).url.pathname === '/me';
const csrfOf = (html: string) => /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
const otherId = (html: string) => /name="session" value="(ses_\w+)"/.exec(html)?.[1] ?? '';

test('whoever is not signed in signs in first and comes back to it', async () => {
  const fresh = newBrowser(app);
  const page = await fresh.signIn(app.owner, await fresh.visit('/me/sessions'));
  expect(page.url.pathname).toBe('/me/sessions');
});

test('the page says which browser is this one, and gives a button for each other', async () => {
  const { html } = await here.visit('/me/sessions');
  expect(html.match(/Firefox on Linux/g)?.length).toBeGreaterThanOrEqual(2);
  expect(html.match(/This browser/g)).toHaveLength(1);
  expect(html).toContain('192.0.2.7');
  expect(html.match(/value="ses_\w+"/g)).toHaveLength(1);
});

test('another browser is signed out, and a second time changes nothing', async () => {
  const { html } = await here.visit('/me/sessions');
  for (const _again of [1, 2]) {
    const response = await postForm(here, '/me/sessions', { csrf: csrfOf(html), session: otherId(html) });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/me/sessions?done=one']);
  }
  const after = await here.visit('/me/sessions?done=one');
  expect(after.html).toContain('That browser is signed out.');
  expect(after.html).toContain('You are signed in nowhere else.');
  expect([await isSignedIn(there), await isSignedIn(here)]).toEqual([false, true]);
});

test('everywhere else at once leaves this browser signed in', async () => {
  const third = await signedInBrowser(app, app.owner);
  const { html } = await here.visit('/me/sessions');
  const response = await postForm(here, '/me/sessions', { csrf: csrfOf(html), session: 'others' });
  expect(response.headers.get('location')).toBe('/me/sessions?done=others');
  expect([await isSignedIn(there), await isSignedIn(third), await isSignedIn(here)]).toEqual([false, false, true]);
});

test('a form for what is not there, or somebody else’s, ends on the list and changes nothing', async () => {
  const id = otherId((await here.visit('/me/sessions')).html);
  const other = await signedInBrowser(app, (await app.addAccount()).owner);
  const csrf = csrfOf((await other.visit('/me')).html);
  for (const session of [id, 'ses_00000000000000000000000000', '', 'x'.repeat(5000), '\u0000']) {
    const response = await postForm(other, '/me/sessions', { csrf, session });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/me/sessions']);
  }
  expect((await postForm(here, '/me/sessions', { session: id })).status).toBe(403);
  expect(await isSignedIn(there)).toBe(true);
});
