// Random bytes by the handful. Most that is asked for is 10 to 43 bytes, and asking the operating system's generator for so few
// costs ten times what copying them does: they are taken from a larger piece, as Node itself does for UUIDs.
import { randomBytes, randomFillSync } from 'node:crypto';

const poolBytes = 4096;
const mostFromPool = 64;

/**
 * Builds a source of cryptographically random bytes. None is handed out twice, and none that was handed out is kept.
 * @returns makes so many bytes
 */
export function createRandomBytes(): (length: number) => Buffer {
  const pool = Buffer.alloc(poolBytes);
  let used = poolBytes;
  return (length) => {
    // Node refuses what is no length.
    if (!(length >= 0 && length <= mostFromPool)) return randomBytes(length);
    if (used + length > poolBytes) {
      randomFillSync(pool);
      used = 0;
    }
    const taken = pool.subarray(used, used + length);
    const bytes = Buffer.from(taken);
    taken.fill(0);
    used += length;
    return bytes;
  };
}
