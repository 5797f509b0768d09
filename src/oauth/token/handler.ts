// The token endpoint (RFC 6749 section 3.2): what all grants share, in order. A grant only fills in what is its own.
import type { Context } from 'hono';
import type { Deps } from '../../deps.js';
import { answerJson, noteHeader } from '../../http/answers.js';
import type { Environment } from '../../http/environment.js';
import { splitWords } from '../../lib/scope.js';
import { actorOfClient, authenticateClient, type CredentialVerifiers } from '../client-authentication.js';
import { OAuthError } from '../error.js';
import { readForm } from '../params.js';
import { authorizationCodeGrant } from './authorization-code.js';
import { clientCredentialsGrant } from './client-credentials.js';
import type { Grant } from './grant.js';
import { refreshTokenGrant } from './refresh-token.js';

const grants: readonly Grant[] = [authorizationCodeGrant, refreshTokenGrant, clientCredentialsGrant];

function selectGrant(grantType: string | undefined): Grant {
  const supported = grants.map((grant) => grant.grantType).join(', ');
  if (grantType === undefined)
    throw new OAuthError('invalid_request', `grant_type is missing. It can be: ${supported}.`);
  const grant = grants.find((candidate) => candidate.grantType === grantType);
  if (!grant)
    throw new OAuthError('unsupported_grant_type', `This grant_type is not supported. It can be: ${supported}.`);
  return grant;
}

/** POST `/oauth/token`. */
export function tokenEndpoint(deps: Deps, verifiers: CredentialVerifiers) {
  return async (c: Context<Environment>): Promise<Response> => {
    const form = await readForm(c, ['resource']);
    const grant = selectGrant(form.get('grant_type'));
    const { client, presented } = await authenticateClient(deps, verifiers, c, form, (key, reads) =>
      grant.read(key, reads, form),
    );
    if (!splitWords(client.grantTypes).includes(grant.grantType)) {
      throw new OAuthError('unauthorized_client', `This client is not registered for the grant ${grant.grantType}.`);
    }
    if (form.getAll('resource').length > 1) {
      throw new OAuthError('invalid_target', 'An access token is for one resource. Ask for each token by itself.');
    }
    const actor = () => actorOfClient(c, client);
    const response = await grant.handle(deps, { client, presented, form, actor });
    // RFC 6749 section 5.1: beside no-store, which every answer of ours has that does not say otherwise.
    noteHeader(c, 'pragma', 'no-cache');
    return answerJson(c, response);
  };
}
