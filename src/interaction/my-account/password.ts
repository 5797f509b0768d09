// A new password, chosen by whoever knows the old one. This browser goes on, under a new session.
import { originForAudit } from '../../http/browser.js';
import { InputError, messageAt, OverloadedError, ThrottledError } from '../../lib/errors.js';
import { changePassword } from '../../members/password-change.js';
import { respondWithPage } from '../../oauth/respond-with-page.js';
import { english } from '../../pages/messages.js';
import { PasswordPage } from '../../pages/my-account/password.js';
import type { LiveSession } from '../../sessions/service.js';
import { type Flow, type PageContext, readOwnForm } from '../flow.js';
import { signInHere } from '../sign-in-here.js';
import { type MyAccountPart, signInFirst } from './session.js';

interface Shown {
  readonly done?: string;
  readonly error?: string;
  readonly currentError?: string | undefined;
  readonly newError?: string | undefined;
  readonly status?: 400 | 429 | 503;
}

function show({ browser }: Flow, c: PageContext, { member }: LiveSession, { status, ...shown }: Shown = {}) {
  const page = PasswordPage({
    csrfToken: browser.formTokens.issue(c),
    memberEmail: member.email,
    hasPassword: member.passwordHash !== null,
    ...shown,
  });
  return respondWithPage(c, page, { status: status ?? 200 });
}

/** The page that says why nothing was changed. @throws what is no refusal */
function refuse(flow: Flow, c: PageContext, session: LiveSession, error: unknown): Response {
  if (error instanceof InputError) {
    const [currentError, newError] = [messageAt(error, 'currentPassword'), messageAt(error, 'newPassword')];
    return show(flow, c, session, { error: english.myPasswordUnchanged, currentError, newError, status: 400 });
  }
  if (!(error instanceof ThrottledError || error instanceof OverloadedError)) throw error;
  c.header('Retry-After', String(error.retryAfterSeconds));
  return show(flow, c, session, { error: error.message, status: error instanceof ThrottledError ? 429 : 503 });
}

/** GET and POST `/me/password`. */
export const password: MyAccountPart = {
  path: '/me/password',
  show(flow) {
    return async (c) => {
      const session = await flow.browser.session(c);
      if (!session) return signInFirst(c, '/me/password');
      const done = c.req.query('done') === 'changed' ? { done: english.myPasswordChanged } : {};
      return show(flow, c, session, done);
    };
  },
  change(flow) {
    return async (c) => {
      const form = await readOwnForm(flow, c);
      const session = await flow.browser.session(c);
      if (!session) return signInFirst(c, '/me/password');
      const given = { currentPassword: form.get('current_password') ?? '', newPassword: form.get('password') ?? '' };
      let member: Awaited<ReturnType<typeof changePassword>>;
      try {
        member = await changePassword(flow.deps, originForAudit(c), session, given);
      } catch (error) {
        return refuse(flow, c, session, error);
      }
      const begun = member && (await signInHere(flow, c, member, ['pwd']));
      return begun ? c.redirect('/me/password?done=changed', 303) : signInFirst(c, '/me/password');
    };
  },
};
