// Begins a session in this browser for somebody who has just proved who they are, and leads them on to where they wanted to go.
import { originForAudit } from '../http/browser.js';
import { actorOfMember } from '../members/service.js';
import { dispatch } from '../oauth/authorize/dispatch.js';
import { noteSession, type StoredRequest } from '../oauth/authorize/store.js';
import { beginSession, endSession, findSession, type ProvenMember, sessionSeconds } from '../sessions/service.js';
import type { Flow, PageContext } from './flow.js';

interface Begun {
  readonly id: string;
  readonly secret: string;
}

/**
 * Begins a session, or renews the one that this browser has of the same member, and sets its cookie. The cookie's secret is
 * always a new one (session fixation); somebody else who was signed in here is signed out.
 * @param methods how they proved it (RFC 8176)
 * @returns null when the password was changed, or the member suspended, meanwhile
 */
export async function signInHere(
  { deps, browser }: Flow,
  c: PageContext,
  member: ProvenMember & { readonly accountId: string },
  methods: readonly string[],
): Promise<Begun | null> {
  const origin = originForAudit(c);
  const previous = await browser.session(c);
  const renewedId = previous?.memberId === member.id ? previous.id : null;
  const begun = await beginSession(deps, actorOfMember(member, origin), member, methods, renewedId);
  if (!begun) return null;
  c.set('memberId', member.id);
  if (previous && renewedId === null) await endSession(deps, actorOfMember(previous.member, origin), previous.id);
  browser.cookies.setSession(c, begun.secret, sessionSeconds);
  browser.knownBrowsers.remember(c, member);
  return begun;
}

/** Answers whoever signed in: on with the authorization request that waits, or to a page of ours. */
export async function goOn(
  { deps, browser }: Flow,
  c: PageContext,
  begun: Begun,
  stored: StoredRequest | null,
  returnTo: string,
): Promise<Response> {
  if (!stored) return c.redirect(returnTo, 303);
  await noteSession(deps, stored.id, begun.id);
  const waiting = { ...stored, sessionId: begun.id };
  return dispatch(deps, browser, c, waiting, await findSession(deps, begun.secret));
}
