// A server, and a real Chromium to visit it with.
import { startTestServer } from './app.js';
import { launchChromium } from './chromium.js';

/** Starts both. Closing the server closes its browser first. */
export async function startVisitedServer() {
  // Another host name than an app's 127.0.0.1, since cookies do not tell ports apart.
  const server = await startTestServer({ issuerHost: 'localhost' });
  const browser = await launchChromium().catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  return {
    ...server,
    browser,
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

export type VisitedServer = Awaited<ReturnType<typeof startVisitedServer>>;
