// The page that a link about an e-mail address opens, in whatever browser. Opening it does nothing; its form proves the address,
// or makes it the member's own.
import { originForAudit } from '../http/browser.js';
import { isToken } from '../lib/secret-format.js';
import { openEmailLink, type Used, useEmailLink } from '../members/email-links.js';
import { respondWithPage } from '../oauth/respond-with-page.js';
import { english } from '../pages/messages.js';
import { LinkOverPage } from '../pages/password-reset.js';
import { EmailNoticePage, VerifyEmailPage } from '../pages/verify-email.js';
import { type Flow, type PageContext, readOwnForm } from './flow.js';

const path = '/verify-email';

/** Whether a sign-in may lead back to this address: our page with the token of a link, and nothing else. */
export function isVerifyEmailAddress(address: string): boolean {
  const prefix = `${path}?token=`;
  return address.startsWith(prefix) && isToken('lkl', address.slice(prefix.length));
}

/** Answers with what a link came to, other than that it can be used. */
function tell(c: PageContext, token: string, came: Exclude<Used, { is: 'verified' | 'changed' }>): Response {
  if (came.is === 'over') {
    return respondWithPage(c, LinkOverPage({ again: '/me', label: english.toMyAccount }), { status: 400 });
  }
  const { email } = came;
  switch (came.is) {
    case 'done':
      return respondWithPage(c, EmailNoticePage({ about: 'done', email, href: '/me' }));
    case 'taken':
      return respondWithPage(c, EmailNoticePage({ about: 'taken', email, href: '/me' }), { status: 409 });
    case 'for another member':
      return respondWithPage(c, EmailNoticePage({ about: 'other', email, href: '/logout' }), { status: 403 });
    case 'for whoever signs in': {
      const href = `/login?return_to=${encodeURIComponent(`${path}?token=${token}`)}`;
      return respondWithPage(c, EmailNoticePage({ about: 'signIn', email, href }));
    }
  }
}

/** GET `/verify-email`. */
export function verifyEmailPage({ deps, browser }: Flow) {
  return async (c: PageContext): Promise<Response> => {
    const token = c.req.query('token') ?? '';
    const opened = await openEmailLink(deps, originForAudit(c), token, await browser.session(c));
    if (opened.is !== 'open') return tell(c, token, opened);
    const { email, purpose, member } = opened.link;
    const csrfToken = browser.formTokens.issue(c);
    const change = purpose === 'CHANGE_EMAIL' ? { oldEmail: member.email } : {};
    return respondWithPage(c, VerifyEmailPage({ csrfToken, token, email, ...change }));
  };
}

/** POST `/verify-email`. */
export function verifyEmail(flow: Flow) {
  return async (c: PageContext): Promise<Response> => {
    const form = await readOwnForm(flow, c);
    const token = form.get('token') ?? '';
    const session = await flow.browser.session(c);
    const used = await useEmailLink(flow.deps, originForAudit(c), token, session);
    if (!('memberId' in used)) return tell(c, token, used);
    // Somebody who is not signed in, or as somebody else, has nothing to see of the member's account.
    const isTheirs = used.memberId === session?.memberId;
    return isTheirs ? c.redirect(`/me?done=${used.is}`, 303) : tell(c, token, { is: 'done', email: used.email });
  };
}
