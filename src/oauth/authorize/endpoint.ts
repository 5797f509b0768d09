// The authorization endpoint (RFC 6749 section 3.1, OpenID Connect Core section 3.1.2): reads, checks, and hands over to the
// dispatcher.
import type { Context } from 'hono';
import type { Deps } from '../../deps.js';
import type { Browser } from '../../http/browser.js';
import type { Environment } from '../../http/environment.js';
import { rawQuery, readParameters } from '../../http/form.js';
import { readIdTokenHint } from '../id-token-hint.js';
import { postAsGet } from '../post-as-get.js';
import { faultOfRequest, requireClient, requireClientId, requireRedirectUri } from './checks.js';
import { dispatch } from './dispatch.js';
import { findAuthorizingClient, readRequest } from './request.js';
import { findApisOfRequest, readTargets } from './resources.js';

/** RFC 8707 section 2 allows several resources. Nothing else may come more than once (RFC 6749 section 3.1). */
const repeatable = ['resource'];

/** GET `/oauth/authorize`. */
export function authorizationEndpoint(deps: Deps, browser: Browser) {
  return async (c: Context<Environment>): Promise<Response> => {
    const parameters = readParameters(rawQuery(c), repeatable);
    const client = requireClient(await findAuthorizingClient(deps, { clientId: requireClientId(parameters) }));
    const redirectUri = requireRedirectUri(parameters, client);
    const token = parameters.get('id_token_hint');
    const hint = token === undefined ? null : await readIdTokenHint(deps, token);
    const apis = await findApisOfRequest(deps, parameters, client);
    const checked = { parameters, client, hint, apis, issuer: deps.config.issuer };
    const fault = faultOfRequest(checked);
    const request = readRequest(parameters, client, redirectUri, hint, readTargets(checked), fault);
    return dispatch(deps, browser, c, { request, stored: null }, await browser.session(c));
  };
}

/** POST `/oauth/authorize`: the same request as a GET. */
export function authorizationPostEndpoint() {
  return postAsGet('/oauth/authorize', { noForm: 'authorizeNoForm', tooLong: 'authorizeTooLong' }, 16_000);
}
