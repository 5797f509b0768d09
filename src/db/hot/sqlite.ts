// Statements on SQLite past Prisma's adapter: a connection that keeps its statements, where the adapter parses each one anew, and
// what it read until anybody commits. It sees whatever was committed before it is asked. For paths.ts alone.
import Database, { type Statement } from 'better-sqlite3';
import { busyTimeoutMilliseconds, whileBusy } from '../busy.js';
import { durability } from '../sqlite-adapter.js';
import type { OneRow, RawRow } from './columns.js';
import { gathering } from './gather.js';
import type { ReadRow } from './reads.js';
import { tableChanged } from './tables.js';
import { createUnchanged } from './unchanged.js';

/** A value in a statement. */
export type Value = string | number | boolean | Date | null;

/** How many come together at most. The longest that everybody else waits for them, beside the disk, is some milliseconds. */
export const mostTogether = 50;

/** What can be done inside a transaction. */
export interface SqliteTransaction {
  /** @returns how many rows the statement changed */
  change(sql: string, values: readonly Value[]): number;
}

export interface SqliteConnection {
  /** All that is asked for in one turn of the event loop is read in one go. */
  readonly readRow: ReadRow;
  /**
   * Does all of the work and commits it, or nothing, without ever letting go of the event loop. Nobody else in this process may
   * be in a transaction meanwhile.
   */
  transaction<T>(work: (tx: SqliteTransaction) => T): T;
  close(): void;
}

interface Asked {
  readonly selection: OneRow;
  readonly values: readonly string[];
}

/** A time as Prisma's adapter writes it, so that texts compare as times do. */
function bound(value: Value): unknown {
  if (value instanceof Date) return value.toISOString().replace('Z', '+00:00');
  return typeof value === 'boolean' ? Number(value) : value;
}

/**
 * Opens the connection. The file must be in WAL mode already, so that reading waits for no writer.
 * @param path the file's absolute path
 * @param onQuery called with each statement, COMMIT and ROLLBACK included, BEGIN not; whoever asks for a row asks by one statement;
 *   for all rows of a turn that are still the same that is the question for the version
 */
export function openSqliteConnection(path: string, onQuery?: (sql: string) => void): SqliteConnection {
  const database = new Database(path, { fileMustExist: true, timeout: busyTimeoutMilliseconds });
  for (const pragma of durability) database.pragma(pragma);
  const statements = new Map<string, Statement>();

  function statementOf(sql: string): Statement {
    onQuery?.(sql);
    const known = statements.get(sql);
    if (known) return known;
    const prepared = database.prepare(sql);
    if (prepared.reader) prepared.pluck();
    statements.set(sql, prepared);
    return prepared;
  }

  const reads = new Map<OneRow, string>();
  function sqlOf(selection: OneRow): string {
    const known = reads.get(selection);
    if (known !== undefined) return known;
    // One text for JSON.parse takes less than some forty values that are handed over one by one.
    const sql = `SELECT json_array(${selection.list}) ${selection.from}`;
    reads.set(selection, sql);
    return sql;
  }

  const versionSql = 'PRAGMA data_version';
  const version = database.prepare(versionSql).pluck();
  const unchanged = createUnchanged(() => version.get() as number);
  const begin = database.prepare('BEGIN IMMEDIATE');
  const changed = new Set<string>();
  const tx: SqliteTransaction = {
    change(sql, values) {
      changed.add(tableChanged(sql));
      return statementOf(sql).run(...values.map(bound)).changes;
    },
  };

  // Waiting for one another costs nobody anything here, and spares each a third of its work: answers that leave in a row wake
  // whoever waits at the other end once, not each time.
  const readTogether = gathering<Asked, RawRow | undefined>(mostTogether, (together) =>
    whileBusy(() => {
      unchanged.lookForCommits();
      let anySame = false;
      const rows = together.map(({ selection, values }) => {
        let isSame = true;
        const row = unchanged.row(selection, values, () => {
          isSame = false;
          return statementOf(sqlOf(selection)).get(...values) as string | undefined;
        });
        anySame ||= isSame;
        return row;
      });
      if (anySame) onQuery?.(versionSql);
      return rows;
    }),
  );

  return {
    readRow: (selection, values) => readTogether({ selection, values }),
    transaction(work) {
      begin.run();
      try {
        const result = work(tx);
        statementOf('COMMIT').run();
        return result;
      } catch (error) {
        // After some faults, such as a full disk, SQLite has rolled back by itself.
        if (database.inTransaction) statementOf('ROLLBACK').run();
        throw error;
      } finally {
        unchanged.forget(changed);
        changed.clear();
      }
    },
    close: () => void database.close(),
  };
}
