// What a password must be: long enough, not too long to hash, and not one that everybody tries first (NIST SP 800-63B 3.1.1.2).
import type { InputIssue } from '../lib/errors.js';

const shortest = 12;
/** Characters, after normalising. */
export const longestPassword = 128;

let commonPasswords: ReadonlySet<string> | undefined;

async function isCommon(password: string): Promise<boolean> {
  if (!commonPasswords) {
    // Loaded when first needed: setting a password is rare, and starting must be quick.
    const { dictionary } = await import('@zxcvbn-ts/language-common');
    commonPasswords = new Set(dictionary['passwords-common'].filter((word) => word.length >= shortest));
  }
  return commonPasswords.has(password.toLowerCase());
}

/** The form in which a password is hashed and compared, so that two keyboards agree on it. */
export function normalisePassword(password: string): string {
  return password.normalize('NFKC');
}

/** What is wrong with a new password; empty when it can be set. */
export async function faultsOfPassword(
  password: string,
  path: readonly string[] = ['password'],
): Promise<InputIssue[]> {
  const length = [...normalisePassword(password)].length;
  if (length < shortest) {
    return [{ code: 'INVALID', message: `A password needs at least ${shortest} characters.`, path }];
  }
  if (length > longestPassword) {
    return [{ code: 'TOO_LONG', message: `A password can have at most ${longestPassword} characters.`, path }];
  }
  if (await isCommon(normalisePassword(password))) {
    return [{ code: 'INVALID', message: 'This password is one that many people use. Choose another.', path }];
  }
  return [];
}
