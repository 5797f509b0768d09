// Holding a member's row, for changes that depend on what it says: a transaction reads what is committed, not what will be.
import type { Tx } from '../db/client.js';

/**
 * Holds a member's row until the transaction is over: whoever else changes it waits, or is seen in what this gives.
 * @returns the row as nobody changes it any more; null when there is none, as when the member was removed at this moment
 */
export async function holdMember(tx: Tx, which: { readonly id: string } | { readonly emailKey: string }) {
  const [member] = await tx.member.updateManyAndReturn({ where: which, data: which });
  return member ?? null;
}
