// PostgreSQL's end of a copy: rows read with a cursor and written a batch at a time, which the server takes apart by itself.
import type { Client } from 'pg';
import { connectToPostgresql } from '../pg-client.js';
import {
  BatchSize,
  type CatalogueColumn,
  type CatalogueReference,
  type CopyConnection,
  type Kind,
  quoted,
  type Row,
  selfReferencesOf,
  type Table,
  tablesOf,
} from './rows.js';

const columnsQuery = `SELECT t.relname::text AS "table", a.attname::text AS "column",
    CASE WHEN y.typtype = 'e' THEN 'enum' ELSE y.typname::text END AS "type",
    (a.attnum = ANY (k.conkey))::int AS "inKey"
  FROM pg_catalog.pg_class t
  JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
  JOIN pg_catalog.pg_constraint k ON k.conrelid = t.oid AND k.contype = 'p'
  WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace`;

const referencesQuery = `SELECT t.relname::text AS "table", a.attname::text AS "column", r.relname::text AS "target"
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_class t ON t.oid = k.conrelid
  JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
  JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (k.conkey)
  WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace`;

const kinds: Readonly<Record<string, Kind>> = {
  text: 'text',
  enum: 'text',
  int4: 'integer',
  bool: 'boolean',
  timestamp: 'time',
  bytea: 'bytes',
};

/** How a column is asked for, so that it comes as rows.ts says. */
function selected({ name, kind }: Table['columns'][number]): string {
  if (kind === 'time') return `to_char(${quoted(name)}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  return kind === 'bytes' ? `encode(${quoted(name)}, 'hex')` : quoted(name);
}

const tableName = (name: string) => `"public".${quoted(name)}`;

/** Rows as a JSON array of objects, which json_populate_recordset turns into rows of the table's own types. */
function asJson({ columns }: Table, rows: readonly Row[], leftOut: readonly string[] = []): string {
  const objects = rows.map((row) =>
    Object.fromEntries(
      columns.map(({ name, kind }, index) => {
        const value = row[index] ?? null;
        if (leftOut.includes(name)) return [name, null];
        return [name, kind === 'bytes' && value !== null ? `\\x${value}` : value];
      }),
    ),
  );
  return JSON.stringify(objects);
}

class PostgresqlConnection implements CopyConnection {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async tables(): Promise<Table[]> {
    const { rows: columns } = await this.#client.query<CatalogueColumn>(columnsQuery);
    const { rows: references } = await this.#client.query<CatalogueReference>(referencesQuery);
    return tablesOf(columns, references, kinds);
  }

  async *read({ name, columns }: Table): AsyncGenerator<Row[]> {
    const what = columns.map(selected).join(', ');
    await this.#client.query(`DECLARE copying NO SCROLL CURSOR FOR SELECT ${what} FROM ${tableName(name)}`);
    const size = new BatchSize();
    for (;;) {
      const text = `FETCH ${size.rows} FROM copying`;
      const { rows } = await this.#client.query<(string | number | boolean | null)[]>({ text, rowMode: 'array' });
      if (rows.length === 0) break;
      size.learn(rows);
      yield rows;
    }
    await this.#client.query('CLOSE copying');
  }

  async write(table: Table, rows: readonly Row[]): Promise<void> {
    const names = table.columns.map((column) => quoted(column.name)).join(', ');
    await this.#client.query(
      `INSERT INTO ${tableName(table.name)} (${names})
        SELECT ${names} FROM json_populate_recordset(NULL::${tableName(table.name)}, $1)`,
      [asJson(table, rows, selfReferencesOf(table))],
    );
  }

  async writeSelfReferences(table: Table, rows: readonly Row[]): Promise<void> {
    for (const column of selfReferencesOf(table).map(quoted)) {
      const sameRow = table.key.map((name) => `t.${quoted(name)} = r.${quoted(name)}`).join(' AND ');
      await this.#client.query(
        `UPDATE ${tableName(table.name)} t SET ${column} = r.${column}
          FROM json_populate_recordset(NULL::${tableName(table.name)}, $1) r WHERE ${sameRow} AND r.${column} IS NOT NULL`,
        [asJson(table, rows)],
      );
    }
  }

  async commit(): Promise<void> {
    await this.#client.query('COMMIT');
  }

  async close(): Promise<void> {
    // The server rolls back what is open.
    await this.#client.end();
  }
}

/** Begins a transaction. @param mode to read one moment, which hinders nobody who writes, or to write */
export async function beginOnPostgresql(url: string, mode: 'read' | 'write'): Promise<CopyConnection> {
  const client = await connectToPostgresql(url, 'latchkey copy');
  try {
    await client.query(mode === 'write' ? 'BEGIN' : 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    // A role's limits are made for requests; here one end waits while the other is read through once more.
    await client.query('SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0');
    return new PostgresqlConnection(client);
  } catch (error) {
    await client.end();
    throw error;
  }
}
