// What an operator is told of a database that cannot be used: what it said and, where that does not tell, what mends it.
import { answerTimeoutMilliseconds, connectionPatienceMilliseconds } from './patience.js';
import { NotReachedError } from './pg-client.js';

// Of the operating system, PostgreSQL, a pooler, TLS and SQLite: the database is not there, or not for this user, or is another.
const unusable =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|EACCES|EPERM|EROFS|ENOENT|EISDIR|ENOTDIR|ENOSPC|28P01|28000|08P01|3D000|42501|53300|57P03|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|ERR_TLS_CERT_ALTNAME_INVALID|SQLITE_(CANTOPEN|NOTADB|READONLY|CORRUPT|FULL|IOERR).*)$/;

// The driver says these in words alone, when the URL asks for TLS and the server has none, or is no PostgreSQL.
const unusableTls = /^(The server does not support SSL connections|There was an error establishing an SSL connection)$/;

const checkUrl = 'Check DATABASE_URL, or the URL that the command was given';
const isItPostgresql = `${checkUrl}: is it PostgreSQL that listens there, and does it run?`;

function noAnswer(withinMilliseconds: number): string {
  return `The database cannot be used: there was no answer within ${withinMilliseconds / 1000} seconds\n${isItPostgresql}`;
}

/** @returns the message to print, or null for anything else than that the database cannot be used, whoever tries */
export function databaseMessage(thrown: unknown): string | null {
  const isNotReached = thrown instanceof NotReachedError;
  const error: unknown = isNotReached ? thrown.cause : thrown;
  if (!(error instanceof Error)) return null;
  if (isNotReached && error.message === 'timeout expired') return noAnswer(connectionPatienceMilliseconds);
  if (isNotReached && error.message === 'Query read timeout') return noAnswer(answerTimeoutMilliseconds);
  const { code = '' } = error as { code?: unknown };
  if (!isNotReached && !unusable.test(String(code)) && !unusableTls.test(error.message)) return null;
  // A name with several addresses fails once for each, and the whole has no message of its own.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return `The database cannot be used: ${first instanceof Error ? first.message : String(code)}\n${checkUrl}.`;
}
