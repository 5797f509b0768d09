// What reaches the listening service before any of our code: requests that are too large, malformed or ambiguous end with a
// status of their own, never in a 500, and the next one is answered.
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, startService } from '../support/service.js';

let port: number;
let service: Awaited<ReturnType<typeof startService>>;
beforeAll(async () => {
  port = await freePort();
  service = await startService(port);
});
afterAll(() => service.stop());

/** Sends bytes as they are. @returns the status line's code, or null when the connection ended without one */
function send(text: string): Promise<number | null> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    let answer = '';
    socket.on('data', (part) => {
      answer += part.toString('latin1');
      socket.end();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0) || null));
  });
}

const host = 'Host: localhost\r\n';
const form = `POST /oauth/token HTTP/1.1\r\n${host}Content-Type: application/x-www-form-urlencoded\r\n`;

const formOf = (body: string) => `${form}Content-Length: ${body.length}\r\n\r\n${body}`;

describe('the status of', () => {
  test.each<[string, string, number]>([
    [
      'a header of 64 kB',
      `GET /oauth/userinfo HTTP/1.1\r\n${host}Authorization: Bearer ${'a'.repeat(65_536)}\r\n\r\n`,
      431,
    ],
    [
      'two hundred headers of 100 bytes',
      `GET / HTTP/1.1\r\n${host}${`X-A: ${'a'.repeat(95)}\r\n`.repeat(200)}\r\n`,
      431,
    ],
    ['an address of 64 kB', `GET /oauth/authorize?state=${'a'.repeat(65_536)} HTTP/1.1\r\n${host}\r\n`, 431],
    [
      'a NUL in a header (known attack 26)',
      `GET /oauth/userinfo HTTP/1.1\r\n${host}Authorization: Bearer a\0b\r\n\r\n`,
      400,
    ],
    ['two lengths', `${form}Content-Length: 3\r\nContent-Length: 4\r\n\r\na=b`, 400],
    ['a length beside chunks', `${form}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ['a length that is none', `${form}Content-Length: ten\r\n\r\na=b`, 400],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
    ['what is no HTTP', 'hello\r\n\r\n', 400],
    ['a body of more than 100 kB that says so', `${form}Content-Length: 1000000\r\n\r\n${'a'.repeat(1000)}`, 413],
    [
      'chunks of more than 100 kB',
      `${form}Transfer-Encoding: chunked\r\n\r\n${`8000\r\n${'a'.repeat(32_768)}\r\n`.repeat(4)}0\r\n\r\n`,
      413,
    ],
    ['thirty thousand parameters', formOf('a&'.repeat(30_000)), 400],
    ['a parameter of 90 kB', formOf(`grant_type=${'a'.repeat(90_000)}`), 400],
    ['a body of broken percent signs', formOf('%'.repeat(50_000)), 400],
    ['a body of bytes that are no UTF-8', formOf(`grant_type=\xff\xfe\0`), 400],
    ['an authority in the address', `GET http://evil.example/healthz HTTP/1.1\r\n${host}\r\n`, 200],
  ])('%s', async (_, request, status) => {
    expect(await send(request)).toBe(status);
    expect(await send(`GET /healthz HTTP/1.1\r\n${host}\r\n`)).toBe(200);
  });
});
