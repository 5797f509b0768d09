// The address that a request comes from, for throttling and the audit log. Forwarded headers are believed only as far as the
// operator said there are proxies (known attack: spoofed X-Forwarded-For).
import { isIP } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';

function addressOfSocket(c: Context): string | null {
  try {
    return getConnInfo(c).remote.address ?? null;
  } catch {
    // In-process requests have no socket.
    return null;
  }
}

/**
 * @param trustedProxies how many proxies stand in front: the address is the one that the outermost of them saw
 * @returns an IP address, or null for a request without a socket
 */
export function addressOfClient(c: Context, trustedProxies: number): string | null {
  const socketAddress = addressOfSocket(c);
  if (trustedProxies === 0) return socketAddress;
  const forwarded = (c.req.header('x-forwarded-for') ?? '').split(',').map((address) => address.trim());
  const claimed = forwarded[forwarded.length - trustedProxies];
  return claimed !== undefined && isIP(claimed) !== 0 ? claimed : socketAddress;
}
