// Reads parameters strictly, once, at the edge: below it nobody looks at a raw form or query.
import type { Context } from 'hono';

/** The parameters of a request. An empty value counts as absent (RFC 6749 section 3.1). */
export interface Parameters {
  get(name: string): string | undefined;
  /**
   * Names that came more than once, which RFC 6749 section 3.1 forbids, or with a NUL, which PostgreSQL would not take; `get`
   * knows nothing of them.
   */
  readonly unusable: ReadonlySet<string>;
}

/** Reads parameters from a query or form text. */
export function readParameters(text: string): Parameters {
  const values = new Map<string, string>();
  const unusable = new Set<string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (values.has(name) || value.includes('\0')) unusable.add(name);
    values.set(name, value);
  }
  return { get: (name) => (unusable.has(name) ? undefined : values.get(name) || undefined), unusable };
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
