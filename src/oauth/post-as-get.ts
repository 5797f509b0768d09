// Endpoints that a client's page may also POST to: a POST from another site carries no session cookie, as that is
// SameSite=Lax; the GET that follows does.
import type { Context } from 'hono';
import type { Environment } from '../http/environment.js';
import { rawForm } from '../http/form.js';
import { PageError } from './respond-with-page.js';

/**
 * Answers a POST with 303 to the same request by GET.
 * @param title of the page that says what is wrong with a POST
 * @param longest how many characters of parameters there can be: they come back in the address
 */
export function postAsGet(path: string, title: string, longest: number) {
  return async (c: Context<Environment>): Promise<Response> => {
    const form = await rawForm(c);
    if (form === null) throw new PageError(title, 'A POST must be of type application/x-www-form-urlencoded.');
    if (form.length > longest) throw new PageError(title, 'The request is too long.', { status: 413 });
    return c.redirect(`${path}?${new URLSearchParams(form)}`, 303);
  };
}
