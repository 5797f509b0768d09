// SQLite's end of a copy: rows read from a file and written to one, as the service itself writes them.
import type { Database } from 'better-sqlite3';
import { busyTimeoutMilliseconds, whileBusy } from '../busy.js';
import { sqlitePath } from '../url.js';
import {
  BatchSize,
  type CatalogueColumn,
  type CatalogueReference,
  type CopyConnection,
  type Kind,
  quoted,
  type Row,
  type Table,
  tablesOf,
  type Value,
} from './rows.js';

const columnsQuery = `SELECT t.name AS "table", c.name AS "column", c.type, c.pk AS "inKey"
  FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'`;

const referencesQuery = `SELECT t.name AS "table", r."from" AS "column", r."table" AS "target"
  FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) r WHERE t.type = 'table'`;

const kinds: Readonly<Record<string, Kind>> = {
  text: 'text',
  integer: 'integer',
  boolean: 'boolean',
  datetime: 'time',
  blob: 'bytes',
};

/** A time as Prisma's adapter reads it: text with an offset or, from a column's default, in UTC without one; or milliseconds. */
function timeOf(stored: string | number): string {
  if (typeof stored === 'number') return new Date(stored).toISOString();
  return new Date(/(Z|[+-]\d\d:\d\d)$/.test(stored) ? stored : `${stored.replace(' ', 'T')}Z`).toISOString();
}

function plainValue(kind: Kind, stored: unknown): Value {
  if (stored === null) return null;
  if (kind === 'boolean') return stored !== 0;
  if (kind === 'time') return timeOf(stored as string | number);
  if (kind === 'bytes') return (stored as Buffer).toString('hex');
  return stored as string | number;
}

function storedOf(kind: Kind, value: Value | undefined): string | number | Buffer | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  // As the adapter writes it, with which it is compared as text.
  if (kind === 'time') return String(value).replace(/Z$/, '+00:00');
  if (kind === 'bytes') return Buffer.from(String(value), 'hex');
  return value;
}

class SqliteConnection implements CopyConnection {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  tables(): Promise<Table[]> {
    return tablesOf(
      this.#database.prepare<[], CatalogueColumn>(columnsQuery).all(),
      this.#database.prepare<[], CatalogueReference>(referencesQuery).all(),
      kinds,
    );
  }

  async *read({ name, columns }: Table): AsyncGenerator<Row[]> {
    const names = columns.map((column) => quoted(column.name)).join(', ');
    const rows = this.#database.prepare<[], unknown[]>(`SELECT ${names} FROM ${quoted(name)}`).raw();
    const size = new BatchSize();
    let batch: Row[] = [];
    for (const stored of rows.iterate()) {
      batch.push(columns.map(({ kind }, index) => plainValue(kind, stored[index])));
      if (batch.length < size.rows) continue;
      size.learn(batch);
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }

  async write({ name, columns }: Table, rows: readonly Row[]): Promise<void> {
    const names = columns.map((column) => quoted(column.name)).join(', ');
    const places = columns.map(() => '?').join(', ');
    const insert = this.#database.prepare(`INSERT INTO ${quoted(name)} (${names}) VALUES (${places})`);
    for (const row of rows) insert.run(columns.map(({ kind }, index) => storedOf(kind, row[index])));
  }

  // Written with the rest: foreign keys are off until all rows are there.
  async writeSelfReferences(): Promise<void> {}

  async commit(): Promise<void> {
    const dangling = this.#database.prepare<[], { table: string }>('PRAGMA foreign_key_check').get();
    if (dangling) throw new Error(`Rows of ${dangling.table} refer to rows that do not exist.`);
    this.#database.exec('COMMIT');
  }

  async close(): Promise<void> {
    if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
    this.#database.close();
  }
}

/** Begins a transaction. @param mode to read one moment, which hinders nobody who writes, or to write alone */
export async function beginOnSqlite(url: string, mode: 'read' | 'write'): Promise<CopyConnection> {
  const { default: SqliteDatabase } = await import('better-sqlite3');
  const database = new SqliteDatabase(sqlitePath(url), { timeout: busyTimeoutMilliseconds, fileMustExist: true });
  try {
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = OFF');
    await whileBusy(() => database.exec(mode === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN'));
    return new SqliteConnection(database);
  } catch (error) {
    database.close();
    throw error;
  }
}
