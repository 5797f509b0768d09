// The forms about the e-mail address on a member's profile: asking for a link to verify it, for another address, or that it stays.
import { originForAudit } from '../../http/browser.js';
import { InputError } from '../../lib/errors.js';
import { cancelEmailChange, requestEmailChange } from '../../members/email-change.js';
import { sendEmailVerification } from '../../members/email-links.js';
import { actorOfMember } from '../../members/service.js';
import { isRecent } from '../../sessions/service.js';
import { type Flow, type PageContext, readOwnForm } from '../flow.js';
import { showProfile } from './profile.js';
import { signInAgain, signInFirst } from './session.js';

/** GET `/me/email`, for whoever reloads what a form led to. */
export function emailPage() {
  return async (c: PageContext): Promise<Response> => c.redirect('/me', 303);
}

/** POST `/me/email`. */
export function changeEmail(flow: Flow) {
  return async (c: PageContext): Promise<Response> => {
    const { deps, browser } = flow;
    const form = await readOwnForm(flow, c);
    const session = await browser.session(c);
    if (!session) return signInFirst(c, '/me');
    const { memberId } = session;
    const actor = actorOfMember(session.member, originForAudit(c));
    const decision = form.get('decision');
    const newEmail = form.get('newEmail') ?? '';
    if (decision === 'change' && !isRecent(session.authenticatedAt, deps.clock())) return signInAgain(c, '/me');
    try {
      if (decision === 'verify') await sendEmailVerification(deps, actor, memberId, form.get('email') ?? '');
      else if (decision === 'cancel') await cancelEmailChange(deps, actor, memberId, newEmail);
      else if (decision === 'change') await requestEmailChange(deps, actor, memberId, newEmail);
      else return c.redirect('/me', 303);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return showProfile(flow, c, session, { email: { error: error.message, newEmail } });
    }
    return c.redirect(`/me?done=email-${decision}`, 303);
  };
}
