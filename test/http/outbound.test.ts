// Calls out (decision 15): what is called, and what never is, whatever its notation.
// Attack 48, server-side request forgery: ZITADEL CVE-2026-27945 and CVE-2026-55671, better-auth 9226, Casdoor CVE-2026-5469.
import { afterEach, describe, expect, test } from 'vitest';
import { createOutbound } from '../../src/http/outbound.js';
import { answers, closeServers, limits, refusal, serve } from './other-servers.js';

afterEach(closeServers);

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

describe('a private address (known attack 48, CVE-2026-27945, CVE-2026-55671)', () => {
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
