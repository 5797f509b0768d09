// The authorization endpoint (RFC 6749 section 3.1, OpenID Connect Core section 3.1.2): reads, checks, and hands over to the
// dispatcher.
import type { Context } from 'hono';
import type { Deps } from '../../deps.js';
import type { Browser } from '../../http/browser.js';
import type { Environment } from '../../http/environment.js';
import { rawForm, rawQuery, readParameters } from '../../http/form.js';
import { PageError } from '../respond-with-page.js';
import { faultOfRequest, requireClient, requireClientId, requireRedirectUri } from './checks.js';
import { dispatch } from './dispatch.js';
import { findAuthorizingClient, readRequest } from './request.js';

/** GET `/oauth/authorize`. */
export function authorizationEndpoint(deps: Deps, browser: Browser) {
  return async (c: Context<Environment>): Promise<Response> => {
    const parameters = readParameters(rawQuery(c));
    const client = requireClient(await findAuthorizingClient(deps, { clientId: requireClientId(parameters) }));
    const redirectUri = requireRedirectUri(parameters, client);
    const fault = faultOfRequest({ parameters, client, issuer: deps.config.issuer });
    const request = readRequest(parameters, client, redirectUri, fault);
    return dispatch(deps, browser, c, { request, stored: null }, await browser.session(c));
  };
}

/**
 * POST `/oauth/authorize`: the same request as a GET. A POST from another site carries no session cookie, the GET that
 * follows does.
 */
export function authorizationPostEndpoint() {
  return async (c: Context<Environment>): Promise<Response> => {
    const form = await rawForm(c);
    if (form === null) {
      throw new PageError(
        'This sign-in link is not valid',
        'A POST must be of type application/x-www-form-urlencoded.',
      );
    }
    if (form.length > 16_000) {
      throw new PageError('This sign-in link is not valid', 'The request is too long.', { status: 413 });
    }
    return c.redirect(`/oauth/authorize?${new URLSearchParams(form)}`, 303);
  };
}
