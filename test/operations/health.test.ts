// What probes are told: whether the process is up, and whether it can serve.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import { createReadiness } from '../../src/http/readiness.js';
import { createTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp();
});
afterEach(() => app.close());

async function ready() {
  const response = await app.request('/readyz');
  return { status: response.status, body: await response.json() };
}

const allOk = { database: 'ok', signingKeys: 'ok', migrations: 'ok' };

/** The service's view of readiness, looked at anew. */
function anew() {
  return createReadiness(app.deps).look();
}

test('/healthz says that the process is up, without a look at the database', async () => {
  app.statements.length = 0;
  const response = await app.request('/healthz');
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: 'ok' });
  expect(app.statements).toEqual([]);
});

test('/readyz names each check', async () => {
  expect(await ready()).toEqual({ status: 200, body: { status: 'ok', checks: allOk } });
});

test.each(['/healthz', '/readyz'])(
  '%s answers GET and HEAD, sets no cookie, is kept by no cache and logged for debugging only',
  async (path) => {
    for (const method of ['GET', 'HEAD']) {
      app.logLines.length = 0;
      const response = await app.request(path, { method });
      expect(response.status).toBe(200);
      expect(response.headers.get('set-cookie')).toBeNull();
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(app.logLines.map((line) => JSON.parse(line).level)).toEqual([20]);
    }
    const { status, headers } = await app.request(path, { method: 'POST' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  },
);

test('a thousand probes in a second look once', async () => {
  app.statements.length = 0;
  const answers = await Promise.all(Array.from({ length: 1000 }, () => app.request('/readyz')));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  await ready();
  expect(app.statements.filter((sql) => /SELECT 1/.test(sql))).toHaveLength(1);
});

test('from the moment stopping begins it is not ready, though all is well', async () => {
  await ready();
  app.deps.readiness.end();
  expect(await ready()).toEqual({ status: 503, body: { status: 'stopping', checks: {} } });
  expect((await app.request('/healthz')).status).toBe(200);
});

describe('503, and which check failed, is the answer', () => {
  test('to a migration that has not run, or that one was begun and not finished', async () => {
    const all = await app.db.$queryRawUnsafe<{ id: string }[]>('SELECT "id" FROM "_prisma_migrations" ORDER BY 1');
    await app.db.$executeRawUnsafe(`UPDATE "_prisma_migrations" SET "finished_at" = NULL WHERE "id" = '${all[0]?.id}'`);
    expect(await anew()).toEqual({ status: 'failed', checks: { ...allOk, migrations: 'failed' } });
    await app.db.$executeRawUnsafe(`DELETE FROM "_prisma_migrations" WHERE "id" = '${all[0]?.id}'`);
    expect(await ready()).toEqual({
      status: 503,
      body: { status: 'failed', checks: { ...allOk, migrations: 'failed' } },
    });
  });

  test.each(['ES256', 'RS256'] as const)('to the lack of a key that signs with %s', async (algorithm) => {
    await app.db.signingKey.deleteMany({ where: { algorithm } });
    await app.deps.keys.reload();
    expect(await ready()).toEqual({
      status: 503,
      body: { status: 'failed', checks: { ...allOk, signingKeys: 'failed' } },
    });
  });

  test('to a database that does not answer, of which nothing but the name of the check is told', async () => {
    const url = 'postgresql://someone:a-password@127.0.0.1:1/nothing';
    const { db, close } = await openDatabase(url);
    const readiness = createReadiness({ ...app.deps, db });
    const found = await readiness.look();
    expect(found).toEqual({
      status: 'failed',
      checks: { database: 'failed', signingKeys: 'ok', migrations: 'failed' },
    });
    await close();
  });

  test('to a database that hangs, within little more than a second, and it is not asked again meanwhile', async () => {
    const hanging = vi.fn(() => new Promise<never>(() => {}));
    const keys = { ...app.deps.keys, sign: hanging };
    const readiness = createReadiness({ ...app.deps, keys });
    const begun = performance.now();
    expect((await readiness.look()).checks).toEqual({ ...allOk, signingKeys: 'failed' });
    expect(performance.now() - begun).toBeLessThan(5_000);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    await readiness.look();
    expect(hanging).toHaveBeenCalledTimes(2);
  });
});

test('the log says once what is wrong, and once that it is good again', async () => {
  const failures = { now: true };
  const sign = async () => {
    if (failures.now) throw new Error('no key today');
    return '';
  };
  const readiness = createReadiness({ ...app.deps, keys: { ...app.deps.keys, sign } });
  app.logLines.length = 0;
  const later = () => new Promise((resolve) => setTimeout(resolve, 1_050));
  await readiness.look();
  await later();
  await readiness.look();
  failures.now = false;
  await later();
  await readiness.look();
  const lines = app.logLines.map((line) => JSON.parse(line));
  expect(lines.map(({ msg }) => msg)).toEqual(['a check of readiness failed', 'a check of readiness is good again']);
  expect(lines[0]).toMatchObject({ check: 'signingKeys', err: { message: 'no key today' } });
});
