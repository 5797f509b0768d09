// Choosing with whom to go on, for an app that asks for it (prompt=select_account, OpenID Connect Core section 3.1.2.1). A browser
// has one session, so the choice is between its person and somebody who signs in now. What is chosen counts for this request alone.
import { findLogoPath } from '../clients/logo.js';
import { formActionSource } from '../http/csp.js';
import { redirectHost } from '../lib/redirect-uri.js';
import { decide, dispatch } from '../oauth/authorize/dispatch.js';
import { respondWithError } from '../oauth/authorize/respond.js';
import { noteChoice } from '../oauth/authorize/store.js';
import { respondWithPage } from '../oauth/respond-with-page.js';
import { ChooseAccountPage } from '../pages/choose-account.js';
import { type Flow, nothingDecided, type PageContext, readDecision, requireWaiting } from './flow.js';

/** GET `/choose-account`. */
export function chooseAccountPage(flow: Flow) {
  return async (c: PageContext): Promise<Response> => {
    const { deps, browser } = flow;
    const stored = await requireWaiting(flow, c, c.req.query('request') ?? '');
    const session = await browser.session(c);
    const { step, client } = await decide(deps, stored, session);
    if (step.kind !== 'choose-account' || !session) {
      return dispatch(deps, browser, c, stored, session);
    }
    const logoPath = await findLogoPath(deps.db, client.id);
    const { id, email, name, account } = session.member;
    const page = ChooseAccountPage({
      csrfToken: browser.formTokens.issue(c),
      requestId: stored.id,
      client: {
        name: client.name,
        ...(logoPath === null ? {} : { logoPath }),
        redirectHost: redirectHost(stored.request.redirectUri),
      },
      member: { id, email, ...(name === null ? {} : { name }), accountName: account.name },
      // An answer about anybody else than whom the app names is never given (Core section 3.1.2.2).
      ...(stored.request.subjects === null ? { anotherPath: `/login?request=${stored.id}&another=1` } : {}),
    });
    return respondWithPage(c, page, { formTargets: [formActionSource(stored.request.redirectUri)] });
  };
}

/** POST `/choose-account`. */
export function chooseAccount(flow: Flow) {
  return async (c: PageContext): Promise<Response> => {
    const { deps, browser } = flow;
    const { form, stored, session, step } = await readDecision(flow, c);
    // The page may be old, or was shown to somebody else who was signed in here.
    if (step.kind !== 'choose-account' || !session || form.get('member') !== session.memberId) {
      return dispatch(deps, browser, c, stored, session);
    }
    const decision = form.get('decision');
    if (decision === 'deny') {
      const fault = { error: 'access_denied', description: 'The person chose no account.' } as const;
      return respondWithError(deps, c, stored.request, stored, fault);
    }
    if (decision !== 'continue') throw nothingDecided(c, stored.id);
    await noteChoice(deps, stored.id, session.memberId);
    const waiting = { ...stored, chosenById: session.memberId };
    return dispatch(deps, browser, c, waiting, session);
  };
}
