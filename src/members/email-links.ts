// Links that prove an e-mail address: asking for one, looking at one, and using it. Verifying the address that a member has
// needs the link alone. Changing it needs a session of the very member as well: a link that went to a mistyped address must
// not give its reader the member.
import { type Actor, recordAudit } from '../audit/service.js';
import { inTransaction, isUniqueViolation } from '../db/client.js';
import type { Deps } from '../deps.js';
import { emailKey, longestEmail } from '../lib/email.js';
import { inputError } from '../lib/errors.js';
import { networkOf } from '../lib/network.js';
import { queueMail } from '../mail/deliveries.js';
import { endingSessions } from '../sessions/service.js';
import { writeEmail } from './email.js';
import { countEmailLink, type EmailDeps, tooManyMessages } from './email-change.js';
import { verifyEmailMail } from './email-mails.js';
import { requireMail } from './mail-needed.js';
import { endLinks, findLink, findProofOfNow, makeLink, secondsOf, takeLink } from './one-time-links.js';
import { actorOfMember, type SignInOrigin } from './service.js';

/**
 * Sends a link to the address that a member signs in with.
 * @param email that address, so that whoever asks sees where the message goes
 * @throws InputError INVALID for another address, NOT_ALLOWED when it is verified and where no message is sent,
 *   LIMIT_EXCEEDED after three in an hour
 */
export async function sendEmailVerification(
  deps: EmailDeps,
  actor: Actor,
  memberId: string,
  email: string,
): Promise<void> {
  requireMail(deps.config);
  const member = await deps.db.member.findUniqueOrThrow({ where: { id: memberId } });
  if (email.length > longestEmail || emailKey(email) !== member.emailKey) {
    throw inputError('INVALID', 'This is not the address that you sign in with.', 'email');
  }
  if (member.emailVerifiedAt !== null) throw inputError('NOT_ALLOWED', 'This address is verified already.', 'email');
  await countEmailLink(deps, actor);
  await inTransaction(deps.db, async (tx) => {
    const token =
      (await makeLink(tx, deps, memberId, 'VERIFY_EMAIL', member.email)) ??
      (await tooManyMessages(tx, deps.clock(), memberId, 'VERIFY_EMAIL', 'email'));
    const mail = verifyEmailMail(member, `${deps.config.issuer}/verify-email?token=${token}`);
    await queueMail(tx, deps, mail, secondsOf.VERIFY_EMAIL);
    const target = { accountId: member.accountId, targetId: memberId, targetLabel: member.email };
    await recordAudit(tx, deps, actor, { action: 'MEMBER_EMAIL_VERIFICATION_SENT', ...target });
  });
}

type Visitor = { readonly id: string; readonly memberId: string } | null;

type LinkDeps = Pick<Deps, 'db' | 'throttles' | 'clock'>;
type Link = NonNullable<Awaited<ReturnType<typeof findLink>>>;

/** What opening a link comes to: it can be used, it was, or who opens it has to be somebody first. */
export type Opened =
  | { readonly is: 'open'; readonly link: Link }
  | { readonly is: 'done'; readonly email: string }
  | { readonly is: 'for whoever signs in' | 'for another member'; readonly email: string }
  | { readonly is: 'over' };

/**
 * Looks at a link without using it: mail scanners open links, too.
 * @param visitor the session of the browser that opens it
 * @throws ThrottledError after too many from this network that did not work
 */
export async function openEmailLink(
  deps: LinkDeps,
  origin: SignInOrigin,
  token: string,
  visitor: Visitor,
): Promise<Opened> {
  const network = networkOf(origin.ipAddress ?? '');
  await deps.throttles.resetLinks.check(network);
  const link = (await findLink(deps, 'VERIFY_EMAIL', token)) ?? (await findLink(deps, 'CHANGE_EMAIL', token));
  if (link === null) {
    const proof = await findProofOfNow(deps, token);
    if (proof !== null) return { is: 'done', email: proof.email };
    await deps.throttles.resetLinks.fail(network);
    return { is: 'over' };
  }
  if (link.purpose === 'VERIFY_EMAIL' || visitor?.memberId === link.memberId) return { is: 'open', link };
  return { is: visitor === null ? 'for whoever signs in' : 'for another member', email: link.email };
}

async function verify(deps: EmailDeps, origin: SignInOrigin, link: Link): Promise<boolean> {
  return inTransaction(deps.db, async (tx) => {
    const now = deps.clock();
    const { memberId } = link;
    if (!(await takeLink(tx, link, now, { emailKey: emailKey(link.email) }))) return false;
    await tx.member.update({ where: { id: memberId }, data: { emailVerifiedAt: now, updatedAt: now } });
    await endLinks(tx, memberId, ['VERIFY_EMAIL'], now);
    const target = { targetId: memberId, targetLabel: link.member.email };
    await recordAudit(tx, deps, actorOfMember(link.member, origin), { action: 'MEMBER_EMAIL_VERIFIED', ...target });
    return true;
  });
}

type ChangeDeps = EmailDeps & Pick<Deps, 'logoutCourier'>;

async function change(deps: ChangeDeps, origin: SignInOrigin, link: Link, keptSessionId: string) {
  const { memberId, email } = link;
  let done = false;
  try {
    await endingSessions(deps, async (tx) => {
      const now = deps.clock();
      done = false;
      if (!(await takeLink(tx, link, now))) return;
      const actor = actorOfMember(link.member, origin);
      await writeEmail(tx, deps, actor, memberId, { email, isVerified: true, keptSessionId }, now);
      done = true;
    });
  } catch (error) {
    if (isUniqueViolation(error, 'emailKey')) return 'taken';
    throw error;
  }
  return done;
}

/** What using a link came to. */
export type Used =
  | Exclude<Opened, { is: 'open' }>
  | { readonly is: 'verified' | 'changed'; readonly email: string; readonly memberId: string }
  | { readonly is: 'taken'; readonly email: string };

/**
 * Uses a link: the address counts as proven, or as the member's own from now on. Of any number at once one does it.
 * @throws ThrottledError as `openEmailLink` does
 */
export async function useEmailLink(
  deps: ChangeDeps,
  origin: SignInOrigin,
  token: string,
  visitor: Visitor,
): Promise<Used> {
  const opened = await openEmailLink(deps, origin, token, visitor);
  if (opened.is !== 'open') return opened;
  const { purpose, email } = opened.link;
  const isVerification = purpose === 'VERIFY_EMAIL';
  const done = isVerification
    ? await verify(deps, origin, opened.link)
    : await change(deps, origin, opened.link, visitor?.id ?? '');
  if (done === 'taken') return { is: 'taken', email };
  if (done) return { is: isVerification ? 'verified' : 'changed', email, memberId: opened.link.memberId };
  // Somebody was quicker: perhaps the same person, by a second click.
  return (await findProofOfNow(deps, token)) === null ? { is: 'over' } : { is: 'done', email };
}
