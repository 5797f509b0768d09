// The service is killed, as by kill -9, again and again in the middle of everything that it does: what it acknowledged is there
// afterwards, nothing that is good once was good twice, and nothing is there by half.
import { expect, test } from 'vitest';
import { remote } from '../faults/remote.js';
import { startWork } from '../faults/work.js';
import { createEmptyTestDatabase } from '../support/database.js';
import { freePort } from '../support/service.js';
import { startServiceProcess } from '../support/service-process.js';

const kills = 24;
const environment = { LATCHKEY_REFRESH_GRACE_SECONDS: '300' };

test('nothing acknowledged is lost and nothing is used twice, whenever the process is killed', async () => {
  const database = await createEmptyTestDatabase();
  const port = await freePort();
  try {
    let service = await startServiceProcess(port, database.url, environment);
    const work = await startWork(remote(service.issuer));
    for (let round = 0; round < kills; round += 1) {
      await work.goOn();
      await service.kill();
      service = await startServiceProcess(port, database.url, environment);
    }
    await work.end();
    expect(await service.stop()).toBe(0);
    await work.expectStored(database.url);
  } finally {
    await database.remove();
  }
}, 600_000);
