// Clients that take their time: whoever sends headers or a body too slowly, or never ends them, is answered 408 and loses the
// connection, while everybody else is served and the process lives on. How large a request may be is raw-requests.test.ts.
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { patience } from '../../src/serve.js';
import { freePort, startService } from '../support/service.js';

const short = { headersTimeout: 400, requestTimeout: 900, keepAliveTimeout: 60_000, connectionsCheckingInterval: 50 };

let port: number;
let service: Awaited<ReturnType<typeof startService>>;
const rejections: unknown[] = [];
const note = (reason: unknown) => rejections.push(reason);
beforeAll(async () => {
  port = await freePort();
  service = await startService(port, {}, short);
  process.on('unhandledRejection', note);
});
afterAll(async () => {
  process.off('unhandledRejection', note);
  await service.stop();
});

const host = 'Host: localhost\r\n';
const form = `POST /oauth/token HTTP/1.1\r\n${host}Content-Type: application/x-www-form-urlencoded\r\n`;

interface Ending {
  /** All status lines that came. */
  readonly statuses: readonly number[];
  readonly milliseconds: number;
}

/** Sends parts with a pause after each, and waits until the server closes. */
function sendSlowly(parts: Iterable<string>, pauseMilliseconds: number): Promise<Ending> {
  return new Promise((resolve) => {
    const started = performance.now();
    let answer = '';
    let closed = false;
    const socket = connect(port, '127.0.0.1', async () => {
      for (const part of parts) {
        if (closed) return;
        socket.write(part, 'latin1');
        await pause(pauseMilliseconds);
      }
    });
    socket.on('data', (part) => {
      answer += part.toString('latin1');
    });
    // A reset is an ending too: what was still on its way is of no interest to the server.
    socket.on('error', () => {});
    socket.on('close', () => {
      closed = true;
      const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, code]) => Number(code));
      resolve({ statuses, milliseconds: performance.now() - started });
    });
  });
}

function* dripping(start: string, drop: string) {
  yield start;
  for (let drops = 0; drops < 200; drops += 1) yield drop;
}

async function isServed(): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${port}/healthz`)).status === 200;
}

describe('408 and the end of the connection is the answer to', () => {
  test.each<[string, Iterable<string>]>([
    ['headers that never end', [`GET /healthz HTTP/1.1\r\n${host}`]],
    ['headers that come one by one', dripping(`GET /healthz HTTP/1.1\r\n${host}`, 'X-A: b\r\n')],
    ['a request line that never ends', dripping('GET /', 'a')],
    ['a body that never comes', [`${form}Content-Length: 100\r\n\r\n`]],
    ['a body that comes byte by byte', dripping(`${form}Content-Length: 1000\r\n\r\n`, 'a')],
    ['chunks that never end', dripping(`${form}Transfer-Encoding: chunked\r\n\r\n`, '1\r\na\r\n')],
  ])('%s', async (_, parts) => {
    const ending = sendSlowly(parts, 30);
    await pause(100);
    expect(await isServed()).toBe(true);
    const { statuses, milliseconds } = await ending;
    expect(statuses).toEqual([408]);
    expect(milliseconds).toBeLessThan(short.requestTimeout + 2000);
  });
});

test('many slow clients at once keep nobody else waiting, and each is let go', async () => {
  const slow = Array.from({ length: 100 }, () => sendSlowly([`${form}Content-Length: 100\r\n\r\na=b`], 30));
  await pause(200);
  const started = performance.now();
  expect(await isServed()).toBe(true);
  expect(performance.now() - started).toBeLessThan(2000);
  const endings = await Promise.all(slow);
  expect(endings.every(({ statuses }) => statuses.length === 1 && statuses[0] === 408)).toBe(true);
});

test('a client that goes away in the middle of its body harms nobody', async () => {
  for (let round = 0; round < 20; round += 1) {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`${form}Content-Length: 100\r\n\r\na=b`);
      setTimeout(() => socket.destroy(), 20);
    });
    socket.on('error', () => {});
  }
  await pause(300);
  await vi.waitFor(async () => expect(await isServed()).toBe(true));
  expect(rejections).toEqual([]);
});

test('a connection that is silent between two requests is kept for longer than a request may take', async () => {
  const request = `HEAD /healthz HTTP/1.1\r\n${host}`;
  const { statuses } = await sendSlowly([`${request}\r\n`, `${request}Connection: close\r\n\r\n`], 1500);
  expect(statuses).toEqual([200, 200]);
});

test('by default headers may take ten seconds and a request thirty, and that is looked at every second', () => {
  expect(patience).toEqual({
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    // Load balancers keep theirs for 60 as a rule, and must be the first to let go.
    keepAliveTimeout: 75_000,
    connectionsCheckingInterval: 1_000,
  });
});
