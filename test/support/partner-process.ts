// Somebody else's app as a process of its own, as whoever made it would start it: a module beside the libraries of
// test/partner-apps, its settings in the environment. And one person's browser, which goes to and fro between it and us.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestServer } from './app.js';
import { type Page, TestBrowser } from './browser.js';
import { freePort } from './partner-app.js';

const home = join(import.meta.dirname, '../partner-apps');
const patienceMilliseconds = 15_000;

export interface PartnerProcess {
  readonly url: string;
  /** Everything that it has printed. */
  output(): string;
  stop(): Promise<void>;
}

/** A place for an app, to be registered before it starts. */
export async function placeForApp() {
  const port = await freePort();
  return { port, url: `http://127.0.0.1:${port}` };
}

function requireLibraries(): void {
  if (existsSync(join(home, 'node_modules'))) return;
  throw new Error('The libraries are missing. Install them: npm ci --prefix test/partner-apps');
}

async function untilItAnswers(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + patienceMilliseconds;
  while (!(await fetch(url, { redirect: 'manual' }).catch(() => null))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`The app does not answer.\n${output()}`);
    await sleep(30);
  }
}

/** Starts an app from its source, and waits until it answers. Stop it after the test. */
export async function startPartnerProcess(
  place: { readonly port: number; readonly url: string },
  source: string,
  settings: Record<string, string>,
): Promise<PartnerProcess> {
  requireLibraries();
  const folder = join(home, 'snippets');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `app-${process.pid}-${place.port}.mjs`);
  writeFileSync(file, source);
  // Nothing else of this environment: no setting of the test run may be what makes an app work.
  const env = { PATH: process.env.PATH, PORT: String(place.port), APP_URL: place.url, ...settings };
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk));
  const output = () => printed;
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill();
      await once(child, 'exit');
    }
    rmSync(file, { force: true });
  };
  try {
    await untilItAnswers(place.url, child, output);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: place.url, output, stop };
}

/** One person's browser: a jar for each of the two origins, as they share no cookies. */
export function openBrowserFor(server: TestServer, app: PartnerProcess) {
  const partner = new TestBrowser(fetch, app.url);
  const latchkey = new TestBrowser(fetch, server.issuer);
  return {
    partner,
    latchkey,
    /** From a page of the app that leads to us, through our pages and back to the app. */
    async signIn(away: Page, decision: 'allow' | 'deny' = 'allow'): Promise<Page> {
      let page = await latchkey.visit(away.url.href);
      if (page.url.pathname === '/login') page = await latchkey.signIn(server.owner, page);
      if (page.url.pathname === '/consent') page = await latchkey.submit(page, { decision });
      if (page.url.origin !== app.url)
        throw new Error(`It ended at ${page.url.href} with ${page.status}: ${page.html}`);
      return partner.visit(page.url.href);
    },
    /** Whom the app's start page shows. */
    async person(): Promise<Record<string, unknown> | null> {
      return JSON.parse((await partner.visit('/')).html) as Record<string, unknown> | null;
    },
    /** A button of the app. */
    post: (path: string) => partner.visit(path, { method: 'POST', headers: { origin: app.url } }),
  };
}
