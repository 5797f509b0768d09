// Calls out (decision 15): what a server that answers badly, slowly or in another's name is told to be.
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createOutbound } from '../../src/http/outbound.js';
import { OutboundError } from '../../src/lib/errors.js';
import { createCertificate } from '../support/certificate.js';
import { answers, closeServers, limits, listen, refusal, say, serve } from './other-servers.js';

afterEach(closeServers);

describe('a redirect', () => {
  test.each([301, 302, 303, 307, 308])('with status %i is not followed, and says so', async (status) => {
    const inside = await serve((_request, response) => response.end('secret'));
    const { url, host } = await serve((_request, response) => {
      response.writeHead(status, { Location: inside.url }).end();
    });
    const message = await refusal(url, [host, inside.host]);
    expect(message).toMatch(new RegExp(`redirect \\(status ${status}\\).*not followed`));
    expect(message).not.toContain(inside.host);
    expect(inside.met.connections).toBe(0);
  });
});

describe('an answer that is refused', () => {
  test.each([201, 204, 206, 400, 401, 404, 500, 503])('has status %i', async (status) => {
    const { url, host } = await serve((_request, response) => void response.writeHead(status).end());
    expect(await refusal(url, [host])).toBe(`The server answered with status ${status} instead of 200.`);
  });

  test('switches to another protocol', async () => {
    const { url, host } = await say('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
    expect(await refusal(url, [host])).toMatch(/status 101/);
  });

  test('says that it is too large', async () => {
    const { url, host } = await say('HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n', 'hold');
    expect(await refusal(url, [host])).toBe('The answer is larger than 1 kB.');
  });

  test('is too large without saying so, and is not read to its end', async () => {
    let sent = 0;
    const { url, host } = await serve((_request, response) => {
      const more = () => {
        sent += 1;
        if (!response.destroyed) response.write(Buffer.alloc(600), () => setImmediate(more));
      };
      more();
    });
    expect(await refusal(url, [host])).toBe('The answer is larger than 1 kB.');
    expect(sent).toBeLessThan(10_000);
  });

  test('says too little: what is beyond the length it gave is not taken', async () => {
    const { url, host } = await say(`HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc${'x'.repeat(5000)}`);
    const outbound = createOutbound({ outboundAllow: [host] });
    const taken = await outbound.get(url, limits).then(
      ({ bytes }) => bytes.toString(),
      (error: unknown) => error,
    );
    if (taken !== 'abc') expect(taken).toBeInstanceOf(OutboundError);
  });

  test('says too much: half a document is none', async () => {
    const { url, host } = await say('HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nabc');
    expect(await refusal(url, [host])).toMatch(/connection broke/);
  });

  test('gives two lengths, or a length beside chunks (request smuggling)', async () => {
    for (const second of ['Content-Length: 5', 'Transfer-Encoding: chunked']) {
      const { url, host } = await say(`HTTP/1.1 200 OK\r\nContent-Length: 3\r\n${second}\r\n\r\nabc`);
      expect(await refusal(url, [host])).toMatch(/does not speak HTTP/);
    }
  });

  test.each(['gzip', 'br', 'deflate', 'x-gzip', 'zstd', 'gzip, identity'])(
    'is compressed with %s, and could become any size',
    async (encoding) => {
      const { url, host } = await serve((_request, response) => {
        response.writeHead(200, { 'Content-Encoding': encoding }).end('x');
      });
      expect(await refusal(url, [host])).toMatch(/compressed/);
    },
  );

  test('has headers without end', async () => {
    const { url, host } = await say(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`, 'hold');
    expect(await refusal(url, [host])).toMatch(/does not speak HTTP/);
  });

  test('is not HTTP at all, or nothing', async () => {
    const greeting = await say('220 mail.example ESMTP\r\n');
    expect(await refusal(greeting.url, [greeting.host])).toMatch(/does not speak HTTP/);
    const silence = await say('');
    expect(await refusal(silence.url, [silence.host])).toMatch(/connection/);
  });

  test('comes from a port where nobody listens', async () => {
    const { url, host } = await serve(() => {});
    await closeServers();
    expect(await refusal(url, [host])).toBe('The server could not be reached.');
  });
});

describe('the time that everything may take together', () => {
  const parts = { milliseconds: 150 };
  const late = 'The server did not answer in full within 0.15 seconds.';

  test('ends a call whose name is not resolved', async () => {
    expect(await refusal('https://logo.example/', [], { ...parts, lookup: () => new Promise(() => {}) })).toBe(late);
  });

  test('ends a call that nobody answers', async () => {
    const { url, host } = await serve(() => {});
    expect(await refusal(url, [host], parts)).toBe(late);
  });

  test.each([
    ['headers', 'HTTP/1.1 200 OK\r\n', 'X: y\r\n'],
    ['body', 'HTTP/1.1 200 OK\r\n\r\n', 'x'],
  ])('ends one whose %s come in drops, each of them in time', async (_part, begin, drop) => {
    let timer: NodeJS.Timeout | undefined;
    const { url, host } = await listen(
      createTcpServer((socket) => {
        socket.resume().write(begin);
        timer = setInterval(() => socket.write(drop), 20);
        socket.on('close', () => clearInterval(timer));
      }),
    );
    const started = performance.now();
    expect(await refusal(url, [host], parts)).toBe(late);
    expect(performance.now() - started).toBeLessThan(2_000);
    clearInterval(timer);
  });

  test('is 5 seconds unless a test says otherwise', async () => {
    const { url, host } = await serve(() => {});
    const started = performance.now();
    expect(await refusal(url, [host])).toBe('The server did not answer in full within 5 seconds.');
    expect(performance.now() - started).toBeLessThan(7_000);
  });
});

describe('over TLS', () => {
  const lookup = async () => answers('127.0.0.1');

  async function serveTls(name: string) {
    const { cert, key } = createCertificate(name);
    const server = createTlsServer({ cert, key }, (_request, response) => response.end('over TLS'));
    const { port } = await listen(server);
    return { url: `https://logo.example:${port}/`, allow: [`logo.example:${port}`], certificateAuthority: cert };
  }

  test('the pinned address is called, and the certificate is still held to the host name', async () => {
    const { url, allow, ...trust } = await serveTls('logo.example');
    const { bytes } = await createOutbound({ outboundAllow: allow }, { lookup, ...trust }).get(url, limits);
    expect(bytes.toString()).toBe('over TLS');
  });

  test('a certificate for another name is refused', async () => {
    const { url, allow, ...trust } = await serveTls('other.example');
    expect(await refusal(url, allow, { lookup, ...trust })).toMatch(/TLS certificate/);
  });

  test('a certificate that nobody vouches for is refused, also where the environment switches checks off', async () => {
    const { url, allow } = await serveTls('logo.example');
    // Node warns whoever sets it.
    const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      expect(await refusal(url, allow, { lookup })).toMatch(/TLS certificate/);
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      warnings.mockRestore();
    }
  });

  test('a server that speaks http alone is refused', async () => {
    const { url, host } = await serve((_request, response) => response.end());
    expect(await refusal(url.replace('http:', 'https:'), [host])).toMatch(/TLS/);
  });
});

test('a fault of ours is not blamed on the address', async () => {
  const lookup = async () => {
    throw new TypeError('a fault');
  };
  const call = createOutbound({ outboundAllow: [] }, { lookup }).get('https://logo.example/', limits);
  await expect(call).rejects.toThrow(TypeError);
});

test.each(['ENOTFOUND', 'EAI_AGAIN'])('a name without an address is told so (%s)', async (code) => {
  const lookup = () => Promise.reject(Object.assign(new Error('getaddrinfo'), { code }));
  expect(await refusal('https://logo.example/', [], { lookup })).toMatch(/no address/);
  expect(await refusal('https://logo.example/', [], { lookup: async () => [] })).toMatch(/no address/);
});
