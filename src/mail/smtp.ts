// Sending by SMTP (RFC 5321, RFC 6409) through the operator's server: over TLS whose certificate is checked, on a few connections
// that are used again, each attempt bounded in time. Nothing of a message or a password is in what is thrown.
import type { SecureContextOptions } from 'node:tls';
import type { Transporter } from 'nodemailer';
import type { NodemailerError } from 'nodemailer/lib/errors';
import type { SmtpServer } from '../config/mail.js';
import { isEmail } from '../lib/email.js';
import { MailError, type MailTransport } from './letter.js';

const connectMilliseconds = 10_000;
const wholeMilliseconds = 30_000;
/** Less than servers wait as a rule, so that it is we who hang up. */
const idleMilliseconds = 30_000;

/** As many messages are under way at once. */
export const mostConnections = 5;

/** Failures of reaching the server, whose messages are of Node or the library, never of the server. */
const ofConnecting = new Set(['ECONNECTION', 'EDNS', 'ESOCKET', 'ETLS', 'ETIMEDOUT']);

/** What happened, for the log. Not in the words of the server, which may quote the message with its link. */
function reasonOf({ code, command, message, response, responseCode }: NodemailerError): string {
  if (code === 'EABORT') return `The SMTP server was not done within ${wholeMilliseconds / 1000} seconds.`;
  if (responseCode !== undefined) {
    const [, enhanced = ''] = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response ?? '') ?? [];
    const status = [responseCode, enhanced].filter(Boolean).join(' ');
    const [verb = ''] = /^[A-Z]+( (FROM|TO))?/.exec(command ?? '') ?? [];
    return `The SMTP server answered ${verb === '' ? '' : `${verb} `}with ${status}.`;
  }
  if (code !== undefined && ofConnecting.has(code) && !response) return `The SMTP server cannot be used: ${message}`;
  return `The message could not be handed to the SMTP server (${code ?? 'without a code'}).`;
}

/**
 * Whether the server refused this message or its receiver for good (RFC 5321 section 4.2.1: 5yz). What it has against us, our
 * password or the sender, is the operator's to mend, and the message waits.
 */
function isFinal({ code, command, permanent }: NodemailerError): boolean {
  return permanent === true && (code === 'EMESSAGE' || (code === 'EENVELOPE' && command !== 'MAIL FROM'));
}

/**
 * Sends through an SMTP server. Connects when the first message is sent.
 * @param name what to call ourselves (RFC 5321 section 4.1.1.1)
 * @param trust authorities to trust beside those that Node knows
 */
export function createSmtpTransport(
  server: SmtpServer,
  name: string,
  trust: Pick<SecureContextOptions, 'ca'> = {},
): MailTransport {
  let pool: Promise<Transporter> | undefined;

  // Loaded when it is needed: the operator's commands send nothing.
  async function connect(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    const { host, port, tls, user, password } = server;
    return createTransport({
      pool: true,
      maxConnections: mostConnections,
      maxMessages: 100,
      // Once more when an idle connection turns out to be dead; everything else is the courier's.
      maxRequeues: 1,
      idleTimeout: idleMilliseconds,
      name,
      host,
      port,
      secure: tls === 'implicit',
      requireTLS: tls === 'required',
      ignoreTLS: tls === 'off',
      tls: { ...trust, rejectUnauthorized: true, minVersion: 'TLSv1.2' },
      ...(user === undefined ? {} : { auth: { user, pass: password } }),
      dnsTimeout: connectMilliseconds,
      connectionTimeout: connectMilliseconds,
      greetingTimeout: connectMilliseconds,
      socketTimeout: wholeMilliseconds,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  return {
    async send({ messageId, from, to, subject, date, text, html }) {
      // One address and nothing else, whatever the row says: a comma would make two of it.
      if (!isEmail(to)) throw new MailError('The receiver is not an e-mail address.', { isFinal: true });
      pool ??= connect();
      try {
        await (await pool).sendMail({
          messageId,
          from,
          to: { name: '', address: to },
          envelope: { from: from.address, to: [to] },
          subject,
          date,
          text,
          html,
          // RFC 3834 section 5: so that nobody's holiday notice answers.
          headers: { 'Auto-Submitted': 'auto-generated' },
          disableFileAccess: true,
          disableUrlAccess: true,
          signal: AbortSignal.timeout(wholeMilliseconds),
        });
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        throw new MailError(reasonOf(error), { isFinal: isFinal(error) });
      }
    },
    close() {
      void pool?.then((transporter) => transporter.close());
      pool = undefined;
    },
  };
}
