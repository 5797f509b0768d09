// How callers name a client: by its id, by its OAuth client_id, or by both, which must then agree.

/** A client as a caller names it. */
export interface ClientReference {
  readonly id?: string | null | undefined;
  readonly clientId?: string | null | undefined;
}

/**
 * What a row must be to be the one that is named. An empty text names something too, which is nothing: only what is left out
 * may be missing from a `where`.
 * @returns null when nothing is named
 */
export function whereNamed({ id, clientId }: ClientReference): { id?: string; clientId?: string } | null {
  const where = { ...(id == null ? {} : { id }), ...(clientId == null ? {} : { clientId }) };
  return Object.keys(where).length === 0 ? null : where;
}
