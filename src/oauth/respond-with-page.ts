// Answers a browser with a page of ours: its headers, and the one way to show that something went wrong.
import type { Context } from 'hono';
import { formPostContentSecurityPolicy, pageContentSecurityPolicy } from '../http/csp.js';
import type { Environment } from '../http/environment.js';
import { redirectHost } from '../lib/redirect-uri.js';
import { ErrorPage } from '../pages/error.js';
import { FormPostPage, formPostScriptHash } from '../pages/form-post.js';
import { type PageErrorKind, type PageErrorTexts, pageErrorTexts } from '../pages/messages/errors.js';
import { english, fill } from '../pages/messages.js';
import { render } from '../pages/render.js';

interface PageOptions {
  readonly status?: 200 | 400 | 403 | 404 | 405 | 409 | 410 | 413 | 429 | 500 | 503;
  /** Redirect targets that a form on the page may end at, as CSP sources. */
  readonly formTargets?: readonly string[];
}

/** Answers with a page. Never stored: a page from the back/forward cache would post a form that is spent. */
export function respondWithPage(
  c: Context<Environment>,
  page: Parameters<typeof render>[0],
  options: PageOptions = {},
): Response {
  return c.html(render(page), options.status ?? 200, {
    'Cache-Control': 'no-store',
    'Content-Security-Policy': pageContentSecurityPolicy(options.formTargets),
  });
}

/**
 * Answers with the page that posts an authorization response to the client (OAuth 2.0 Form Post Response Mode section 2).
 * @param redirectUri a validated redirect URI
 */
export function respondWithFormPost(
  c: Context<Environment>,
  redirectUri: string,
  response: Readonly<Record<string, string>>,
): Response {
  const page = FormPostPage({ action: redirectUri, redirectHost: redirectHost(redirectUri), response });
  return c.html(render(page), 200, {
    'Cache-Control': 'no-cache, no-store',
    'Content-Security-Policy': formPostContentSecurityPolicy(redirectUri, formPostScriptHash),
  });
}

interface PageErrorOptions {
  readonly hint?: string;
  readonly status?: NonNullable<PageOptions['status']>;
  readonly detail?: string;
  readonly onward?: Onward;
}

/** Where a page that says what went wrong leads on to. */
export interface Onward {
  readonly href: string;
  readonly label: string;
}

/** Something is wrong that must be shown and never be redirected. */
export class PageError extends Error {
  readonly title: string;
  readonly hint: string | undefined;
  readonly status: NonNullable<PageOptions['status']>;
  /** For the log alone. */
  readonly detail: string | undefined;
  readonly onward: Onward;

  constructor(title: string, message: string, options: PageErrorOptions = {}) {
    super(message);
    this.name = 'PageError';
    this.title = title;
    this.hint = options.hint;
    this.status = options.status ?? 400;
    this.detail = options.detail;
    this.onward = options.onward ?? { href: '/', label: english.toFrontPage };
  }
}

/**
 * Something of a known kind is wrong, in the words of the table.
 * @param options.values what the words leave open
 */
export function pageError(
  kind: PageErrorKind,
  options: Omit<PageErrorOptions, 'hint'> & { readonly values?: Readonly<Record<string, string>> } = {},
): PageError {
  const { values = {}, ...more } = options;
  const { title, message, hint }: PageErrorTexts = pageErrorTexts[kind];
  return new PageError(title, fill(message, values), {
    ...more,
    ...(hint === undefined ? {} : { hint: fill(hint, values) }),
  });
}

/** Shows an error with the request's id, under which the log has the detail. */
export function respondWithErrorPage(c: Context<Environment>, error: PageError): Response {
  const level = error.status === 503 ? 'warn' : 'info';
  c.get('log')[level]({ page: error.title, description: error.message, detail: error.detail }, 'refused');
  const page = ErrorPage({
    title: error.title,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    onward: error.onward,
    referenceId: c.get('requestId'),
  });
  return respondWithPage(c, page, { status: error.status });
}
