// Where a request is said to come from: as far as the proxies in front are trusted, and no further, whatever a client writes.
import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import type { TrustedProxies } from '../../src/config/network.js';
import { createAddressReader } from '../../src/http/client-ip.js';

/** The address that is read of a request over a socket from `peer`. */
async function addressSeen(trusted: TrustedProxies, peer: string, headers: Record<string, string>) {
  const read = createAddressReader(trusted);
  const app = new Hono().get('/', (c) => c.json(read(c)));
  const socket = { remoteAddress: peer, remotePort: 50_000, remoteFamily: peer.includes(':') ? 'IPv6' : 'IPv4' };
  return (await app.request('/', { headers }, { incoming: { socket } })).json();
}

const forged = { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9', 'x-real-ip': '203.0.113.9' };

test('without proxies to trust, no header changes the address', async () => {
  expect(await addressSeen(0, '192.0.2.1', forged)).toBe('192.0.2.1');
});

test('Forwarded and X-Real-IP are never believed: a proxy passes them on as its client wrote them (RFC 7239 8.1)', async () => {
  const headers = { forwarded: 'for=203.0.113.9', 'x-real-ip': '203.0.113.9' };
  for (const trusted of [1, ['192.0.2.0/24']])
    expect(await addressSeen(trusted, '192.0.2.1', headers)).toBe('192.0.2.1');
});

describe('with so many proxies', () => {
  test.each([
    ['203.0.113.5', '203.0.113.5'],
    ['203.0.113.9, 203.0.113.5', '203.0.113.5'],
    ['127.0.0.1, ::1, 203.0.113.5:4711', '203.0.113.5'],
    ['[2001:db8::7]:4711', '2001:db8::7'],
    ['::ffff:203.0.113.5', '203.0.113.5'],
    ['203.0.113.9, not an address', '192.0.2.1'],
    ['203.0.113.9,', '192.0.2.1'],
    ['', '192.0.2.1'],
  ])('one: %j is %s', async (header, address) => {
    expect(await addressSeen(1, '192.0.2.1', { 'x-forwarded-for': header })).toBe(address);
  });

  test('two: what the outermost saw, and the socket’s when fewer passed it on', async () => {
    const seen = (header: string) => addressSeen(2, '192.0.2.1', { 'x-forwarded-for': header });
    expect(await seen('203.0.113.9, 203.0.113.5, 192.0.2.2')).toBe('203.0.113.5');
    expect(await seen('203.0.113.9')).toBe('192.0.2.1');
  });
});

describe('with addresses of proxies', () => {
  const proxies = ['127.0.0.1', '10.0.0.0/8', '2001:db8:1::/48'];

  test.each([
    ['127.0.0.1', '203.0.113.5', '203.0.113.5'],
    ['::ffff:127.0.0.1', '203.0.113.5', '203.0.113.5'],
    ['127.0.0.1', '203.0.113.9, 203.0.113.5, 10.1.2.3, 10.255.0.1', '203.0.113.5'],
    ['2001:db8:1::99', '203.0.113.5:80, 2001:db8:1::1', '203.0.113.5'],
    ['127.0.0.1', '10.0.0.7', '10.0.0.7'],
    ['127.0.0.1', '10.0.0.7, 10.0.0.8', '10.0.0.7'],
    ['127.0.0.1', '', '127.0.0.1'],
    ['127.0.0.1', '203.0.113.9, unknown, 10.0.0.8', '10.0.0.8'],
  ])('%s sending %j is %s', async (peer, header, address) => {
    expect(await addressSeen(proxies, peer, { 'x-forwarded-for': header })).toBe(address);
  });

  test('a client that reaches us directly is believed nothing, whatever it writes', async () => {
    for (const header of ['203.0.113.9', '127.0.0.1', '203.0.113.9, 10.0.0.1']) {
      expect(await addressSeen(proxies, '192.0.2.1', { ...forged, 'x-forwarded-for': header })).toBe('192.0.2.1');
    }
  });

  test('a client behind a proxy cannot pose as anybody by writing proxies of its own', async () => {
    const header = '203.0.113.9, 10.0.0.1, 198.51.100.7';
    expect(await addressSeen(proxies, '10.0.0.2', { 'x-forwarded-for': header })).toBe('198.51.100.7');
  });
});
