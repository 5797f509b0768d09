// The app of examples/partner-app for a test: on a port of its own, registered or to be registered.
import { createServer } from 'node:net';
import { createPartnerApp } from '../../examples/partner-app/app.js';
import { allowRedirects } from '../../src/accounts/service.js';
import { operatorActor } from '../../src/audit/service.js';
import type { TestServer } from './app.js';
import { registerClient } from './oauth.js';

/** A port that nothing listens on now. The app must know its port before it listens, as it is in its redirect URI. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  return address.port;
}

/** Lets the owner's account redirect to this computer, and finds the app a place there. */
export async function placeForPartnerApp(server: TestServer) {
  await allowRedirects(server.deps, operatorActor, server.owner.accountId, ['loopback']);
  const port = await freePort();
  return { port, redirectUri: `http://127.0.0.1:${port}/callback` };
}

/** The app, registered with the owner's account and listening, with another secret if given. Close it after the test. */
export async function startPartnerApp(server: TestServer, { clientSecret }: { clientSecret?: string } = {}) {
  const { port, redirectUri } = await placeForPartnerApp(server);
  const client = await registerClient(server, { name: 'Partner app', redirectUris: [redirectUri] });
  const app = createPartnerApp({
    issuer: server.issuer,
    clientId: client.clientId,
    clientSecret: clientSecret ?? client.secret,
    port,
  });
  await app.listen();
  return { app, client };
}
