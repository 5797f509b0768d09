// A forgotten password, in the browser: asking for a link, and setting a new password by it. No answer says whether anybody has
// an address, and opening a link does not use it up: mail scanners open links, too.
import { Hono } from 'hono';
import { originForAudit } from '../http/browser.js';
import type { Environment } from '../http/environment.js';
import { limitNetwork } from '../http/request-limits.js';
import { isEmail } from '../lib/email.js';
import { InputError } from '../lib/errors.js';
import { idOrNobody } from '../lib/ids.js';
import { sendsMail } from '../mail/transport.js';
import { findResetLink, requestReset, resetPassword } from '../members/password-reset.js';
import { loadRequest } from '../oauth/authorize/store.js';
import { respondWithPage } from '../oauth/respond-with-page.js';
import { english } from '../pages/messages.js';
import {
  ForgotPasswordPage,
  LinkOverPage,
  LinkSentPage,
  NoMailPage,
  ResetPasswordPage,
} from '../pages/password-reset.js';
import { type Flow, type PageContext, readOwnForm } from './flow.js';
import { goOn, signInHere } from './sign-in-here.js';

/** The authorization request to go back to, if the text can be one's id. */
function requestOf(text: string | undefined): { requestId?: string } {
  const id = idOrNobody('authorizationRequest', text ?? '');
  return id === '' ? {} : { requestId: id };
}

function withRequest(path: string, { requestId }: { requestId?: string }): string {
  return requestId === undefined ? path : `${path}${path.includes('?') ? '&' : '?'}request=${requestId}`;
}

function linkOver(c: PageContext, request: { requestId?: string }): Response {
  const page = LinkOverPage({ again: withRequest('/forgot-password', request), label: english.forgotAgain });
  return respondWithPage(c, page, { status: 400 });
}

/** Where no message is sent: whom to ask instead of typing an address, in the same words for every one. */
function noMail(c: PageContext, request: { requestId?: string }, status: 200 | 400): Response {
  return respondWithPage(c, NoMailPage({ signInPath: withRequest('/login', request) }), { status });
}

/** The form that asks for a link. */
function showForgot(
  { browser }: Flow,
  c: PageContext,
  request: { requestId?: string },
  refused?: { readonly email: string; readonly error: string },
): Response {
  const page = ForgotPasswordPage({ csrfToken: browser.formTokens.issue(c), ...request, ...refused });
  return respondWithPage(c, page, { status: refused === undefined ? 200 : 400 });
}

/** GET `/forgot-password`. */
function forgotPage(flow: Flow) {
  return async (c: PageContext): Promise<Response> => {
    const request = requestOf(c.req.query('request'));
    if (!sendsMail(flow.deps.config)) return noMail(c, request, 200);
    if (c.req.query('sent') === undefined) return showForgot(flow, c, request);
    return respondWithPage(c, LinkSentPage({ signInPath: withRequest('/login', request) }));
  };
}

/** POST `/forgot-password`. */
function forgot(flow: Flow) {
  return async (c: PageContext): Promise<Response> => {
    const form = await readOwnForm(flow, c);
    limitNetwork(c, flow.deps.requestLimits.link);
    const request = requestOf(form.get('request'));
    if (!sendsMail(flow.deps.config)) return noMail(c, request, 400);
    const email = (form.get('email') ?? '').trim();
    if (!isEmail(email)) return showForgot(flow, c, request, { email, error: english.notAnEmail });
    await requestReset(flow.deps, originForAudit(c), email, request.requestId);
    return c.redirect(withRequest('/forgot-password?sent=1', request), 303);
  };
}

/** GET `/reset-password`. */
function resetPage({ deps, browser }: Flow) {
  return async (c: PageContext): Promise<Response> => {
    const request = requestOf(c.req.query('request'));
    const token = c.req.query('token') ?? '';
    const link = await findResetLink(deps, originForAudit(c), token);
    if (!link) return linkOver(c, request);
    const { email } = link.member;
    const page = ResetPasswordPage({ csrfToken: browser.formTokens.issue(c), token, email, ...request });
    return respondWithPage(c, page);
  };
}

/** POST `/reset-password`. Whoever sets the password is signed in, and goes back to the app that they came from. */
function reset(flow: Flow) {
  return async (c: PageContext): Promise<Response> => {
    const { deps, browser } = flow;
    const form = await readOwnForm(flow, c);
    limitNetwork(c, deps.requestLimits.link);
    const request = requestOf(form.get('request'));
    const token = form.get('token') ?? '';
    let member: Awaited<ReturnType<typeof resetPassword>>;
    try {
      member = await resetPassword(deps, originForAudit(c), token, form.get('password') ?? '');
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const link = await findResetLink(deps, originForAudit(c), token);
      if (!link) return linkOver(c, request);
      const { email } = link.member;
      const csrfToken = browser.formTokens.issue(c);
      const page = ResetPasswordPage({ csrfToken, token, email, ...request, error: error.message });
      return respondWithPage(c, page, { status: 400 });
    }
    const begun = member && (await signInHere(flow, c, member, ['pwd']));
    if (!begun) return linkOver(c, request);
    // In another browser than the one that began it, the request is not found, and that is as well.
    const stored = await loadRequest(deps, request.requestId ?? '', browser.knownBindingHash(c));
    return goOn(flow, c, begun, stored, '/me?done=password');
  };
}

/** GET and POST of both pages. */
export function passwordRoutes(flow: Flow): Hono<Environment> {
  const app = new Hono<Environment>();
  app.get('/forgot-password', forgotPage(flow)).post('/forgot-password', forgot(flow));
  app.get('/reset-password', resetPage(flow)).post('/reset-password', reset(flow));
  return app;
}
