// What an operator can mend themselves, in words for a terminal. A fault of ours is none of it and keeps its stack.
import { ConfigError } from './config.js';
import { BackupError } from './db/backup.js';
import { CopyError } from './db/copy/ends.js';
import { MigrationError } from './db/migrations/migrate.js';
import { DatabaseUrlError } from './db/url.js';
import { SigningKeyError } from './keys/store.js';
import { InputError } from './lib/errors.js';
import { ListenError } from './listening.js';
import { SecretError } from './secrets.js';

// Of the operating system, PostgreSQL, a pooler, TLS and SQLite: the database is not there, or not for this user, or is another.
const unusableDatabase =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|EACCES|EPERM|EROFS|ENOENT|EISDIR|ENOTDIR|ENOSPC|28P01|28000|08P01|3D000|42501|53300|57P03|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|ERR_TLS_CERT_ALTNAME_INVALID|SQLITE_(CANTOPEN|NOTADB|READONLY|CORRUPT|FULL|IOERR).*)$/;

// The driver says these in words alone, when the URL asks for TLS and the server has none, or is no PostgreSQL.
const unusableTls = /^(The server does not support SSL connections|There was an error establishing an SSL connection)$/;

function databaseMessage(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code = '' } = error as { code?: unknown };
  if (!unusableDatabase.test(String(code)) && !unusableTls.test(error.message)) return null;
  // A name with several addresses fails once for each, and the whole has no message of its own.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return `The database cannot be used: ${first instanceof Error ? first.message : String(code)}\nCheck DATABASE_URL, or the URL that the command was given.`;
}

/** @returns the message to print, or null for a fault of ours */
export function operatorMessage(error: unknown): string | null {
  if (error instanceof ConfigError || error instanceof MigrationError) return error.message;
  if (error instanceof SecretError || error instanceof SigningKeyError || error instanceof DatabaseUrlError)
    return error.message;
  if (error instanceof BackupError || error instanceof CopyError || error instanceof ListenError) return error.message;
  if (error instanceof InputError) return error.issues.map((issue) => issue.message).join('\n');
  return databaseMessage(error);
}
