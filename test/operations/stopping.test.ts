// That a service told to stop drops no request: a real process, under load on connections that are used again and again, gets
// the signal. How readiness tells of it is health.test.ts's part.
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { prepareStop } from '../../src/stopping.js';
import { createEmptyTestDatabase, type EmptyTestDatabase } from '../support/database.js';
import { load } from '../support/load.js';
import { freePort } from '../support/service.js';
import { spawnService } from '../support/service-process.js';

let database: EmptyTestDatabase;
let port: number;
beforeEach(async () => {
  database = await createEmptyTestDatabase();
  port = await freePort();
});
afterEach(() => database.remove());

function spawnHere(environment: Readonly<Record<string, string>> = {}) {
  return spawnService({
    PORT: String(port),
    DATABASE_URL: database.url,
    LATCHKEY_LOG_LEVEL: 'error',
    ...environment,
  });
}

test.each([
  ['at once', '0'],
  ['after a delay', '1'],
])(
  'of thousands of requests on living connections none fails when the service is told to stop %s',
  async (_, delay) => {
    const service = spawnHere({ LATCHKEY_STOP_DELAY_SECONDS: delay });
    await service.ready();
    const { counts, failures, signal, ended } = load(port, 16);
    while (counts.answered < 2000) await pause(20);
    const told = performance.now();
    signal.sent = true;
    service.child.kill('SIGTERM');
    expect(await service.exited).toEqual([0, null]);
    expect(performance.now() - told).toBeLessThan(Number(delay) * 1000 + 9_500);
    await ended;
    expect(failures).toEqual([]);
    // Each connection was told with its last answer.
    expect(counts.closes).toBeGreaterThanOrEqual(16);
    if (delay !== '0') expect(counts.afterSignal).toBeGreaterThan(10);
  },
  // Starting, and thousands of requests, take their time beside other tests.
  120_000,
);

/** A connection on which a test writes by itself. */
async function openConnection(): Promise<{ socket: Socket; received: () => string; closed: Promise<unknown> }> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'connect');
  return { socket, received: () => text, closed };
}

const form = 'POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n';

test('a request that is still coming is answered, one on a connection that was silent is too, and then the process ends', async () => {
  const service = spawnHere();
  await service.ready();
  const slow = await openConnection();
  slow.socket.write(`${form}Content-Length: 6\r\n\r\na=`);
  const halfHeaders = await openConnection();
  halfHeaders.socket.write('GET /healthz HTTP/1.1\r\nHost: local');
  const silent = await openConnection();
  silent.socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const untried = await openConnection();
  await vi.waitFor(() => expect(silent.received()).toMatch(/^HTTP\/1\.1 200[\s\S]*Connection: keep-alive/i), 5_000);
  // By then the halves have come as well.
  await pause(300);

  service.child.kill('SIGTERM');
  await vi.waitFor(() => expect(openConnection()).rejects.toThrow('ECONNREFUSED'), { timeout: 5_000, interval: 20 });
  for (const { socket } of [silent, untried]) socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await Promise.all([silent.closed, untried.closed]);
  expect(silent.received().match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  for (const { received } of [silent, untried]) expect(received()).toMatch(/Connection: close\r\n[\s\S]*"ok"\}$/i);
  // Longer than silent connections are left open.
  await pause(1500);
  expect(service.child.exitCode).toBeNull();
  slow.socket.write('b=cd');
  halfHeaders.socket.write('host\r\n\r\n');
  await Promise.all([slow.closed, halfHeaders.closed]);
  expect(slow.received()).toMatch(/^HTTP\/1\.1 400[\s\S]*Connection: close/i);
  expect(halfHeaders.received()).toMatch(/^HTTP\/1\.1 200[\s\S]*Connection: close/i);
  expect(await service.exited).toEqual([0, null]);
});

test('connections on which nothing comes do not hold it up, and a request that never ends does so for nine seconds at most', async () => {
  const service = spawnHere();
  await service.ready();
  const silent = await Promise.all(Array.from({ length: 5 }, openConnection));
  await pause(100);
  const begun = performance.now();
  service.child.kill('SIGTERM');
  expect(await service.exited).toEqual([0, null]);
  expect(performance.now() - begun).toBeLessThan(4_000);
  await Promise.all(silent.map(({ closed }) => closed));

  const again = spawnHere();
  await again.ready();
  const endless = await openConnection();
  endless.socket.write(`${form}Content-Length: 1000\r\n\r\na=`);
  await pause(100);
  const told = performance.now();
  again.child.kill('SIGTERM');
  expect(await again.exited).toEqual([0, null]);
  expect(performance.now() - told).toBeLessThan(9_900);
  expect(endless.received()).toBe('');
}, 40_000);

test('a signal while the service starts lets it start, and stops it then', async () => {
  const service = spawnHere();
  // Node itself has no say before our code runs.
  await pause(700);
  service.child.kill('SIGTERM');
  const [code, signal] = await service.exited;
  // On a slow machine the signal may come before anything of ours was loaded, when it ends the process as any other.
  if (signal === null) {
    expect(code).toBe(0);
    expect(service.printed.text).not.toMatch(/rror/);
  }
  // What it has begun is whole: the next start finds its owner and goes on.
  const next = spawnHere();
  await next.ready();
  next.child.kill('SIGTERM');
  expect(await next.exited).toEqual([0, null]);
});

test('a second signal does not wait, unless it is the same one, passed on by whoever got it too', async () => {
  const service = spawnHere({ LATCHKEY_STOP_DELAY_SECONDS: '60' });
  await service.ready();
  service.child.kill('SIGTERM');
  await pause(300);
  service.child.kill('SIGTERM');
  await pause(1_000);
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(503);
  service.child.kill('SIGINT');
  expect(await service.exited).toEqual([1, null]);
});

test('an answer that its reader takes slowly is sent to its end', async () => {
  // More than the operating system keeps for a connection.
  const bytes = Buffer.alloc(20_000_000, 'a');
  const server = createServer((_, response) => response.end(bytes));
  const done: string[] = [];
  const stoppable = prepareStop({
    server,
    delayMilliseconds: 0,
    stopListening: (close) => close(),
    onBegin: () => done.push('begin'),
    afterRequests: async () => done.push('after the requests'),
    atEnd: async () => void done.push('end'),
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const received = new Promise<number>((resolve, reject) => {
    request({ host: '127.0.0.1', port, agent: new Agent({ keepAlive: true }) }, async (response) => {
      let length = 0;
      for await (const chunk of response as AsyncIterable<Buffer>) {
        if (length === 0) await pause(2_500);
        length += chunk.length;
      }
      resolve(length);
    })
      .on('error', reject)
      .end();
  });
  await pause(500);
  await Promise.all([stoppable.stop(), stoppable.stop()]);
  expect(await received).toBe(bytes.length);
  expect(done).toEqual(['begin', 'after the requests', 'end']);
});
