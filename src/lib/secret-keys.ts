// Keys for one purpose each, derived from the operator's secrets by HKDF: the first secret writes, all of them read, so that
// a secret can be changed without losing what the old one sealed.
import { deriveKey } from './crypto.js';

export interface SecretKeys {
  /** The key that writes. */
  current(purpose: string): Buffer;
  /** All keys that read, the current one first. */
  all(purpose: string): readonly Buffer[];
}

/** @param secrets at least one */
export function createSecretKeys(secrets: readonly [string, ...string[]]): SecretKeys {
  const derived = new Map<string, readonly [Buffer, ...Buffer[]]>();
  function keysFor(purpose: string): readonly [Buffer, ...Buffer[]] {
    let keys = derived.get(purpose);
    if (!keys) {
      const [first, ...others] = secrets;
      keys = [deriveKey(first, purpose), ...others.map((secret) => deriveKey(secret, purpose))];
      derived.set(purpose, keys);
    }
    return keys;
  }
  return { current: (purpose) => keysFor(purpose)[0], all: keysFor };
}
