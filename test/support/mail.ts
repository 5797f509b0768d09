// What was noted to be sent by e-mail, as its reader would see it.
import { unseal } from '../../src/lib/crypto.js';
import type { Mail } from '../../src/mail/deliveries.js';
import type { TestApp } from './app.js';

/** The messages that wait to be sent, the oldest first. */
export async function queuedMails({ db, deps }: TestApp): Promise<Mail[]> {
  const rows = await db.mailDelivery.findMany({ orderBy: { id: 'asc' } });
  const key = deps.secretKeys.current('latchkey/mail/v1');
  return rows.map(({ sealed }) => JSON.parse(unseal(key, sealed) ?? 'null') as Mail);
}

/** The messages to one address. */
export async function mailsTo(app: TestApp, address: string): Promise<Mail[]> {
  return (await queuedMails(app)).filter(({ to }) => to === address);
}

/** The link of the last message to an address. */
export async function linkTo(app: TestApp, address: string): Promise<string> {
  const url = (await mailsTo(app, address)).at(-1)?.action?.url;
  if (url === undefined) throw new Error(`No link was sent to ${address}.`);
  return url;
}
