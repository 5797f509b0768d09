// Limits of requests when several processes serve: each counts in its own memory, and they tell each other.
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { TestApp } from '../support/app.js';
import { testProvider } from '../support/database.js';
import { startInstances, startWorkers } from './processes.js';

const kinds = [
  { name: 'four instances', start: startInstances },
  { name: 'four workers of one instance', start: startWorkers },
];
const name = testProvider === 'postgresql' ? '$name' : '$name (left out: they need PostgreSQL)';

describe.skipIf(testProvider !== 'postgresql').each(kinds)(name, { timeout: 60_000 }, ({ start }) => {
  test('allow one network together what one of them would, and tell each other within two seconds', async () => {
    // Of what proves nothing a network has 6000 a minute: here 60.
    const processes = await start({ LATCHKEY_RATE_LIMIT_FACTOR: '0.01', LATCHKEY_TRUSTED_PROXIES: '1' });
    try {
      const ask = async (app: TestApp, address: string) => {
        const headers = { authorization: 'Bearer unknown', 'x-forwarded-for': address };
        return (await app.request('/oauth/userinfo', { headers })).status;
      };
      const askAll = (address = '192.0.2.1') => Promise.all(processes.apps.map((app) => ask(app, address)));
      const all = (status: number) => processes.apps.map(() => status);
      for (let count = 0; count < 14; count += 1) expect(await askAll()).toEqual(all(401));
      // A process hears of the others when it has something to tell itself: workers are asked as their turn comes.
      for (let second = 0; second < 3; second += 1) {
        for (let count = 0; count < 3; count += 1) await askAll();
        await pause(1_100);
      }
      expect(await askAll()).toEqual(all(429));
      expect(await askAll('192.0.2.2')).toEqual(all(401));
    } finally {
      await processes.stop();
    }
  });
});
