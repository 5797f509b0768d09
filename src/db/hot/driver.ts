// Statements sent past Prisma's engine, over the connections that Prisma has: the same pool, the same queue, the same errors.
// For paths.ts alone, where a measurement says that the engine costs more than all the rest of an answer.
import type {
  ArgType,
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  SqlQueryable,
} from '@prisma/driver-adapter-utils';
import type { Provider } from '../url.js';

/** A value in a statement. Times are written as Prisma writes them. */
export type Value = string | number | boolean | Date | null;

/** A row as the database gives it, a value for each column. */
export type RawRow = readonly unknown[];

/** What can be sent inside a transaction. */
export interface Statements {
  /** @param sql with `?` for each value in turn */
  query(sql: string, values: readonly Value[]): Promise<readonly RawRow[]>;
  /** @returns how many rows it changed */
  execute(sql: string, values: readonly Value[]): Promise<number>;
}

export interface Driver extends Statements {
  readonly provider: Provider;
  /** All of it, or nothing: what the work throws undoes it. Nothing else may be awaited in it, as in any transaction. */
  transaction<T>(work: (tx: Statements) => Promise<T>): Promise<T>;
}

const argTypes: Readonly<Record<'text' | 'int' | 'boolean' | 'datetime', ArgType>> = {
  text: { scalarType: 'string', arity: 'scalar' },
  int: { scalarType: 'int', arity: 'scalar' },
  boolean: { scalarType: 'boolean', arity: 'scalar' },
  datetime: { scalarType: 'datetime', arity: 'scalar' },
};

function argTypeOf(value: Value): ArgType {
  if (value instanceof Date) return argTypes.datetime;
  if (typeof value === 'number') return argTypes.int;
  return typeof value === 'boolean' ? argTypes.boolean : argTypes.text;
}

const numbered = new Map<string, string>();

/** A statement as PostgreSQL wants it, with $1, $2 and so on. There are few, and each is written once. */
function withNumbers(sql: string): string {
  let text = numbered.get(sql);
  if (text === undefined) {
    let count = 0;
    text = sql.replaceAll('?', () => {
      count += 1;
      return `$${count}`;
    });
    numbered.set(sql, text);
  }
  return text;
}

function statementsOver(queryable: SqlQueryable, provider: Provider, onQuery?: (sql: string) => void): Statements {
  const prepare = (sql: string, values: readonly Value[]): SqlQuery => {
    onQuery?.(sql);
    const text = provider === 'postgresql' ? withNumbers(sql) : sql;
    return { sql: text, args: [...values], argTypes: values.map(argTypeOf) };
  };
  return {
    query: async (sql, values) => (await queryable.queryRaw(prepare(sql, values))).rows,
    execute: (sql, values) => queryable.executeRaw(prepare(sql, values)),
  };
}

/** Builds the driver over the adapter that Prisma was given. */
function createDriver(adapter: SqlDriverAdapter, provider: Provider, onQuery?: (sql: string) => void): Driver {
  return {
    provider,
    ...statementsOver(adapter, provider, onQuery),
    async transaction(work) {
      const tx = await adapter.startTransaction();
      const statements = statementsOver(tx, provider, onQuery);
      // As Prisma does: the statement ends the transaction, and then the adapter lets go of the connection.
      try {
        const result = await work(statements);
        await statements.execute('COMMIT', []);
        await tx.commit();
        return result;
      } catch (error) {
        // When it was the connection that failed there is nothing left to undo.
        await statements.execute('ROLLBACK', []).catch(() => {});
        await tx.rollback();
        throw error;
      }
    },
  };
}

/** An adapter factory that keeps what it made for Prisma, so that statements can be sent past the engine. */
export interface ObservedFactory {
  readonly factory: SqlDriverAdapterFactory;
  /** The driver, once Prisma has connected. */
  driver(): Driver;
}

/**
 * Wraps the factory that PrismaClient is given.
 * @param onQuery called with each statement that is sent past Prisma
 */
export function observed(
  stock: SqlDriverAdapterFactory,
  provider: Provider,
  onQuery?: (sql: string) => void,
): ObservedFactory {
  let driver: Driver | undefined;
  return {
    factory: {
      provider: stock.provider,
      adapterName: stock.adapterName,
      async connect() {
        const adapter = await stock.connect();
        driver = createDriver(adapter, provider, onQuery);
        return adapter;
      },
    },
    driver() {
      if (!driver) throw new Error('The database is not connected.');
      return driver;
    },
  };
}
