// What a request is answered that is refused for there being too much to do: the same bytes each time, made once, so that refusing
// costs next to nothing. Whom to refuse is shedding.ts's part.
import { OverloadedError } from '../lib/errors.js';
import { type Wording, wordingAt } from './endpoints.js';

/** An answer with 503, without what the framework would add. */
export interface Refusal {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const { message, retryAfterSeconds } = new OverloadedError(2);

const page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Please wait a moment</title><h1>Please wait a moment</h1><p>${message} Then reload the page.</p></html>`;

const headers = { 'Retry-After': String(retryAfterSeconds), 'Cache-Control': 'no-store' };

function refusalWith(body: string, more: Readonly<Record<string, string>>): Refusal {
  return { headers: { ...headers, 'Content-Length': String(Buffer.byteLength(body)), ...more }, body };
}
function inJson(body: object, more: Readonly<Record<string, string>> = {}): Refusal {
  return refusalWith(JSON.stringify(body), { 'Content-Type': 'application/json', ...more });
}

const refusals: Readonly<Record<Wording, Refusal>> = {
  graphql: inJson({ errors: [{ message, extensions: { code: 'SERVICE_UNAVAILABLE' } }] }),
  protocol: inJson(
    { error: 'temporarily_unavailable', error_description: message },
    // For apps in a browser, whose origins are not looked up now. It says the same to everybody, wherever they ask.
    { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'Retry-After' },
  ),
  page: refusalWith(page, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'X-Content-Type-Options': 'nosniff',
  }),
};

/** The refusal in the words of the endpoint that was asked. @param target of the request, as it was sent */
export function refusalOf(target: string): Refusal {
  const [path = ''] = target.split('?', 1);
  return refusals[wordingAt(path)];
}
