// What the steps of a sign-in share: reading the form that was posted, and finding the authorization request that waits.
import type { Context } from 'hono';
import type { Deps } from '../deps.js';
import type { Browser } from '../http/browser.js';
import type { Environment } from '../http/environment.js';
import { type Parameters, rawForm, readParameters } from '../http/form.js';
import { idOrNobody } from '../lib/ids.js';
import { decide } from '../oauth/authorize/dispatch.js';
import { answeredBefore } from '../oauth/authorize/respond.js';
import { loadRequest, type StoredRequest } from '../oauth/authorize/store.js';
import { type Onward, type PageError, pageError } from '../oauth/respond-with-page.js';
import { english } from '../pages/messages.js';

/** What a step works with. */
export interface Flow {
  readonly deps: Deps;
  readonly browser: Browser;
}

export type PageContext = Context<Environment>;

/** The page that a form is on: our forms are posted to the address that they are shown at. */
function pageAgain(c: PageContext, request: string | undefined): Onward {
  const id = idOrNobody('authorizationRequest', request ?? '');
  return { href: id === '' ? c.req.path : `${c.req.path}?request=${id}`, label: english.openAgain };
}

/** A decision was sent that is none of those on the page. */
export function nothingDecided(c: PageContext, requestId: string): PageError {
  return pageError('nothingDecided', { onward: pageAgain(c, requestId) });
}

/**
 * Reads a form that one of our pages posted.
 * @throws PageError 403 when it does not come from a page of ours in this browser (CSRF)
 */
export async function readOwnForm({ deps, browser }: Flow, c: PageContext): Promise<Parameters> {
  const text = await rawForm(c);
  const form = readParameters(text ?? '');
  const origin = c.req.header('origin');
  if (origin !== undefined && origin !== 'null' && origin !== deps.config.issuer) {
    throw pageError('wrongAddress', {
      values: { issuer: deps.config.issuer },
      onward: { href: deps.config.issuer, label: english.toFrontPage },
      status: 403,
      detail: `origin ${origin.slice(0, 500)}, expected ${deps.config.issuer}`,
    });
  }
  if (text === null || !browser.formTokens.accepts(c, form.get('csrf'))) {
    const onward = pageAgain(c, form.get('request'));
    throw pageError('formExpired', { onward, status: 403, detail: 'CSRF token or origin refused' });
  }
  return form;
}

/** The waiting request that an id names. @throws PageError 403 for one that is not of this browser, or is over */
export async function requireWaiting({ deps, browser }: Flow, c: PageContext, id: string): Promise<StoredRequest> {
  const stored = await loadRequest(deps, id, browser.knownBindingHash(c));
  if (!stored) throw answeredBefore();
  return stored;
}

/**
 * Reads what was decided on a page about a waiting request, and where that request stands now: the page may be old.
 * @throws PageError 403 as `readOwnForm` and `requireWaiting` do
 */
export async function readDecision(flow: Flow, c: PageContext) {
  const form = await readOwnForm(flow, c);
  const stored = await requireWaiting(flow, c, form.get('request') ?? '');
  const session = await flow.browser.session(c);
  return { form, stored, session, ...(await decide(flow.deps, stored, session)) };
}
