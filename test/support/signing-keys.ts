// Signing keys for the applications of tests. Making an RSA key takes longer than all else that an application begins with,
// so the keys of one that was closed serve the next; no two that are open at once have the same.
import type { Deps } from '../../src/deps.js';
import { createSigningKeys, storeFirstSigningKeys } from '../../src/keys/rotate.js';
import type { NewSigningKey } from '../../src/keys/store.js';

const spare = new Map<string, (readonly NewSigningKey[])[]>();

/**
 * Stores the first keys of an empty database, as `bootstrap` would.
 * @returns what gives them back, when the database is gone
 */
export async function lendSigningKeys(deps: Deps): Promise<() => void> {
  // At rest they are encrypted under it.
  const secrets = String(deps.config.secrets);
  const spareOnes = spare.get(secrets) ?? [];
  spare.set(secrets, spareOnes);
  const keys = spareOnes.pop() ?? (await createSigningKeys(deps));
  await deps.db.$transaction((tx) => storeFirstSigningKeys(tx, keys, deps.clock()));
  return () => void spareOnes.push(keys);
}
