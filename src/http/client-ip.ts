// The address that a request comes from, for throttling and the audit log. X-Forwarded-For is believed only as far as the
// operator said there are proxies (known attack: spoofed X-Forwarded-For), and `Forwarded` (RFC 7239) never: a proxy that writes
// one of the two passes on the other as its client wrote it.
import { BlockList, isIP, isIPv6 } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import type { TrustedProxies } from '../config/network.js';
import { plainAddress } from '../lib/network.js';

function addressOfSocket(c: Context): string | null {
  try {
    return getConnInfo(c).remote.address ?? null;
  } catch {
    // In-process requests have no socket.
    return null;
  }
}

/** One entry of X-Forwarded-For; some proxies write the port as well. @returns null for what is no address */
function readEntry(entry: string): string | null {
  const text = entry.trim();
  const [, bracketed, dotted] = /^\[([^\]]+)\](?::\d+)?$|^(\d+\.\d+\.\d+\.\d+)(?::\d+)?$/.exec(text) ?? [];
  const address = plainAddress(bracketed ?? dotted ?? text);
  return isIP(address) === 0 ? null : address;
}

/** The address that the outermost of so many proxies saw. */
function behindSoMany(count: number, entries: readonly string[], socketAddress: string | null): string | null {
  const claimed = entries[entries.length - count];
  return (claimed === undefined ? null : readEntry(claimed)) ?? socketAddress;
}

function isAmong(proxies: BlockList, claimed: string | null): boolean {
  const address = plainAddress(claimed ?? '');
  return isIP(address) !== 0 && proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** The last address, from the socket outwards, that is no proxy's: whatever is farther out, the client may have written. */
function behindThese(proxies: BlockList, entries: readonly string[], socketAddress: string | null): string | null {
  let nearest = socketAddress;
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    if (!isAmong(proxies, nearest)) return nearest;
    const claimed = readEntry(entries[index] ?? '');
    if (claimed === null) return nearest;
    nearest = claimed;
  }
  return nearest;
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const version = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, version);
    else list.addSubnet(address, Number(prefix), version);
  }
  return list;
}

/**
 * Builds what reads the address of a request: an IP address, or null for a request without a socket.
 * @param trusted how many proxies stand in front, or their addresses and networks
 */
export function createAddressReader(trusted: TrustedProxies): (c: Context) => string | null {
  if (trusted === 0) return addressOfSocket;
  const entriesOf = (c: Context) => (c.req.header('x-forwarded-for') ?? '').split(',');
  if (typeof trusted === 'number') return (c) => behindSoMany(trusted, entriesOf(c), addressOfSocket(c));
  const proxies = listOf(trusted);
  return (c) => behindThese(proxies, entriesOf(c), addressOfSocket(c));
}

/** Builds what says whether a request comes to us from a proxy that is trusted, and with what that proxy says of it. */
export function createProxyCheck(trusted: TrustedProxies): (c: Context) => boolean {
  if (typeof trusted === 'number') return () => trusted > 0;
  const proxies = listOf(trusted);
  return (c) => isAmong(proxies, addressOfSocket(c));
}
