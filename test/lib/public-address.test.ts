// Which addresses are public: a table of the special-purpose blocks, and every notation of them (attack 48).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPublicAddress } from '../../src/lib/public-address.js';

/** IANA's special-purpose registry of IPv4, with multicast, reserved and Azure's service. */
const blocksIPv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '255.255.255.255/32',
];

/** Each as its leading bits, in hexadecimal groups. */
const blocksIPv6 = [
  '::/128',
  '::1/128',
  '::/96',
  '0:0:0:0:ffff::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '100:0:0:1::/64',
  '2001::/23',
  '2001::/32',
  '2001:2::/48',
  '2001:20::/28',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

const writeIPv4 = (bits: bigint) => [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join('.');

function writeIPv6(bits: bigint): string {
  return Array.from({ length: 8 }, (_, index) => ((bits >> BigInt(112 - 16 * index)) & 0xffffn).toString(16)).join(':');
}

/** Reads what the tables above write: it is no general parser, so that it shares no fault with one. */
function readNetwork(text: string): bigint {
  if (text.includes('.')) return text.split('.').reduce((bits, part) => bits * 256n + BigInt(part), 0n);
  const groups = text.replace(/::$/, '').replace(/^::/, '').split(':');
  const filled = text.startsWith('::') ? [...Array(8 - groups.length).fill('0'), ...groups] : groups;
  const all = Array.from({ length: 8 }, (_, index) => filled[index] || '0');
  return all.reduce((bits, group) => bits * 65536n + BigInt(`0x${group}`), 0n);
}

/** Any address of a block. */
function addressOf(block: string) {
  const [network = '', prefix = ''] = block.split('/');
  const size = network.includes('.') ? 32 : 128;
  const free = 2n ** BigInt(size - Number(prefix));
  return fc.bigInt({ min: 0n, max: free - 1n }).map((rest) => readNetwork(network) + rest);
}

describe('IPv4', () => {
  test.each(blocksIPv4)('no address of %s is public', (block) => {
    fc.assert(fc.property(addressOf(block), (bits) => !isPublicAddress(writeIPv4(bits))));
  });

  test.each([
    '1.1.1.1',
    '8.8.8.8',
    '93.184.216.34',
    '100.63.255.255',
    '100.128.0.0',
    '168.63.129.17',
    '172.15.255.255',
  ])('%s is', (address) => expect(isPublicAddress(address)).toBe(true));

  test.each(blocksIPv4)('whatever lies just outside %s is judged by itself', (block) => {
    const [network = '', prefix = ''] = block.split('/');
    const first = readNetwork(network);
    const inside = (bits: bigint) =>
      blocksIPv4.some((other) => {
        const [start = '', length = ''] = other.split('/');
        const free = BigInt(32 - Number(length));
        return bits >> free === readNetwork(start) >> free;
      });
    for (const bits of [first - 1n, first + 2n ** BigInt(32 - Number(prefix))]) {
      if (bits < 0n || bits >= 2n ** 32n) continue;
      expect(isPublicAddress(writeIPv4(bits)), writeIPv4(bits)).toBe(!inside(bits));
    }
  });
});

describe('IPv6', () => {
  test.each(blocksIPv6)('no address of %s is public', (block) => {
    fc.assert(fc.property(addressOf(block), (bits) => !isPublicAddress(writeIPv6(bits))));
  });

  test.each(['2606:4700:4700::1111', '2a00:1450:4001:81b::200e', '2620:4f:8000::1', '2001:4860:4860::8888'])(
    '%s is',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  test('nothing outside 2000::/3 is, save the two ways to write a public IPv4 address', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), (bits) => {
        fc.pre(bits >> 125n !== 1n && bits >> 32n !== 0xffffn && bits >> 32n !== 0x64ff9b0000000000000000n);
        return !isPublicAddress(writeIPv6(bits));
      }),
    );
  });
});

describe('an IPv4 address within an IPv6 one', () => {
  // The last two groups as an IPv4 address and as groups, and the first six in every shorter notation.
  const asGroups = (bits: bigint) => `${(bits >> 16n).toString(16)}:${(bits & 0xffffn).toString(16)}`;
  const notations = [
    (bits: bigint) => `::ffff:${writeIPv4(bits)}`,
    (bits: bigint) => `::FFFF:${asGroups(bits)}`,
    (bits: bigint) => `0:0:0:0:0:ffff:${asGroups(bits)}`,
    (bits: bigint) => `64:ff9b::${writeIPv4(bits)}`,
    (bits: bigint) => `0064:ff9b::${asGroups(bits)}`,
  ];

  test.each(blocksIPv4)('is as little public as itself: %s, IPv4-mapped or through NAT64', (block) => {
    fc.assert(
      fc.property(addressOf(block), fc.constantFrom(...notations), (bits, write) => !isPublicAddress(write(bits))),
    );
  });

  test('is public when it is by itself', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }), fc.constantFrom(...notations), (bits, write) => {
        expect(isPublicAddress(write(bits))).toBe(isPublicAddress(writeIPv4(bits)));
      }),
    );
  });

  test.each([
    '2002:a9fe:a9fe::',
    '2002:7f00:1::1',
    '2002:808:808::1',
    '2001:0:a9fe:a9fe::',
    '::169.254.169.254',
    '::ffff:0:10.0.0.1',
  ])('%s is never: 6to4, Teredo, and what is long deprecated', (address) =>
    expect(isPublicAddress(address)).toBe(false),
  );
});

test.each([
  '',
  'localhost',
  '2130706433',
  '0x7f.0.0.1',
  '0177.0.0.1',
  '8.8.8.08',
  '8.8.8.8.',
  ' 8.8.8.8',
  '8.8.8.8%eth0',
  '8.8.8.8/32',
  '[2606:4700:4700::1111]',
  'fe80::1%eth0',
  '2606:4700:4700::1111%eth0',
])('%j is no address that could be called', (text) => {
  expect(isPublicAddress(text)).toBe(false);
});
