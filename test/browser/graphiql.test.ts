// GraphiQL in a real browser, as somebody meets it who has never been there.
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examples } from '../../src/api/examples.js';
import { startVisitedServer, type VisitedServer } from '../support/visited-server.js';
import { signIn } from './screens.js';

let server: VisitedServer;
beforeAll(async () => {
  server = await startVisitedServer();
});
afterAll(() => server?.close());

const desktop = { viewport: { width: 1280, height: 800 } };
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Signs in with a fresh profile and opens GraphiQL, with what the caller adds to its address, on a device of theirs. */
async function firstVisit(search = '', device: BrowserContextOptions = desktop): Promise<Page> {
  const page = await (await server.browser.newContext(device)).newPage();
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

/** Where something is, in whole pixels. */
async function boxOf(page: Page, selector: string) {
  const box = await page.locator(selector).evaluate((element) => element.getBoundingClientRect().toJSON());
  const rounded = (edge: 'left' | 'right' | 'top' | 'bottom') => Math.round(box[edge]);
  return { left: rounded('left'), right: rounded('right'), top: rounded('top'), bottom: rounded('bottom') };
}

const editors = '.graphiql-editors';
const response = '.graphiql-response';
const docs = '.graphiql-plugin';

describe('on a phone', () => {
  let page: Page;
  beforeAll(async () => {
    page = await firstVisit('', phone);
  });
  afterAll(() => page.context().close());

  const sideways = () =>
    page.evaluate(() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth);

  test('the answer lies below the editors, each as wide as the screen', async () => {
    await page.getByRole('button', { name: /Execute query/ }).tap();
    await page.getByRole('menuitem', { name: 'WhoAmI' }).tap();
    await expect.poll(() => textOf(page, 'Result Window')).toContain('"viewer":{');
    const above = await boxOf(page, editors);
    expect(above).toMatchObject({ left: 0, right: 390 });
    const below = await boxOf(page, response);
    expect(below).toMatchObject({ left: 0, right: 390, top: above.bottom, bottom: 844 });
    expect(below.bottom - below.top).toBeGreaterThan(200);
    expect(await sideways()).toBe(0);
  });

  test('a finger moves the tabs along, and opens one', async () => {
    const tabs = page.locator('.graphiql-tabs');
    const { x, y, width } = (await tabs.boundingBox()) ?? { x: 0, y: 0, width: 0 };
    const finger = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', moved: number) =>
      finger.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: type === 'touchEnd' ? [] : [{ x: x + width - 40 - moved, y: y + 20 }],
      });
    await touch('touchStart', 0);
    for (let moved = 20; moved <= 200; moved += 20) await touch('touchMove', moved);
    await touch('touchEnd', 200);
    await expect.poll(() => tabs.evaluate((element) => element.scrollLeft)).toBeGreaterThan(100);
    await page.getByRole('tab').getByRole('button', { name: 'RegisterClient', exact: true }).tap();
    await expect.poll(() => textOf(page, 'Operation Editor')).toContain('#RegisterClient');
  });

  test('the docs cover the panes, and uncover them again', async () => {
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).tap();
    await page.locator(docs).getByText('Root Types').waitFor();
    expect(await boxOf(page, docs)).toMatchObject({ left: 0, right: 390, bottom: 844 });
    expect(await sideways()).toBe(0);
    await page.getByRole('button', { name: 'Hide Documentation Explorer' }).tap();
    await expect.poll(async () => (await boxOf(page, docs)).right).toBeLessThanOrEqual(0);
    expect(await boxOf(page, editors)).toMatchObject({ left: 0, right: 390 });
  });

  test('what a mouse had dragged shut or wide is there all the same', async () => {
    const before = [await boxOf(page, editors), await boxOf(page, response)];
    for (const shares of ['hide-first', 'hide-second', '0.05']) {
      await page.evaluate((flex) => {
        localStorage.setItem('graphiql:editorFlex', flex);
        localStorage.setItem('graphiql:docExplorerFlex', flex);
      }, shares);
      await page.reload();
      await page.locator('.graphiql-query-editor .view-line').first().waitFor();
      expect([await boxOf(page, editors), await boxOf(page, response)], shares).toEqual(before);
    }
  });

  test('on the smallest of screens the panes keep a height to work in, and scroll', async () => {
    await page.setViewportSize({ width: 320, height: 568 });
    expect(await sideways()).toBe(0);
    const { top, bottom } = await boxOf(page, response);
    expect(bottom - top).toBeGreaterThan(150);
    const main = page.locator('.graphiql-main');
    await main.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    expect((await boxOf(page, response)).bottom).toBe(568);
  });
});

test('where there is room, docs, editors and answer lie side by side', async () => {
  const page = await firstVisit();
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  await page.locator(docs).getByText('Root Types').waitFor();
  const [left, middle, right] = [await boxOf(page, docs), await boxOf(page, editors), await boxOf(page, response)];
  expect(left.right).toBeLessThan(middle.left);
  expect(middle.right).toBeLessThan(right.left);
  expect(right.right).toBeLessThanOrEqual(1280);
  await page.context().close();
});
