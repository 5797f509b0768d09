// What works by a message alone: an invitation, a link for a forgotten password, the proof of an address. Messages that merely tell
// what was done are no reason to leave it undone.
import type { Config } from '../config.js';
import { inputError } from '../lib/errors.js';
import { sendsMail } from '../mail/transport.js';

/**
 * To be called before anything is stored or counted: a member who was never told of an invitation could not accept it, and nobody
 * would know why.
 * @throws InputError NOT_ALLOWED where no message is sent
 */
export function requireMail(config: Pick<Config, 'issuer' | 'smtp'>): void {
  if (sendsMail(config)) return;
  const message = 'This service sends no e-mail, and this needs it. Whoever operates it can set LATCHKEY_SMTP_URL.';
  throw inputError('NOT_ALLOWED', message);
}
