// The logout token (OpenID Connect Back-Channel Logout 1.0 section 2.4): what tells a client which of its people signed out.
import type { Deps } from '../deps.js';
import { epochSeconds } from '../lib/seconds.js';
import type { LogoutDelivery } from '../sessions/logout-deliveries.js';

const backchannelLogoutEvent = 'http://schemas.openid.net/event/backchannel-logout';
/** Section 4 recommends two minutes at most: a token that is stolen later signs nobody out. */
const lifetimeSeconds = 120;

/**
 * Makes and signs the token for one attempt (section 2.4). It names the person and the session, as the client's ID tokens do,
 * and is signed as they are (section 2.6). It has no nonce, so that it cannot pass for an ID token.
 */
export function signLogoutToken(
  deps: Pick<Deps, 'keys' | 'clock' | 'randomBytes' | 'config'>,
  { client, memberId, sessionId }: LogoutDelivery,
): Promise<string> {
  const now = epochSeconds(deps.clock());
  return deps.keys.sign(client.idTokenSigningAlgorithm, 'logout+jwt', {
    iss: deps.config.issuer,
    sub: memberId,
    aud: client.clientId,
    iat: now,
    exp: now + lifetimeSeconds,
    jti: deps.randomBytes(16).toString('base64url'),
    sid: sessionId,
    events: { [backchannelLogoutEvent]: {} },
  });
}
