// The authorization endpoint (RFC 6749 section 3.1, OpenID Connect Core section 3.1.2): reads, checks, and hands over to the
// dispatcher.
import type { Context } from 'hono';
import { standing } from '../../consents/service.js';
import type { Deps } from '../../deps.js';
import type { Browser } from '../../http/browser.js';
import type { Environment } from '../../http/environment.js';
import { rawQuery, readParameters } from '../../http/form.js';
import { hashOfSession, isLiving, noteActivity } from '../../sessions/service.js';
import { readIdTokenHint } from '../id-token-hint.js';
import { postAsGet } from '../post-as-get.js';
import { faultOfRequest, requireClient, requireClientId, requireRedirectUri } from './checks.js';
import { answer } from './dispatch.js';
import { readRequest } from './request.js';
import { findApisOfRequest, readTargets } from './resources.js';

/** RFC 8707 section 2 allows several resources. Nothing else may come more than once (RFC 6749 section 3.1). */
const repeatable = ['resource'];

/** GET `/oauth/authorize`. */
export function authorizationEndpoint(deps: Deps, browser: Browser) {
  return async (c: Context<Environment>): Promise<Response> => {
    const parameters = readParameters(rawQuery(c), repeatable);
    const clientId = requireClientId(parameters);
    const secret = browser.cookies.sessionSecret(c);
    const rows = await deps.hotPaths.authorizing(clientId, secret === null ? null : hashOfSession(secret));
    const client = requireClient(rows.client);
    const redirectUri = requireRedirectUri(parameters, client);
    const token = parameters.get('id_token_hint');
    const hint = token === undefined ? null : await readIdTokenHint(deps, token);
    const apis = await findApisOfRequest(deps, parameters, client);
    const checked = { parameters, client, hint, apis, issuer: deps.config.issuer };
    const fault = faultOfRequest(checked);
    const request = readRequest(parameters, client, redirectUri, hint, readTargets(checked), fault);
    const now = deps.clock();
    const session = rows.session && isLiving(rows.session, now) ? rows.session : null;
    if (session) {
      c.set('memberId', session.memberId);
      await noteActivity(deps, session);
    }
    const consent = session && standing(rows.consent);
    return answer(deps, browser, c, { request, client, session, consent, apis, stored: null, now });
  };
}

/** POST `/oauth/authorize`: the same request as a GET. */
export function authorizationPostEndpoint() {
  return postAsGet('/oauth/authorize', { noForm: 'authorizeNoForm', tooLong: 'authorizeTooLong' }, 16_000);
}
