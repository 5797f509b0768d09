// Every page in a real browser: axe finds nothing (WCAG 2.2 A and AA, and good practice), at phone and desktop width, light and
// dark; the keyboard reaches everything; nothing moves for those who asked for less motion. With TEST_SCREENSHOTS=folder each is
// saved there as a picture.
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startVisitedServer, type VisitedServer } from '../support/visited-server.js';
import { createWorld, type Screen, screens, signIn, type World } from './screens.js';

const folder = process.env.TEST_SCREENSHOTS;

const widths = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 900 } } as const;

let server: VisitedServer;
let world: World;

beforeAll(async () => {
  server = await startVisitedServer();
  world = await createWorld(server);
});
afterAll(() => server?.close());

/** Windows by who is signed in in them, so that not each screen signs in anew. */
const windows = new Map<Screen['as'], Page>();

/** Opens a screen, once for all that is looked at on it. */
async function show(screen: Screen): Promise<Page> {
  let page = windows.get(screen.as);
  if (page === undefined) {
    page = await (await server.browser.newContext()).newPage();
    page.setDefaultTimeout(15_000);
    if (screen.as !== 'nobody') {
      await page.goto(`${server.issuer}/login`);
      await signIn(page, screen.as === 'the owner' ? server.owner : world.member);
    }
    windows.set(screen.as, page);
  }
  await screen.open(page, world);
  await page.getByRole('heading', { level: 1, name: screen.heading }).waitFor();
  return page;
}

interface Look {
  readonly viewport: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  readonly reducedMotion?: 'reduce';
}

/** Shows a page on another device, or to somebody with other wishes. */
async function lookAt(page: Page, { viewport, colorScheme = 'light', reducedMotion }: Look): Promise<void> {
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme, reducedMotion: reducedMotion ?? 'no-preference' });
  // Colours change by and by: half way between light and dark they are neither.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
}

async function violationsOn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    // biome-ignore lint/suspicious/noExplicitAny: axe puts itself there
    const { violations } = await (globalThis as any).axe.run();
    return violations.map(
      (violation: { id: string; help: string; nodes: { html: string }[] }) =>
        `${violation.id}: ${violation.help}: ${violation.nodes.map((node) => node.html).join(' | ')}`,
    );
  });
}

const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
  (['phone', 'desktop'] as const).map((device) => ({ colorScheme, device })),
);

describe.each(screens)('$name', (screen) => {
  let page: Page;
  beforeAll(async () => {
    page = await show(screen);
  });

  test.each(looks)(
    'axe finds nothing to better, $colorScheme on a $device (WCAG 2.2)',
    async ({ colorScheme, device }) => {
      await lookAt(page, { colorScheme, viewport: widths[device], reducedMotion: 'reduce' });
      if (folder) {
        const name = `${screen.name.replace(/\W+/g, '-')}-${device}-${colorScheme}.png`;
        await page.screenshot({ path: join(folder, name), fullPage: true });
      }
      expect(await violationsOn(page)).toEqual([]);
    },
  );

  test('does not scroll sideways at 320 pixels, and nothing moves (WCAG 2.2, 1.4.10 and 2.3.3)', async () => {
    await lookAt(page, { viewport: { width: 320, height: 568 }, reducedMotion: 'reduce' });
    const seen = await page.evaluate(() => ({
      sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      moving: [...document.querySelectorAll('*')].filter((element) => {
        const { transitionDuration, animationName } = getComputedStyle(element);
        return transitionDuration !== '0s' || animationName !== 'none';
      }).length,
    }));
    expect(seen).toEqual({ sideways: 0, moving: 0 });
  });

  test('Tab reaches all of it, in order and visibly (WCAG 2.2, 2.1.1, 2.4.3 and 2.4.7)', async () => {
    await lookAt(page, { viewport: widths.desktop });
    const selector = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
    const count = await page.locator(selector).filter({ visible: true }).count();
    // From the top: a page may have put the focus into its first field.
    await page.evaluate(() => {
      document.body.tabIndex = -1;
      document.body.focus();
    });
    const reached: { index: number; outlined: boolean }[] = [];
    for (let step = 0; step < count; step += 1) {
      await page.keyboard.press('Tab');
      reached.push(
        await page.evaluate((all) => {
          const element = document.activeElement as HTMLElement;
          const visible = [...document.querySelectorAll<HTMLElement>(all)].filter((one) => one.checkVisibility());
          const { outlineStyle, outlineWidth } = getComputedStyle(element);
          return {
            index: visible.indexOf(element),
            outlined: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
          };
        }, selector),
      );
    }
    expect(reached).toEqual(Array.from({ length: count }, (_, index) => ({ index, outlined: true })));
  });
});

test('without JavaScript and without a mouse a person signs in, changes their name, allows an app and signs out', async () => {
  const context = await server.browser.newContext({ javaScriptEnabled: false, viewport: widths.phone });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`${server.issuer}/login?return_to=/me`);
  // The browser puts the cursor there with the first picture that it draws, which may be after the page has loaded.
  await page.locator('input[name=email]:focus').waitFor();
  await page.keyboard.type(server.owner.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(server.owner.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Profile' }).waitFor();
  await page.getByLabel('Name').focus();
  await page.keyboard.type('Ada');
  await page.keyboard.press('Enter');
  await page.getByRole('status').filter({ hasText: 'Saved.' }).waitFor();

  await screens.find(({ name }) => name === 'consent')?.open(page, world);
  await page.getByRole('button', { name: 'Allow' }).focus();
  const [request] = await Promise.all([
    page.waitForRequest((one) => one.url().startsWith('https://app.example.com/callback?')),
    page.keyboard.press('Enter'),
  ]);
  expect(new URL(request.url()).searchParams.get('code')).toMatch(/^lkc_/);

  // There is no such app: the browser gives up on that page at a moment of its own, which would interrupt what comes next there.
  const another = await context.newPage();
  await another.goto(`${server.issuer}/logout`);
  await another.getByRole('button', { name: 'Sign out' }).focus();
  await another.keyboard.press('Enter');
  await another.getByRole('heading', { level: 1, name: 'You are signed out' }).waitFor();
  await context.close();
});

test('without JavaScript a member takes their new address by the link and downloads their data', async () => {
  const context = await server.browser.newContext({ javaScriptEnabled: false, viewport: widths.phone });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(world.links.change);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await signIn(page, world.member);
  await page.getByRole('button', { name: 'Use this address' }).click();
  await page.getByRole('status').filter({ hasText: 'from now on' }).waitFor();

  await page.getByRole('link', { name: 'Your data' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download my data' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^latchkey-\d{4}-\d\d-\d\d\.json$/);
  await page.getByLabel('Your e-mail address').fill('countess.of.lovelace@analytical-engine.example');
  await page.getByRole('button', { name: 'Delete for good' }).click();
  await page.getByRole('heading', { level: 1, name: 'Your account is deleted' }).waitFor();
  await context.close();
});
