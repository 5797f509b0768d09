// The whole story in a real browser: an owner signs in, registers the partner app in GraphiQL, and signs in to that app.
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPartnerApp, type PartnerApp } from '../../examples/partner-app/app.js';
import { createApiToken } from '../../src/api-tokens/service.js';
import { actorOfMember } from '../../src/members/service.js';
import { startTestServer, type TestServer } from '../support/app.js';
import { launchChromium, openWindow, type PageRecord } from '../support/chromium.js';
import { placeForPartnerApp } from '../support/partner-app.js';

let server: TestServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let record: PageRecord;
let place: { port: number; redirectUri: string };
let partnerApp: PartnerApp | undefined;

beforeAll(async () => {
  // Another host name than the app's 127.0.0.1, since cookies do not tell ports apart.
  server = await startTestServer({ issuerHost: 'localhost' });
  place = await placeForPartnerApp(server);
  browser = await launchChromium();
  ({ context, page, record } = await openWindow(browser));
  page.setDefaultTimeout(15_000);
  // What Ctrl-C does anyway: the test fills the clipboard that it pastes from.
  await context.grantPermissions(['clipboard-write'], { origin: server.issuer });
});
afterAll(async () => {
  await browser?.close();
  await partnerApp?.close();
  await server?.close();
});

// biome-ignore lint/suspicious/noExplicitAny: the shape is the operation's, which the test knows
type Answer = any;

/** Signs in on the sign-in page that is shown. */
async function signIn(): Promise<void> {
  await page.getByLabel('E-mail').fill(server.owner.email);
  await page.getByLabel('Password').fill(server.owner.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Replaces what is in one of GraphiQL's editors by pasting. */
async function paste(editor: Locator, text: string): Promise<void> {
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await editor.locator('.view-lines').filter({ visible: true }).click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('ControlOrMeta+V');
}

/** What the result pane shows, read line by line as a person would; null when that is no whole answer. */
async function shownAnswer(): Promise<Answer> {
  const lines = page.getByRole('region', { name: 'Result Window' }).locator('.view-line');
  const text = await lines.evaluateAll((elements) =>
    elements
      .sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)
      .map((element) => element.textContent)
      .join(''),
  );
  try {
    // Long lines are broken and indented, so no space is to be relied on.
    return JSON.parse(text.replace(/\s/g, ''));
  } catch {
    return null;
  }
}

/**
 * Runs a named operation in GraphiQL.
 * @returns the answer's data once it has the field that is awaited
 */
async function run(document: string, awaited: string): Promise<Answer> {
  await paste(page.getByRole('region', { name: 'Operation Editor' }), document);
  // GraphiQL reads what was typed a moment later; its tab then has the operation's name.
  const name = /^\w+ (\w+)/.exec(document)?.[1] ?? '';
  await page.getByRole('tab', { selected: true }).getByRole('button', { name, exact: true }).waitFor();
  await page.getByRole('button', { name: /Execute query/ }).click();
  // The answer that was awaited is the one returned: the pane may be drawn again right after.
  let answer: Answer = null;
  const look = async () => {
    answer = await shownAnswer();
    return JSON.stringify(answer?.data ?? null);
  };
  await expect.poll(look, { timeout: 10_000 }).toContain(`"${awaited}"`);
  return (answer as Answer)?.data;
}

function openPartnerApp(): Promise<unknown> {
  return page.goto(`http://127.0.0.1:${place.port}/`);
}

describe('from registering an app to signing in to it', () => {
  test('the owner signs in and meets GraphiQL, which knows them', async () => {
    await page.goto(server.issuer);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn();
    await page.getByRole('link', { name: /Explore the API/ }).click();
    await page.getByText(`Signed in as ${server.owner.email}`).waitFor();
  });

  test('GraphiQL opens the same example tabs again after a reload, and none beside them', async () => {
    const titles = () => page.locator('.graphiql-tab').allInnerTexts();
    await page.locator('.graphiql-tab').first().waitFor();
    const before = await titles();
    expect(before.length).toBeGreaterThan(5);
    await page.waitForFunction(() => localStorage.getItem('graphiql:tabState') !== null);
    await page.reload();
    await page.locator('.graphiql-tab').first().waitFor();
    expect(await titles()).toEqual(before);
  });

  test('a query runs with the session of the browser', async () => {
    const { viewer } = await run('query Me { viewer { member { email } } }', 'email');
    expect(viewer.member.email).toBe(server.owner.email);
  });

  test('GraphiQL takes an API token in a header, and stores it nowhere', async () => {
    const { id: memberId, accountId, role } = server.owner;
    const actor = actorOfMember(server.owner, { ipAddress: null, userAgent: null });
    const manager = { actor, accountId, memberId, role };
    const { token } = await createApiToken(server.deps, manager, { name: 'pasted', role: 'READER' });
    await page.getByRole('button', { name: 'Headers' }).click();
    const headers = page.getByRole('region', { name: 'Headers' });
    await paste(headers, JSON.stringify({ Authorization: `Bearer ${token}` }));
    const { viewer } = await run('query Token { viewer { apiToken { name } } }', 'apiToken');
    expect(viewer.apiToken.name).toBe('pasted');

    // GraphiQL writes what it stores a moment after the last key.
    await page.waitForFunction(() => JSON.stringify(localStorage).includes('apiToken { name }'));
    const stored = await page.evaluate(() => JSON.stringify(localStorage));
    expect(stored).not.toContain(token);
    const { tabs } = JSON.parse(await page.evaluate(() => localStorage.getItem('graphiql:tabState') ?? ''));
    expect(tabs.map((tab: { headers: unknown }) => tab.headers)).toEqual(tabs.map(() => null));
    await paste(headers, '{}');
  });

  test('the owner registers the partner app, which starts with what the answer shows', async () => {
    const { createOAuthClient } = await run(
      `mutation Register {
        createOAuthClient(input: { name: "Partner app", redirectUris: ["${place.redirectUri}"] }) {
          clientSecret
          oauthClient { clientId }
          userErrors { path message }
        }
      }`,
      'createOAuthClient',
    );
    expect(createOAuthClient.userErrors).toEqual([]);
    partnerApp = createPartnerApp({
      issuer: server.issuer,
      clientId: createOAuthClient.oauthClient.clientId,
      clientSecret: createOAuthClient.clientSecret,
      port: place.port,
    });
    await partnerApp.listen();
    expect(record.complaints).toEqual([]);
  });

  test('refusing on the consent page leads back to the app, which says so', async () => {
    await openPartnerApp();
    await page.getByRole('link', { name: 'Sign in with Latchkey' }).click();
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.getByRole('heading', { name: 'You were not signed in' }).waitFor();
    expect(new URL(page.url()).origin).toBe(partnerApp?.url);
    expect(await page.getByText('access_denied').count()).toBe(1);
    // The app answers with 403, which Chromium reports. It is the only thing that it may report.
    expect(record.complaints.filter((complaint) => !complaint.includes('403'))).toEqual([]);
    record.complaints.length = 0;
  });

  test('allowing signs in to the app, which refreshes and signs out', async () => {
    await page.getByRole('link', { name: 'Sign in again' }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByText(`You are signed in as ${server.owner.email}`).waitFor();
    expect(page.url()).toBe(`${partnerApp?.url}/`);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByText('Refreshed: 1').waitFor();
    await page.getByRole('button', { name: 'Sign out of this app' }).click();
    await page.getByRole('link', { name: 'Sign in with Latchkey' }).waitFor();
  });

  test('with consent given, the sign-in form itself leads to the app', async () => {
    await context.clearCookies({ domain: 'localhost' });
    await page.getByRole('link', { name: 'Sign in with Latchkey' }).click();
    await signIn();
    await page.getByText(`You are signed in as ${server.owner.email}`).waitFor();
  });

  test('nothing was loaded from elsewhere, and no page broke its own policy', () => {
    expect([...record.origins].sort()).toEqual([partnerApp?.url, server.issuer].sort());
    expect(record.complaints).toEqual([]);
  });
});
