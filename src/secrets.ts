// The secrets that an installation has: those that are set or, on SQLite, the one that it makes for itself at first start. What is
// derived from them is lib/secret-keys.ts's.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from './config.js';
import { secretFileOf, sqlitePath } from './db/url.js';

/** The secret that the database was written with is not there. The message says what to do. */
export class SecretError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SecretError';
  }
}

/** Whether a SQLite database has keys that some secret has encrypted, such as one that was restored. */
async function hasSigningKeys(path: string): Promise<boolean> {
  if (!existsSync(path)) return false;
  const { default: Database } = await import('better-sqlite3');
  const connection = new Database(path, { readonly: true });
  try {
    const table = connection.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'SigningKey'`).get();
    return table !== undefined && connection.prepare(`SELECT 1 FROM "SigningKey" LIMIT 1`).get() !== undefined;
  } catch (error) {
    // Whatever it is, opening it says so in better words.
    if (/^SQLITE_(NOTADB|CORRUPT|CANTOPEN)/.test(String((error as { code?: unknown }).code))) return false;
    throw error;
  } finally {
    connection.close();
  }
}

/**
 * The secrets to derive keys from: the configured ones, or the one that this SQLite installation made for itself at first
 * start, in a file beside the database that only its owner can read.
 * @throws SecretError when that file holds none, or is missing beside a database whose signing keys another one encrypted
 */
export async function secretsOf(
  config: Pick<Config, 'secrets' | 'databaseUrl'>,
): Promise<readonly [string, ...string[]]> {
  const [first, ...others] = config.secrets;
  if (first !== undefined) return [first, ...others];
  const file = secretFileOf(config.databaseUrl);
  const read = () => {
    const secret = readFileSync(file, 'utf8').trim();
    if (Buffer.byteLength(secret) < 32)
      throw new SecretError(`${file} does not hold a secret. Restore it, or set LATCHKEY_SECRET.`);
    return [secret] as const;
  };
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  if (await hasSigningKeys(sqlitePath(config.databaseUrl))) {
    // Another process may have made both in this very moment.
    if (existsSync(file)) return read();
    throw new SecretError(
      `${file} is missing, and the signing keys in the database cannot be read without it: copy it from the old installation, or set LATCHKEY_SECRET to what it holds.`,
    );
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Written apart and linked into place: of several processes that start at once one wins, and nobody reads half a secret.
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  chmodSync(draft, 0o600);
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return read();
}
