// What an operator is told of a database that cannot be used: what it said and, where that does not tell, what mends it.
import { causeOf, codeOf } from './errors.js';
import { answerTimeoutMilliseconds, connectionPatienceMilliseconds } from './patience.js';
import { NotReachedError } from './pg-client.js';

// Of the operating system, PostgreSQL, a pooler, TLS and SQLite: the database is not there, or not for this user, or is another.
const unusable =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|EACCES|EPERM|EROFS|ENOENT|EISDIR|ENOTDIR|ENOSPC|28P01|28000|08P01|3D000|42501|53300|57P03|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|ERR_TLS_CERT_ALTNAME_INVALID|SQLITE_(CANTOPEN|NOTADB|READONLY|CORRUPT|FULL|IOERR).*)$/;

// The driver says these in words alone, when the URL asks for TLS and the server has none, or is no PostgreSQL.
const unusableTls = /^(The server does not support SSL connections|There was an error establishing an SSL connection)$/;

const checkUrl = 'Check DATABASE_URL, or the URL that the command was given';
const isItPostgresql = `${checkUrl}: is it PostgreSQL that listens there, and does it run?`;

const noAnswer = (withinMilliseconds: number) => `there was no answer within ${withinMilliseconds / 1000} seconds`;

/** What is said of one kind of fault. */
interface Cure {
  /** Its code, and the words it comes with; every one that is there must match. */
  readonly code?: RegExp;
  readonly words?: RegExp;
  /** Only while connecting, or before the first answer. */
  readonly notReached?: true;
  /** What it said, in better words. */
  readonly says?: string;
  /** The sentence below what it said. */
  readonly cure?: string;
  /** In the place of both. */
  readonly whole?: string;
}

const cures: readonly Cure[] = [
  {
    notReached: true,
    words: /^timeout expired$/,
    says: noAnswer(connectionPatienceMilliseconds),
    cure: isItPostgresql,
  },
  {
    notReached: true,
    words: /^Query read timeout$/,
    says: noAnswer(answerTimeoutMilliseconds),
    cure: isItPostgresql,
  },
  { notReached: true, words: /^Connection terminated/, cure: isItPostgresql },
  {
    words: /^SASL: .*client password must be a/,
    whole: 'The database wants a password: put it in the URL, or set PGPASSWORD or ~/.pgpass.',
  },
  {
    code: /^(42P05|26000)$/,
    words: /prepared statement/,
    cure: 'Behind pgbouncer add ?pgbouncer=true to DATABASE_URL.',
  },
  {
    code: /^08P01$/,
    words: /unsupported startup parameter/,
    cure: "pgbouncer takes no settings from a URL: leave them out there and give them to the role, such as ALTER ROLE latchkey SET statement_timeout = '5s'.",
  },
  {
    code: /^08P01$/,
    words: /max_client_conn|no more connections allowed/,
    cure: "Raise pgbouncer's max_client_conn, or set LATCHKEY_DATABASE_POOL lower or run fewer processes.",
  },
  {
    code: /^53300$/,
    words: /for role/,
    cure: "Raise the role's limit (ALTER ROLE … CONNECTION LIMIT), or set LATCHKEY_DATABASE_POOL lower or run fewer processes.",
  },
  {
    code: /^53300$/,
    words: /for database/,
    cure: "Raise the database's limit (ALTER DATABASE … CONNECTION LIMIT), or set LATCHKEY_DATABASE_POOL lower or run fewer processes.",
  },
  {
    code: /^53300$/,
    cure: "Raise the server's max_connections, or set LATCHKEY_DATABASE_POOL lower or run fewer processes.",
  },
  {
    code: /^42501$/,
    cure: 'The user of the URL must own the database, and the tables in it if there are any: ALTER DATABASE … OWNER TO ….',
  },
  { code: /^57P03$/, cure: 'Try again when it runs.' },
  { code: /^(ENOSPC|SQLITE_FULL|53100)$/, cure: 'Make room on its disk.' },
  { code: unusable },
  { words: unusableTls },
  // Whatever else a server may say before it lets somebody in.
  { notReached: true },
];

/** What the database said, from below the call that Prisma was making. */
function wordsOf(error: Error): string {
  return causeOf(error)?.originalMessage ?? error.message.trim().split('\n').at(-1) ?? '';
}

/** @returns the message to print, or null for anything else than that the database cannot be used, whoever tries */
export function databaseMessage(thrown: unknown): string | null {
  const isNotReached = thrown instanceof NotReachedError;
  const error: unknown = isNotReached ? thrown.cause : thrown;
  if (!(error instanceof Error)) return null;
  const code = causeOf(error)?.originalCode ?? codeOf(error) ?? '';
  // A name with several addresses fails once for each, and the whole has no message of its own.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const words = first instanceof Error ? wordsOf(first) : code;
  const found = cures.find(
    (one) => (!one.notReached || isNotReached) && (one.code?.test(code) ?? true) && (one.words?.test(words) ?? true),
  );
  if (!found) return null;
  return found.whole ?? `The database cannot be used: ${found.says ?? words}\n${found.cure ?? `${checkUrl}.`}`;
}
