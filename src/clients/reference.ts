// How callers name a client: by its id, by its OAuth client_id, or by both, which must then agree.
import { idOrNobody } from '../lib/ids.js';

/** A client as a caller names it. */
export interface ClientReference {
  readonly id?: string | null | undefined;
  readonly clientId?: string | null | undefined;
}

/** Whether a text could be a `client_id` that we gave; anything else is not looked up. */
function isClientId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

// What no row has: for names that cannot be anybody's, among them some that a database would not even take.
const nobody = '';

/**
 * What a row must be to be the one that is named. Whatever is given counts, an empty text too: only what is left out may be
 * missing from a `where`.
 * @returns null when nothing is named
 */
export function whereNamed({ id, clientId }: ClientReference): { id?: string; clientId?: string } | null {
  const where = {
    ...(id == null ? {} : { id: idOrNobody('oauthClient', id) }),
    ...(clientId == null ? {} : { clientId: isClientId(clientId) ? clientId : nobody }),
  };
  return Object.keys(where).length === 0 ? null : where;
}
