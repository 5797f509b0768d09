// A service whose PostgreSQL server is restarted, crashes, hangs, or has no connection to spare, under load: what it cannot do it
// answers with 503 and when to come again, does nothing by half, and goes on by itself when the server is back.
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import type { TestBrowser } from '../support/browser.js';
import { obtainCode, obtainTokens, redeem, refresh, type TestClient, token, userinfo } from '../support/oauth.js';
import { freePort } from '../support/service.js';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { revoke } from '../support/tokens.js';
import { halfDone } from './half-done.js';
import { isPostgresqlMissing, type OwnPostgresqlServer, startPostgresqlServer } from './postgresql-server.js';
import { type HoldableProxy, startProxy } from './proxy.js';
import { ownersBrowser, type Remote, registerOver, registration, remote } from './remote.js';

const connections = 25;
const longestAnswerMilliseconds = 15_000;
// Tenths of a second, unless the machine has other things to do.
const recoveryMilliseconds = 5_000;

describe.skipIf(isPostgresqlMissing)('without PostgreSQL installed these are skipped:', { timeout: 60_000 }, () => {
  let server: OwnPostgresqlServer;
  let proxy: HoldableProxy;
  let service: ServiceProcess;
  let far: Remote;
  let browser: TestBrowser;
  let client: TestClient;

  beforeAll(async () => {
    server = await startPostgresqlServer([`max_connections=${connections}`, 'superuser_reserved_connections=3']);
    await server.query('CREATE ROLE service LOGIN; GRANT ALL ON SCHEMA public TO service');
    proxy = await startProxy(server.port);
    const url = `postgresql://service@127.0.0.1:${proxy.port}/postgres`;
    service = await startServiceProcess(await freePort(), url, { LATCHKEY_REFRESH_GRACE_SECONDS: '300' });
    far = remote(service.issuer);
    browser = await ownersBrowser(far);
    client = await registerOver(browser);
    await obtainTokens(far.app, client);
  });
  afterAll(async () => {
    await service?.stop();
    await proxy?.close();
    await server?.remove();
  });
  afterEach(async () => {
    expect(service.isAlive()).toBe(true);
    expect(service.logged.filter((line) => /"level":(?:50|60)|UnhandledPromise|\n {4}at /.test(line))).toEqual([]);
    service.logged.length = 0;
    const { db, close } = await openDatabase(server.url);
    expect(await halfDone(db)).toEqual([]);
    await close();
  });

  /** Everything that a service is asked for, again and again, while something is done to its database. */
  async function underLoad(disturb: () => Promise<unknown>): Promise<readonly number[]> {
    far.noted.length = 0;
    let isOver = false;
    const refreshed: number[] = [];
    const again = async (work: () => Promise<unknown>) => {
      while (!isOver) await work().catch(() => pause(20));
    };
    const { app } = far;
    const { accessToken } = await obtainTokens(app, client, {}, browser);
    const { body } = await redeem(app, client, await obtainCode(app, client, {}, browser));
    let refreshToken = body.refresh_token ?? '';
    const load = [
      again(() => token(app, client, { grant_type: 'client_credentials' })),
      again(() => userinfo(app, accessToken)),
      again(async () => {
        const { status, body: next } = await refresh(app, client, refreshToken);
        refreshed.push(status);
        // After a 503 the same token is sent again, as the answer asks for.
        if (status === 200) refreshToken = next.refresh_token ?? '';
      }),
      again(async () => redeem(app, client, await obtainCode(app, client, {}, browser))),
      again(() => browser.graphql(registration, { input: { name: 'App', redirectUris: ['https://a.example/'] } })),
      again(() => browser.visit('/')),
    ];
    try {
      await pause(300);
      await disturb();
    } finally {
      isOver = true;
      await Promise.all(load);
    }
    return refreshed;
  }

  /** What was answered: with 503 and when to come again or as always, soon enough, and nothing else. */
  function expectClear(refreshed: readonly number[]) {
    const statuses = [...new Set(far.noted.map(({ status }) => status))].toSorted();
    expect(statuses.filter((status) => ![200, 303, 503].includes(status))).toEqual([]);
    expect(statuses).toEqual(expect.arrayContaining([200, 503]));
    const unclear = far.noted.filter(({ status, retryAfter }) => status === 503 && !(Number(retryAfter) > 0));
    expect(unclear).toEqual([]);
    expect([...new Set(refreshed)].toSorted()).toEqual([200, 503]);
    expect(Math.max(...far.noted.map(({ milliseconds }) => milliseconds))).toBeLessThan(longestAnswerMilliseconds);
  }

  /** Waits until everything is as before. @returns after how many milliseconds it was */
  async function recovery(): Promise<number> {
    const began = performance.now();
    for (;;) {
      const { status } = await token(far.app, client, { grant_type: 'client_credentials' });
      const { data } = await browser.graphql('{ viewer { role } }');
      if (status === 200 && data?.viewer?.role === 'OWNER') return performance.now() - began;
      expect(status === 200 || status === 503).toBe(true);
      if (performance.now() - began > 10_000) throw new Error('It did not recover.');
      await pause(50);
    }
  }

  test.each(['fast', 'immediate'] as const)(
    'the server is restarted (%s): 503, then all is as before',
    async (mode) => {
      const refreshed = await underLoad(async () => {
        await server.stop(mode);
        await pause(500);
        await server.start();
        await pause(1_000);
      });
      expectClear(refreshed);
      expect(refreshed.at(-1)).toBe(200);
      expect(await recovery()).toBeLessThan(recoveryMilliseconds);
    },
  );

  test('its connections are ended again and again: only what was under way fails', async () => {
    const refreshed = await underLoad(async () => {
      for (let round = 0; round < 10; round += 1) {
        await server.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'service'");
        await pause(150);
      }
    });
    expectClear(refreshed);
    expect(await recovery()).toBeLessThan(recoveryMilliseconds);
  });

  /** Locks tables, one after the other: a request that has one and waits for another may be in the way, and this is given up then. */
  async function lockAll(operator: Client): Promise<void> {
    for (;;) {
      try {
        await operator.query('BEGIN; LOCK TABLE "TokenFamily", "OAuthClient", "Session", "RefreshToken"');
        return;
      } catch (error) {
        expect(error).toMatchObject({ code: '40P01' });
        await operator.query('ROLLBACK');
      }
    }
  }

  test('tables are locked for long: statements are given up after seconds, and nothing is said to be revoked', async () => {
    const { refreshToken, accessToken } = await obtainTokens(far.app, client, {}, browser);
    const operator = await server.connect();
    const refreshed = await underLoad(async () => {
      await lockAll(operator);
      const answer = await revoke(far.app, client, refreshToken);
      expect([answer.status, JSON.parse(answer.text).error]).toEqual([503, 'temporarily_unavailable']);
      // What was asked for a little later is given up a little later.
      await pause(1_000);
      await operator.query('ROLLBACK');
      await pause(500);
    });
    await operator.end();
    expectClear(refreshed);
    expect(await recovery()).toBeLessThan(recoveryMilliseconds);
    expect((await userinfo(far.app, accessToken)).status).toBe(200);
    expect((await refresh(far.app, client, refreshToken)).status).toBe(200);
  });

  test('the way to it goes dead: no request waits for long, and no connection is used that is out of step', async () => {
    const refreshed = await underLoad(async () => {
      proxy.hold();
      await pause(8_000);
      proxy.release();
      await pause(1_000);
    });
    expectClear(refreshed);
    expect(await recovery()).toBeLessThan(recoveryMilliseconds);
    const idle = await server.query(
      "SELECT count(*) AS many FROM pg_stat_activity WHERE usename = 'service' AND state LIKE 'idle in transaction%'",
    );
    expect(idle.rows).toEqual([{ many: '0' }]);
  });

  test('all its connections are taken by others: 503, and nothing that waits', async () => {
    const refreshed = await underLoad(async () => {
      await server.query('ALTER ROLE service CONNECTION LIMIT 0');
      await server.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'service'");
      await pause(1_000);
      await server.query('ALTER ROLE service CONNECTION LIMIT -1');
      await pause(500);
    });
    expectClear(refreshed);
    expect(await recovery()).toBeLessThan(recoveryMilliseconds);
  });

  test('GraphQL says so with a code and the status, a page in words, and both name the reference in the log', async () => {
    await server.stop('fast');
    try {
      const { status, headers, data, errors } = await browser.graphql('{ viewer { role } }');
      expect([status, data, errors?.[0]?.extensions.code]).toEqual([503, undefined, 'SERVICE_UNAVAILABLE']);
      const page = await browser.visit('/');
      expect(page.status).toBe(503);
      expect(page.html).toContain('Please wait a moment');
      expect(page.html).not.toMatch(/ECONN|127\.0\.0\.1|prisma/i);
      for (const given of [headers, page.headers]) {
        const reference = given.get('x-request-id') ?? 'none';
        const find = () => service.logged.find((one) => one.includes(reference));
        await expect.poll(find).toBeDefined();
        const line = find() ?? '';
        expect(JSON.parse(line)).toMatchObject({ level: 40 });
        expect(line).toMatch(/ECONNRE|terminated|not queryable/);
      }
      // Others check our tokens with these, which do not change when our database is away.
      expect((await far.app.request('/oauth/jwks')).status).toBe(200);
      expect((await far.app.request('/healthz')).status).toBe(200);
    } finally {
      await server.start();
    }
    expect(await recovery()).toBeLessThan(recoveryMilliseconds);
  });
});
