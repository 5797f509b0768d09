// Statements that SQLite has parsed are kept: Prisma asks for the same few hundred again and again, and its adapter has each
// one parsed anew, which takes about as long as carrying it out. For sqlite-adapter.ts alone.
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import type { ColumnDefinition, Database, RunResult, Statement } from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { withEscapes } from './like.js';

/** More than Prisma makes of all that the service asks for; a kept one takes a few kilobytes. */
const mostStatements = 500;

/**
 * A statement as Prisma's adapter uses it: bound, and carried out in the same breath. One of better-sqlite3's can be bound only
 * once, so the values are kept until then.
 */
class KeptStatement {
  readonly #statement: Statement<unknown[]>;
  readonly reader: boolean;
  #columns?: ColumnDefinition[];
  #values: readonly unknown[] = [];

  constructor(statement: Statement<unknown[]>) {
    this.#statement = statement;
    this.reader = statement.reader;
    if (this.reader) statement.raw();
  }

  bind(values: readonly unknown[]): this {
    this.#values = values;
    return this;
  }

  columns(): ColumnDefinition[] {
    this.#columns ??= this.#statement.columns();
    return this.#columns;
  }

  /** Rows are arrays already. */
  raw(): this {
    return this;
  }

  run(): RunResult {
    return this.#statement.run(...this.#take());
  }

  all(): unknown[] {
    return this.#statement.all(...this.#take());
  }

  // Not to hold what may be a secret longer than it takes.
  #take(): readonly unknown[] {
    const values = this.#values;
    this.#values = [];
    return values;
  }
}

/**
 * Has the adapter's connection keep its statements, and take a backslash in LIKE as PostgreSQL does.
 * @param adapter Prisma's own for better-sqlite3; one without its connection in `client`, as another version may be, is left
 *   as it is
 */
export function keepStatements(adapter: SqlDriverAdapter): void {
  const { client } = adapter as SqlDriverAdapter & { client?: Database };
  if (typeof client?.prepare !== 'function') return;
  const prepare = client.prepare.bind(client);
  const kept = new LRUCache<string, KeptStatement>({ max: mostStatements });
  const keeping = (sql: string): KeptStatement => {
    const known = kept.get(sql);
    if (known) return known;
    const statement = new KeptStatement(prepare(withEscapes(sql)) as Statement<unknown[]>);
    kept.set(sql, statement);
    return statement;
  };
  Object.defineProperty(client, 'prepare', { value: keeping });
}
