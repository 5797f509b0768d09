// Workers are killed, as by kill -9, again and again in the middle of everything that they do, while the others go on; and keys
// that others may hold are ended for all processes within half a minute.
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { runJson } from '../cli/command-line.js';
import { registerOver, remote } from '../faults/remote.js';
import { startWork } from '../faults/work.js';
import { startedWorkers, startInstances, startWorkers } from '../processes/processes.js';
import { createEmptyTestDatabase, testProvider } from '../support/database.js';
import { signedInBrowser } from '../support/graphql.js';
import { obtainTokens, token, userinfo } from '../support/oauth.js';
import { freePort } from '../support/service.js';
import { startServiceProcess } from '../support/service-process.js';

const kills = 24;
const isLeftOut = testProvider !== 'postgresql';
const name = isLeftOut ? 'workers (left out: they need PostgreSQL)' : 'workers';

describe.skipIf(isLeftOut)(name, { timeout: 300_000 }, () => {
  test('nothing acknowledged is lost and nothing is used twice, whichever worker is killed, and all of them come back', async () => {
    const database = await createEmptyTestDatabase();
    try {
      const service = await startServiceProcess(await freePort(), database.url, {
        LATCHKEY_REFRESH_GRACE_SECONDS: '300',
        LATCHKEY_WORKERS: '3',
        LATCHKEY_LOG_LEVEL: 'info',
      });
      const started = () => startedWorkers(service.logged.join('\n'));
      await vi.waitFor(() => expect(started()).toHaveLength(3), 20_000);
      const far = remote(service.issuer);
      const work = await startWork(far);
      const killed: number[] = [];
      for (let round = 0; round < kills; round += 1) {
        await work.goOn();
        const living = started().filter((pid) => !killed.includes(pid));
        const one = living[Math.floor(Math.random() * living.length)] ?? 0;
        process.kill(one, 'SIGKILL');
        killed.push(one);
        await vi.waitFor(() => expect(started()).toHaveLength(3 + killed.length), 30_000);
      }
      await work.end();
      expect(await service.stop()).toBe(0);
      await work.expectStored(database.url);
    } finally {
      await database.remove();
    }
  });

  test.each([
    ['four instances', startInstances],
    ['four workers', startWorkers],
  ])(
    'of %s each refuses what compromised keys have signed within 30 seconds, and all serve on with new ones',
    async (_, start) => {
      const processes = await start();
      try {
        const { apps, databaseUrl } = processes;
        const owner = await signedInBrowser(apps[0], apps[0].owner);
        const client = await registerOver(owner);
        const { accessToken } = await obtainTokens(apps[0], client, {}, owner);
        const seen = () => Promise.all(apps.map(async (app) => (await userinfo(app, accessToken)).status));
        expect(await seen()).toEqual([200, 200, 200, 200]);
        const { kids } = await runJson(databaseUrl, ['keys', 'rotate', '--compromised']);
        await pause(31_000);
        for (let round = 0; round < 3; round += 1) expect(await seen()).toEqual([401, 401, 401, 401]);
        for (const app of apps) {
          const published = (await (await app.request('/oauth/jwks')).json()) as { keys: { kid: string }[] };
          expect(published.keys.map(({ kid }) => kid).sort()).toEqual([...kids].sort());
          expect((await token(app, client, { grant_type: 'client_credentials' })).status).toBe(200);
        }
      } finally {
        await processes.stop();
      }
    },
  );
});
