// Recognises that the database cannot be used now: away, restarting, out of connections or of disk, or too slow. It is nobody's
// mistake, passes by itself, and the same request may well succeed later. Every transport answers it with 503 and Retry-After.
import { UnavailableError } from '../lib/errors.js';
import { causeOf, codeOf, isRetryable } from './errors.js';

// SQLSTATE by class: 08 connection, 53 resources (disk full, too many connections), 58 the system around the server, 57P0x
// shut down or starting; and 57014 cancelled by a time limit, 55P03 lock not had in time, 25P03 ended while idle, 25006 a standby
// that does not write.
const sqlStates = /^(?:08...|53...|58...|57P0[1235]|57014|55P03|25P03|25006)$/;

// As better-sqlite3 names them, with SQLite's extended codes.
const sqliteCodes = /^SQLITE_(?:BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|NOMEM|PROTOCOL|INTERRUPT)(?:_|$)/;

// Of Prisma: not reached, timed out, closed, no connection, no transaction in time, busy, too many connections.
const prismaCodes: ReadonlySet<string> = new Set(
  'P1000 P1001 P1002 P1008 P1010 P1011 P1017 P2024 P2028 P2034 P2037'.split(' '),
);

const kinds: ReadonlySet<string> = new Set([
  'DatabaseNotReachable',
  'DatabaseDoesNotExist',
  'DatabaseAccessDenied',
  'AuthenticationFailed',
  'TlsConnectionError',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
  'TransactionWriteConflict',
  'TransactionAlreadyClosed',
]);

const socketCodes =
  /^(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|EMFILE|ENFILE)$/;

// node-postgres and its pool say these in words alone; better-sqlite3 the last, which it takes for a fault of type.
const driverMessages =
  /^(?:Connection terminated|Client (?:has encountered a connection error|was closed) and is not queryable|Query read timeout|timeout exceeded when trying to connect|timeout expired|Cannot use a pool after calling end on the pool|The database connection is not open$)/;

/** Says whether the connection itself broke or could not be had, so that nothing after it was done. */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const cause = causeOf(error);
  if (cause?.kind === 'ConnectionClosed') return true;
  if (/^(?:57P0[12]|08...)$/.test(cause?.originalCode ?? codeOf(error) ?? '')) return true;
  return /^(?:ECONNRESET|EPIPE)$/.test(codeOf(error) ?? '') || /^(?:Connection terminated|Client )/.test(error.message);
}

/** Says whether nothing came in the time that was given for it, to connect or to answer. */
export function isNoAnswer(error: unknown): boolean {
  return error instanceof Error && /^(?:timeout expired|Query read timeout)$/.test(error.message);
}

/** Says whether something failed because the database cannot be used now. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const cause = causeOf(error);
  const { errorCode } = error as { errorCode?: string };
  const codes = [codeOf(error), errorCode, cause?.originalCode].filter((code) => typeof code === 'string');
  return (
    isRetryable(error) ||
    kinds.has(cause?.kind ?? '') ||
    codes.some((code) => prismaCodes.has(code) || socketCodes.test(code) || sqliteCodes.test(code)) ||
    codes.some((code) => sqlStates.test(code)) ||
    (driverMessages.test(error.message) && /^(?:Type)?Error$/.test(error.name))
  );
}

// Class 08 is a connection that broke, 57P0x one that was ended, and 40003 says that the outcome is not known.
const unknownOutcomes = /^(?:08...|57P0.|40003)$/;

/**
 * Says whether the database itself answered with a refusal, so that surely nothing of the statement was done. Of anything else, such
 * as a connection that broke in whatever way, nobody knows what was.
 */
export function wasRefused(error: unknown): boolean {
  const said = causeOf(error)?.originalCode;
  const ofSqlite = said ?? codeOf(error) ?? '';
  if (ofSqlite.startsWith('SQLITE_')) return !sqliteCodes.test(ofSqlite);
  return said !== undefined && /^[0-9A-Z]{5}$/.test(said) && !unknownOutcomes.test(said);
}

/** Why the database cannot be used, in one line for the log. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { kind, originalCode } = causeOf(error) ?? {};
  const code = originalCode ?? codeOf(error) ?? kind;
  // The last line: those above it name the call that Prisma was making.
  const [words = ''] = error.message.trim().split('\n').slice(-1);
  return code === undefined ? words : `${code}: ${words}`;
}

// A restart of PostgreSQL takes about that long.
const retryAfterSeconds = 5;

// Two transactions met, or waited for one another: the next attempt finds them gone.
const retryConflictAfterSeconds = 1;

/** What a caller is to be told. @returns null for anything else than that the database cannot be used now */
export function asUnavailable(error: unknown): UnavailableError | null {
  if (error instanceof UnavailableError) return error;
  if (!isUnavailable(error)) return null;
  return new UnavailableError(isRetryable(error) ? retryConflictAfterSeconds : retryAfterSeconds, reasonOf(error));
}
