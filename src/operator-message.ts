// What an operator can mend themselves, in words for a terminal. A fault of ours is none of it and keeps its stack.
import { ConfigError } from './config.js';
import { MigrationError } from './db/migrate.js';
import { DatabaseUrlError } from './db/url.js';
import { SigningKeyError } from './keys/store.js';
import { InputError } from './lib/errors.js';

/** @returns the message to print, or null for a fault of ours */
export function operatorMessage(error: unknown): string | null {
  if (error instanceof ConfigError || error instanceof MigrationError) return error.message;
  if (error instanceof SigningKeyError || error instanceof DatabaseUrlError) return error.message;
  if (error instanceof InputError) return error.issues.map((issue) => issue.message).join('\n');
  const { code, port } = error as { code?: unknown; port?: unknown };
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use. Stop what uses it, or choose another: PORT=${Number(port) + 1} npm start`;
  return null;
}
