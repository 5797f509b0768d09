// Everybody's work at a service that is hurt meanwhile: what it acknowledged is noted, and afterwards looked for. Who hurts it, and
// how, is the tests' part.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import { ownerPassword } from '../support/app.js';
import { assertionType, keySet, makeKey, sign } from '../support/assertions.js';
import { TestBrowser } from '../support/browser.js';
import { obtainCode, obtainTokens, redeem, refresh, type TestClient, token } from '../support/oauth.js';
import { revoke } from '../support/tokens.js';
import { halfDone } from './half-done.js';
import { ownersBrowser, type Remote, registerOver, registration } from './remote.js';

/** What the service acknowledged, and what was refused that should not have been. */
interface Acknowledged {
  readonly clients: string[];
  /** Refresh tokens that were given back. */
  readonly revoked: string[];
  /** How often a thing that is good once was good: codes, and assertions. */
  readonly uses: Map<string, number>;
  readonly browsers: TestBrowser[];
  readonly wrong: string[];
}

interface Parties {
  readonly far: Remote;
  readonly owner: TestBrowser;
  readonly client: TestClient;
  readonly signing: TestClient;
  readonly key: Awaited<ReturnType<typeof makeKey>>;
}

/** One person's work each, that survives whatever happens: what got no answer is asked again after the restart. */
function workers({ far, owner, client, signing, key }: Parties, known: Acknowledged): (() => Promise<void>)[] {
  const { app } = far;
  const used = (what: string) => known.uses.set(what, (known.uses.get(what) ?? 0) + 1);

  async function register(): Promise<void> {
    const { data } = await owner.graphql(registration, {
      input: { name: randomUUID(), redirectUris: ['https://a.example/'] },
    });
    const id = data?.createOAuthClient?.oauthClient?.id;
    if (typeof id === 'string') known.clients.push(id);
  }

  /** A sign-in with its consent, whose session is kept. */
  async function signIn(): Promise<void> {
    const browser = new TestBrowser((url, init) => app.request(url, init), app.issuer);
    const page = await browser.signIn({ email: 'owner@example.com', password: ownerPassword });
    if (page.status === 200 && page.url.pathname !== '/login') known.browsers.push(browser);
  }

  let code: Awaited<ReturnType<typeof obtainCode>> | null = null;
  async function exchange(): Promise<void> {
    code ??= await obtainCode(app, client, {}, owner);
    const { status } = await redeem(app, client, code);
    if (status === 200) used(code.code);
    // Whoever got no answer may only begin anew: the code may be spent.
    const again = await redeem(app, client, code);
    if (again.status === 200) used(code.code);
    code = null;
  }

  let held: string | null = null;
  async function rotate(): Promise<void> {
    held ??= (await obtainTokens(app, client, {}, owner)).refreshToken || null;
    if (held === null) return;
    const { status, body } = await refresh(app, client, held);
    if (status === 200) held = body.refresh_token ?? null;
    else if (status !== 503) known.wrong.push(`a refresh token that was acknowledged: ${status} ${body.error}`);
  }

  async function giveBack(): Promise<void> {
    const { refreshToken } = await obtainTokens(app, client, {}, owner);
    if ((await revoke(app, client, refreshToken)).status === 200) known.revoked.push(refreshToken);
  }

  let assertion: string | null = null;
  async function assertOnce(): Promise<void> {
    if (assertion === null) {
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: signing.clientId, sub: signing.clientId, aud: app.issuer, iat: now, exp: now + 60 };
      assertion = await sign(key, { ...claims, jti: randomUUID() });
    }
    for (let use = 0; use < 2; use += 1) {
      const form = {
        grant_type: 'client_credentials',
        client_assertion_type: assertionType,
        client_assertion: assertion,
      };
      if ((await token(app, null, form)).status === 200) used(assertion);
    }
    assertion = null;
  }

  return [register, register, signIn, exchange, exchange, rotate, rotate, rotate, giveBack, assertOnce];
}

/** Begins the work. It survives whatever happens to the service. */
export async function startWork(far: Remote) {
  const known: Acknowledged = { clients: [], revoked: [], uses: new Map(), browsers: [], wrong: [] };
  const owner = await ownersBrowser(far);
  const client = await registerOver(owner);
  await obtainTokens(far.app, client, {}, owner);
  const key = await makeKey();
  const signing = await registerOver(owner, {
    grantTypes: ['CLIENT_CREDENTIALS'],
    redirectUris: [],
    scopes: ['reader'],
    tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT',
    jwks: keySet(key),
  });
  let isOver = false;
  const parties = { far, owner, client, signing, key };
  // Each worker has what it holds by itself: three tokens are rotated at a time.
  const work = Array.from({ length: 10 }, (_, index) => workers(parties, known)[index]).map(async (one) => {
    while (!isOver) await one?.().catch(() => pause(20));
  });
  return {
    /** Waits until so many more requests were sent, and a moment: in the middle of work, however slow the machine is. */
    async goOn(requests = 25) {
      const enough = far.noted.length + requests;
      while (far.noted.length < enough) await pause(5);
      await pause(Math.random() * 300);
    },
    /** Ends the work, while the service is there: what it acknowledged holds, and what is good once was good once. */
    async end() {
      await pause(500);
      isOver = true;
      await Promise.all(work);
      expect(known.wrong).toEqual([]);
      expect(far.noted.filter(({ status }) => status === 500)).toEqual([]);
      // It was at work all the while.
      for (const many of [known.clients.length, known.revoked.length, known.browsers.length, known.uses.size])
        expect(many).toBeGreaterThan(2);
      expect([...known.uses.values()].filter((times) => times !== 1)).toEqual([]);
      for (const refreshToken of known.revoked)
        expect((await refresh(far.app, client, refreshToken)).body.error).toBe('invalid_grant');
      for (const browser of known.browsers)
        expect((await browser.graphql('{ viewer { role } }')).data).toEqual({ viewer: { role: 'OWNER' } });
    },
    /** Looks for it in the database, once the service has stopped: it is there, and nothing is there by half. */
    async expectStored(databaseUrl: string) {
      const { db, close } = await openDatabase(databaseUrl);
      const stored = new Set((await db.oAuthClient.findMany({ select: { id: true } })).map(({ id }) => id));
      expect(known.clients.filter((id) => !stored.has(id))).toEqual([]);
      const actions = await db.auditLogEntry.groupBy({ by: ['action'], _count: true });
      const recorded = Object.fromEntries(actions.map(({ action, _count }) => [action, _count]));
      expect(recorded.TOKENS_REVOKED).toBeGreaterThanOrEqual(known.revoked.length);
      expect(recorded.SIGNED_IN).toBeGreaterThanOrEqual(known.browsers.length);
      expect(await halfDone(db)).toEqual([]);
      await close();
    },
  };
}
