// What the database's refusals mean, alike for both adapters. That it cannot be used at all is unavailable.ts's; turning either
// into an answer for a caller is the services' and transports' part.
import { setTimeout as pause } from 'node:timers/promises';

// The part of a driver adapter's error that Prisma passes on as `meta.driverAdapterError.cause`.
interface Cause {
  readonly kind?: string;
  /** PostgreSQL's SQLSTATE, or SQLite's name of the error. */
  readonly originalCode?: string;
  readonly originalMessage?: string;
  readonly table?: string;
  readonly constraint?: { readonly fields?: readonly string[]; readonly index?: string };
}

/** The code that Prisma, the driver or the operating system gave an error. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

/** What the driver said: as Prisma passes it on, or as the adapter raised it, which is what a failed COMMIT leaves. */
export function causeOf(error: unknown): Cause | undefined {
  if (!(error instanceof Error)) return undefined;
  const { meta, cause } = error as { meta?: { driverAdapterError?: { cause?: Cause } }; cause?: Cause };
  return meta?.driverAdapterError?.cause ?? (error.name === 'DriverAdapterError' ? cause : undefined);
}

// SQLite names the columns and PostgreSQL the index, which Prisma calls <table>_<column>_<column>_key or <table>_pkey.
function concerns(cause: Cause, field: string): boolean {
  const { fields, index } = cause.constraint ?? {};
  if (fields) return fields.includes(field);
  if (!index) return false;
  if (index.endsWith('_pkey')) return primaryKeys.has(field);
  const prefix = cause.table ? `${cause.table}_` : '';
  const columns = index.startsWith(prefix) ? index.slice(prefix.length) : index;
  return columns.replace(/_key$/, '').split('_').includes(field);
}

// The name of a primary key's index does not say which column it is.
const primaryKeys: ReadonlySet<string> = new Set(['id', 'jti', 'kid', 'key']);

/**
 * Says whether a write failed because a unique value is taken. On PostgreSQL the transaction it happened in can then only
 * be rolled back: catch it outside `$transaction`.
 * @param field only a unique index that contains this column counts
 */
export function isUniqueViolation(error: unknown, field?: string): boolean {
  const cause = causeOf(error);
  if (cause?.kind !== 'UniqueConstraintViolation' && codeOf(error) !== 'P2002') return false;
  return field === undefined || (cause !== undefined && concerns(cause, field));
}

/** Says whether a row could not be written because one that it belongs to is gone: deleted while the request was under way. */
export function isOrphan(error: unknown): boolean {
  if (causeOf(error)?.kind === 'ForeignKeyConstraintViolation') return true;
  // Of Prisma, and of SQLite itself.
  return ['P2003', 'SQLITE_CONSTRAINT_FOREIGNKEY'].includes(codeOf(error) ?? '');
}

/** Says whether an update or delete by unique key found no row (P2025). */
export function isNotFound(error: unknown): boolean {
  return codeOf(error) === 'P2025';
}

/**
 * Says whether the same transaction may well succeed when run again: PostgreSQL's deadlocks and serialization failures,
 * and SQLite's write lock held by another process for longer than the adapter waits. Nothing of it was committed.
 */
export function isRetryable(error: unknown): boolean {
  const { kind, originalCode } = causeOf(error) ?? {};
  if (kind === 'TransactionWriteConflict') return true;
  // SQLite's own word for it. On PostgreSQL it is a connection on which nothing came any more: what was done is not known.
  if (kind === 'SocketTimeout') return originalCode !== undefined;
  return ['P2034', 'P1008'].includes(codeOf(error) ?? '');
}

// Each attempt may itself have waited for long, and the caller waits for all of them.
const retryingMilliseconds = 5_000;

/**
 * Runs a transaction again while it fails in a way that `isRetryable` recognises.
 * @param transaction the whole of it, without effects outside the database
 * @param attempts how often it is tried at most
 * @param mayPass which failures another attempt may well not meet
 */
export async function retrying<T>(
  transaction: () => Promise<T>,
  attempts = 3,
  mayPass: (error: unknown) => boolean = isRetryable,
): Promise<T> {
  const deadline = performance.now() + retryingMilliseconds;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (attempt >= attempts || performance.now() >= deadline || !mayPass(error)) throw error;
    }
    await pause(Math.random() * 25 * 2 ** attempt);
  }
}
