// A forgotten password: the link that is sent to the member's address, and the new password that it lets them set.
import { inTransaction } from '../db/client.js';
import type { Deps } from '../deps.js';
import { emailKey, longestEmail } from '../lib/email.js';
import { InputError } from '../lib/errors.js';
import { networkOf } from '../lib/network.js';
import { type MailDeps, queueMail } from '../mail/deliveries.js';
import { endingSessions } from '../sessions/service.js';
import { requireMail } from './mail-needed.js';
import { resetMail } from './mails.js';
import { findLink, makeLink, secondsOf, takeLink } from './one-time-links.js';
import { faultsOfPassword, normalisePassword } from './password.js';
import { actorOfMember, type SignInOrigin, writePassword } from './service.js';

type ResetDeps = Pick<Deps, 'db' | 'config' | 'throttles'> & MailDeps;

/**
 * Sends a link to whoever has this address, if they may sign in and did not get several just now. Says nothing about that, and
 * costs the same either way.
 * @param requestId the authorization request to go back to afterwards
 * @throws InputError NOT_ALLOWED where no message is sent; ThrottledError when too many were asked for from this network
 */
export async function requestReset(
  deps: ResetDeps,
  origin: SignInOrigin,
  email: string,
  requestId?: string,
): Promise<void> {
  requireMail(deps.config);
  const network = networkOf(origin.ipAddress ?? '');
  await deps.throttles.resetRequests.take(network);
  const key = email.length > longestEmail ? '' : emailKey(email);
  const member = await deps.db.member.findUnique({ where: { emailKey: key } });
  await inTransaction(deps.db, async (tx) => {
    const receiver = { id: member?.id ?? '', email: member?.email ?? email.slice(0, longestEmail) };
    const token = await makeLink(tx, deps, receiver.id, 'RESET_PASSWORD', receiver.email);
    const parameters = new URLSearchParams({ token: token ?? '', ...(requestId ? { request: requestId } : {}) });
    const mail = resetMail(receiver, `${deps.config.issuer}/reset-password?${parameters}`);
    if (token !== null) return queueMail(tx, deps, mail, secondsOf.RESET_PASSWORD);
    // Nobody to write to: what is written is taken back before anybody can see it, so that it takes as long.
    const id = deps.newId('mailDelivery');
    await queueMail(tx, { ...deps, newId: () => id }, mail);
    await tx.mailDelivery.deleteMany({ where: { id } });
  });
}

/** Whether a link for a new password works still. @throws ThrottledError after too many that did not from this network */
export async function findResetLink(deps: ResetDeps, origin: SignInOrigin, token: string) {
  const network = networkOf(origin.ipAddress ?? '');
  await deps.throttles.resetLinks.check(network);
  const link = await findLink(deps, 'RESET_PASSWORD', token);
  if (!link) await deps.throttles.resetLinks.fail(network);
  return link;
}

/**
 * Sets a new password by a link. Everything that was signed in with the old one ends, and the address counts as verified.
 * @returns the member as they are now; null when the link does not work (any more)
 * @throws InputError with what is wrong with the password; ThrottledError as `findResetLink` does
 */
export async function resetPassword(
  deps: ResetDeps & Pick<Deps, 'hasher' | 'logoutCourier'>,
  origin: SignInOrigin,
  token: string,
  password: string,
) {
  const link = await findResetLink(deps, origin, token);
  if (!link) return null;
  const issues = await faultsOfPassword(password);
  if (issues.length > 0) throw new InputError(issues);
  const passwordHash = await deps.hasher.hash(normalisePassword(password), networkOf(origin.ipAddress ?? ''));
  let done = false;
  await endingSessions(deps, async (tx) => {
    const now = deps.clock();
    done = await takeLink(tx, link, now);
    if (!done) return;
    await writePassword(tx, deps, actorOfMember(link.member, origin), link.member, passwordHash, now);
    await tx.member.updateMany({
      where: { id: link.memberId, emailVerifiedAt: null },
      data: { emailVerifiedAt: now },
    });
  });
  return done ? { ...link.member, passwordHash } : null;
}
