// GraphiQL in a real browser, as somebody meets it who has never been there.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { examples } from '../../src/api/examples.js';
import { startTestServer, type TestServer } from '../support/app.js';
import { launchChromium } from '../support/chromium.js';
import { signIn } from './screens.js';

let server: TestServer;
let browser: Browser;
beforeAll(async () => {
  server = await startTestServer({ issuerHost: 'localhost' });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** Signs in with a fresh profile and opens GraphiQL, at an address of the caller's. */
async function firstVisit(search = ''): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`${server.issuer}/login`);
  await signIn(page, server.owner);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.goto(`${server.issuer}/graphql${search}`);
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  return page;
}

/** What an editor shows, without its spaces, which are of several kinds. */
const textOf = async (page: Page, region: string): Promise<string> =>
  (await page.getByRole('region', { name: region }).locator('.view-line').allInnerTexts()).join('').replace(/\s/g, '');

test('the first tab has its variables on the first visit already', async () => {
  const page = await firstVisit();
  const variables = JSON.stringify(examples[0]?.variables).replace(/\s/g, '');
  await expect.poll(() => textOf(page, 'Variables')).toBe(variables);
  await page.context().close();
});

test('a query that a link brings comes without the variables of the first tab', async () => {
  const page = await firstVisit(`?query=${encodeURIComponent('query Linked { account { id } }')}`);
  await expect.poll(() => textOf(page, 'Operation Editor')).toContain('queryLinked');
  expect(await textOf(page, 'Variables')).toBe('');
  await page.context().close();
});
