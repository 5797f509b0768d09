// LATCHKEY_WORKERS as an operator meets it: how the workers begin, are replaced, and end. What they must agree on is
// races.test.ts's part.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createEmptyTestDatabase, type EmptyTestDatabase, testProvider } from '../support/database.js';
import { load } from '../support/load.js';
import { freePort } from '../support/service.js';
import { spawnService } from '../support/service-process.js';
import { printedPasswords, startedWorkers } from './processes.js';

test('on SQLite they are refused by name before anything is made', async () => {
  const database = await createEmptyTestDatabase('sqlite');
  const service = spawnService({ DATABASE_URL: database.url, LATCHKEY_WORKERS: '2' });
  expect(await service.exited).toEqual([1, null]);
  expect(service.printed.text).toMatch(/^The configuration has a fault:\n {2}LATCHKEY_WORKERS needs PostgreSQL .+\n$/);
  await database.remove();
});

const isLeftOut = testProvider !== 'postgresql';
const name = isLeftOut ? 'workers (left out: they need PostgreSQL)' : 'workers';
// Each starts several processes, which takes its time beside other tests.
vi.setConfig({ testTimeout: 120_000 });

describe.skipIf(isLeftOut)(name, () => {
  let database: EmptyTestDatabase;
  let port: number;
  beforeEach(async () => {
    database = await createEmptyTestDatabase('postgresql');
    port = await freePort();
  });
  afterEach(() => database.remove());

  const spawnWorkers = (environment: Readonly<Record<string, string>> = {}) =>
    spawnService({
      PORT: String(port),
      DATABASE_URL: database.url,
      LATCHKEY_DATABASE_POOL: '2',
      LATCHKEY_WORKERS: '2',
      ...environment,
    });

  type Service = ReturnType<typeof spawnService>;

  /** Waits for so many workers to have started, and gives their process ids. */
  const workersOf = ({ printed }: Service, count = 2): Promise<number[]> =>
    vi.waitFor(() => {
      const pids = startedWorkers(printed.text);
      expect(pids).toHaveLength(count);
      return pids;
    }, 30_000);

  const isAlive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  const allGone = (pids: readonly number[], milliseconds: number) =>
    vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: milliseconds, interval: 20 });

  const answers = async () =>
    (await fetch(`http://127.0.0.1:${port}/readyz`, { headers: { connection: 'close' } })).status;

  test('each takes its turn, says in the log which one it is, and the primary serves nothing', async () => {
    const service = spawnWorkers();
    await service.ready();
    const pids = await workersOf(service);
    await Promise.all(
      Array.from({ length: 12 }, () =>
        fetch(`http://127.0.0.1:${port}/oauth/jwks`, { headers: { connection: 'close' } }),
      ),
    );
    // The log is written within a fifth of a second.
    await vi.waitFor(() => {
      const answered = [...service.printed.text.matchAll(/"pid":(\d+),.*"msg":"answered"/g)];
      expect([...new Set(answered.map((match) => Number(match[1])))].sort()).toEqual([...pids].sort());
    }, 2_000);
    expect(pids).not.toContain(service.child.pid);
    service.child.kill('SIGTERM');
    expect(await service.exited).toEqual([0, null]);
    await allGone(pids, 0);
  });

  test('whoever connects before there are workers is told so, and not left waiting', async () => {
    const service = spawnWorkers();
    let isReady = false;
    const ready = service.ready().finally(() => {
      isReady = true;
    });
    const outcomes: Promise<unknown>[] = [];
    while (!isReady) {
      const asked = fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(15_000) });
      outcomes.push(asked.then(({ status }) => status).catch(({ cause, name }) => cause?.code ?? name));
      await pause(10);
    }
    await ready;
    const all = new Set(await Promise.all(outcomes));
    expect(
      [...all].filter((outcome) => ![200, 'ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET'].includes(outcome as string)),
    ).toEqual([]);
    expect(await answers()).toBe(200);
    service.child.kill('SIGTERM');
    expect(await service.exited).toEqual([0, null]);
  });

  test('one that is killed is replaced while the others serve, and one that is told to stop alone ends gracefully and is replaced too', async () => {
    const service = spawnWorkers();
    await service.ready();
    const [killed = 0, told = 0] = await workersOf(service);
    process.kill(killed, 'SIGKILL');
    await allGone([killed], 2_000);
    expect(await answers()).toBe(200);
    const [, , third = 0] = await workersOf(service, 3);
    const { counts, failures, signal, ended } = load(port, 8);
    while (counts.answered < 200) await pause(20);
    process.kill(told, 'SIGTERM');
    await allGone([told], 10_000);
    await workersOf(service, 4);
    while (counts.answered < 500) await pause(20);
    expect(failures).toEqual([]);
    expect(isAlive(third)).toBe(true);
    signal.sent = true;
    service.child.kill('SIGTERM');
    expect(await service.exited).toEqual([0, null]);
    await ended;
    expect(failures).toEqual([]);
    expect(service.printed.text).toMatch(/"signal":"SIGKILL".*"msg":"a worker ended; another is started"/);
  });

  test('of a thousand requests on living connections none fails when a terminal tells all of the group to stop', async () => {
    const service = spawnWorkers();
    await service.ready();
    const pids = await workersOf(service);
    const { counts, failures, signal, ended } = load(port, 16);
    while (counts.answered < 1500) await pause(20);
    signal.sent = true;
    for (const pid of [...pids, service.child.pid ?? 0]) process.kill(pid, 'SIGINT');
    expect(await service.exited).toEqual([0, null]);
    await ended;
    expect(failures).toEqual([]);
    expect(counts.closes).toBeGreaterThanOrEqual(16);
  });

  test('a second signal ends all of them at once', async () => {
    const service = spawnWorkers({ LATCHKEY_STOP_DELAY_SECONDS: '60' });
    await service.ready();
    const pids = await workersOf(service);
    service.child.kill('SIGTERM');
    await vi.waitFor(async () => expect(await answers()).toBe(503), 5_000);
    // One that comes sooner is taken for the first, passed on by whoever got it too.
    await pause(1_050);
    service.child.kill('SIGTERM');
    expect(await service.exited).toEqual([1, null]);
    await allGone(pids, 2_000);
  });

  test('none outlives its primary, whatever happens to that', async () => {
    const service = spawnWorkers();
    await service.ready();
    const pids = await workersOf(service);
    service.child.kill('SIGKILL');
    await allGone(pids, 10_000);
    expect(service.printed.text.match(/"msg":"stopped"/g)).toHaveLength(2);
    await expect(answers()).rejects.toThrow('fetch failed');
  });

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    [
      'a setting',
      { LATCHKEY_REFRESH_GRACE_SECONDS: 'long' },
      /^The configuration has a fault:\n {2}LATCHKEY_REFRESH.+\n$/,
    ],
    [
      'a certificate',
      { LATCHKEY_ISSUER: 'https://id.example.com', LATCHKEY_TLS_CERT: '/none.pem', LATCHKEY_TLS_KEY: '/none.pem' },
      /^The configuration has a fault:\n {2}LATCHKEY_TLS_CERT names the file.+\n$/,
    ],
    [
      'the database',
      { DATABASE_URL: 'postgresql://latchkey@127.0.0.1:1/x' },
      /^The database cannot be used: .+\n.+\n$/,
    ],
    [
      "the first owner's password",
      { LATCHKEY_OWNER_PASSWORD: 'short' },
      /^The configuration has a fault:\n {2}LATCHKEY_OWNER_PASSWORD.+\n$/,
    ],
  ])('what is wrong with %s is said once, and ends the start with 1', async (_, environment, message) => {
    const service = spawnWorkers({ LATCHKEY_LOG_LEVEL: 'error', ...environment });
    expect(await service.exited).toEqual([1, null]);
    expect(service.printed.text).toMatch(message);
  });

  test('a port that is in use costs no password: the next start makes the owner', async () => {
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    const service = spawnWorkers({ LATCHKEY_OWNER_PASSWORD: '', LATCHKEY_LOG_LEVEL: 'error' });
    expect(await service.exited).toEqual([1, null]);
    expect(service.printed.text).toMatch(/^Port \d+ is in use\. .+\n$/);
    other.close();
    await once(other, 'close');
    const next = spawnWorkers({ LATCHKEY_OWNER_PASSWORD: '' });
    await next.ready();
    expect(printedPasswords([next.printed.text])).toHaveLength(1);
    next.child.kill('SIGTERM');
    expect(await next.exited).toEqual([0, null]);
  });

  describe('at a start after the first', () => {
    beforeEach(async () => {
      const first = spawnWorkers();
      await first.ready();
      await first.stop();
    });

    test('nobody is connected with what does not serve yet', async () => {
      const outcomes: string[] = [];
      const service = spawnWorkers();
      let isReady = false;
      const ready = service.ready().finally(() => {
        isReady = true;
      });
      while (!isReady) {
        const socket = connect(port, '127.0.0.1', () =>
          socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n'),
        );
        socket.on('data', () => socket.destroy());
        const [error] = await Promise.race([once(socket, 'error'), once(socket, 'close').then(() => [null])]);
        outcomes.push((error as NodeJS.ErrnoException | null)?.code ?? 'answered');
      }
      await ready;
      expect(outcomes.filter((outcome) => !['ECONNREFUSED', 'answered'].includes(outcome))).toEqual([]);
      expect(outcomes[0]).toBe('ECONNREFUSED');
      await service.stop();
    });

    test('a port that is in use is said when the workers have tried, and ends the start with 1', async () => {
      const other = createServer().listen(port, '127.0.0.1');
      await once(other, 'listening');
      const service = spawnWorkers({ LATCHKEY_LOG_LEVEL: 'error' });
      expect(await service.exited).toEqual([1, null]);
      expect(service.printed.text).toMatch(/\nPort \d+ is in use\. .+\n$/);
      other.close();
    });
  });

  test('workers that end as soon as they are started are given up with 1, and the password that was made is not lost', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-workers-'));
    const hook = join(folder, 'hook.mjs');
    writeFileSync(hook, "import cluster from 'node:cluster'; if (cluster.isWorker) process.exit(7);");
    const service = spawnWorkers({ LATCHKEY_OWNER_PASSWORD: '', NODE_OPTIONS: `--import ${pathToFileURL(hook).href}` });
    expect(await service.exited).toEqual([1, null]);
    rmSync(folder, { recursive: true });
    const { text } = service.printed;
    expect(text.match(/"code":7,.*"msg":"a worker ended; another is started"/g)).toHaveLength(4);
    expect(text.match(/The workers end as soon as they are started/g)).toHaveLength(1);
    expect(printedPasswords([text])).toHaveLength(1);
    expect(text).not.toContain('is running');
  });
});
