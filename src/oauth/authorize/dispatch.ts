// Decides what comes next for an authorization request: sign in, choose an account, another account, consent, or the answer. The
// only place that does: the steps never route to one another.
import type { Context } from 'hono';
import { type ApiResource, findApis } from '../../api-resources/find.js';
import { mayServe } from '../../consents/families.js';
import { findConsent } from '../../consents/service.js';
import type { Deps } from '../../deps.js';
import type { Browser } from '../../http/browser.js';
import type { Environment } from '../../http/environment.js';
import { limitNetwork } from '../../http/request-limits.js';
import { isHttps } from '../../lib/redirect-uri.js';
import { isSubset, splitWords } from '../../lib/scope.js';
import { requireClient, requireStillRegistered } from './checks.js';
import {
  type AuthorizationErrorCode,
  type AuthorizationRequest,
  type AuthorizingClient,
  findAuthorizingClient,
  type RequestingClient,
  type RequestingSession,
  scopesToAllow,
} from './request.js';
import { respondWithCode, respondWithError } from './respond.js';
import { type StoredRequest, storeRequest } from './store.js';

/** What the decision depends on. */
export interface Situation {
  readonly request: AuthorizationRequest;
  readonly client: RequestingClient;
  readonly session: RequestingSession | null;
  /** What the member allowed the client before. */
  readonly consent: { readonly id: string; readonly scopes: readonly string[] } | null;
  /** The APIs that the request names, as far as they are still there. */
  readonly apis: readonly ApiResource[];
  /** What has happened for this very request; null when it has just arrived. */
  readonly stored: StoredRequest | null;
  readonly now: Date;
}

/** A step that asks the person something, at the page of the same name. */
type AskingStep = 'login' | 'choose-account' | 'other-account' | 'consent';

export type Step =
  | { readonly kind: AskingStep }
  | { readonly kind: 'grant'; readonly session: RequestingSession; readonly consentId: string }
  | { readonly kind: 'error'; readonly error: AuthorizationErrorCode; readonly description: string };

function mustSignInAnew({ request, session, stored, now }: Situation & { session: RequestingSession }): boolean {
  if (stored?.sessionId === session.id) return false;
  if (request.prompts.includes('login')) return true;
  const age = Math.floor((now.getTime() - session.authenticatedAt.getTime()) / 1000);
  // OpenID Connect Core section 3.1.2.1: max_age=0 is prompt=login, also within the first second.
  return request.maxAge !== null && (request.maxAge === 0 || age > request.maxAge);
}

/** OpenID Connect Core section 3.1.2.1. Whoever has just signed in for this request has chosen by that. */
function mustChoose({ request, session, stored }: Situation & { session: RequestingSession }): boolean {
  if (!request.prompts.includes('select_account') || stored?.sessionId === session.id) return false;
  return stored?.chosenById !== session.memberId;
}

/** Whether the person is one of those whom the request is for, which is anybody unless it says so. */
export function isAskedFor({ subjects }: AuthorizationRequest, memberId: string): boolean {
  return subjects?.includes(memberId) ?? true;
}

function mustConsent({
  request,
  client,
  session,
  consent,
  stored,
}: Situation & { session: RequestingSession }): boolean {
  if (consent === null || !isSubset(scopesToAllow(request), consent.scopes)) return true;
  if (stored?.consentedById === session.memberId) return false;
  if (request.prompts.includes('consent') || client.consentMode === 'ALWAYS') return true;
  // RFC 8252 section 8.6: anybody can pose as a client without a secret, unless it is reached through its own web site.
  const unproven = client.type === 'NATIVE' || client.tokenEndpointAuthMethod === 'NONE';
  return unproven && !isHttps(request.redirectUri);
}

/** The next step. With `prompt=none` nothing is shown: what would be asked is told to the client instead. */
function nextStep(situation: Situation): Step {
  const { request, client, session, consent, apis } = situation;
  const silent = request.prompts.includes('none');
  const ask = (kind: AskingStep, error: AuthorizationErrorCode, description: string): Step =>
    silent ? { kind: 'error', error, description } : { kind };

  // RFC 9700 section 4.11.2: without a person who signed in, not even an error is redirected, or our address would lend its
  // good name to any link.
  if (request.fault && (session || silent)) return { kind: 'error', ...request.fault };
  if (session === null || request.fault) return ask('login', 'login_required', 'The person is not signed in.');
  const signedIn = { ...situation, session };
  // OpenID Connect Core section 3.1.2.2: never an answer about another person than the one who is asked for.
  if (!isAskedFor(request, session.memberId))
    return ask('login', 'login_required', 'Another person is signed in than the one who is asked for.');
  if (mustSignInAnew(signedIn)) return ask('login', 'login_required', 'The person must sign in again.');
  // Never with prompt=none, which goes with no other value: a browser has one session, and account_selection_required no use.
  if (mustChoose(signedIn)) return { kind: 'choose-account' };
  if (!mayServe(client, session.member)) {
    return ask(
      'other-account',
      'interaction_required',
      'This app is not verified, and the person is of another account.',
    );
  }
  // Asked again, since an admin may have taken it away while the request waited.
  if (!isSubset(request.scopes, splitWords(client.scopes))) {
    return { kind: 'error', error: 'invalid_scope', description: 'A scope is no longer registered for this client.' };
  }
  if (request.resources.some(({ audience }) => !apis.some((api) => api.audience === audience))) {
    return { kind: 'error', error: 'invalid_target', description: 'A resource is no longer registered.' };
  }
  if (mustConsent(signedIn) || consent === null)
    return ask('consent', 'consent_required', 'The person must be asked for consent.');
  return { kind: 'grant', session, consentId: consent.id };
}

/**
 * Reads the situation of a request that waited, decides, and answers: with a redirect to the next page, or to the client.
 * @throws PageError when the client is gone, or the request was answered before
 */
export async function dispatch(
  deps: Deps,
  browser: Browser,
  c: Context<Environment>,
  stored: StoredRequest,
  session: RequestingSession | null,
): Promise<Response> {
  return answer(deps, browser, c, await readSituation(deps, stored, session));
}

/** Decides and answers. @throws PageError when the request was answered before */
export async function answer(
  deps: Deps,
  browser: Browser,
  c: Context<Environment>,
  situation: Situation,
): Promise<Response> {
  const { request, stored, client } = situation;
  c.set('clientId', client.id);
  const step = nextStep(situation);
  if (step.kind === 'error') return respondWithError(deps, c, request, stored, step);
  if (step.kind === 'grant')
    return respondWithCode(deps, c, { request, stored, client, session: step.session, consentId: step.consentId });
  const waiting = stored ?? (await storeForBrowser(deps, browser, c, request, situation.session));
  return c.redirect(`/${step.kind}?request=${waiting.id}`, 303);
}

async function storeForBrowser(
  deps: Deps,
  browser: Browser,
  c: Context<Environment>,
  request: AuthorizationRequest,
  session: RequestingSession | null,
): Promise<StoredRequest> {
  if (session === null) limitNetwork(c, deps.requestLimits.authorize);
  return storeRequest(deps, request, browser.bindingHash(c));
}

async function readSituation(deps: Deps, stored: StoredRequest, session: RequestingSession | null) {
  const { request } = stored;
  const client = requireClient(await findAuthorizingClient(deps, request.clientRowId));
  requireStillRegistered(request.redirectUri, client);
  const consent = session === null ? null : await findConsent(deps.db, session.memberId, client.id);
  const resources = request.resources.map(({ audience }) => audience);
  const apis = await findApis(deps.db, client.accountId, { resources });
  return { request, client, session, consent, apis, stored, now: deps.clock() };
}

/**
 * Reads the situation of a request that waits and decides, without answering.
 * @throws PageError when the client is gone or disabled
 */
export async function decide(
  deps: Deps,
  stored: StoredRequest,
  session: RequestingSession | null,
): Promise<{ step: Step; client: AuthorizingClient; apis: readonly ApiResource[] }> {
  const situation = await readSituation(deps, stored, session);
  return { step: nextStep(situation), client: situation.client, apis: situation.apis };
}
