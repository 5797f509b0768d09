// Errors of the protocol endpoints as values, and the one place that answers with them as JSON (RFC 6749 section 5.2,
// RFC 6750 section 3). Errors of the authorization endpoint, which redirect or render, are in authorize/.
import type { Context } from 'hono';
import type { Environment } from '../http/environment.js';

/** The codes that our endpoints answer with: RFC 6749, 6750, 8707 and OpenID Connect Core. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'server_error'
  | 'temporarily_unavailable';

interface Options {
  readonly status?: 400 | 401 | 403 | 413 | 429 | 500 | 503;
  /** For the log alone: says what the public description must not. */
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal by a protocol endpoint. The description tells a partner's developer what to do next. */
export class OAuthError extends Error {
  readonly code: OAuthErrorCode;
  readonly status: NonNullable<Options['status']>;
  readonly detail: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: OAuthErrorCode, description: string, options: Options = {}) {
    super(description);
    this.name = 'OAuthError';
    this.code = code;
    this.status = options.status ?? 400;
    this.detail = options.detail;
    this.headers = options.headers ?? {};
  }
}

/** Keeps a description within %x20-21 / %x23-5B / %x5D-7E, as RFC 6749 section 5.2 demands. */
export function asDescription(text: string): string {
  return text
    .replaceAll('"', "'")
    .replaceAll('\\', '/')
    .replace(/[^\x20-\x7E]/g, '?');
}

/** Answers with an error as JSON, never cached. Of a fault of ours with the reference under which the log has the detail. */
export function respondWithOAuthError(c: Context<Environment>, error: OAuthError): Response {
  const level = error.status === 503 ? 'warn' : 'info';
  c.get('log')[level]({ error: error.code, description: error.message, detail: error.detail }, 'refused');
  for (const [name, value] of Object.entries(error.headers)) c.header(name, value);
  c.header('Cache-Control', 'no-store');
  const reference = error.status >= 500 ? ` Quote ${c.get('requestId')} when you report it.` : '';
  return c.json({ error: error.code, error_description: asDescription(error.message + reference) }, error.status);
}
