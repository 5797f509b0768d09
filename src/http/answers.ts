// How the headers get to an answer that are not its endpoint's own: what every answer carries, the request's id, what is left of a
// limit. They are noted while the request is worked on. An endpoint that is asked very often makes its answer with all of them;
// any other answer gets them when it is finished, which takes several times as long.
import type { Context } from 'hono';
import type { Environment } from './environment.js';

/**
 * Begins to note headers for the answer to this request.
 * @param headers what every answer has, by names in lower case; an object of this request's own
 */
export function beginHeaders(c: Context<Environment>, headers: Record<string, string>): void {
  c.set('headers', headers);
}

/**
 * Notes a header for whatever will answer this request. An answer that has this header already keeps its own.
 * @param name in lower case
 */
export function noteHeader(c: Context<Environment>, name: Lowercase<string>, value: string): void {
  const noted = c.get('headers');
  if (noted) noted[name] = value;
}

/** Answers with 200 and JSON, and with all headers that were noted so far: those, and none that `c.header` was told. */
export function answerJson(c: Context<Environment>, body: object): Response {
  const headers = c.get('headers') ?? {};
  headers['content-type'] = 'application/json';
  const answer = new Response(JSON.stringify(body), { headers });
  c.set('complete', answer);
  return answer;
}

/** Gives the finished answer what was noted, where it has not got it. */
export function completeHeaders(c: Context<Environment>): void {
  if (c.get('complete') === c.res) return;
  // Not c.header, which makes the finished response anew for each header, with its body as a stream.
  const { headers } = c.res;
  for (const [name, value] of Object.entries(c.get('headers') ?? {})) {
    // What an answer depends on adds up.
    if (name === 'vary') headers.append(name, value);
    else if (!headers.has(name)) headers.set(name, value);
  }
}
