// Asking a member whether an app may use their account. What is allowed is what was asked and shown, whatever is posted.
import { inPlainWords } from '../api-resources/allowed.js';
import type { ApiResource } from '../api-resources/find.js';
import { findLogoPath } from '../clients/logo.js';
import { denyConsent, findConsent, giveConsent } from '../consents/service.js';
import { inTransaction } from '../db/client.js';
import { originForAudit } from '../http/browser.js';
import { formActionSource } from '../http/csp.js';
import { canonicalJson } from '../lib/canonical-json.js';
import { sha256 } from '../lib/crypto.js';
import { redirectHost } from '../lib/redirect-uri.js';
import { actorOfMember } from '../members/service.js';
import { decide, dispatch } from '../oauth/authorize/dispatch.js';
import {
  type AuthorizationRequest,
  type AuthorizingClient,
  scopesToAllow,
  scopesToAllowHere,
} from '../oauth/authorize/request.js';
import { answeredBefore, respondWithError } from '../oauth/authorize/respond.js';
import { consumeRequest, noteConsent, type StoredRequest } from '../oauth/authorize/store.js';
import { respondWithPage } from '../oauth/respond-with-page.js';
import { ConsentPage, type ConsentScope } from '../pages/consent.js';
import { type Flow, nothingDecided, type PageContext, readDecision, requireWaiting } from './flow.js';

/**
 * What the page lists: what is asked for here, then API by API what is asked for there.
 * @param before what the person allowed before, in the words of a consent; null for nothing
 */
function shownScopes(
  request: AuthorizationRequest,
  apis: readonly ApiResource[],
  before: readonly string[] | null,
): ConsentScope[] {
  const there = apis.map(({ audience }) => ({
    audience,
    scopes: request.resources.find((resource) => resource.audience === audience)?.scopes ?? [],
  }));
  return inPlainWords({ here: scopesToAllowHere(request), there }, apis).map(({ word, name, description, api }) => ({
    name,
    description,
    ...(api === null ? {} : { apiName: api.name }),
    isNew: before !== null && !before.includes(word),
  }));
}

/** What the page shows of an app and what it asks. */
async function viewOf(
  { deps }: Flow,
  stored: StoredRequest,
  client: AuthorizingClient,
  apis: readonly ApiResource[],
  before: readonly string[] | null,
) {
  const logoPath = await findLogoPath(deps.db, client.id);
  return {
    client: {
      name: client.name,
      ...(logoPath === null ? {} : { logoPath }),
      accountName: client.account.name,
      verified: client.verifiedAt !== null,
      ...(client.homepageUrl ? { homepageUrl: client.homepageUrl } : {}),
      ...(client.policyUrl ? { policyUrl: client.policyUrl } : {}),
      ...(client.termsUrl ? { termsUrl: client.termsUrl } : {}),
    },
    redirectHost: redirectHost(stored.request.redirectUri),
    scopes: shownScopes(stored.request, apis, before),
  };
}

/**
 * Names what a page showed, so that what is allowed is what was read: an app may be renamed, or lose its verification, and an
 * API's scope be described otherwise, while the page is open. What the person allowed elsewhere meanwhile makes no difference.
 */
function markOf({ client, redirectHost: host, scopes }: Awaited<ReturnType<typeof viewOf>>): string {
  const words = scopes.map(({ name, description, apiName }) => [name, description, apiName ?? null]);
  return sha256(canonicalJson({ client, host, words }));
}

/** GET `/consent`. */
export function consentPage(flow: Flow) {
  return async (c: PageContext): Promise<Response> => {
    const { deps, browser } = flow;
    const stored = await requireWaiting(flow, c, c.req.query('request') ?? '');
    const session = await browser.session(c);
    const { step, client, apis } = await decide(deps, stored, session);
    if (step.kind !== 'consent' || !session) {
      return dispatch(deps, browser, c, stored, session);
    }
    const before = await findConsent(deps.db, session.memberId, client.id);
    const view = await viewOf(flow, stored, client, apis, before?.scopes ?? null);
    const page = ConsentPage({
      csrfToken: browser.formTokens.issue(c),
      requestId: stored.id,
      memberId: session.memberId,
      mark: markOf(view),
      ...view,
      memberEmail: session.member.email,
      ...(stored.request.subjects === null ? { anotherPath: `/login?request=${stored.id}&another=1` } : {}),
      ...(before === null ? {} : { allowedAt: before.consentedAt }),
      changed: c.req.query('changed') !== undefined,
    });
    return respondWithPage(c, page, { formTargets: [formActionSource(stored.request.redirectUri)] });
  };
}

/** POST `/consent`. */
export function consent(flow: Flow) {
  return async (c: PageContext): Promise<Response> => {
    const { deps, browser } = flow;
    const { form, stored, session, step, client, apis } = await readDecision(flow, c);
    // The page may be old: whoever must sign in first, or is of another account, cannot decide anything. Neither does a page that
    // was shown to somebody else who was signed in here.
    if (step.kind !== 'consent' || !session || form.get('member') !== session.memberId) {
      return dispatch(deps, browser, c, stored, session);
    }
    const actor = actorOfMember(session.member, originForAudit(c));
    const decision = form.get('decision');
    if (decision === 'deny') {
      // Of answers that are posted at once one counts, and one is recorded.
      await inTransaction(deps.db, async (tx) => {
        if (!(await consumeRequest(tx, stored.id))) throw answeredBefore();
        await denyConsent(tx, deps, actor, client);
      });
      const fault = { error: 'access_denied', description: 'The person did not allow the access.' } as const;
      return respondWithError(deps, c, stored.request, null, fault);
    }
    if (decision !== 'allow') throw nothingDecided(c, stored.id);
    if (form.get('shown') !== markOf(await viewOf(flow, stored, client, apis, null))) {
      return c.redirect(`/consent?request=${stored.id}&changed=1`, 303);
    }
    await inTransaction(deps.db, async (tx) => {
      await giveConsent(tx, deps, actor, { memberId: session.memberId, client, scopes: scopesToAllow(stored.request) });
      await noteConsent(tx, stored.id, session.memberId);
    });
    const waiting = { ...stored, consentedById: session.memberId };
    return dispatch(deps, browser, c, waiting, session);
  };
}
