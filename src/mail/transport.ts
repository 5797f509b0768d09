// Which way messages go: through the operator's SMTP server; without one into the log, where that is the operator's own screen,
// and else nowhere.
import type { Config } from '../config.js';
import type { Deps } from '../deps.js';
import { isLoopbackHost } from '../lib/loopback.js';
import { MailError, type MailTransport } from './letter.js';
import { createSmtpTransport } from './smtp.js';

const notSet = 'LATCHKEY_SMTP_URL is not set';

/** Whether the service is for this computer alone, by its public address. */
function isOnLoopback(config: Pick<Config, 'issuer'>): boolean {
  return isLoopbackHost(new URL(config.issuer).hostname);
}

/** Whether messages reach anybody. Where they do not, nobody may be promised one. */
export function sendsMail(config: Pick<Config, 'issuer' | 'smtp'>): boolean {
  return config.smtp !== null || isOnLoopback(config);
}

/** What the operator should know at start of how messages go, or null. */
export function mailWarning(config: Pick<Config, 'issuer' | 'smtp'>): string | null {
  if (sendsMail(config)) return null;
  return `${notSet}: no e-mail is sent. Set it to your SMTP server, such as smtps://user:password@smtp.example.com`;
}

/** Shows messages in the log, links included. */
function logTransport(log: Deps['log']): MailTransport {
  return {
    async send({ to, subject, text }) {
      const why = `${notSet}, so this message is shown here instead of being sent. That is so on a loopback issuer only.`;
      log.warn({ to, subject, text }, why);
    },
    close() {},
  };
}

/** Takes nothing. Whoever reads the log may not be who the links are for. */
const noTransport: MailTransport = {
  send: () => Promise.reject(new MailError(`${notSet}. Set it to your SMTP server.`, { isFinal: true })),
  close() {},
};

/** The way that the settings name. */
export function createMailTransport(config: Pick<Config, 'issuer' | 'smtp'>, log: Deps['log']): MailTransport {
  if (config.smtp !== null) return createSmtpTransport(config.smtp, new URL(config.issuer).hostname);
  return isOnLoopback(config) ? logTransport(log) : noTransport;
}
