// Calls out to servers that somebody named: each name is resolved once, its addresses checked and pinned, nothing private is
// called, nothing redirected, and all of it is bounded. What a document means is left to whoever asked for it.
import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { type IncomingMessage, request as requestOverHttp } from 'node:http';
import { request as requestOverHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Config } from '../config.js';
import type { Fetched, Outbound } from '../deps.js';
import { OutboundError } from '../lib/errors.js';
import { isPublicAddress } from '../lib/public-address.js';
import { parseUrl } from '../lib/url.js';

/** What tests replace: the answers of DNS, whom TLS trusts, and how long a call may take. */
export interface OutboundParts {
  /** All addresses of a host name. */
  readonly lookup?: (host: string) => Promise<readonly LookupAddress[]>;
  /** In PEM, instead of the certificate authorities that Node trusts. */
  readonly certificateAuthority?: string;
  /** For everything: DNS, connecting, TLS, and the last byte of the body. */
  readonly milliseconds?: number;
}

// Of several addresses all but the last are given up after 250 ms by default, which a far server needs for its first answer.
const attemptMilliseconds = 1_000;

function portOf(url: URL): string {
  return url.port || (url.protocol === 'https:' ? '443' : '80');
}

/** Reads the address of a call. The URL parser writes every notation of an IPv4 address in decimals, as the call takes it. */
function readUrl(text: string, allow: readonly string[]): { url: URL; allowed: boolean } {
  const url = parseUrl(text);
  if (url === null) throw new OutboundError('This is not a URL. Give one such as https://example.com/file.');
  if (url.username !== '' || url.password !== '') {
    throw new OutboundError('The address holds a user name or a password. Give it without them.');
  }
  const allowed = allow.includes(`${url.hostname}:${portOf(url)}`);
  if (url.protocol !== 'https:' && !(allowed && url.protocol === 'http:')) {
    throw new OutboundError('Only https addresses are called. Give one that begins with https://.');
  }
  return { url, allowed };
}

/** Gives up waiting, though not the work, when the time is over: a lookup cannot be stopped. */
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

/** Answers the connection's question for addresses with those that were checked, whatever DNS says by now (DNS rebinding). */
function pinned(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, options, answer) => {
    const [first] = addresses;
    if (options.all || first === undefined) answer(null, [...addresses]);
    else answer(null, first.address, first.family);
  };
}

function send(
  url: URL,
  addresses: readonly LookupAddress[],
  signal: AbortSignal,
  form: string | null,
  certificateAuthority?: string,
) {
  const headers = { 'User-Agent': 'Latchkey', Accept: '*/*', 'Accept-Encoding': 'identity' };
  const options = {
    method: form === null ? 'GET' : 'POST',
    // A connection of its own: one that was kept open was checked for another call, and none goes through a proxy.
    agent: false as const,
    lookup: pinned(addresses),
    autoSelectFamilyAttemptTimeout: attemptMilliseconds,
    signal,
    headers:
      form === null
        ? headers
        : {
            ...headers,
            'Content-Type': 'application/x-www-form-urlencoded',
            'Content-Length': Buffer.byteLength(form),
          },
  };
  return new Promise<IncomingMessage>((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? requestOverHttps(url, {
            ...options,
            // Said here, so that NODE_TLS_REJECT_UNAUTHORIZED cannot switch it off.
            rejectUnauthorized: true,
            ...(certificateAuthority === undefined ? {} : { ca: certificateAuthority }),
          })
        : requestOverHttp(url, options);
    request.once('response', resolve);
    request.once('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response);
    });
    // Stays for the errors that come after the answer has begun: the body's reader is told of them as well.
    request.on('error', reject);
    request.once('close', () => reject(new OutboundError('The server closed the connection without an answer.')));
    request.end(form ?? undefined);
  });
}

function refuseStatus(status: number): never {
  if (status >= 300 && status < 400) {
    throw new OutboundError(
      `The server answered with a redirect (status ${status}), and redirects are not followed. Give the address that it leads to.`,
    );
  }
  throw new OutboundError(`The server answered with status ${status} instead of 200.`);
}

/** The whole body. @throws OutboundError as soon as it is known to be too large, or is not what it said */
async function read(response: IncomingMessage, mostBytes: number): Promise<Fetched> {
  if (response.statusCode !== 200) refuseStatus(response.statusCode ?? 0);
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'identity') {
    throw new OutboundError('The server compressed its answer, though it was asked not to.');
  }
  const tooLarge = () => new OutboundError(`The answer is larger than ${mostBytes / 1000} kB.`);
  if (Number(response.headers['content-length'] ?? 0) > mostBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > mostBytes) throw tooLarge();
    chunks.push(chunk);
  }
  if (!response.complete) throw new OutboundError('The connection broke before the whole answer had come.');
  const contentType = (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return { contentType, bytes: Buffer.concat(chunks, length) };
}

const certificateFault = /^(ERR_TLS_CERT|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_CA|HOSTNAME_MISMATCH)/;

/** What a failure of the network means to whoever named the address; null for a fault of ours. */
function explain(error: unknown): OutboundError | null {
  if (error instanceof OutboundError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^(ENOTFOUND|EAI_|ENODATA|ESERVFAIL)/.test(code)) {
    return new OutboundError('The host name has no address. Check how it is written.');
  }
  if (certificateFault.test(code)) {
    return new OutboundError('The TLS certificate of the server is not trusted, or is not for this host name.');
  }
  if (/^(EPROTO|ERR_SSL_|ERR_TLS_)/.test(code)) return new OutboundError('The server does not speak TLS as it should.');
  if (/^HPE_/.test(code)) return new OutboundError('The server does not speak HTTP as it should.');
  if (/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ETIMEDOUT|EACCES)$/.test(code)) {
    return new OutboundError('The server could not be reached.');
  }
  return /^(E[A-Z]+|ERR_(STREAM|HTTP|SOCKET)_.*)$/.test(code) ? new OutboundError('The connection broke.') : null;
}

/** Builds the calls out. Hosts of LATCHKEY_OUTBOUND_ALLOW may be private and may speak http, at the very port that it names. */
export function createOutbound(config: Pick<Config, 'outboundAllow'>, parts: OutboundParts = {}): Outbound {
  const lookup = parts.lookup ?? ((host: string) => systemLookup(host, { all: true, verbatim: true }));
  const milliseconds = parts.milliseconds ?? 5_000;

  async function resolve(host: string, allowed: boolean, signal: AbortSignal): Promise<readonly LookupAddress[]> {
    const literal = host.replace(/^\[(.*)\]$/, '$1');
    const family = isIP(literal);
    const addresses = family > 0 ? [{ address: literal, family }] : await within(signal, lookup(host));
    if (addresses.length === 0) throw new OutboundError('The host name has no address. Check how it is written.');
    // One private address among public ones is refused too: which of them gets the call is chance.
    if (!allowed && !addresses.every(({ address }) => isPublicAddress(address))) {
      throw new OutboundError(
        'The address is a private one, which is not called. If it should be, the operator can allow it in LATCHKEY_OUTBOUND_ALLOW.',
      );
    }
    return addresses;
  }

  /** One call, a POST when there is a form. What of its answer counts is the reader's part. */
  async function call<T>(text: string, form: string | null, reader: (response: IncomingMessage) => T | Promise<T>) {
    const { url, allowed } = readUrl(text, config.outboundAllow);
    const signal = AbortSignal.timeout(milliseconds);
    let response: IncomingMessage | undefined;
    try {
      const addresses = await resolve(url.hostname, allowed, signal);
      response = await send(url, addresses, signal, form, parts.certificateAuthority);
      const read = await reader(response);
      // A body that lasts until the connection closes looks complete when it was our deadline that closed it.
      signal.throwIfAborted();
      return read;
    } catch (error) {
      if (signal.aborted && !(error instanceof OutboundError)) {
        throw new OutboundError(`The server did not answer in full within ${milliseconds / 1000} seconds.`);
      }
      throw explain(error) ?? error;
    } finally {
      response?.destroy();
    }
  }

  return {
    get: (url, { mostBytes }) => call(url, null, (response) => read(response, mostBytes)),
    post: (url, form) =>
      call(url, form.toString(), ({ statusCode = 0 }) => {
        if (statusCode < 200 || statusCode > 299) refuseStatus(statusCode);
      }),
  };
}
