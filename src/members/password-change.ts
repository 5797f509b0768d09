// A new password of a member who knows the old one.
import type { Deps } from '../deps.js';
import { InputError, type InputIssue } from '../lib/errors.js';
import { networkOf } from '../lib/network.js';
import type { MailDeps } from '../mail/deliveries.js';
import { endingSessions, holdSession } from '../sessions/service.js';
import { endLinks } from './one-time-links.js';
import { faultsOfPassword, normalisePassword } from './password.js';
import { actorOfMember, authenticateMember, type SignInOrigin, writePassword } from './service.js';

function issue(field: 'currentPassword' | 'newPassword', message: string): InputIssue {
  return { code: 'INVALID', message, path: [field] };
}

/**
 * Changes the password of whoever is signed in. Whoever has only the session guesses the old one as slowly as at the sign-in. Every
 * session ends, this one too, so that the browser goes on under a new one, and so do the tokens that apps hold and the links that were
 * sent for a forgotten password.
 * @returns the member as they are now; null when the session ended meanwhile
 * @throws InputError with everything that is wrong; ThrottledError after too many wrong passwords, OverloadedError
 */
export async function changePassword(
  deps: Pick<Deps, 'db' | 'hasher' | 'throttles' | 'logoutCourier'> & MailDeps,
  origin: SignInOrigin,
  session: { readonly id: string; readonly member: { readonly id: string; readonly email: string } },
  given: { readonly currentPassword: string; readonly newPassword: string },
) {
  const { currentPassword, newPassword } = given;
  const issues: InputIssue[] = await faultsOfPassword(newPassword, ['newPassword']);
  if (issues.length === 0 && normalisePassword(newPassword) === normalisePassword(currentPassword)) {
    issues.push(issue('newPassword', 'This is the password that you typed as your current one. Choose another.'));
  }
  const proven = await authenticateMember(deps, origin, session.member.email, currentPassword);
  const member = proven?.id === session.member.id ? proven : null;
  if (!member) issues.unshift(issue('currentPassword', 'This is not your current password.'));
  if (!member || issues.length > 0) throw new InputError(issues);

  const passwordHash = await deps.hasher.hash(normalisePassword(newPassword), networkOf(origin.ipAddress ?? ''));
  let done = false;
  await endingSessions(deps, async (tx) => {
    const now = deps.clock();
    // Of two changes at once only one finds the old password, and one that comes after a sign-out finds no session. The member
    // first, as everybody does who locks both.
    const { count } = await tx.member.updateMany({
      where: { id: member.id, passwordHash: member.passwordHash, status: 'ACTIVE' },
      data: { updatedAt: now },
    });
    done = count === 1 && (await holdSession(tx, session.id, now));
    if (!done) return;
    await writePassword(tx, deps, actorOfMember(member, origin), member, passwordHash, now);
    await endLinks(tx, member.id, ['RESET_PASSWORD'], now);
  });
  return done ? { ...member, passwordHash } : null;
}
