// A backlog of expired rows, as after weeks without a run, and what must hold while it goes. How large it is depends on the suite.
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import { tidy } from '../../src/maintenance.js';
import type { TestApp } from '../support/app.js';
import type { TestDatabase } from '../support/database.js';
import { obtainTokens, refresh, registerClient, signedInBrowser } from '../support/oauth.js';

const day = 86_400_000;

async function write<Row>(count: number, make: (index: number) => Row, store: (rows: Row[]) => Promise<unknown>) {
  for (let start = 0; start < count; start += 500) {
    await store(Array.from({ length: Math.min(500, count - start) }, (_, index) => make(start + index)));
  }
}

/** 50,000 rows times the scale that are over, of every kind that piles up, around what lives. */
async function writeBacklog(app: TestApp, clientRowId: string, scale: number): Promise<void> {
  const { db, deps } = app;
  const now = app.clock().getTime();
  const longAgo = new Date(now - 60 * day);
  const over = new Date(now - 2 * day);
  await write(
    10_000 * scale,
    (index) => ({ jti: `jti ${index}`, expiresAt: over }),
    (data) => db.revokedAccessToken.createMany({ data }),
  );
  await write(
    5_000 * scale,
    (index) => ({ hash: `hash ${index}`, expiresAt: over }),
    (data) => db.assertionReplay.createMany({ data }),
  );
  await write(
    5_000 * scale,
    (index) => ({ key: `key ${index}`, points: 1, expire: over }),
    (data) => db.rateLimiterFlexible.createMany({ data }),
  );
  await write(
    5_000 * scale,
    () => ({
      id: deps.newId('authorizationRequest'),
      clientId: clientRowId,
      browserHash: 'a',
      request: '{}',
      createdAt: longAgo,
      expiresAt: over,
    }),
    (data) => db.authorizationRequest.createMany({ data }),
  );
  await write(
    5_000 * scale,
    (index) => ({
      id: deps.newId('session'),
      memberId: app.owner.id,
      secretHash: `secret ${index}`,
      authenticatedAt: longAgo,
      methods: 'pwd',
      lastActiveAt: longAgo,
      idleExpiresAt: over,
      expiresAt: over,
    }),
    (data) => db.session.createMany({ data }),
  );
  const consent = await db.consent.findFirstOrThrow();
  const families: string[] = [];
  await write(
    1_000 * scale,
    () => {
      const id = deps.newId('tokenFamily');
      families.push(id);
      return {
        id,
        consentId: consent.id,
        scopes: '',
        authenticatedAt: longAgo,
        methods: 'pwd',
        createdAt: longAgo,
        expiresAt: over,
      };
    },
    (data) => db.tokenFamily.createMany({ data }),
  );
  // One of them was refreshed every ten minutes for weeks.
  const familyOf = (index: number) => families[index < 6_000 * scale ? 0 : index % families.length] ?? '';
  await write(
    19_000 * scale,
    (index) => ({
      id: deps.newId('refreshToken'),
      familyId: familyOf(index),
      hash: `token ${index}`,
      createdAt: longAgo,
      expiresAt: over,
      usedAt: longAgo,
      sealedSuccessor: index % 10 === 0 ? 'a seal' : null,
    }),
    (data) => db.refreshToken.createMany({ data }),
  );
}

/**
 * Writes a backlog around what lives, has two processes tidy it at once, and expects that requests were answered meanwhile and all
 * that lives is left.
 * @param scale 1 for 50,000 rows
 */
export async function expectBacklogToGo(app: TestApp, database: TestDatabase, scale: number): Promise<void> {
  const client = await registerClient(app);
  const browser = await signedInBrowser(app);
  const { refreshToken } = await obtainTokens(app, client, { scope: 'openid offline_access' }, browser);
  const second = await refresh(app, client, refreshToken);
  await app.db.revokedAccessToken.create({ data: { jti: 'of today', expiresAt: app.clock() } });
  await writeBacklog(app, client.id, scale);
  const living = () =>
    Promise.all([
      app.db.session.count(),
      app.db.tokenFamily.count(),
      app.db.refreshToken.count(),
      app.db.authorizationCode.count(),
    ]);

  app.statements.length = 0;
  const slowest = { milliseconds: 0, answered: 0 };
  const state = { tidying: true };
  const ask = async () => {
    while (state.tidying) {
      const begun = performance.now();
      expect((await browser.visit('/me')).status).toBe(200);
      slowest.milliseconds = Math.max(slowest.milliseconds, performance.now() - begun);
      slowest.answered += 1;
      // Requests in process may do without the event loop, by which everything else has its turn.
      await pause(5);
    }
  };
  const asking = Promise.all([ask(), ask(), ask()]);
  // Two processes at once, each with a connection of its own.
  const other = await openDatabase(database.url, { poolSize: 2 });
  await Promise.all([tidy(app.deps), tidy({ ...app.deps, db: other.db })]);
  state.tidying = false;
  await asking;
  await other.close();
  await tidy(app.deps);

  expect(await living()).toEqual([1, 1, 2, 1]);
  expect(await app.db.revokedAccessToken.findMany()).toMatchObject([{ jti: 'of today' }]);
  expect(await app.db.assertionReplay.count()).toBe(0);
  expect(await app.db.authorizationRequest.count()).toBe(0);
  expect(await app.db.rateLimiterFlexible.count({ where: { key: { startsWith: 'key ' } } })).toBe(0);
  expect(slowest.answered).toBeGreaterThan(10);
  // Generous, for a machine with much else to do: one statement for all of a table takes longer than this.
  expect(slowest.milliseconds).toBeLessThan(3_000);
  expect(app.logLines.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
  // The refresh token that was used is still known for what it is, and a second use of it after the grace ends the sign-in.
  app.clock.advance(60);
  expect((await refresh(app, client, refreshToken)).status).toBe(400);
  expect((await refresh(app, client, second.body.refresh_token ?? '')).status).toBe(400);
}
