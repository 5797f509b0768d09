// A million requests to one process, as fast as it answers: at the end it needs no more memory than in the middle.
// TEST_MILLION_REQUESTS says otherwise.
import { describe, expect, test } from 'vitest';
import { ownerPassword } from '../support/app.js';
import { createEmptyTestDatabase, testProvider } from '../support/database.js';
import { freePort } from '../support/service.js';
import { seedDriven, startDriver, targetOf } from './driven.js';
import { expectFlat, startProbed, thirdsOf } from './probed.js';

const wanted = Number(process.env.TEST_MILLION_REQUESTS ?? 1_000_000);
const users = 32;
const secondsEach = 4;

/** What is asked in turn, and how many requests one of it is. */
const requestsOf = { 'client-credentials': 1, introspection: 1, userinfo: 1, refresh: 1, 'code-flow': 2 };

const providers = testProvider === 'postgresql' ? (['sqlite', 'postgresql'] as const) : (['sqlite'] as const);

describe.each(providers)('on %s', (provider) => {
  test(
    `the service needs no more memory at the end of ${wanted.toLocaleString('en')} requests than in their middle`,
    async () => {
      const database = await createEmptyTestDatabase(provider);
      const port = await freePort();
      const settings = {
        PORT: String(port),
        LATCHKEY_SECRET: 'a secret for tests of more than 32 bytes',
        LATCHKEY_RATE_LIMIT_FACTOR: '0',
      };
      const driven = await seedDriven(
        {
          ...settings,
          DATABASE_URL: database.url,
          LATCHKEY_OWNER_PASSWORD: ownerPassword,
          LATCHKEY_LOG_LEVEL: 'error',
        },
        users,
      );
      const service = await startProbed(database.url, settings);
      const driver = startDriver();
      const target = targetOf(`http://127.0.0.1:${port}`, driven);
      const before = service.samples().length;
      const begun = performance.now();
      let requests = 0;
      try {
        while (requests < wanted) {
          for (const [mode, each] of Object.entries(requestsOf)) {
            // Fails by itself at any answer but the right one.
            const { cycles } = await driver.run({ mode, target, seconds: secondsEach, warmUpSeconds: 0 });
            requests += cycles * each;
          }
        }
      } finally {
        await driver.stop();
      }
      const perSecond = Math.round((requests / (performance.now() - begun)) * 1000);
      await service.stop();
      await database.remove();

      const thirds = thirdsOf(service.samples().slice(before));
      process.stdout.write(`${JSON.stringify({ provider, requests, perSecond, ...thirds })}\n`);
      expect(service.printed.text).not.toMatch(/"level":[45]0/);
      expectFlat(thirds);
    },
    60 * 60_000,
  );
});
