// A backlog of expired rows, as after weeks without a run: it goes in small statements while requests are answered, and takes
// nothing along that lives. What is tidied when is maintenance.test.ts's part.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inBatches } from '../../src/db/in-batches.js';
import { tidy } from '../../src/maintenance.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { obtainTokens, refresh, registerClient } from '../support/oauth.js';
import { expectBacklogToGo } from './backlog.js';

let database: TestDatabase;
let app: TestApp;
beforeEach(async () => {
  database = await createTestDatabase();
  app = await createTestApp({ database });
});
afterEach(async () => {
  await app.close();
  await database.close();
});

test(
  'rows that are over go, while requests are answered and all that lives stays',
  () => expectBacklogToGo(app, database, 0.1),
  120_000,
);

test('seals are erased when the grace window has ended, and not before', async () => {
  const client = await registerClient(app);
  const { refreshToken } = await obtainTokens(app, client, { scope: 'openid offline_access' });
  const sealed = () => app.db.refreshToken.count({ where: { sealedSuccessor: { not: null } } });
  await refresh(app, client, refreshToken);
  await tidy(app.deps);
  expect(await sealed()).toBe(1);
  app.clock.advance(31);
  await tidy(app.deps);
  expect(await sealed()).toBe(0);
});

test('a run takes 200 batches of 500 at most, and tries one again that met another process', async () => {
  const asked: number[] = [];
  const endless = await inBatches(async (most) => {
    asked.push(most);
    return { count: most };
  });
  expect(endless).toBe(100_000);
  expect(asked).toHaveLength(200);
  const deadlock = Object.assign(new Error('deadlock'), { code: 'P2034' });
  const answers = [deadlock, { count: 500 }, deadlock, { count: 3 }];
  const met = await inBatches(async () => {
    const answer = answers.shift();
    if (answer instanceof Error || answer === undefined) throw answer;
    return answer;
  });
  expect(met).toBe(503);
  const fault = new Error('another fault');
  await expect(inBatches(() => Promise.reject(fault))).rejects.toBe(fault);
});
