// A member's own API tokens, as they see them: also those that have expired, until they are revoked.
import type { Db } from '../db/client.js';
import { idOrNobody } from '../lib/ids.js';

/**
 * The tokens of a member, newest first.
 * @param before the id of the token after which the page begins; null for the first page
 */
export function findOwnTokens(db: Db, ownerId: string, before: string | null, most: number) {
  return db.apiToken.findMany({
    where: { ownerId, revokedAt: null, ...(before === null ? {} : { id: { lt: idOrNobody('apiToken', before) } }) },
    orderBy: { id: 'desc' },
    take: most,
  });
}

/** One of them; null for an unknown or revoked one, or one of somebody else. */
export function findOwnToken(db: Db, ownerId: string, id: string) {
  return db.apiToken.findFirst({ where: { id: idOrNobody('apiToken', id), ownerId, revokedAt: null } });
}
