// Ten minutes of everything that a service does all day, at a steady rate: its memory stays flat, its event loop free, and what it
// has open is no more at the end than in the middle. TEST_SOAK_MINUTES and TEST_SOAK_RATE (how many things a second) say otherwise.
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import { ownersBrowser, registerOver, remote } from '../faults/remote.js';
import { createEmptyTestDatabase, testProvider } from '../support/database.js';
import { obtainCode, obtainTokens, redeem, refresh, token, userinfo } from '../support/oauth.js';
import { introspect } from '../support/tokens.js';
import { expectFlat, sampleSeconds, startProbed, thirdsOf } from './probed.js';

const minutes = Number(process.env.TEST_SOAK_MINUTES ?? 10);
const rate = Number(process.env.TEST_SOAK_RATE ?? 100);
// A machine that is too slow for the rate is asked less, instead of ever more at once.
const mostUnderWay = 16;

/** Everything that is asked, each as a function that throws at any answer but the right one. */
async function jobsOn(issuer: string): Promise<(() => Promise<void>)[]> {
  const { app, noted } = remote(issuer);
  const owner = await ownersBrowser({ app, noted });
  const client = await registerOver(owner);
  const scope = { scope: 'openid email offline_access' };
  const right = (status: number) => {
    // Nobody reads it.
    noted.length = 0;
    if (status !== 200) throw new Error(String(status));
  };

  /** One person whose app keeps a sign-in alive, and asks with the tokens that it has. */
  async function person() {
    let held = await obtainTokens(app, client, scope, owner);
    let refreshing = false;
    return {
      async refresh() {
        // An app has one refresh under way at a time.
        if (refreshing) return;
        refreshing = true;
        const { status, body } = await refresh(app, client, held.refreshToken);
        refreshing = false;
        right(status);
        held = { ...held, accessToken: body.access_token ?? '', refreshToken: body.refresh_token ?? '' };
      },
      userinfo: async () => right((await userinfo(app, held.accessToken)).status),
      introspect: async () => right((await introspect(app, client, held.accessToken)).active === true ? 200 : 0),
    };
  }

  async function list() {
    const { status, errors } = await owner.graphql('{ oauthClients(first: 20) { nodes { id name } } }');
    right(errors ? 0 : status);
  }
  async function signIn() {
    const granted = await obtainCode(app, client, scope, owner);
    right((await redeem(app, client, granted)).status);
  }
  const byItself = async () => right((await token(app, client, { grant_type: 'client_credentials' })).status);

  const people = await Promise.all(Array.from({ length: 20 }, person));
  return people.flatMap((one, index) => [
    one.userinfo,
    one.introspect,
    one.userinfo,
    byItself,
    one.refresh,
    index % 2 === 0 ? signIn : list,
  ]);
}

/** Runs the jobs in turn at the rate. @returns what failed, and how many were begun each second */
async function run(jobs: readonly (() => Promise<void>)[]) {
  const failures = new Map<string, number>();
  let [begun, underWay] = [0, 0];
  const started = performance.now();
  const end = started + minutes * 60_000;
  for (let last = started, due = 0; last < end; ) {
    const now = performance.now();
    due = Math.min(due + ((now - last) / 1000) * rate, mostUnderWay);
    last = now;
    for (; due >= 1 && underWay < mostUnderWay; due -= 1) {
      const job = jobs[begun % jobs.length];
      begun += 1;
      underWay += 1;
      void job?.()
        .catch((error: Error) => failures.set(error.message, (failures.get(error.message) ?? 0) + 1))
        .finally(() => {
          underWay -= 1;
        });
    }
    await pause(10);
  }
  while (underWay > 0) await pause(10);
  return { failures: [...failures], begun, perSecond: Math.round((begun / (performance.now() - started)) * 1000) };
}

/** Connections to the database by now; null on SQLite, which has none. */
async function connectionsTo(url: string): Promise<number | null> {
  if (url.startsWith('file:')) return null;
  const { db, close } = await openDatabase(url, { poolSize: 1 });
  const sql = 'SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database()';
  const rows = await db.$queryRawUnsafe<{ count: number }[]>(sql);
  await close();
  // Less our own.
  return (rows[0]?.count ?? 0) - 1;
}

const providers = testProvider === 'postgresql' ? (['sqlite', 'postgresql'] as const) : (['sqlite'] as const);

describe.each(providers)('on %s', (provider) => {
  test(
    `the service is at the end of ${minutes} minutes as it was in their middle`,
    async () => {
      const database = await createEmptyTestDatabase(provider);
      const service = await startProbed(database.url);
      const jobs = await jobsOn(service.issuer);
      const before = service.samples().length;
      const connections: (number | null)[] = [];
      const looking = setInterval(() => {
        void connectionsTo(database.url).then((count) => connections.push(count));
      }, 10_000);
      const { failures, begun, perSecond } = await run(jobs);
      clearInterval(looking);
      await service.stop();
      await database.remove();

      const samples = service.samples().slice(before);
      const thirds = thirdsOf(samples);
      process.stdout.write(`${JSON.stringify({ provider, begun, perSecond, ...thirds, connections })}\n`);

      expect(failures).toEqual([]);
      expect(service.printed.text).not.toMatch(/"level":[45]0/);
      expect(samples.length).toBeGreaterThan((minutes * 60) / sampleSeconds / 2);
      expectFlat(thirds);
      expect(thirds.last.late).toBeLessThan(50);
      // The pool opens one when all are in use and closes one that was not for a while, so that their number goes up and down; one
      // that is never given back would leave more open at the quietest moment of the end than at the busiest of the middle.
      const open = connections.map((count) => count ?? 0);
      const third = Math.floor(open.length / 3);
      expect(Math.max(...open)).toBeLessThanOrEqual(10);
      expect(Math.min(...open.slice(-third))).toBeLessThanOrEqual(Math.max(...open.slice(third, -third)));
    },
    (minutes + 4) * 60_000,
  );
});
