// Calls out that send a form (decision 15): what the server is sent, that its status is the whole answer, and that all that holds
// of reading holds of sending.
import { afterEach, describe, expect, test } from 'vitest';
import { createOutbound, type OutboundParts } from '../../src/http/outbound.js';
import { OutboundError } from '../../src/lib/errors.js';
import { answers, closeServers, say, serve } from './other-servers.js';

afterEach(closeServers);

const form = new URLSearchParams({ logout_token: 'a.b.c', text: 'ü &=' });

const post = (url: string, allow: readonly string[], parts: OutboundParts = {}) =>
  createOutbound({ outboundAllow: allow }, parts).post(url, form);

/** The message that a call fails with, which whoever named the address may read. */
async function refusal(url: string, allow: readonly string[] = [], parts: OutboundParts = {}): Promise<string> {
  const error = await post(url, allow, parts).then(
    () => new Error('It was taken.'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OutboundError);
  return (error as OutboundError).message;
}

test('a server is sent the form, its length, and little about us', async () => {
  let met: unknown;
  const { url, host } = await serve(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    met = [request.method, request.url, request.headers, body];
    response.end();
  });
  await post(`${url}?a=b#c`, [host]);
  expect(met).toEqual([
    'POST',
    '/file?a=b',
    {
      host,
      'user-agent': 'Latchkey',
      accept: '*/*',
      'accept-encoding': 'identity',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(form.toString().length),
      connection: 'close',
    },
    'logout_token=a.b.c&text=%C3%BC+%26%3D',
  ]);
});

describe('the status is the whole answer', () => {
  test.each([200, 201, 202, 204, 299])('%i is taken', async (status) => {
    const { url, host } = await serve((_request, response) => void response.writeHead(status).end());
    await expect(post(url, [host])).resolves.toBeUndefined();
  });

  test.each([304, 400, 401, 404, 500, 503])('%i is not', async (status) => {
    const { url, host } = await serve((_request, response) => void response.writeHead(status).end());
    expect(await refusal(url, [host])).toContain(String(status));
  });

  test('a body without an end is not read', async () => {
    const { url, host } = await serve((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'.repeat(10_000)), 1);
      response.on('close', () => clearInterval(timer));
    });
    const began = performance.now();
    await post(url, [host]);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  test('another protocol is none', async () => {
    const { url, host } = await say('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
    expect(await refusal(url, [host])).toContain('101');
  });
});

describe('what is not called, nor waited for', () => {
  test.each([301, 302, 303, 307, 308])('where status %i leads', async (status) => {
    const inside = await serve((_request, response) => response.end());
    const { url, host } = await serve(
      (_request, response) => void response.writeHead(status, { location: inside.url }).end(),
    );
    expect(await refusal(url, [host, inside.host])).toMatch(/redirect/);
    expect(inside.met.connections).toBe(0);
  });

  test.each(['https://10.0.0.7/', 'https://[::1]/', 'https://2130706433/', 'https://[::ffff:169.254.169.254]/'])(
    '%s, which is private',
    async (url) => expect(await refusal(url)).toMatch(/private/),
  );

  test('a name that means a private address', async () => {
    const lookup = async () => answers('93.184.216.34', '10.0.0.7');
    expect(await refusal('https://app.example.com/logout', [], { lookup })).toMatch(/private/);
  });

  test('http, unless the operator allows it', async () => {
    const { url, met } = await serve((_request, response) => response.end());
    expect(await refusal(url)).toMatch(/https/);
    expect(met.connections).toBe(0);
  });

  test('a server that takes the form and says nothing', async () => {
    const { url, host } = await serve(() => {});
    expect(await refusal(url, [host], { milliseconds: 150 })).toBe(
      'The server did not answer in full within 0.15 seconds.',
    );
  });
});
