// The client credentials grant at the token endpoint (RFC 6749 section 4.4): a client on its own behalf, without a person.
import { isSubset, parseScope, personalScopes, splitWords } from '../../lib/scope.js';
import { readCallerAlone } from '../client-authentication.js';
import { OAuthError } from '../error.js';
import type { Grant } from './grant.js';
import { issueForClient } from './issue.js';
import { targetForClient } from './target.js';

export const clientCredentialsGrant: Grant<never> = {
  grantType: 'client_credentials',
  read: readCallerAlone,
  async handle(deps, { client, form }) {
    // Scopes about a person mean nothing without one.
    const own = splitWords(client.scopes).filter((scope) => !personalScopes.includes(scope));
    const target = await targetForClient(deps, client, own, form);
    const asked = form.get('scope');
    const scopes = asked === undefined ? [] : parseScope(asked);
    if (scopes === null || !isSubset(scopes, target.scopes)) {
      const choice =
        target.scopes.length > 0
          ? `scope can be: ${target.scopes.join(' ')}`
          : 'this client has no scope for client credentials there; leave scope out';
      const description = `Not a scope that this client can have by itself at ${target.audience}; ${choice}. For a scope of an API, send the API's audience as resource.`;
      throw new OAuthError('invalid_scope', description);
    }
    return issueForClient(deps, client, { ...target, scopes });
  },
};
