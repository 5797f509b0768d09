// A client's server that takes logout tokens, for tests: what it was sent, and what it answers.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyResult, jwtVerify } from 'jose';
import type { GivenMetadata } from '../../src/clients/metadata.js';
import { createTestApp, type TestApp, type TestAppOptions } from './app.js';
import { registerClient, type TestClient } from './oauth.js';

/** A request as it came. */
export interface Post {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
}

/** Listens on loopback. A status of null is no answer at all. */
export async function startReceiver() {
  const posts: Post[] = [];
  const state = {
    status: 200 as number | null,
    headers: {} as Record<string, string>,
    /** What it waits for before it answers. */
    hold: undefined as Promise<void> | undefined,
  };
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    posts.push({ method: request.method, url: request.url, contentType: request.headers['content-type'], body });
    await state.hold;
    if (state.status !== null) response.writeHead(state.status, state.headers).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    uri: `http://${host}/logout?tenant=a`,
    posts,
    state,
    /** The tokens that it was sent, oldest first. */
    tokens: () => posts.map(({ body }) => new URLSearchParams(body).get('logout_token') ?? ''),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;

/** The application, which may call so many receivers, with a client for each. Close it after the test. */
export async function createLogoutTest(count: number, options: TestAppOptions = {}) {
  const receivers = await Promise.all(Array.from({ length: count }, startReceiver));
  const outboundAllow = receivers.map(({ host }) => host);
  const app = await createTestApp({ ...options, config: { ...options.config, outboundAllow } });
  const clients = await Promise.all(receivers.map((receiver) => registerReceiver(app, receiver)));
  return {
    app,
    receivers,
    clients,
    outboundAllow,
    async close() {
      // First, so that the courier need not wait for those that do not answer.
      await Promise.all(receivers.map((receiver) => receiver.close()));
      await app.deps.logoutCourier.stop();
      await app.close();
    },
  };
}

/** Registers a client whose logout tokens go to a receiver. */
export function registerReceiver(app: TestApp, receiver: Receiver, given: GivenMetadata = {}): Promise<TestClient> {
  return registerClient(app, { backchannelLogoutUri: receiver.uri, ...given });
}

/** Verifies a logout token as a client does: against our published keys, as what it is, for itself (section 2.6). */
export async function verifyLogoutToken(app: TestApp, client: TestClient, token: string): Promise<JWTVerifyResult> {
  const keys = createLocalJWKSet((await (await app.request('/oauth/jwks')).json()) as JSONWebKeySet);
  return jwtVerify(token, keys, {
    issuer: app.issuer,
    audience: client.clientId,
    typ: 'logout+jwt',
    currentDate: app.clock(),
    requiredClaims: ['iss', 'aud', 'iat', 'exp', 'jti', 'events'],
  });
}

/** What waits to be sent, oldest first. */
export async function waitingLogouts(app: TestApp) {
  return app.db.logoutDelivery.findMany({ orderBy: { id: 'asc' } });
}

/** Waits for what happens in the background: milliseconds as a rule, and less than a call that is not answered lasts. */
export async function eventually(holds: () => boolean | Promise<boolean>, milliseconds = 4_000): Promise<void> {
  const until = performance.now() + milliseconds;
  while (!(await holds())) {
    if (performance.now() > until) throw new Error('It did not happen in time.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
