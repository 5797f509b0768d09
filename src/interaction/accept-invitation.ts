// Accepting an invitation: the link shows what it is to, the form makes the person a member who is signed in. Only the form uses
// the link up: mail programs fetch links by themselves.
import { originForAudit } from '../http/browser.js';
import { limitNetwork } from '../http/request-limits.js';
import { InputError, messageAt, OverloadedError } from '../lib/errors.js';
import { acceptInvitation, findInvitation } from '../members/invitations.js';
import { type PageError, pageError, respondWithPage } from '../oauth/respond-with-page.js';
import { AcceptInvitationPage } from '../pages/accept-invitation.js';
import { type Flow, type PageContext, readOwnForm } from './flow.js';
import { signInHere } from './sign-in-here.js';

/** One answer for all links that work no more, so that none tells whom it was for. */
function linkIsOver(): PageError {
  return pageError('invitationOver', { status: 410 });
}

interface Attempt {
  readonly token: string;
  readonly name?: string;
  readonly error?: string;
  readonly nameError?: string | undefined;
  readonly passwordError?: string | undefined;
  readonly status?: 400 | 503;
}

async function show({ deps, browser }: Flow, c: PageContext, attempt: Attempt): Promise<Response> {
  const found = await findInvitation(deps, attempt.token);
  if (!found) throw linkIsOver();
  const { member, account } = found;
  const { invitedBy } = member;
  const session = await browser.session(c);
  const page = AcceptInvitationPage({
    csrfToken: browser.formTokens.issue(c),
    token: attempt.token,
    accountName: account.name,
    ...(invitedBy ? { inviter: invitedBy.name ?? invitedBy.email } : {}),
    email: member.email,
    role: member.role,
    name: attempt.name ?? member.name ?? '',
    ...(session ? { signedInAs: session.member.email } : {}),
    ...(attempt.error === undefined ? {} : { error: attempt.error }),
    nameError: attempt.nameError,
    passwordError: attempt.passwordError,
  });
  return respondWithPage(c, page, { status: attempt.status ?? 200 });
}

/** GET `/accept-invitation`. */
export function acceptInvitationPage(flow: Flow) {
  return (c: PageContext): Promise<Response> => show(flow, c, { token: c.req.query('token') ?? '' });
}

/** POST `/accept-invitation`. */
export function acceptInvitationForm(flow: Flow) {
  return async (c: PageContext): Promise<Response> => {
    const form = await readOwnForm(flow, c);
    limitNetwork(c, flow.deps.requestLimits.link);
    const origin = originForAudit(c);
    const token = form.get('token') ?? '';
    const name = form.get('name') ?? '';
    const given = { name, password: form.get('password') ?? '' };
    let member: Awaited<ReturnType<typeof acceptInvitation>>;
    try {
      member = await acceptInvitation(flow.deps, origin, token, given);
    } catch (error) {
      if (error instanceof InputError) {
        const [nameError, passwordError] = [messageAt(error, 'name'), messageAt(error, 'password')];
        return show(flow, c, { token, name, nameError, passwordError, status: 400 });
      }
      if (!(error instanceof OverloadedError)) throw error;
      c.header('Retry-After', String(error.retryAfterSeconds));
      return show(flow, c, { token, name, error: error.message, status: 503 });
    }
    if (member === null) throw linkIsOver();
    if (member === 'taken') throw pageError('invitationTaken', { status: 409 });
    const begun = await signInHere(flow, c, member, ['pwd']);
    // Suspended within this moment: the sign-in page says no more than it says to anybody.
    return c.redirect(begun === null ? '/login' : '/me?done=joined', 303);
  };
}
