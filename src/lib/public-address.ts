// Which IP addresses belong to the public internet, so that a call to an address that a stranger chose stays out of this
// computer, its network and the hosting's services. A pure rule; resolving names is http/outbound.ts's part.
import { BlockList, isIP } from 'node:net';

type Block = readonly [network: string, prefix: number];

/** The special-purpose blocks of IPv4 (RFC 6890 and IANA's registry), and what clouds keep to themselves elsewhere. */
const specialIPv4: readonly Block[] = [
  ['0.0.0.0', 8], // This host and network; many systems take it for loopback.
  ['10.0.0.0', 8], // Private use.
  ['100.64.0.0', 10], // Shared by carriers, and the metadata service of one cloud.
  ['127.0.0.0', 8], // Loopback.
  ['168.63.129.16', 32], // Azure's own service for its virtual machines, by IANA an ordinary address.
  ['169.254.0.0', 16], // Link-local, and the metadata service of most clouds.
  ['172.16.0.0', 12], // Private use.
  ['192.0.0.0', 24], // Protocol assignments.
  ['192.0.2.0', 24], // Documentation.
  ['192.88.99.0', 24], // Relays of 6to4, deprecated.
  ['192.168.0.0', 16], // Private use.
  ['198.18.0.0', 15], // Benchmarks.
  ['198.51.100.0', 24], // Documentation.
  ['203.0.113.0', 24], // Documentation.
  ['224.0.0.0', 4], // Multicast.
  ['240.0.0.0', 4], // Reserved, and 255.255.255.255, broadcast.
];

/**
 * All that can be public of IPv6: what is assigned for global unicast, and two ways to write an IPv4 address. Loopback,
 * unique local, link-local, site-local, multicast and whatever is not assigned yet are outside.
 */
const candidateIPv6: readonly Block[] = [
  ['2000::', 3],
  ['::ffff:0:0', 96], // IPv4-mapped: the system calls the IPv4 address.
  ['64:ff9b::', 96], // NAT64: the network's translator calls the IPv4 address.
];

/** The special-purpose blocks within those. */
const specialIPv6: readonly Block[] = [
  ['2001::', 23], // Protocol assignments: Teredo, which holds an IPv4 address, benchmarks, ORCHID.
  ['2001:db8::', 32], // Documentation.
  ['2002::', 16], // 6to4, which holds an IPv4 address. Deprecated (RFC 7526): nobody serves anything there.
  ['3fff::', 20], // Documentation.
  ...specialIPv4.map(([network, prefix]): Block => [`::ffff:${network}`, 96 + prefix]),
  ...specialIPv4.map(([network, prefix]): Block => [`64:ff9b::${network}`, 96 + prefix]),
];

function listOf(blocks: readonly Block[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of blocks) list.addSubnet(network, prefix, family);
  return list;
}

// A list for each family: one that had both would match across them by rules of its own.
const closedIPv4 = listOf(specialIPv4, 'ipv4');
const openIPv6 = listOf(candidateIPv6, 'ipv6');
const closedIPv6 = listOf(specialIPv6, 'ipv6');

/**
 * Says whether an address is one of the public internet.
 * @param address as dns.lookup gives it. Anything that is no plain IP address is not public, nor is one with a zone
 *   (`fe80::1%eth0`), which means something on one link only.
 */
export function isPublicAddress(address: string): boolean {
  if (address.includes('%')) return false;
  const family = isIP(address);
  if (family === 4) return !closedIPv4.check(address, 'ipv4');
  return family === 6 && openIPv6.check(address, 'ipv6') && !closedIPv6.check(address, 'ipv6');
}
