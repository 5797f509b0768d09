// The few cryptographic primitives that everything else is built from. Passwords and client secrets are hashed by
// hasher.ts; JOSE belongs to keys/.
import { createCipheriv, createDecipheriv, createHmac, hash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a text as base64url: how everything with 256 random bits is stored. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}

const lengthBytes = 4;

/** HMAC-SHA-256 over the parts, each preceded by its length, so that no two lists of parts give the same input. */
export function hmacOfParts(key: Uint8Array, parts: readonly string[]): string {
  const text = Buffer.alloc(parts.reduce((sum, part) => sum + lengthBytes + Buffer.byteLength(part, 'utf8'), 0));
  let at = 0;
  for (const part of parts) {
    const length = text.write(part, at + lengthBytes, 'utf8');
    at = text.writeUInt32BE(length, at) + length;
  }
  // In one piece: each that is handed over costs as much as hashing it.
  return createHmac('sha256', key).update(text).digest('base64url');
}

/** Compares in constant time; texts of different length are unequal. */
export function constantTimeEqual(left: string, right: string): boolean {
  const a = Buffer.from(left, 'utf8');
  const b = Buffer.from(right, 'utf8');
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * Derives 32 bytes by HKDF-SHA-256 (RFC 5869) for the purpose that `info` names. In its two steps, each of which is one HMAC for so
 * few bytes: Node's own makes key objects for them, which takes longer.
 */
export function deriveKey(secret: string | Uint8Array, info: string, salt = ''): Buffer {
  const extracted = createHmac('sha256', salt).update(secret).digest();
  return createHmac('sha256', extracted).update(`${info}\x01`, 'utf8').digest();
}

const ivLength = 12;
const tagLength = 16;

/** Encrypts with AES-256-GCM. @returns base64url of iv, ciphertext and tag */
export function seal(key: Uint8Array, plaintext: string, randomBytes: (length: number) => Uint8Array): string {
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  return Buffer.concat([iv, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  );
}

/** Opens what `seal` made. @returns null when the key is another one or the text was altered */
export function unseal(key: Uint8Array, sealed: string): string | null {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < ivLength + tagLength) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivLength));
  decipher.setAuthTag(bytes.subarray(bytes.length - tagLength));
  try {
    const ciphertext = bytes.subarray(ivLength, bytes.length - tagLength);
    return decipher.update(ciphertext, undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return null;
  }
}
