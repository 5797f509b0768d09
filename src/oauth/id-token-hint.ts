// ID tokens of ours that come back as id_token_hint (OpenID Connect Core section 3.1.2.1, RP-Initiated Logout section 2):
// who they were for, however long ago.
import type { Deps } from '../deps.js';

/** What a hint says. */
export interface IdTokenHint {
  /** The `client_id` of the client that it was issued to. */
  readonly clientId: string;
  /** The member's id. */
  readonly subject: string;
  readonly sessionId: string | null;
}

/** Reads a hint: signed by us, also with a key that signs no more, and expired or not. @returns null for anything else */
export async function readIdTokenHint(deps: Pick<Deps, 'keys'>, token: string): Promise<IdTokenHint | null> {
  const claims = await deps.keys.verify(token, 'JWT', { evenWhenOver: true });
  if (typeof claims?.sub !== 'string' || typeof claims.aud !== 'string') return null;
  return {
    clientId: claims.aud,
    subject: claims.sub,
    sessionId: typeof claims.sid === 'string' ? claims.sid : null,
  };
}
