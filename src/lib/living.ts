// What a secret or token must be to count: said once, in words of the database.

/** Rows that are not revoked and end after this moment, or never. */
export function livingAfter(moment: Date) {
  return { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: moment } }] };
}
