// Signing out of Latchkey: asked for by a page, so that no link or image can do it. An app that asks comes through
// oauth/end-session.ts, and its question is answered here.
import { leave, requireLogoutRequest, signOut } from '../oauth/end-session.js';
import { respondWithPage } from '../oauth/respond-with-page.js';
import { LogoutPage, SignedOutPage } from '../pages/logout.js';
import { type Flow, type PageContext, readOwnForm } from './flow.js';

/** GET `/logout`: the question, or that nobody is signed in. */
export function logoutPage({ browser }: Flow) {
  return async (c: PageContext): Promise<Response> => {
    const session = await browser.session(c);
    if (!session) return respondWithPage(c, SignedOutPage({ byApp: c.req.query('app') !== undefined }));
    const csrfToken = browser.formTokens.issue(c);
    return respondWithPage(c, LogoutPage({ csrfToken, memberEmail: session.member.email }));
  };
}

/** POST `/logout`. Where it leads afterwards is checked anew: the form may be tampered with, and the page be old. */
export function logout(flow: Flow) {
  return async (c: PageContext): Promise<Response> => {
    const { deps, browser } = flow;
    const request = await requireLogoutRequest(deps, await readOwnForm(flow, c));
    await signOut(deps, browser, c, await browser.session(c));
    return leave(c, request, request.client !== null);
  };
}
