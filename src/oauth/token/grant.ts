// What a grant is to the token endpoint: its name and how it turns a request into a token response. What all grants share
// is in handler.ts.
import type { Actor } from '../../audit/service.js';
import type { CallerKey, ClientWithSecret, Found, HotPaths } from '../../db/client.js';
import type { Deps } from '../../deps.js';
import type { Parameters } from '../../http/form.js';

/** A token request whose client is authenticated and may use the grant. */
export interface TokenRequest<Presented = unknown> {
  readonly client: ClientWithSecret;
  /** The row of what the grant presents; null when there is none. */
  readonly presented: Presented | null;
  readonly form: Parameters;
  /** The client, for the audit log. */
  actor(): Actor;
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

export interface Grant<Presented = unknown> {
  readonly grantType: 'authorization_code' | 'refresh_token' | 'client_credentials';
  /** Reads the client, and with it what the grant presents. */
  read(key: CallerKey, reads: HotPaths, form: Parameters): Promise<Found<Presented>>;
  /** @throws OAuthError */
  handle(deps: Deps, request: TokenRequest<Presented>): Promise<TokenResponse>;
}
