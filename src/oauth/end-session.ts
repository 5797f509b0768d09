// The end session endpoint (OpenID Connect RP-Initiated Logout 1.0): an app asks that the person be signed out of Latchkey.
// Who shows the ID token of this very session need not ask; all others do, since a link alone must end nobody's session. What
// is answered to the question is interaction/logout.ts.
import type { Context } from 'hono';
import type { Deps } from '../deps.js';
import { type Browser, originForAudit } from '../http/browser.js';
import { formActionSource } from '../http/csp.js';
import type { Environment } from '../http/environment.js';
import { type Parameters, rawQuery, readParameters } from '../http/form.js';
import { withResponse } from '../lib/redirect-uri.js';
import { splitWords } from '../lib/scope.js';
import { actorOfMember } from '../members/service.js';
import { LogoutPage } from '../pages/logout.js';
import { english, fill } from '../pages/messages.js';
import { endSession, type LiveSession } from '../sessions/service.js';
import { type IdTokenHint, readIdTokenHint } from './id-token-hint.js';
import { postAsGet } from './post-as-get.js';
import { pageError, respondWithPage } from './respond-with-page.js';

const longestState = 2048;

type Client = NonNullable<Awaited<ReturnType<typeof findClient>>>;

/** A request that may be answered as it says. */
interface LogoutRequest {
  /** The app that asks, if it says which it is. */
  readonly client: Client | null;
  readonly hint: IdTokenHint | null;
  /** Where the person goes afterwards: registered by the client. */
  readonly redirectUri: string | null;
  readonly state: string | null;
}

function findClient(deps: Deps, clientId: string) {
  return deps.db.oAuthClient.findUnique({ where: { clientId } });
}

/**
 * Reads a request to sign out and checks it, in order. What is wrong is shown and never redirected, and ends no session
 * (RP-Initiated Logout section 4). logout_hint and ui_locales are accepted, but there is one session and one language.
 * @throws PageError
 */
export async function requireLogoutRequest(deps: Deps, parameters: Parameters): Promise<LogoutRequest> {
  const refuse = (reason: string, detail?: string): never => {
    const values = { reason, address: `${deps.config.issuer}/logout` };
    const onward = { href: '/logout', label: english.signOut };
    throw pageError('logoutRefused', { values, onward, ...(detail === undefined ? {} : { detail }) });
  };
  const [name] = parameters.unusable;
  if (name !== undefined) return refuse(fill(english.logoutUnusable, { name: name.slice(0, 40) }));
  const state = parameters.get('state') ?? null;
  if (state !== null && state.length > longestState)
    return refuse(fill(english.logoutStateTooLong, { most: String(longestState) }));

  const token = parameters.get('id_token_hint');
  const hint = token === undefined ? null : await readIdTokenHint(deps, token);
  if (token !== undefined && hint === null) return refuse(english.logoutBadHint);

  const named = parameters.get('client_id');
  // Section 2: the OP must verify that both are of the same client.
  if (named !== undefined && hint !== null && named !== hint.clientId) return refuse(english.logoutOtherClient);
  const clientId = named ?? hint?.clientId;
  const client = clientId === undefined ? null : await findClient(deps, clientId);
  if (named !== undefined && client === null) return refuse(english.logoutUnknownClient);

  const redirectUri = parameters.get('post_logout_redirect_uri') ?? null;
  if (redirectUri === null) return { client, hint, redirectUri, state };
  if (client === null) return refuse(english.logoutWhoseUri);
  if (client.disabledAt !== null) return refuse(english.logoutDisabledClient);
  if (!splitWords(client.postLogoutRedirectUris).includes(redirectUri)) {
    const detail = `${client.id} sent ${redirectUri.slice(0, 500)}`;
    return refuse(english.logoutUnknownUri, detail);
  }
  return { client, hint, redirectUri, state };
}

/** Ends the session of this browser, if there is one, and forgets its cookie. */
export async function signOut(deps: Deps, browser: Browser, c: Context<Environment>, session: LiveSession | null) {
  if (session) await endSession(deps, actorOfMember(session.member, originForAudit(c)), session.id);
  browser.cookies.clearSession(c);
}

/**
 * Leads on whoever is signed out: to the app, or to the page that says so.
 * @param byApp whether an app asked for it, and not the person on a page of ours
 */
export function leave(c: Context<Environment>, { redirectUri, state }: LogoutRequest, byApp: boolean): Response {
  const page = byApp ? '/logout?app=1' : '/logout';
  const location = redirectUri === null ? page : state === null ? redirectUri : withResponse(redirectUri, { state });
  return c.body(null, 303, { Location: location, 'Cache-Control': 'no-store' });
}

/** Whether the hint was issued in this very session, which nobody but its person and the app can know. */
function isOfSession(hint: IdTokenHint | null, session: LiveSession): boolean {
  return hint !== null && hint.sessionId === session.id && hint.subject === session.memberId;
}

/** GET `/oauth/logout`. */
export function endSessionEndpoint(deps: Deps, browser: Browser) {
  return async (c: Context<Environment>): Promise<Response> => {
    const request = await requireLogoutRequest(deps, readParameters(rawQuery(c)));
    const session = await browser.session(c);
    if (session === null || isOfSession(request.hint, session)) {
      await signOut(deps, browser, c, session);
      return leave(c, request, true);
    }
    const { client, redirectUri, state } = request;
    const page = LogoutPage({
      csrfToken: browser.formTokens.issue(c),
      memberEmail: session.member.email,
      ...(client === null ? {} : { client: { id: client.clientId, name: client.name } }),
      ...(redirectUri === null ? {} : { redirectUri }),
      ...(state === null ? {} : { state }),
    });
    return respondWithPage(c, page, { formTargets: redirectUri === null ? [] : [formActionSource(redirectUri)] });
  };
}

/** POST `/oauth/logout`. An ID token is a kilobyte or two; servers and proxies take addresses of eight. */
export function endSessionPostEndpoint() {
  return postAsGet('/oauth/logout', { noForm: 'logoutNoForm', tooLong: 'logoutTooLong' }, 8_000);
}
