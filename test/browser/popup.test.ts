// A sign-in in a window of its own, as single-page apps open it: the app finds its window again, through every page of ours. And
// My account, which nobody has business with, forgets who opened it (Cross-Origin-Opener-Policy).
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anyPkce, authorizeUrl, registerClient } from '../support/oauth.js';
import { startVisitedServer, type VisitedServer } from '../support/visited-server.js';
import { signIn } from './screens.js';

let server: VisitedServer;
beforeAll(async () => {
  server = await startVisitedServer();
});
afterAll(() => server?.close());

/** A page of an app, which opens an address of ours in a window of its own. */
async function openFromApp(path: string) {
  const context = await server.browser.newContext();
  const tellOpener = '<!doctype html><script>opener?.postMessage("back", origin)</script>';
  await context.route('https://app.example.com/**', (route) => {
    const body = route.request().url().includes('/callback') ? tellOpener : '<!doctype html>the app';
    return route.fulfill({ contentType: 'text/html', body });
  });
  const app = await context.newPage();
  await app.goto('https://app.example.com/');
  const [popup] = await Promise.all([
    context.waitForEvent('page'),
    app.evaluate((url) => {
      addEventListener('message', (event) => {
        document.title = String(event.data);
      });
      open(url, 'sign-in', 'popup');
    }, `${server.issuer}${path}`),
  ]);
  popup.setDefaultTimeout(15_000);
  return { app, popup, context };
}

test('an app is told by its window that a person signed in, chose and allowed in it', async () => {
  const client = await registerClient(server);
  const url = authorizeUrl(client, { ...anyPkce, prompt: 'select_account' });
  const { app, popup, context } = await openFromApp(url);
  await signIn(popup, server.owner);
  await popup.getByRole('button', { name: 'Allow' }).click();
  await app.waitForFunction(() => document.title === 'back');
  await context.close();
});

test('My account has no opener', async () => {
  const { popup, context } = await openFromApp('/accept-invitation');
  await popup.getByRole('heading', { level: 1 }).waitFor();
  expect(await popup.evaluate(() => opener)).toBeNull();
  await context.close();
});
