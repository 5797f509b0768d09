// Workers are killed, as by kill -9, again and again in the middle of everything that they do, while the others go on.
import { describe, expect, test, vi } from 'vitest';
import { remote } from '../faults/remote.js';
import { startWork } from '../faults/work.js';
import { startedWorkers } from '../processes/processes.js';
import { createEmptyTestDatabase, testProvider } from '../support/database.js';
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
});
