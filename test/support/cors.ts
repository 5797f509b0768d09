// A page of another origin in a browser, as far as the CORS protocol of the Fetch standard lets it go.
import { expect } from 'vitest';
import type { TestApp } from './app.js';

const form = 'application/x-www-form-urlencoded';

/** Asks as a browser does before a request that is no simple one. */
export const sendPreflight = (app: TestApp, path: string, origin: string, method = 'POST', headers = 'authorization') =>
  app.request(path, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': headers },
  });

/** The names of the headers that open an answer to a page. */
export const corsHeaders = ({ headers }: Response) =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'));

/** A header that is a list, in lower case. */
export const listOf = (headers: Headers, name: string) => (headers.get(name) ?? '').toLowerCase().split(/\s*,\s*/);

export type PageRequest = Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> };

/**
 * Fetches as a page in a browser does (Fetch standard, section 3.2): a preflight unless the request is a simple one, and the
 * answer only if it is for this page.
 * @returns what the page can read, or 'blocked'
 */
export async function fetchFromPage(app: TestApp, origin: string, path: string, init: PageRequest = {}) {
  const headers = Object.fromEntries(
    Object.entries(init.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const method = init.method ?? 'GET';
  const unsafe = Object.keys(headers).filter(
    (name) => name !== 'accept' && !(name === 'content-type' && headers[name] === form),
  );
  if (unsafe.length > 0 || !['GET', 'POST', 'HEAD'].includes(method)) {
    const asked = await sendPreflight(app, path, origin, method, unsafe.join(','));
    const allowed = asked.headers.get('access-control-allow-origin');
    if (!asked.ok || (allowed !== origin && allowed !== '*')) return 'blocked';
    // `*` never stands for Authorization.
    const names = listOf(asked.headers, 'access-control-allow-headers');
    if (!unsafe.every((name) => names.includes(name))) return 'blocked';
    if (!listOf(asked.headers, 'access-control-allow-methods').includes(method.toLowerCase())) return 'blocked';
  }
  const response = await app.request(path, { ...init, headers: { ...headers, origin } });
  expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  const allowed = response.headers.get('access-control-allow-origin');
  if (allowed !== origin && allowed !== '*') return 'blocked';
  const exposed = listOf(response.headers, 'access-control-expose-headers');
  const text = await response.text();
  return {
    status: response.status,
    body: (text === '' ? null : JSON.parse(text)) as Record<string, string> | null,
    header: (name: string) => (exposed.includes(name) ? response.headers.get(name) : null),
  };
}
