// What travels when a database is copied: tables, rows in a form that is the same on both databases, batches of bounded size,
// and sums by which two databases are compared. Not through Prisma, which takes a third of a millisecond for a row and holds
// on to memory: a million rows took five minutes. Reading and writing is sqlite.ts's and postgresql.ts's part.
import { createHash } from 'node:crypto';

/** What a column holds, as far as the databases write it differently. */
export type Kind = 'text' | 'integer' | 'boolean' | 'time' | 'bytes';

/** A time is ISO 8601 text in UTC with milliseconds; bytes are hexadecimal text. */
export type Value = string | number | boolean | null;

/** Values in the order of the table's columns. */
export type Row = readonly Value[];

export interface Column {
  readonly name: string;
  readonly kind: Kind;
}

/** A column that refers to rows of another table, or of its own. */
export interface Reference {
  readonly column: string;
  readonly target: string;
}

/** A model's table. Columns are in the order of their names. */
export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly key: readonly string[];
  readonly references: readonly Reference[];
}

/** A row of what a database's catalogue says, one for each column. */
export interface CatalogueColumn {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  /** Whether it is a part of the primary key. */
  readonly inKey: number;
}

/** A row of what a database's catalogue says, one for each reference. */
export interface CatalogueReference extends Reference {
  readonly table: string;
}

/** One connection to one of the databases, within one transaction. */
export interface CopyConnection {
  /** The tables of all models. */
  tables(): Promise<Table[]>;
  /** All rows of a table, in batches. */
  read(table: Table): AsyncGenerator<Row[]>;
  /** Inserts rows. References to rows of the same table may stay empty until `writeSelfReferences`. */
  write(table: Table, rows: readonly Row[]): Promise<void>;
  /** Completes rows that are all there by now. */
  writeSelfReferences(table: Table, rows: readonly Row[]): Promise<void>;
  /** @throws Error when rows refer to rows that are not there */
  commit(): Promise<void>;
  /** Rolls back what is not committed, and disconnects. */
  close(): Promise<void>;
}

/** A name as SQL takes it on both databases. */
export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/**
 * The tables of all models, from what the catalogue says.
 * @param kinds what a kind is called there
 * @throws Error when a model has no table, or a column is of a type that nobody has told us how to copy
 */
export async function tablesOf(
  columns: readonly CatalogueColumn[],
  references: readonly CatalogueReference[],
  kinds: Readonly<Record<string, Kind>>,
): Promise<Table[]> {
  // The models are the same in both clients.
  const { Prisma } = await import('../generated/sqlite/client.js');
  return Object.values(Prisma.ModelName).map((name) => {
    const own = columns
      .filter(({ table }) => table === name)
      .sort((one, other) => (one.column < other.column ? -1 : 1));
    if (own.length === 0) throw new Error(`The database has no table "${name}".`);
    return {
      name,
      columns: own.map(({ column, type }) => {
        const kind = kinds[type.toLowerCase()];
        if (!kind) throw new Error(`The column ${name}.${column} has the type ${type}, which cannot be copied yet.`);
        return { name: column, kind };
      }),
      key: own.filter(({ inKey }) => inKey > 0).map(({ column }) => column),
      references: references.filter(({ table }) => table === name),
    };
  });
}

/** The tables, each after those that it refers to. @throws Error when they refer to one another in a circle */
export function inOrder(tables: readonly Table[]): Table[] {
  const order: Table[] = [];
  let waiting = [...tables];
  while (waiting.length > 0) {
    const names = new Set(waiting.map(({ name }) => name));
    const ready = waiting.filter(
      ({ name, references }) => !references.some(({ target }) => target !== name && names.has(target)),
    );
    if (ready.length === 0) throw new Error(`These tables refer to one another in a circle: ${[...names].join(', ')}.`);
    order.push(...ready);
    waiting = waiting.filter((table) => !ready.includes(table));
  }
  return order;
}

/** The columns that refer to rows of the same table. */
export function selfReferencesOf({ name, references }: Table): string[] {
  return references.filter(({ target }) => target === name).map(({ column }) => column);
}

const mostRows = 1000;
const mostCharacters = 2_000_000;

/** How many rows to take at once, so that neither many rows nor large ones (a logo is a quarter of a megabyte) fill memory. */
export class BatchSize {
  rows = 8;

  /** Learns from the rows that were taken. */
  learn(taken: readonly Row[]): void {
    const characters = taken.reduce((sum, row) => sum + lengthOf(row), 1);
    const fitting = mostCharacters / (characters / Math.max(1, taken.length));
    // Growing slowly: the next rows may be larger than these.
    this.rows = Math.max(1, Math.floor(Math.min(mostRows, fitting, this.rows * 4)));
  }
}

function lengthOf(row: Row): number {
  return row.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0);
}

/** Rows summed up whatever their order, on which databases disagree. */
export class Sum {
  rows = 0;
  readonly #words = new Uint32Array(8);

  add(rows: readonly Row[]): void {
    this.rows += rows.length;
    for (const row of rows) {
      const hash = createHash('sha256').update(JSON.stringify(row)).digest();
      for (let word = 0; word < 8; word += 1) {
        this.#words[word] = (this.#words[word] ?? 0) + hash.readUInt32LE(word * 4);
      }
    }
  }

  equals(other: Sum): boolean {
    return this.rows === other.rows && this.#words.every((word, index) => word === other.#words[index]);
  }
}
