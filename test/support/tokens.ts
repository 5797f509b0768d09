// Giving tokens back and asking about them: the two endpoints as a client calls them, and what is stored about tokens.
import type { TestApp } from './app.js';
import { formatBasicCredentials } from './basic-credentials.js';
import { obtainTokens, type TestClient, token } from './oauth.js';

/** What an endpoint answered, its body as it came. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** POSTs a form with exactly these headers. */
export async function postPlain(
  app: TestApp,
  path: string,
  form: Record<string, string> | string,
  headers: Record<string, string> = {},
): Promise<PlainAnswer> {
  const response = await app.request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** POSTs as the client is registered by default: Basic, or client_id alone without a secret. */
export function postAs(
  app: TestApp,
  client: TestClient,
  path: string,
  form: Record<string, string>,
): Promise<PlainAnswer> {
  return client.secret
    ? postPlain(app, path, form, { authorization: formatBasicCredentials(client.clientId, client.secret) })
    : postPlain(app, path, { client_id: client.clientId, ...form });
}

/** Gives a token back. */
export function revoke(app: TestApp, client: TestClient, given: string, more: Record<string, string> = {}) {
  return postAs(app, client, '/oauth/revoke', { token: given, ...more });
}

/** Asks about a token. @returns the body, whatever it is */
export async function introspect(app: TestApp, client: TestClient, asked: string, more: Record<string, string> = {}) {
  const { text } = await postAs(app, client, '/oauth/introspect', { token: asked, ...more });
  return JSON.parse(text) as Record<string, unknown>;
}

/** An access token of the client's own. */
export async function clientToken(app: TestApp, client: TestClient, scope?: string): Promise<string> {
  const form = { grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) };
  const { body } = await token(app, client, form);
  if (!body.access_token) throw new Error(`No token came back, but ${JSON.stringify(body)}`);
  return body.access_token;
}

/** Every kind of token that a client can hold after a sign-in, by name. */
export async function tokensOf(app: TestApp, client: TestClient, parameters: Record<string, string> = {}) {
  const { accessToken, refreshToken, idToken } = await obtainTokens(app, client, parameters);
  return { access: accessToken, refresh: refreshToken, id: idToken };
}

/** All that is stored about tokens and what happened to them, as text: two equal ones mean that nothing changed. */
export async function storedTokens(app: TestApp): Promise<string> {
  const { db } = app;
  return JSON.stringify([
    await db.tokenFamily.findMany({ orderBy: { id: 'asc' } }),
    await db.refreshToken.findMany({ orderBy: { id: 'asc' } }),
    await db.authorizationCode.findMany({ orderBy: { id: 'asc' } }),
    await db.consent.findMany({ orderBy: { id: 'asc' }, omit: { lastUsedAt: true } }),
    await db.revokedAccessToken.findMany({ orderBy: { jti: 'asc' } }),
    await db.apiToken.findMany({ orderBy: { id: 'asc' }, omit: { lastUsedAt: true } }),
    await db.auditLogEntry.findMany({ orderBy: { id: 'asc' } }),
  ]);
}
