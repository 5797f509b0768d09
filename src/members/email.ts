// The e-mail address that a member signs in with: written in one place, whoever decided it. How a member proves a new one is
// email-change.ts's and email-links.ts's.
import { type Actor, recordAudit } from '../audit/service.js';
import type { Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { emailKey, isEmail } from '../lib/email.js';
import { inputError } from '../lib/errors.js';
import { type MailDeps, queueMail } from '../mail/deliveries.js';
import { endingSessions, endOtherSessions } from '../sessions/service.js';
import { emailChangedMail, emailIsYoursMail } from './email-mails.js';
import { holdMember } from './hold.js';
import { endAllLinks } from './one-time-links.js';
import { emailTaken, searchTextsOf } from './service.js';

interface NewEmail {
  readonly email: string;
  /** Whether it is known to be theirs. */
  readonly isVerified: boolean;
  /** The session that goes on; null for none. */
  readonly keptSessionId: string | null;
}

/**
 * Gives a member, whose row is held, another address: all other sessions and all links that were sent to them end, and both
 * addresses are told. To be run by `endingSessions`. Fails with a unique violation of emailKey when another member has it.
 */
export async function writeEmail(
  tx: Tx,
  deps: MailDeps,
  actor: Actor,
  memberId: string,
  { email, isVerified, keptSessionId }: NewEmail,
  now: Date,
): Promise<void> {
  const before = await tx.member.findUniqueOrThrow({ where: { id: memberId } });
  await tx.member.update({
    where: { id: memberId },
    data: {
      email,
      emailKey: emailKey(email),
      emailVerifiedAt: isVerified ? now : null,
      ...searchTextsOf({ email, name: before.name }),
      updatedAt: now,
    },
  });
  await endOtherSessions(tx, deps, memberId, keptSessionId, now);
  await endAllLinks(tx, memberId, now);
  await recordAudit(tx, deps, actor, {
    action: 'MEMBER_EMAIL_CHANGED',
    accountId: before.accountId,
    targetId: memberId,
    targetLabel: before.email,
    // Whoever reads the log has to find the same person before and after.
    changes: [{ field: 'email', before: before.email, after: email }],
  });
  await queueMail(tx, deps, emailChangedMail(before, email));
  await queueMail(tx, deps, emailIsYoursMail(before, email));
}

/**
 * Gives a member another address without their doing, as when they lost the mailbox of the old one. The operator's alone.
 * @param isVerified false when it is not known to be theirs: they are then asked to prove it
 * @returns the member as they are now
 * @throws InputError INVALID, NOT_ALLOWED for somebody who was invited and has not accepted, TAKEN, NOT_FOUND when they were removed
 */
export async function setEmail(
  deps: Pick<Deps, 'db' | 'logoutCourier'> & MailDeps,
  actor: Actor,
  memberId: string,
  given: string,
  isVerified: boolean,
) {
  const email = given.trim();
  if (!isEmail(email)) throw inputError('INVALID', 'This is not an e-mail address.', 'newEmail');
  try {
    await endingSessions(deps, async (tx) => {
      const member = await holdMember(tx, { id: memberId });
      if (member === null) throw inputError('NOT_FOUND', 'This member was removed meanwhile.', 'email');
      if (member.status === 'INVITED') {
        const message = 'This member has not accepted the invitation yet. Invite the other address instead.';
        throw inputError('NOT_ALLOWED', message, 'email');
      }
      await writeEmail(tx, deps, actor, memberId, { email, isVerified, keptSessionId: null }, deps.clock());
    });
  } catch (error) {
    throw emailTaken(error, ['newEmail']);
  }
  return deps.db.member.findUniqueOrThrow({ where: { id: memberId } });
}
