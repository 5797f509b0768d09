// Sign-ins that their member should hear of, since they come from where none came from lately.
import type { Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { networkOf } from '../lib/network.js';
import { nameOfBrowser } from '../lib/user-agent.js';
import { type Mail, type MailDeps, type MailedMember, queueMail, toMember } from '../mail/deliveries.js';
import { momentInWords } from '../mail/words.js';

const rememberedMilliseconds = 30 * 86_400_000;
/** Enough for whoever signs in many times a day; beyond them the oldest are forgotten. */
const mostRemembered = 500;

/** Where a sign-in comes from. */
interface Origin {
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/**
 * Says whether no session of the member in the last 30 days, living or over, was begun with the same browser in the same network.
 * Told by what the request says of itself: a guard against whoever has only the password, not against whoever copies the browser too.
 */
async function isNewSignIn(tx: Tx, memberId: string, { ipAddress, userAgent }: Origin, now: Date): Promise<boolean> {
  const sessions = await tx.session.findMany({
    where: { memberId, userAgent, authenticatedAt: { gt: new Date(now.getTime() - rememberedMilliseconds) } },
    orderBy: { id: 'desc' },
    take: mostRemembered,
    select: { ipAddress: true },
  });
  const network = networkOf(ipAddress ?? '');
  return !sessions.some((session) => networkOf(session.ipAddress ?? '') === network);
}

function newSignInMail(issuer: string, member: MailedMember, { ipAddress, userAgent }: Origin, now: Date): Mail {
  return {
    ...toMember(member),
    subject: 'New sign-in to your Latchkey account',
    paragraphs: [
      `Somebody signed in as ${member.email} in a way that was not seen in the last 30 days.`,
      `Time: ${momentInWords(now)}`,
      `Browser: ${nameOfBrowser(userAgent)}`,
      `Address: ${ipAddress ?? 'unknown'}`,
    ],
    action: { label: 'Look at your account', url: `${issuer}/me` },
    notes: [
      'If this was you, there is nothing to do.',
      'If it was not, somebody knows your password. Set a new one at once, which signs everybody out, or ask an admin of your account for help.',
    ],
  };
}

/**
 * Notes a message to a member about the sign-in that is under way, when it is new: not about the first of all, and only to an
 * address that is known to be theirs. To be called before the session is written.
 */
export async function tellOfNewSignIn(
  tx: Tx,
  deps: Pick<Deps, 'config'> & MailDeps,
  member: MailedMember & { readonly emailVerifiedAt: Date | null; readonly lastSeenAt: Date | null },
  origin: Origin,
  now: Date,
): Promise<void> {
  if (member.lastSeenAt === null || member.emailVerifiedAt === null) return;
  if (!(await isNewSignIn(tx, member.id, origin, now))) return;
  await queueMail(tx, deps, newSignInMail(deps.config.issuer, member, origin, now));
}
