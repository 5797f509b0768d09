// Members of another account meet an app that is not verified: they may sign in as somebody else, or go back to the app.
import { originForAudit } from '../http/browser.js';
import { formActionSource } from '../http/csp.js';
import { actorOfMember } from '../members/service.js';
import { decide, dispatch } from '../oauth/authorize/dispatch.js';
import { respondWithError } from '../oauth/authorize/respond.js';
import { respondWithPage } from '../oauth/respond-with-page.js';
import { OtherAccountPage } from '../pages/other-account.js';
import { endSession } from '../sessions/service.js';
import { type Flow, nothingDecided, type PageContext, readDecision, requireWaiting } from './flow.js';

/** GET `/other-account`. */
export function otherAccountPage(flow: Flow) {
  return async (c: PageContext): Promise<Response> => {
    const { deps, browser } = flow;
    const stored = await requireWaiting(flow, c, c.req.query('request') ?? '');
    const session = await browser.session(c);
    const { step, client } = await decide(deps, stored, session);
    if (step.kind !== 'other-account' || !session) {
      return dispatch(deps, browser, c, stored, session);
    }
    const page = OtherAccountPage({
      csrfToken: browser.formTokens.issue(c),
      requestId: stored.id,
      client: { name: client.name, accountName: client.account.name },
      memberEmail: session.member.email,
    });
    return respondWithPage(c, page, { formTargets: [formActionSource(stored.request.redirectUri)] });
  };
}

/** POST `/other-account`. */
export function otherAccount(flow: Flow) {
  return async (c: PageContext): Promise<Response> => {
    const { deps, browser } = flow;
    const { form, stored, session, step } = await readDecision(flow, c);
    if (step.kind !== 'other-account' || !session) {
      return dispatch(deps, browser, c, stored, session);
    }
    const decision = form.get('decision');
    if (decision === 'deny') {
      const fault = {
        error: 'access_denied',
        description: 'The app is not verified for members of other accounts.',
      } as const;
      return respondWithError(deps, c, stored.request, stored, fault);
    }
    if (decision !== 'switch') throw nothingDecided(c, stored.id);
    await endSession(deps, actorOfMember(session.member, originForAudit(c)), session.id);
    browser.cookies.clearSession(c);
    return dispatch(deps, browser, c, stored, null);
  };
}
