// The look of everything secret that we hand out: a prefix that scanners can find, random characters, and a checksum that
// refuses typing errors and guesses without a look at the database.

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * `lkt_` API token, `lkr_` refresh token, `lkc_` authorization code, `lki_` link of an invitation, `lkl_` one-time link: all found
 * by the hash of the whole.
 */
export type TokenPrefix = 'lkt' | 'lkr' | 'lkc' | 'lki' | 'lkl';

const selectorLength = 12;
// 43 base62 characters hold 256 bits: 62^43 > 2^256.
const randomLength = 43;
const checksumLength = 6;

type RandomBytes = (length: number) => Uint8Array;

function randomBase62(length: number, randomBytes: RandomBytes): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      // 248 = 4 × 62: larger bytes would favour the first letters.
      if (byte < 248 && text.length < length) text += alphabet[byte % 62];
    }
  }
  return text;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** CRC32 of ASCII, in base62. */
function checksum(text: string): string {
  let crc = 0xffffffff;
  for (let index = 0; index < text.length; index += 1) {
    crc = (crc >>> 8) ^ (crcTable[(crc ^ text.charCodeAt(index)) & 0xff] ?? 0);
  }
  let rest = (crc ^ 0xffffffff) >>> 0;
  let encoded = '';
  for (let index = 0; index < checksumLength; index += 1) {
    encoded = alphabet[rest % 62] + encoded;
    rest = Math.floor(rest / 62);
  }
  return encoded;
}

/** The last four characters, shown so that people can tell their secrets apart. */
export function hintOf(secret: string): string {
  return secret.slice(-4);
}

/** Makes a token of 256 random bits: prefix, `_`, 43 random characters, 6 of CRC32. */
export function createToken(prefix: TokenPrefix, randomBytes: RandomBytes): string {
  const body = `${prefix}_${randomBase62(randomLength, randomBytes)}`;
  return body + checksum(body);
}

/** Says whether a text could be a token of this kind, so that anything else is refused without a query. */
export function isToken(prefix: TokenPrefix, text: string): boolean {
  return text.startsWith(`${prefix}_`) && /^[0-9A-Za-z]{49}$/.test(text.slice(4)) && hasChecksum(text);
}

function hasChecksum(text: string): boolean {
  return checksum(text.slice(0, -checksumLength)) === text.slice(-checksumLength);
}

/**
 * Makes a client secret: `lks_`, a selector of 12 characters that picks the row, `_`, 43 random characters, 6 of CRC32.
 * @returns the secret in clear, to be shown once, and its selector
 */
export function createClientSecret(randomBytes: RandomBytes): { secret: string; selector: string } {
  const selector = randomBase62(selectorLength, randomBytes);
  const body = `lks_${selector}_${randomBase62(randomLength, randomBytes)}`;
  return { secret: body + checksum(body), selector };
}

/** Reads the selector out of a presented client secret. @returns null for anything that we cannot have made */
export function selectorOfClientSecret(secret: string): string | null {
  const match = /^lks_([0-9A-Za-z]{12})_[0-9A-Za-z]{49}$/.exec(secret);
  return match?.[1] !== undefined && hasChecksum(secret) ? match[1] : null;
}
