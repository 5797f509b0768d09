// What the steps of a sign-in share: reading the form that was posted, and finding the authorization request that waits.
import type { Context } from 'hono';
import type { Deps } from '../deps.js';
import type { Browser } from '../http/browser.js';
import type { Environment } from '../http/environment.js';
import { type Parameters, rawForm, readParameters } from '../http/form.js';
import { answeredBefore } from '../oauth/authorize/respond.js';
import { loadRequest, type StoredRequest } from '../oauth/authorize/store.js';
import { PageError } from '../oauth/respond-with-page.js';

/** What a step works with. */
export interface Flow {
  readonly deps: Deps;
  readonly browser: Browser;
}

export type PageContext = Context<Environment>;

/**
 * Reads a form that one of our pages posted.
 * @throws PageError 403 when it does not come from a page of ours in this browser (CSRF)
 */
export async function readOwnForm({ deps, browser }: Flow, c: PageContext): Promise<Parameters> {
  const text = await rawForm(c);
  const form = readParameters(text ?? '');
  const origin = c.req.header('origin');
  if (origin !== undefined && origin !== 'null' && origin !== deps.config.issuer) {
    throw new PageError('This is not the address of Latchkey', `Latchkey is at ${deps.config.issuer}. Open it there.`, {
      hint: 'If this is the address that it should have, its operator can set LATCHKEY_ISSUER.',
      status: 403,
      detail: `origin ${origin}, expected ${deps.config.issuer}`,
    });
  }
  if (text === null || !browser.formTokens.accepts(c, form.get('csrf'))) {
    throw new PageError('This page has expired', 'The form did not come from a current page of ours in this browser.', {
      hint: 'Go back, reload the page and try again. Cookies must be allowed.',
      status: 403,
      detail: 'CSRF token or origin refused',
    });
  }
  return form;
}

/** The waiting request that an id names. @throws PageError 403 for one that is not of this browser, or is over */
export async function requireWaiting({ deps, browser }: Flow, c: PageContext, id: string): Promise<StoredRequest> {
  const stored = await loadRequest(deps, id, browser.knownBindingHash(c));
  if (!stored) throw answeredBefore();
  return stored;
}
