// What an operator can mend themselves, in words for a terminal. A fault of ours is none of it and keeps its stack.
import { ConfigError } from './config.js';
import { BackupError } from './db/backup.js';
import { isRetryable, isUnavailable, reasonOf } from './db/client.js';
import { CopyError } from './db/copy/ends.js';
import { databaseMessage } from './db/cures.js';
import { MigrationError } from './db/migrations/migrate.js';
import { DatabaseUrlError } from './db/url.js';
import { SigningKeyError } from './keys/store.js';
import { InputError } from './lib/errors.js';
import { ListenError } from './listening.js';
import { SecretError } from './secrets.js';

/** What passes by itself, whoever does anything about it. */
function passingMessage(error: unknown): string | null {
  if (isRetryable(error)) return 'The database was busy for too long; nothing was changed. Try again.';
  return isUnavailable(error) ? `The database cannot be used: ${reasonOf(error)}` : null;
}

/** @returns the message to print, or null for a fault of ours */
export function operatorMessage(error: unknown): string | null {
  if (error instanceof ConfigError || error instanceof MigrationError) return error.message;
  if (error instanceof SecretError || error instanceof SigningKeyError || error instanceof DatabaseUrlError)
    return error.message;
  if (error instanceof BackupError || error instanceof CopyError || error instanceof ListenError) return error.message;
  if (error instanceof InputError) return error.issues.map((issue) => issue.message).join('\n');
  return databaseMessage(error) ?? passingMessage(error);
}
