// Reads parameters strictly, once, at the edge: below it nobody looks at a raw form or query.
import type { Context } from 'hono';

/** The parameters of a request. An empty value counts as absent (RFC 6749 section 3.1). */
export interface Parameters {
  get(name: string): string | undefined;
  /** All values of a name that may come several times, in order. */
  getAll(name: string): readonly string[];
  /**
   * Names that came more than once, which RFC 6749 section 3.1 forbids, or with a NUL, which PostgreSQL would not take; `get`
   * knows nothing of them.
   */
  readonly unusable: ReadonlySet<string>;
}

/**
 * Reads parameters from a query or form text.
 * @param repeatable names that may come several times: `get` gives the first value of one
 */
export function readParameters(text: string, repeatable: readonly string[] = []): Parameters {
  const values = new Map<string, string[]>();
  const unusable = new Set<string>();
  for (const [name, value] of new URLSearchParams(text)) {
    const before = values.get(name);
    if ((before && !repeatable.includes(name)) || value.includes('\0')) unusable.add(name);
    if (before) before.push(value);
    else values.set(name, [value]);
  }
  const getAll = (name: string) => (unusable.has(name) ? [] : (values.get(name) ?? []).filter((value) => value !== ''));
  return { get: (name) => getAll(name)[0], getAll, unusable };
}

/** The query of a request as it was sent, without the question mark. */
export function rawQuery(c: Context): string {
  const index = c.req.url.indexOf('?');
  return index < 0 ? '' : c.req.url.slice(index + 1).replace(/#.*$/, '');
}

/** The form of a request as it was sent, or null when the body is not `application/x-www-form-urlencoded`. */
export async function rawForm(c: Context): Promise<string | null> {
  const [mediaType = ''] = (c.req.header('content-type') ?? '').split(';');
  return mediaType.trim().toLowerCase() === 'application/x-www-form-urlencoded' ? c.req.text() : null;
}
