// Messages that wait to be sent, opened.
import { type Mail, openMail } from '../../src/mail/deliveries.js';
import type { TestApp } from './app.js';

/** The messages that are noted and not sent yet, oldest first. */
export async function queuedMails({ db, deps }: TestApp): Promise<Mail[]> {
  const rows = await db.mailDelivery.findMany({ orderBy: { id: 'asc' } });
  return rows.map((row) => {
    const mail = openMail(deps, row);
    if (mail === null) throw new Error('A message cannot be opened.');
    return mail;
  });
}

/** The messages to one address. */
export async function mailsTo(app: TestApp, address: string): Promise<Mail[]> {
  return (await queuedMails(app)).filter(({ to }) => to === address);
}

/** The link of the last message to an address that has one. */
export async function linkTo(app: TestApp, address: string): Promise<string> {
  const links = (await mailsTo(app, address)).flatMap(({ action }) => (action === undefined ? [] : [action.url]));
  const link = links.at(-1);
  if (link === undefined) throw new Error(`No link was sent to ${address}.`);
  return link;
}
