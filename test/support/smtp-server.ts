// A real SMTP server in this process: it collects what it takes, over TLS with a certificate of its own, and refuses what it is told to.
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { createCertificate } from './certificate.js';

const certificate = createCertificate('localhost');

/** What the server's certificate is trusted by. */
export const trust = { ca: certificate.cert };

export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly secure: boolean;
  readonly user: string | undefined;
  /** As it came, and unfolded by name in lower case; a name that came twice has both values. */
  readonly raw: string;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly text: string;
  readonly html: string;
}

function splitHead(raw: string): { headers: Map<string, string[]>; body: string } {
  const end = raw.indexOf('\r\n\r\n');
  const headers = new Map<string, string[]>();
  for (const line of raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return { headers, body: raw.slice(end + 4) };
}

function decodePart(raw: string): string {
  const { headers, body } = splitHead(raw);
  const encoding = headers.get('content-transfer-encoding')?.[0] ?? '7bit';
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return body;
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The part of a multipart/alternative message that has this type. */
function partOf(raw: string, type: string): string {
  const { headers, body } = splitHead(raw);
  const [, boundary = ''] =
    /^multipart\/alternative; *boundary="([^"]+)"/.exec(headers.get('content-type')?.[0] ?? '') ?? [];
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => part.replace(/^\r\n/, ''));
  const part = parts.find((text) => splitHead(text).headers.get('content-type')?.[0]?.startsWith(type));
  return decodePart(part ?? '')
    .replaceAll('\r\n', '\n')
    .trimEnd();
}

/** Decodes words of RFC 2047 in a header. */
export function decodeWords(header: string): string {
  return header
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_, kind: string, text: string) => {
      const latin1 = text
        .replaceAll('_', ' ')
        .replace(/=([0-9A-F]{2})/gi, (__, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
      return kind.toUpperCase() === 'B'
        ? Buffer.from(text, 'base64').toString('utf8')
        : Buffer.from(latin1, 'latin1').toString('utf8');
    });
}

/** What the server is told to do, read anew each time. */
export interface Behaviour {
  /** Answers of MAIL FROM, RCPT TO and the end of DATA, instead of 250. */
  refuse?:
    | { readonly at: 'mailFrom' | 'rcptTo' | 'data'; readonly status: number; readonly message: string }
    | undefined;
  /** Waits for this before it takes a message. */
  hold?: Promise<void> | undefined;
}

function refusal({ refuse }: Behaviour, at: 'mailFrom' | 'rcptTo' | 'data'): Error | null {
  return refuse?.at === at ? Object.assign(new Error(refuse.message), { responseCode: refuse.status }) : null;
}

/**
 * Starts a server on a port of 127.0.0.1.
 * @param options of smtp-server; user and password to demand, else nobody need sign in
 */
export async function startSmtpServer({
  user,
  password,
  port = 0,
  ...options
}: SMTPServerOptions & { user?: string; password?: string; port?: number } = {}) {
  const received: Received[] = [];
  const logins: string[] = [];
  const asked: string[] = [];
  const behaviour: Behaviour = {};
  const server = new SMTPServer({
    ...certificate,
    authOptional: user === undefined,
    disabledCommands: user === undefined ? ['AUTH'] : [],
    closeTimeout: 100,
    ...options,
    onAuth(auth, _session, done) {
      logins.push(`${auth.username} ${auth.password}`);
      if (auth.username === user && auth.password === password) return done(null, { user });
      done(Object.assign(new Error(`Wrong: ${auth.password}`), { responseCode: 535 }));
    },
    onMailFrom: (_address, _session, done) => done(refusal(behaviour, 'mailFrom')),
    onRcptTo({ address }, _session, done) {
      asked.push(address);
      done(refusal(behaviour, 'rcptTo'));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
      stream.on('end', async () => {
        await behaviour.hold;
        const error = refusal(behaviour, 'data');
        if (error) return done(error);
        const raw = Buffer.concat(chunks).toString('utf8');
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          secure: session.secure,
          user: session.user as string | undefined,
          raw,
          headers: splitHead(raw).headers,
          text: partOf(raw, 'text/plain'),
          html: partOf(raw, 'text/html'),
        });
        done(null);
      });
    },
  });
  // Clients that hang up on a certificate are no news.
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    logins,
    /** Every receiver that it was asked to take a message for. */
    asked,
    behaviour,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

export type TestSmtpServer = Awaited<ReturnType<typeof startSmtpServer>>;
