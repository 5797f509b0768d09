// The network that an address belongs to, for counting by who sends: one customer holds a whole IPv6 /64 and could use a new
// address for each attempt.
import { isIPv4, isIPv6 } from 'node:net';

/** Writes an IPv6 address out as its eight groups; the last two may be written as an IPv4 address. */
function groupsOf(address: string): string[] {
  const withoutZone = address.replace(/%.*$/, '');
  const [head = '', tail] = withoutZone.split('::');
  const split = (part: string) => part.split(':').filter((group) => group !== '');
  const left = split(head);
  if (tail === undefined) return left;
  const right = split(tail);
  const width = [...left, ...right].reduce((sum, group) => sum + (group.includes('.') ? 2 : 1), 0);
  return [...left, ...Array.from({ length: 8 - width }, () => '0'), ...right];
}

function prefixOf(address: string, groups: number): string {
  const network = groupsOf(address)
    .slice(0, groups)
    .map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/${groups * 16}`;
}

/** An address without the IPv6 way of writing an IPv4 one. */
export function plainAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

/**
 * What to count an address under: an IPv4 address as it is, also when it is written as an IPv6 one, and of an IPv6 address its
 * /64. Anything else, such as the empty text of a request without a socket, stays as it is.
 */
export function networkOf(address: string): string {
  const plain = plainAddress(address);
  return isIPv6(plain) ? prefixOf(plain, 4) : plain;
}

/**
 * The wider network around one of `networkOf`: a /24 of IPv4, a /48 of IPv6, which is what one customer of a hosting company
 * can have. For counting when many addresses guess at one secret.
 */
export function neighbourhoodOf(network: string): string {
  const address = network.replace(/\/64$/, '');
  if (isIPv4(address)) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  return isIPv6(address) ? prefixOf(address, 3) : network;
}
