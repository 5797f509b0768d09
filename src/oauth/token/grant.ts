// What a grant is to the token endpoint: its name and how it turns a request into a token response. What all grants share
// is in handler.ts.
import type { Actor } from '../../audit/service.js';
import type { ClientWithSecret } from '../../clients/secrets.js';
import type { Deps } from '../../deps.js';
import type { Parameters } from '../../http/form.js';

/** A token request whose client is authenticated and may use the grant. */
export interface TokenRequest {
  readonly client: ClientWithSecret;
  readonly form: Parameters;
  readonly actor: Actor;
}

/** RFC 6749 section 5.1. */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Seconds. */
  readonly expires_in: number;
  readonly scope: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
}

export interface Grant {
  readonly grantType: 'authorization_code' | 'refresh_token' | 'client_credentials';
  /** @throws OAuthError */
  handle(deps: Deps, request: TokenRequest): Promise<TokenResponse>;
}
