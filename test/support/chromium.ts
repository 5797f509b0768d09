// A real Chromium for a test, without a profile and without what it does on its own account, and a record of what its pages
// asked for and complained of.
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const executable = process.env.LATCHKEY_TEST_CHROMIUM || '/usr/bin/chromium';

/** What a page must not do without being noticed. */
export interface PageRecord {
  /** The origins of everything that was requested. */
  readonly origins: ReadonlySet<string>;
  /** Console errors, which include violations of a Content-Security-Policy, and uncaught exceptions. Empty it at will. */
  readonly complaints: string[];
}

/** Starts the browser. Close it after the test. */
export async function launchChromium(): Promise<Browser> {
  if (!existsSync(executable)) {
    throw new Error(`There is no Chromium at ${executable}. Install it, or name it in LATCHKEY_TEST_CHROMIUM.`);
  }
  return chromium.launch({
    executablePath: executable,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Opens a window of its own, with its own cookies, whose pages are recorded from the first request on. */
export async function openWindow(browser: Browser) {
  const context = await browser.newContext({ viewport: { width: 1500, height: 1000 } });
  const origins = new Set<string>();
  const complaints: string[] = [];
  context.on('request', (request) => {
    // What is inside the page already, such as an icon in a data: address, goes nowhere.
    if (/^(https?|wss?):/.test(request.url())) origins.add(new URL(request.url()).origin);
  });
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.location().url}: ${message.text()}`);
  });
  context.on('weberror', (fault) => void complaints.push(String(fault.error())));
  const record: PageRecord = { origins, complaints };
  return { context, page: await context.newPage(), record };
}
