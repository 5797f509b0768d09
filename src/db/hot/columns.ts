// Columns of a table in a statement of several tables, and how a row's values become what Prisma would have made of them.

/** A row as the database gives it, a value for each column. */
export type RawRow = readonly unknown[];

const booleans: ReadonlySet<string> = new Set(['requirePkce', 'redirectUriRequired']);

const zone = /(?:Z|[+-]\d\d:\d\d)$/;

/** SQLite has the zone in its texts. In PostgreSQL's JSON there is none, and UTC is meant. */
function momentOf(text: string): Date {
  return new Date(zone.test(text) ? text : `${text}Z`);
}

/** Says how a value becomes what the models say. Texts, numbers and enums are so already on both databases. */
function decoderOf(column: string): ((value: unknown) => unknown) | null {
  // Every column of a moment is called so, and no other (test/db/hot-reads.test.ts).
  if (column.endsWith('At')) return (value) => (value === null ? null : momentOf(value as string));
  // SQLite has no booleans.
  if (booleans.has(column)) return (value) => value === true || value === 1;
  return null;
}

/** Some columns of one table, under the alias that it has in a statement. */
export interface Columns<Row> {
  /** The list for SELECT. */
  readonly sql: string;
  readonly count: number;
  /** Reads the row's values from the position on; null when the table had no row here, as after a LEFT JOIN. */
  read(row: RawRow, from: number): Row | null;
}

/**
 * Names columns of a table.
 * @param names the first is one that is never null in a row
 */
export function columnsOf<Row>(alias: string, names: readonly (keyof Row & string)[]): Columns<Row> {
  const decoders = names.map(decoderOf);
  return {
    sql: names.map((name) => `${alias}."${name}"`).join(', '),
    count: names.length,
    read(row, from) {
      if (row[from] === null) return null;
      const result: Record<string, unknown> = {};
      for (let index = 0; index < names.length; index += 1) {
        const value = row[from + index];
        const decode = decoders[index];
        result[names[index] as string] = decode ? decode(value) : value;
      }
      return result as Row;
    },
  };
}

/** A value that is no column, such as an aggregate. @param sql never null */
export function expression(sql: string): Columns<{ readonly value: string | null }> {
  return { sql, count: 1, read: (row, from) => ({ value: row[from] as string | null }) };
}

type RowOf<Each> = Each extends Columns<infer Row> ? Row : never;

/** A SELECT that gives one row at most: its list of columns, and all of it from FROM on, with `?` for each value in turn. */
export interface OneRow {
  readonly list: string;
  readonly from: string;
}

/** Columns of several tables, by name, in one SELECT. */
export interface Selection<Parts> extends OneRow {
  /** Each table's row, or null where there was none. */
  read(row: RawRow): { [Name in keyof Parts]: RowOf<Parts[Name]> | null };
}

/** Puts the columns of several tables side by side. @param from the rest of the statement, from FROM on; gives one row at most */
export function selectionOf<Parts extends Readonly<Record<string, Columns<unknown>>>>(
  parts: Parts,
  from: string,
): Selection<Parts> {
  const named = Object.entries(parts);
  return {
    list: named.map(([, columns]) => columns.sql).join(', '),
    from,
    read(row) {
      const result: Record<string, unknown> = {};
      let position = 0;
      for (const [name, columns] of named) {
        result[name] = columns.read(row, position);
        position += columns.count;
      }
      return result as ReturnType<Selection<Parts>['read']>;
    },
  };
}
