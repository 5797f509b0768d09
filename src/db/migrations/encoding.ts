// In which encoding a PostgreSQL database keeps text. Most that are not UTF8 lack most characters of names, and refuse a statement
// with one of them, long after everything seemed to work.
import type { Client } from 'pg';
import { ask } from '../pg-client.js';
import { MigrationError } from './plan.js';

// The second, which initdb chooses where no locale is set, keeps the bytes that it is sent, which are UTF-8.
const encodingsOfAll: ReadonlySet<string> = new Set(['UTF8', 'SQL_ASCII']);

const makeOne = `CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`;

/**
 * Sees that text of any kind can be kept. A database with tables is let pass with a warning: most of what it is asked may well work,
 * and an upgrade must not put an end to that in the moment of a start, since moving takes its time.
 * @param hasTables whether Latchkey has been started on it before
 * @param warn told what an operator should do some day soon
 * @throws MigrationError
 */
export async function requireEncoding(
  client: Client,
  hasTables: boolean,
  warn: (message: string) => void,
): Promise<void> {
  const [found] = await ask<{ encoding: string }>(client, `SELECT current_setting('server_encoding') AS "encoding"`);
  const encoding = found?.encoding ?? '';
  if (encodingsOfAll.has(encoding)) return;
  if (!hasTables) {
    throw new MigrationError(
      `The database's encoding is ${encoding}, in which most names cannot be kept. Make one that has UTF8 and name it in the URL; ` +
        `nothing was changed in this one: ${makeOne}`,
    );
  }
  warn(
    `the database's encoding is ${encoding}, and whatever has a character outside of it fails. Move to one that has UTF8: stop ` +
      `Latchkey, ${makeOne}, and pg_dump and pg_restore as docs/operations.md shows`,
  );
}
