// Reads on SQLite past Prisma's adapter: a connection that only reads and keeps its statements, where the adapter parses each
// statement anew. It sees whatever was committed before the statement, and never waits for a writer (WAL).
import Database, { type Statement } from 'better-sqlite3';
import { busyTimeoutMilliseconds, whileBusy } from '../busy.js';
import type { RawRow, Statements, Value } from './driver.js';

export interface SqliteReader extends Pick<Statements, 'query'> {
  close(): void;
}

/** A time as Prisma's adapter writes it, so that texts compare as times do. */
function bound(value: Value): unknown {
  if (value instanceof Date) return value.toISOString().replace('Z', '+00:00');
  return typeof value === 'boolean' ? Number(value) : value;
}

/**
 * Opens the connection. The file must be in WAL mode already, or whoever writes would lock it out.
 * @param path the file's absolute path
 * @param onQuery called with each statement
 */
export function openSqliteReader(path: string, onQuery?: (sql: string) => void): SqliteReader {
  const database = new Database(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMilliseconds });
  const statements = new Map<string, Statement>();

  function statementOf(sql: string): Statement {
    const known = statements.get(sql);
    if (known) return known;
    const prepared = database.prepare(sql).raw();
    statements.set(sql, prepared);
    return prepared;
  }

  return {
    query(sql, values) {
      onQuery?.(sql);
      return whileBusy(() => statementOf(sql).all(...values.map(bound)) as RawRow[]);
    },
    close: () => void database.close(),
  };
}
