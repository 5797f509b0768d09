// The client credentials grant at the token endpoint (RFC 6749 section 4.4): a client on its own behalf, without a person.
import { isSubset, parseScope, personalScopes, splitWords } from '../../lib/scope.js';
import { OAuthError } from '../error.js';
import type { Grant } from './grant.js';
import { issueForClient } from './issue.js';

export const clientCredentialsGrant: Grant = {
  grantType: 'client_credentials',
  async handle(deps, { client, form }) {
    // Scopes about a person mean nothing without one.
    const allowed = splitWords(client.scopes).filter((scope) => !personalScopes.includes(scope));
    const asked = form.get('scope');
    const scopes = asked === undefined ? [] : parseScope(asked);
    if (scopes === null || !isSubset(scopes, allowed)) {
      const choice =
        allowed.length > 0
          ? `scope can be: ${allowed.join(' ')}`
          : 'this client has no scope for client credentials; leave scope out';
      throw new OAuthError('invalid_scope', `Not a scope that this client can have by itself; ${choice}.`);
    }
    return issueForClient(deps, client, scopes);
  },
};
