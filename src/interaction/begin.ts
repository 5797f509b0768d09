// Making somebody who has just proved who they are the one who is signed in in this browser.
import { actorOfMember, type SignInOrigin } from '../members/service.js';
import { beginSession, endSession, type ProvenMember, sessionSeconds } from '../sessions/service.js';
import type { Flow, PageContext } from './flow.js';

/**
 * Begins a session and sets its cookie, whose secret is always a new one (session fixation). Somebody else who was signed in here
 * is signed out; the same person's session is renewed.
 * @returns its id and the cookie's secret; null when the password was changed meanwhile, or the member may not sign in any more
 */
export async function beginInBrowser(
  { deps, browser }: Flow,
  c: PageContext,
  member: ProvenMember & { readonly accountId: string },
  origin: SignInOrigin,
): Promise<{ id: string; secret: string } | null> {
  const previous = await browser.session(c);
  const renewedId = previous?.memberId === member.id ? previous.id : null;
  const begun = await beginSession(deps, actorOfMember(member, origin), member, ['pwd'], renewedId);
  if (!begun) return null;
  if (previous && renewedId === null) await endSession(deps, actorOfMember(previous.member, origin), previous.id);
  browser.cookies.setSession(c, begun.secret, sessionSeconds);
  return begun;
}
