// Signing in by e-mail address and password: for an app whose authorization request waits, or for our own pages.
import { findLogoPath } from '../clients/logo.js';
import { originForAudit } from '../http/browser.js';
import { formActionSource } from '../http/csp.js';
import { limitSignIn } from '../http/request-limits.js';
import { emailKey } from '../lib/email.js';
import { ForbiddenError, OverloadedError, ThrottledError } from '../lib/errors.js';
import { redirectHost } from '../lib/redirect-uri.js';
import { authenticateMember } from '../members/service.js';
import type { BrowserOfAttempt } from '../members/sign-in-attempt.js';
import { decide, dispatch, isAskedFor } from '../oauth/authorize/dispatch.js';
import { respondWithError } from '../oauth/authorize/respond.js';
import type { StoredRequest } from '../oauth/authorize/store.js';
import { respondWithPage } from '../oauth/respond-with-page.js';
import { LoginPage } from '../pages/login.js';
import { english, fill } from '../pages/messages.js';
import type { LiveSession } from '../sessions/service.js';
import { type Flow, type PageContext, readOwnForm, requireWaiting } from './flow.js';
import { myAccountPaths } from './my-account/routes.js';
import { goOn, signInHere } from './sign-in-here.js';
import { isVerifyEmailAddress } from './verify-email.js';

/** Where a sign-in without an app may lead: a fixed list, so that a link to us cannot lead elsewhere. */
const destinations = ['/', '/graphql', ...myAccountPaths];

function destination(returnTo = '/'): string {
  return destinations.includes(returnTo) || isVerifyEmailAddress(returnTo) ? returnTo : '/';
}

interface Attempt {
  readonly stored: StoredRequest | null;
  readonly returnTo: string;
  /** Whether whoever is signed in has to show that it is they. */
  readonly confirms?: boolean;
  readonly email?: string;
  readonly error?: string;
  readonly status?: 200 | 400 | 403 | 429 | 503;
}

/** The address of the page that is shown, to which its form is posted. */
function addressOf(c: PageContext, { stored, returnTo, confirms = false }: Attempt): string {
  const query = new URLSearchParams();
  if (stored) query.set('request', stored.id);
  else if (returnTo !== '/') query.set('return_to', returnTo);
  if (confirms && !stored) query.set('again', '1');
  if (stored && c.req.query('another') !== undefined) query.set('another', '1');
  return query.size === 0 ? '/login' : `/login?${query}`;
}

async function showLogin(flow: Flow, c: PageContext, attempt: Attempt): Promise<Response> {
  const { stored } = attempt;
  const client = stored ? (await decide(flow.deps, stored, null)).client : null;
  const logoPath = client && (await findLogoPath(flow.deps.db, client.id));
  const email = attempt.email ?? stored?.request.loginHint ?? undefined;
  const page = LoginPage({
    csrfToken: flow.browser.formTokens.issue(c),
    action: addressOf(c, attempt),
    confirms: attempt.confirms ?? false,
    ...(stored ? { requestId: stored.id } : { returnTo: attempt.returnTo }),
    ...(email === undefined ? {} : { email }),
    ...(attempt.error === undefined ? {} : { error: attempt.error }),
    ...(stored && client
      ? {
          client: {
            name: client.name,
            ...(logoPath === null ? {} : { logoPath }),
            redirectHost: redirectHost(stored.request.redirectUri),
          },
        }
      : {}),
  });
  return respondWithPage(c, page, {
    status: attempt.status ?? 200,
    formTargets: stored ? [formActionSource(stored.request.redirectUri)] : [],
  });
}

/** What whoever is signed in is told who is not the person that the app asks for (OpenID Connect Core section 3.1.2.2). */
function noticeOf(stored: StoredRequest, session: LiveSession | null): { error?: string } {
  if (!session || isAskedFor(stored.request, session.memberId)) return {};
  return { error: fill(english.signInAsAnother, { email: session.member.email }) };
}

/** Whoever chose not to go on as themselves is not to find their own address in the form. */
function withoutOwn({ request }: StoredRequest, session: LiveSession | null): { email?: string } {
  return emailKey(request.loginHint ?? '') === session?.member.emailKey ? { email: '' } : {};
}

/** Whoever is signed in and has to sign in anew (prompt=login, max_age) finds their address in the form, if nobody else is meant. */
function confirming({ request }: StoredRequest, session: LiveSession | null): { email?: string; confirms?: boolean } {
  if (!session || request.fault || !isAskedFor(request, session.memberId)) return {};
  const { email, emailKey: key } = session.member;
  return request.loginHint === null || emailKey(request.loginHint) === key ? { email, confirms: true } : {};
}

/** GET `/login`. Whoever need not sign in is led on at once. */
export function loginPage(flow: Flow) {
  return async (c: PageContext): Promise<Response> => {
    const session = await flow.browser.session(c);
    const requestId = c.req.query('request');
    const returnTo = destination(c.req.query('return_to'));
    if (requestId === undefined) {
      // Whoever is signed in may be asked for their password again before something that matters.
      const again = c.req.query('again') === '1';
      if (session && !again) return c.redirect(returnTo, 303);
      const known = session ? { email: session.member.email, confirms: true } : {};
      return showLogin(flow, c, { stored: null, returnTo, ...known });
    }
    const stored = await requireWaiting(flow, c, requestId);
    const { step } = await decide(flow.deps, stored, session);
    const offersAnother = step.kind === 'choose-account' || step.kind === 'consent';
    const wantsAnother = offersAnother && c.req.query('another') !== undefined;
    if (step.kind !== 'login' && !wantsAnother) return dispatch(flow.deps, flow.browser, c, stored, session);
    const known = wantsAnother ? withoutOwn(stored, session) : confirming(stored, session);
    return showLogin(flow, c, { stored, returnTo, ...known, ...noticeOf(stored, session) });
  };
}

/** POST `/login`. */
export function login(flow: Flow) {
  return async (c: PageContext): Promise<Response> => {
    const { deps } = flow;
    const form = await readOwnForm(flow, c);
    const requestId = form.get('request');
    const stored = requestId === undefined ? null : await requireWaiting(flow, c, requestId);
    if (stored && form.get('decision') === 'deny') {
      // What the app may not be told any more is shown here instead.
      await decide(deps, stored, await flow.browser.session(c));
      const fault = { error: 'access_denied', description: 'The person did not sign in.' } as const;
      return respondWithError(deps, c, stored.request, stored, fault);
    }
    const returnTo = destination(form.get('return_to'));
    const confirms = c.req.query('again') === '1';
    const email = form.get('email') ?? '';
    const origin = originForAudit(c);
    const again = (error: string, status: 400 | 403 | 429 | 503) =>
      showLogin(flow, c, { stored, returnTo, confirms, email, error, status });

    const browser: BrowserOfAttempt = {
      markOf: (candidate) => flow.browser.knownBrowsers.markOf(c, candidate),
      admit: (memberId) => limitSignIn(c, deps.requestLimits, memberId),
    };
    let member: Awaited<ReturnType<typeof authenticateMember>>;
    try {
      member = await authenticateMember(deps, origin, email, form.get('password') ?? '', browser);
    } catch (error) {
      if (error instanceof ForbiddenError) return again(error.message, 403);
      if (!(error instanceof ThrottledError || error instanceof OverloadedError)) throw error;
      c.header('Retry-After', String(error.retryAfterSeconds));
      return again(error.message, error instanceof ThrottledError ? 429 : 503);
    }
    if (!member) return again(english.signInRefused, 400);

    const begun = await signInHere(flow, c, member, ['pwd']);
    if (!begun) return again(english.signInRefused, 400);
    return goOn(flow, c, begun, stored, returnTo);
  };
}
