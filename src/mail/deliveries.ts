// Messages to people: noted in the transaction of what they tell, so that none is lost and none tells what did not happen.
// Kept encrypted, since a message can hold a link that acts for its reader.
import type { Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { seal, unseal } from '../lib/crypto.js';
import { later } from '../lib/seconds.js';

/** A message as its sender thinks of it: what is plain text and what is HTML is decided when it is sent. */
export interface Mail {
  /** One e-mail address. */
  readonly to: string;
  readonly subject: string;
  /** What it says, in order. Plain texts, which may hold what strangers chose. */
  readonly paragraphs: readonly string[];
  /** The one thing to do: a button, and the address in clear below it. */
  readonly action?: { readonly label: string; readonly url: string };
  /** What is said in small below: how long a link works, what to do if it was not you. */
  readonly notes?: readonly string[];
  /**
   * The id of the member whom it is about: for the log, which tells nothing else of a message. Null for one whose reader is
   * another member than who asked for it.
   */
  readonly memberId: string | null;
}

/** A member as whoever writes to them needs them. */
export interface MailedMember {
  readonly id: string;
  readonly email: string;
}

/** The receiver of a message that goes to a member at the address that they have. */
export function toMember({ id, email }: MailedMember): Pick<Mail, 'to' | 'memberId'> {
  return { to: email, memberId: id };
}

/** What noting a message needs. */
export type MailDeps = Pick<Deps, 'clock' | 'newId' | 'randomBytes' | 'secretKeys' | 'mailCourier'>;

const purpose = 'latchkey/mail/v1';
const daySeconds = 86_400;

/**
 * Notes a message, to be sent as soon as the transaction is over.
 * @param tellsForSeconds after which it is of no use to anybody and is not sent any more; a day by default
 */
export async function queueMail(tx: Tx, deps: MailDeps, mail: Mail, tellsForSeconds = daySeconds): Promise<void> {
  const now = deps.clock();
  await tx.mailDelivery.create({
    data: {
      id: deps.newId('mailDelivery'),
      sealed: seal(deps.secretKeys.current(purpose), JSON.stringify(mail), deps.randomBytes),
      createdAt: now,
      nextAttemptAt: now,
      expiresAt: later(now, tellsForSeconds),
    },
  });
  // It looks shortly after: the message can be found when the transaction is over.
  deps.mailCourier.wake();
}

/** Opens a noted message. @returns null when none of our secrets sealed it */
export function openMail(
  { secretKeys }: Pick<Deps, 'secretKeys'>,
  { sealed }: { readonly sealed: string },
): Mail | null {
  for (const key of secretKeys.all(purpose)) {
    const text = unseal(key, sealed);
    if (text !== null) return JSON.parse(text) as Mail;
  }
  return null;
}
