// Signing out of Latchkey: asked for by a page, so that no link or image can do it.
import { originForAudit } from '../http/browser.js';
import { actorOfMember } from '../members/service.js';
import { respondWithPage } from '../oauth/respond-with-page.js';
import { LogoutPage, SignedOutPage } from '../pages/logout.js';
import { endSession } from '../sessions/service.js';
import { type Flow, type PageContext, readOwnForm } from './flow.js';

/** GET `/logout`: the question, or that nobody is signed in. */
export function logoutPage({ browser }: Flow) {
  return async (c: PageContext): Promise<Response> => {
    const session = await browser.session(c);
    if (!session) return respondWithPage(c, SignedOutPage({}));
    const csrfToken = browser.formTokens.issue(c);
    return respondWithPage(c, LogoutPage({ csrfToken, memberEmail: session.member.email }));
  };
}

/** POST `/logout`. */
export function logout(flow: Flow) {
  return async (c: PageContext): Promise<Response> => {
    const { deps, browser } = flow;
    await readOwnForm(flow, c);
    const session = await browser.session(c);
    if (session) await endSession(deps, actorOfMember(session.member, originForAudit(c)), session.id);
    browser.cookies.clearSession(c);
    return c.redirect('/logout', 303);
  };
}
