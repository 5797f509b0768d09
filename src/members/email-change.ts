// Another e-mail address, as its member asks for it: a link goes to the new address, and nothing changes before it is used
// (email-links.ts). No answer says whether somebody has the new address; only the message to it does.
import { type Actor, recordAudit } from '../audit/service.js';
import { type Db, inTransaction, type Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { emailKey, isEmail } from '../lib/email.js';
import { inputError } from '../lib/errors.js';
import { networkOf } from '../lib/network.js';
import { type MailDeps, queueMail } from '../mail/deliveries.js';
import { countWithin } from './counted.js';
import { changeEmailMail, emailChangeAskedMail, emailTakenMail } from './email-mails.js';
import { requireMail } from './mail-needed.js';
import { type LinkPurpose, makeLink, secondsOf, secondsToNextLink } from './one-time-links.js';

/** What asking for a message with a link needs. */
export type EmailDeps = Pick<Deps, 'db' | 'config' | 'throttles'> & MailDeps;

/** Too many messages of one kind. @throws InputError LIMIT_EXCEEDED, which says when to try again */
export async function tooManyMessages(
  tx: Tx,
  now: Date,
  memberId: string,
  purpose: LinkPurpose,
  path: string,
): Promise<never> {
  const minutes = Math.max(1, Math.ceil((await secondsToNextLink(tx, memberId, purpose, now)) / 60));
  const wait = minutes === 1 ? 'a minute' : `${minutes} minutes`;
  const message = `Three such messages were sent within an hour, which are the most. Look in your spam folder, or try again in ${wait}.`;
  throw inputError('LIMIT_EXCEEDED', message, path);
}

/** Counts a message that is asked for from this network. @throws InputError LIMIT_EXCEEDED */
export function countEmailLink({ throttles }: Pick<Deps, 'throttles'>, actor: Actor): Promise<void> {
  return countWithin(throttles.emailLinks, networkOf(actor.ipAddress ?? ''), 'Too many messages were asked for.');
}

/** The change that waits for its link to be used, if there is one. */
export function findPendingChange(db: Db | Tx, memberId: string, now: Date) {
  return db.oneTimeLink.findFirst({
    where: { memberId, purpose: 'CHANGE_EMAIL', usedAt: null, expiresAt: { gt: now } },
    orderBy: { id: 'desc' },
  });
}

/**
 * Sends a link to the new address, and tells the present one. An older change that still waits is replaced. For somebody else's
 * address there is a link, too, which is sent to nobody.
 * @throws InputError INVALID for what is no address or the very same, LIMIT_EXCEEDED after three in an hour, NOT_ALLOWED where no
 *   message is sent
 */
export async function requestEmailChange(
  deps: EmailDeps,
  actor: Actor,
  memberId: string,
  given: string,
): Promise<void> {
  requireMail(deps.config);
  const newEmail = given.trim();
  if (!isEmail(newEmail)) throw inputError('INVALID', 'This is not an e-mail address.', 'newEmail');
  const { email: present } = await deps.db.member.findUniqueOrThrow({ where: { id: memberId } });
  if (newEmail === present) throw inputError('INVALID', 'You sign in with this address already.', 'newEmail');
  await countEmailLink(deps, actor);
  await inTransaction(deps.db, async (tx) => {
    const token =
      (await makeLink(tx, deps, memberId, 'CHANGE_EMAIL', newEmail)) ??
      (await tooManyMessages(tx, deps.clock(), memberId, 'CHANGE_EMAIL', 'newEmail'));
    const member = await tx.member.findUniqueOrThrow({ where: { id: memberId } });
    const other = await tx.member.findUnique({ where: { emailKey: emailKey(newEmail) }, select: { id: true } });
    const isTaken = other !== null && other.id !== memberId;
    const url = `${deps.config.issuer}/verify-email?token=${token}`;
    const mail = isTaken ? emailTakenMail(newEmail) : changeEmailMail(member, newEmail, url);
    await queueMail(tx, deps, mail, secondsOf.CHANGE_EMAIL);
    await queueMail(tx, deps, emailChangeAskedMail(member, newEmail, deps.config.issuer));
    // Not to which: nobody has proved yet that it is theirs.
    const target = { accountId: member.accountId, targetId: memberId, targetLabel: member.email };
    await recordAudit(tx, deps, actor, { action: 'MEMBER_EMAIL_CHANGE_REQUESTED', ...target });
  });
}

/**
 * Takes a change back that waits for its link.
 * @param newEmail the address that it is to, so that no newer change is taken back in its place
 * @throws InputError NOT_FOUND when no change to this address waits
 */
export async function cancelEmailChange(
  deps: Pick<Deps, 'db' | 'clock' | 'newId'>,
  actor: Actor,
  memberId: string,
  newEmail: string,
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const now = deps.clock();
    const member = await tx.member.findUniqueOrThrow({ where: { id: memberId } });
    const pending = await findPendingChange(tx, memberId, now);
    const isThis = pending !== null && emailKey(pending.email) === emailKey(newEmail);
    const { count } = await tx.oneTimeLink.updateMany({
      where: { id: isThis ? pending.id : '', usedAt: null, expiresAt: { gt: now } },
      data: { expiresAt: now },
    });
    if (count === 0) throw inputError('NOT_FOUND', 'No change to this address waits to be confirmed.', 'newEmail');
    const target = { accountId: member.accountId, targetId: memberId, targetLabel: member.email };
    await recordAudit(tx, deps, actor, { action: 'MEMBER_EMAIL_CHANGE_CANCELLED', ...target });
  });
}
