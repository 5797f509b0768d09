// Back-channel logout by the compiled service: what is under way at SIGTERM is waited for, what was not sent is sent after the next
// start, and what the operator's commands end is told by the service that runs beside them.
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import { TestBrowser } from '../support/browser.js';
import { createEmptyTestDatabase, type EmptyTestDatabase } from '../support/database.js';
import { eventually, type Receiver, startReceiver } from '../support/logout-receiver.js';
import { anyPkce, authorize, authorizeUrl, redirectUri } from '../support/oauth.js';
import { freePort } from '../support/service.js';
import { patience, runJson, start } from './command-line.js';

vi.setConfig({ testTimeout: patience });

const owner = { email: 'owner@example.com', password: 'a long owner password' };
let database: EmptyTestDatabase;
let receiver: Receiver;
let port: number;
let service: ReturnType<typeof start> | undefined;

beforeAll(async () => {
  [database, receiver, port] = await Promise.all([createEmptyTestDatabase(), startReceiver(), freePort()]);
});
afterAll(async () => {
  if (service?.exitCode === null) service.kill('SIGKILL');
  await receiver.close();
  await database.remove();
});

/** Starts the service and waits until it says that it runs. */
async function startService() {
  const environment = {
    PORT: String(port),
    LATCHKEY_OWNER_PASSWORD: owner.password,
    LATCHKEY_OUTBOUND_ALLOW: receiver.host,
  };
  const child = start(database.url, ['serve'], { environment });
  service = child;
  await new Promise<void>((resolve, reject) => {
    let printed = '';
    child.stdout.on('data', (text: string) => {
      printed += text;
      if (printed.includes('GraphiQL')) resolve();
    });
    child.stderr.on('data', (text: string) => {
      printed += text;
    });
    child.once('close', (code) => reject(new Error(`The service ended with ${code}: ${printed}`)));
  });
  return child;
}

/** Sends SIGTERM and waits for the end. @returns how many milliseconds that took */
async function stopService(child: ReturnType<typeof start>): Promise<number> {
  const ended = once(child, 'close');
  const began = performance.now();
  child.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
  return performance.now() - began;
}

const newBrowser = () => new TestBrowser(fetch, `http://localhost:${port}`);
let clientId: string;

/** Signs in through the client. The code that it gets is enough for it to be told. */
async function signIn(browser = newBrowser()) {
  const client = { id: '', clientId, secret: '' };
  const page = await authorize(browser, authorizeUrl(client, anyPkce), owner);
  expect(page.url.searchParams.get('code')).not.toBeNull();
  return browser;
}

test('what is under way at SIGTERM is waited for', async () => {
  const child = await startService();
  const browser = newBrowser();
  await browser.signIn(owner);
  const { data } = await browser.graphql(
    'mutation ($input: CreateOAuthClientInput!) { createOAuthClient(input: $input) { oauthClient { clientId } userErrors { message } } }',
    { input: { name: 'Told', redirectUris: [redirectUri], backchannelLogoutUri: receiver.uri } },
  );
  expect(data.createOAuthClient.userErrors).toEqual([]);
  clientId = data.createOAuthClient.oauthClient.clientId;
  await signIn(browser);
  receiver.state.hold = new Promise((resolve) => setTimeout(resolve, 1_500));
  await browser.submit(await browser.visit('/logout'));
  await eventually(() => receiver.posts.length === 1);
  expect(await stopService(child)).toBeGreaterThan(500);
  receiver.state.hold = undefined;
  // It was written down as taken: the next start sends nothing. A claim would run out a minute later only, hence the row itself.
  const { db, close } = await openDatabase(database.url);
  expect(await db.logoutDelivery.count()).toBe(0);
  await close();
});

test('a client that never answers does not keep it from stopping, and is told after the next start', async () => {
  const child = await startService();
  receiver.state.status = null;
  const browser = await signIn();
  await browser.submit(await browser.visit('/logout'));
  await eventually(() => receiver.posts.length === 2);
  expect(await stopService(child)).toBeLessThan(9_000);
  receiver.state.status = 200;
  await startService();
  await eventually(() => receiver.posts.length === 3, 20_000);
});

test('a new password that the operator sets beside it is told by the service', async () => {
  await signIn();
  await runJson(database.url, ['members', 'set-password', '--email', owner.email]);
  await eventually(() => receiver.posts.length === 4, 10_000);
  if (service) await stopService(service);
});
