// What DATABASE_URL says: which database it names and, for SQLite, where the file is. Connecting is client.ts's part.
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { faultOfDatabaseUrl, readPostgresqlUrl } from '../config/database-url.js';

/** The databases that Latchkey runs on. */
export type Provider = 'sqlite' | 'postgresql';

/** A database URL that cannot be used. The message says what to write instead. */
export class DatabaseUrlError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DatabaseUrlError';
  }
}

/**
 * Tells the provider from the URL's scheme.
 * @param url `file:…` or `postgresql://…` (`postgres://…` means the same)
 * @throws DatabaseUrlError for any other scheme, and for what else keeps it from being used
 */
export function providerOf(url: string): Provider {
  if (url.startsWith('file:')) return 'sqlite';
  const fault = faultOfDatabaseUrl(url);
  if (fault !== null) throw new DatabaseUrlError(`The database URL ${fault}.`);
  return 'postgresql';
}

/**
 * Whether the URL says `pgbouncer=true`, as Prisma's users write it: a pooler stands between, which hands each transaction
 * another connection and does not follow prepared statements. PostgreSQL is not told of the parameter.
 */
export function isBehindPooler(url: string): boolean {
  return /[?&]pgbouncer=true(&|$)/.test(url);
}

/**
 * The absolute path of a SQLite file.
 * @param url `file:` and a path, relative to the working directory or absolute, or a whole file URL (`file:///…`)
 * @throws DatabaseUrlError when the URL names no file, or a folder
 */
export function sqlitePath(url: string): string {
  const withoutQuery = url.replace(/\?.*$/s, '');
  const path = withoutQuery.startsWith('file://')
    ? fileURLToPath(withoutQuery)
    : withoutQuery.slice('file:'.length).trim();
  if (path === '' || path === ':memory:') {
    throw new DatabaseUrlError('DATABASE_URL must name a file, such as file:./data/latchkey.db.');
  }
  const absolute = resolve(path);
  // SQLite would speak of a file that it cannot open, or of a broken disk.
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory()) {
    throw new DatabaseUrlError(
      `${absolute} is a folder. DATABASE_URL must name a file, such as file:${join(path, 'latchkey.db')}.`,
    );
  }
  return absolute;
}

/** What a database URL names, without anything that signs in to it. @throws DatabaseUrlError */
export function describeDatabase(url: string): string {
  if (providerOf(url) === 'sqlite') return `file:${sqlitePath(url)}`;
  const { hostname, port, pathname, searchParams } = readPostgresqlUrl(url) as URL;
  const host = searchParams.get('host') ?? hostname;
  return `postgresql://${host}:${searchParams.get('port') ?? (port || '5432')}${pathname}`;
}

/** Where a SQLite installation without LATCHKEY_SECRET keeps the secret that it made for itself: beside its database. */
export function secretFileOf(url: string): string {
  return join(dirname(sqlitePath(url)), 'latchkey.secret');
}

/**
 * Makes the SQLite file and its folder when they are missing, readable by this user alone: SQLite itself would make the
 * file readable by everybody. Permissions of what exists are left as the operator set them.
 * @returns the file's absolute path
 */
export function prepareSqliteFile(url: string): string {
  const path = sqlitePath(url);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
  return path;
}
