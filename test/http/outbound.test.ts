// Calls out (decision 15): what is never called, whatever its notation, and what a server that answers badly is told to be.
// Attack 48, server-side request forgery: ZITADEL CVE-2026-27945 and CVE-2026-55671, better-auth 9226, Casdoor CVE-2026-5469.
import type { LookupAddress } from 'node:dns';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createOutbound, type OutboundParts } from '../../src/http/outbound.js';
import { OutboundError } from '../../src/lib/errors.js';
import { createCertificate } from '../support/certificate.js';

const limits = { mostBytes: 1000 };
const servers: (Server | TcpServer)[] = [];
const sockets = new Set<Socket>();

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** Listens on 127.0.0.1. @returns the port, and what the server met */
async function listen(server: Server | TcpServer) {
  servers.push(server);
  const met = { connections: 0 };
  server.on('connection', (socket: Socket) => {
    met.connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, met, host: `127.0.0.1:${port}`, url: `http://127.0.0.1:${port}/file` };
}

const serve = (listener: RequestListener) => listen(createServer(listener));

/** A server that says exactly this to whoever connects, and then perhaps no more. */
function say(text: string, then: 'end' | 'hold' = 'end') {
  return listen(
    createTcpServer((socket) => {
      socket.once('data', () => (then === 'end' ? socket.end(text) : socket.write(text)));
    }),
  );
}

/** The message that a call fails with. Every failure must be one that whoever named the address may read. */
async function refusal(url: string, allow: readonly string[] = [], parts: OutboundParts = {}): Promise<string> {
  const call = createOutbound({ outboundAllow: allow }, parts).get(url, limits);
  const error = await call.then(
    () => new Error('It was answered.'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OutboundError);
  return (error as OutboundError).message;
}

const answers = (...addresses: string[]): LookupAddress[] =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

describe('an allowed server', () => {
  test('gives its document, and is told little about us', async () => {
    const { url, host } = await serve((request, response) => {
      response.setHeader('Content-Type', 'Application/JSON; charset=utf-8');
      response.end(JSON.stringify([request.method, request.url, request.headers]));
    });
    const { contentType, bytes } = await createOutbound({ outboundAllow: [host] }).get(`${url}?a=b#c`, limits);
    expect(contentType).toBe('application/json');
    expect(JSON.parse(bytes.toString())).toEqual([
      'GET',
      '/file?a=b',
      { host, 'user-agent': 'Latchkey', accept: '*/*', 'accept-encoding': 'identity', connection: 'close' },
    ]);
  });

  test('may give exactly as much as is asked for, and no media type', async () => {
    const { url, host } = await serve((_request, response) => response.end(Buffer.alloc(limits.mostBytes)));
    const { contentType, bytes } = await createOutbound({ outboundAllow: [host] }).get(url, limits);
    expect([contentType, bytes.length]).toEqual(['', limits.mostBytes]);
  });

  test('is allowed at the very port that is named, by the very name', async () => {
    const { url, port, met } = await serve((_request, response) => response.end());
    for (const allow of [`127.0.0.1:${port + 1}`, '127.0.0.1:443', '127.0.0.1:80', `localhost:${port}`, '127.0.0.1']) {
      expect(await refusal(url, [allow])).toMatch(/https/);
      expect(await refusal(url.replace('http:', 'https:'), [allow])).toMatch(/private/);
    }
    expect(met.connections).toBe(0);
  });

  test('is met at its default port when the address names none', async () => {
    const asked: string[] = [];
    const lookup = async (host: string) => {
      asked.push(host);
      throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
    };
    await refusal('http://keys.internal/', ['keys.internal:80'], { lookup });
    await refusal('https://keys.internal/', ['keys.internal:443'], { lookup });
    expect(asked).toHaveLength(2);
    expect(await refusal('http://keys.internal/', ['keys.internal:443'], { lookup })).toMatch(/https/);
    expect(asked).toHaveLength(2);
  });
});

describe('an address that is refused before anything is called', () => {
  test.each([
    'http://example.com/',
    'http://example.com:443/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'data:image/png;base64,iVBORw0KGgo=',
    'gopher://example.com/',
    'ws://example.com/',
  ])('%s is not https', async (url) => {
    expect(await refusal(url)).toBe('Only https addresses are called. Give one that begins with https://.');
  });

  test.each(['', '/logo.png', 'example.com/logo.png', 'https://', 'https://exa mple.com/', 'https://[::1'])(
    '%j is no URL',
    async (url) => expect(await refusal(url)).toMatch(/not a URL/),
  );

  test.each(['https://me@example.com/', 'https://me:pass@example.com/', 'https://:pass@example.com/'])(
    '%s holds credentials, which tell a reader of logs a wrong host or give a server a password',
    async (url) => expect(await refusal(url)).toMatch(/user name or a password/),
  );

  test('an allowed host before the @ allows nothing', async () => {
    expect(await refusal('https://127.0.0.1:8443@169.254.169.254/', ['127.0.0.1:8443'])).toMatch(/user name/);
  });
});

describe('a private address (attack 48)', () => {
  test.each([
    '127.0.0.1',
    '127.1',
    '127.0.0.1.',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '017700000001',
    '１２７.0.0.1',
    '0.0.0.0',
    '0',
    '[::]',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '[2002:7f00:1::]',
    'localhost',
    'LOCALHOST',
    '169.254.169.254',
    '0xa9fea9fe',
    '2852039166',
    '[::ffff:169.254.169.254]',
    '[::ffff:a9fe:a9fe]',
    '[64:ff9b::a9fe:a9fe]',
    '[2002:a9fe:a9fe::1]',
    '[2001:0:a9fe:a9fe::]',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '10.0.0.1',
    '100.100.100.200',
    '172.16.0.1',
    '192.168.0.1',
    '192.0.0.192',
    '168.63.129.16',
    '255.255.255.255',
    '224.0.0.1',
  ])('is not called as https://%s', async (host) => {
    const { port, met } = await serve((_request, response) => response.end());
    const message = await refusal(`https://${host}:${port}/`);
    expect(message).toMatch(/^The address is a private one/);
    expect(message).not.toMatch(/\d/);
    expect(met.connections).toBe(0);
  });

  test.each([
    ['127.0.0.1'],
    ['::1'],
    ['::ffff:169.254.169.254'],
    ['fe80::1%eth0'],
    ['10.1.2.3'],
    ['93.184.216.34', '10.1.2.3'],
    ['2606:4700:4700::1111', '93.184.216.34', '::ffff:10.1.2.3'],
    ['not an address'],
  ])('is not called by a name that leads to %s, not even beside public ones', async (...addresses) => {
    const message = await refusal('https://logo.example/', [], { lookup: async () => answers(...addresses) });
    expect(message).toMatch(/^The address is a private one/);
    expect(message).not.toContain('10.1');
  });

  test('is not reached by a DNS answer that changes between the check and the connection (DNS rebinding)', async () => {
    const { port } = await serve((request, response) => response.end(request.headers.host));
    // Nobody listens on the second address: a connection that asked again would fail.
    const replies = [answers('127.0.0.1'), answers('127.0.0.2')];
    const lookup = async () => replies.shift() ?? answers('127.0.0.3');
    const outbound = createOutbound({ outboundAllow: [`logo.example:${port}`] }, { lookup });
    const { bytes } = await outbound.get(`http://logo.example:${port}/`, limits);
    expect(bytes.toString()).toBe(`logo.example:${port}`);
    expect(replies).toHaveLength(1);
  });

  test('is checked anew for every call: nothing is remembered of one that was public', async () => {
    const { port, met } = await serve((_request, response) => response.end());
    const asked: string[] = [];
    const lookup = async (host: string) => {
      asked.push(host);
      return answers('127.0.0.1');
    };
    const outbound = createOutbound({ outboundAllow: [`logo.example:${port}`] }, { lookup });
    await outbound.get(`http://logo.example:${port}/`, limits);
    await outbound.get(`http://logo.example:${port}/`, limits);
    expect([asked.length, met.connections]).toEqual([2, 2]);
  });

  test('is not reached through a proxy that the environment names', async () => {
    const proxy = await serve((_request, response) => response.end('proxied'));
    const { url, host } = await serve((_request, response) => response.end('direct'));
    const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'];
    for (const name of names) process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : `http://${proxy.host}`;
    try {
      const { bytes } = await createOutbound({ outboundAllow: [host] }).get(url, limits);
      expect([bytes.toString(), proxy.met.connections]).toEqual(['direct', 0]);
    } finally {
      for (const name of names) delete process.env[name];
    }
  });
});

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
    await new Promise((resolve) => servers.pop()?.close(resolve));
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
