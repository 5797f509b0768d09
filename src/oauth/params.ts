// The parameters of a request to a machine endpoint: a form, each name at most once (RFC 6749 section 3.2) unless an endpoint
// says otherwise.
import type { Context } from 'hono';
import { type Parameters, rawForm, readParameters } from '../http/form.js';
import { OAuthError } from './error.js';

/**
 * Reads the form in the body. The query is not looked at, so that no credential has to be in an address.
 * @param repeatable names that may come several times
 * @throws OAuthError invalid_request
 */
export async function readForm(c: Context, repeatable: readonly string[] = []): Promise<Parameters> {
  const text = await rawForm(c);
  if (text === null) {
    throw new OAuthError('invalid_request', 'Send the parameters in the body as application/x-www-form-urlencoded.');
  }
  const form = readParameters(text, repeatable);
  const [name] = form.unusable;
  if (name !== undefined) {
    const description = `The parameter ${name.slice(0, 40)} was sent more than once, or with a NUL character.`;
    throw new OAuthError('invalid_request', description);
  }
  return form;
}

/**
 * Reads the parameter `token` of revocation and introspection. What kind it is can be seen from the token itself, so
 * `token_type_hint` is never looked at: a wrong or unknown one changes nothing (RFC 7009 section 2.1, RFC 7662 section 2.1).
 * @throws OAuthError invalid_request
 */
export function readToken(form: Parameters): string {
  const token = form.get('token');
  if (token === undefined) throw new OAuthError('invalid_request', 'token is missing.');
  return token;
}
