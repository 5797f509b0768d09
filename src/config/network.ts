// Settings about who is in front of Latchkey and beside it: proxies whose word is taken, and Redis.
import { isIP } from 'node:net';
import { z } from 'zod';
import { parseUrl } from '../lib/url.js';

/** How many proxies there are, or the addresses and networks that they have. */
export type TrustedProxies = number | readonly string[];

const mostProxies = 10;

function isNetwork(text: string): boolean {
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && !address.includes('%') && Number(prefix ?? 0) <= (version === 4 ? 32 : 128);
}

export const trustedProxies = z.string().transform((text, context): TrustedProxies => {
  const list = text.split(',').map((word) => word.trim());
  if (/^\d+$/.test(text)) {
    if (Number(text) <= mostProxies) return Number(text);
    context.addIssue({ code: 'custom', message: `must be from 0 to ${mostProxies}, or a list of addresses` });
  } else if (!list.every(isNetwork)) {
    context.addIssue({
      code: 'custom',
      message: 'must be how many proxies there are, or a comma list of their addresses, such as 10.0.0.0/8, ::1',
    });
  }
  return list;
});

export const redisUrl = z.string().refine((text) => {
  // The address itself is in no message: it has a password.
  const url = /^rediss?:\/\//.test(text) ? parseUrl(text) : null;
  if (url === null) return false;
  const { hostname, pathname } = url;
  return hostname !== '' && /^(\/\d*)?$/.test(pathname);
}, 'must be redis:// or rediss:// with a host, such as rediss://user:password@redis.example.com:6379/0');

const mostFactor = 1_000_000;

export const rateLimitFactor = z
  .string()
  .refine(
    (text) => /^\d+(\.\d+)?$/.test(text) && Number(text) <= mostFactor,
    `must be a number from 0 to ${mostFactor}, such as 1 or 0.5`,
  )
  .transform(Number);
