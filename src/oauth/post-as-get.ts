// Endpoints that a client's page may also POST to: a POST from another site carries no session cookie, as that is
// SameSite=Lax; the GET that follows does.
import type { Context } from 'hono';
import type { Environment } from '../http/environment.js';
import { rawForm } from '../http/form.js';
import type { PageErrorKind } from '../pages/messages/errors.js';
import { pageError } from './respond-with-page.js';

/**
 * Answers a POST with 303 to the same request by GET.
 * @param faults what is wrong with a POST that is no form, and with one that is too long
 * @param longest how many characters of parameters there can be: they come back in the address
 */
export function postAsGet(
  path: string,
  faults: { readonly noForm: PageErrorKind; readonly tooLong: PageErrorKind },
  longest: number,
) {
  return async (c: Context<Environment>): Promise<Response> => {
    const form = await rawForm(c);
    if (form === null) throw pageError(faults.noForm);
    if (form.length > longest) throw pageError(faults.tooLong, { status: 413 });
    return c.redirect(`${path}?${new URLSearchParams(form)}`, 303);
  };
}
