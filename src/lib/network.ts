// The network that an address belongs to, for counting by who sends: one customer holds a whole IPv6 /64 and could use a new
// address for each attempt.
import { isIPv6 } from 'node:net';

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

/**
 * What to count an address under: an IPv4 address as it is, also when it is written as an IPv6 one, and of an IPv6 address its
 * /64. Anything else, such as the empty text of a request without a socket, stays as it is.
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  if (!isIPv6(address)) return address;
  const network = groupsOf(address)
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}
