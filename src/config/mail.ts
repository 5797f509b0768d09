// The settings of e-mail, read: which SMTP server takes the messages, and whom they are from. No fault holds the server's
// address, which may have a password in it.
import { z } from 'zod';
import { isEmail } from '../lib/email.js';
import { isLoopbackHost } from '../lib/loopback.js';
import { faultsOfName } from '../lib/text-rules.js';
import { parseUrl } from '../lib/url.js';

/** How to reach the server that takes messages (RFC 6409, RFC 8314). */
export interface SmtpServer {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** TLS from the start, TLS before anything is said, TLS when the server offers it, or none. */
  readonly tls: 'implicit' | 'required' | 'offered' | 'off';
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** Whom messages are from. */
export interface MailSender {
  readonly name: string;
  readonly address: string;
}

const shape = 'must be such as smtps://user:password@smtp.example.com or smtp://user:password@smtp.example.com:587';

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** @returns the server that a URL names, or what is wrong with the URL */
export function readSmtpUrl(text: string): SmtpServer | string {
  const url = /^smtps?:\/\/[^/?#]/.test(text) ? parseUrl(text) : null;
  if (url === null) return shape;
  const { protocol, hostname, port, username, password, pathname, search, hash } = url;
  if (!/^([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])$/.test(hostname)) return `${shape}: this has no server in it`;
  if (!['', '/'].includes(pathname) || hash !== '' || port === '0' || !['', '?tls=off'].includes(search))
    return `${shape}; nothing comes after the port but ?tls=off`;
  const [user, secret] = [decoded(username), decoded(password)];
  if (user === null || secret === null)
    return 'must have % and other special characters of user and password percent-encoded';
  if ((user === '') !== (secret === '')) return 'must have both a user and a password, or neither';
  const isNear = isLoopbackHost(hostname.toLowerCase());
  const isOff = search === '?tls=off';
  if (isOff && protocol === 'smtps:') return 'must be smtp:// for ?tls=off';
  if (isOff && user !== '' && !isNear)
    return 'must not send a password without TLS: leave out the password, or ?tls=off';
  const implicit = protocol === 'smtps:';
  return {
    host: hostname.toLowerCase().replace(/^\[|\]$/g, ''),
    port: port === '' ? (implicit ? 465 : 587) : Number(port),
    tls: implicit ? 'implicit' : isOff ? 'off' : isNear ? 'offered' : 'required',
    user: user === '' ? undefined : user,
    password: secret === '' ? undefined : secret,
  };
}

/** The setting of the server. */
export const smtpUrl = z.string().transform((text, context): SmtpServer => {
  const read = readSmtpUrl(text);
  if (typeof read !== 'string') return read;
  context.addIssue({ code: 'custom', message: read });
  return z.NEVER;
});

/** The setting of the sender: an address, or a name and an address in angle brackets. */
export const mailSender = z.string().transform((text, context): MailSender => {
  const [, quoted, plain = quoted, bracketed] = /^\s*(?:"([^"\\<>]*)"|([^"<>]*?))\s*<([^<>]+)>\s*$/.exec(text) ?? [];
  const sender =
    bracketed === undefined ? { name: '', address: text.trim() } : { name: plain ?? '', address: bracketed };
  const isName = sender.name === '' || faultsOfName(sender.name, []).length === 0;
  if (isName && isEmail(sender.address)) return { ...sender, name: sender.name.trim() };
  context.addIssue({ code: 'custom', message: 'must be an address, such as Latchkey <no-reply@example.com>' });
  return z.NEVER;
});

/** Whom messages are from when nobody said so: of the issuer's host, or localhost where that is an address without a name. */
export function defaultSender(issuer: string): MailSender {
  const { hostname } = new URL(issuer);
  return { name: 'Latchkey', address: `no-reply@${/^[\d.]+$|^\[/.test(hostname) ? 'localhost' : hostname}` };
}
