// Prisma's better-sqlite3 adapter, made safe for one connection that many requests share. The stock adapter lets statements
// from outside slip into an open transaction, whose rollback then undoes writes that were already acknowledged. Here all
// wait until the transaction is closed. Which file, and when to open it, is client.ts's part.
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import {
  DriverAdapterError,
  type IsolationLevel,
  type SqlDriverAdapter,
  type SqlDriverAdapterFactory,
  type SqlQuery,
  type SqlResultSet,
  type Transaction,
} from '@prisma/driver-adapter-utils';
import { busyTimeoutMilliseconds, whileBusy } from './busy.js';

const pragmas = [
  'journal_mode = WAL',
  // Every commit reaches the disk before it is acknowledged; NORMAL loses the latest ones when the power fails.
  'synchronous = FULL',
  'foreign_keys = ON',
  `busy_timeout = ${busyTimeoutMilliseconds}`,
];

function statement(sql: string): SqlQuery {
  return { sql, args: [], argTypes: [] };
}

/** The right to use the connection, handed on in the order of asking. */
class Turn {
  #taken = false;
  readonly #waiting: (() => void)[] = [];

  async take(): Promise<void> {
    if (this.#taken) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#taken = true;
  }

  // Stays taken when somebody waits: nobody can come between one holder and the next.
  pass(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#taken = false;
  }
}

/** An open transaction. Holds the turn from BEGIN until Prisma has closed it, however that goes. */
class ExclusiveTransaction implements Transaction {
  readonly provider = 'sqlite';
  readonly adapterName: string;
  // Prisma sends COMMIT and ROLLBACK as statements, and then calls commit or rollback for the adapter's own tidying.
  readonly options = { usePhantomQuery: false };
  readonly #connection: SqlDriverAdapter;
  readonly #pass: () => void;
  #ended = false;
  #closed = false;

  constructor(connection: SqlDriverAdapter, pass: () => void) {
    this.#connection = connection;
    this.#pass = pass;
    this.adapterName = connection.adapterName;
  }

  async queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    this.#requireOpen();
    return this.#connection.queryRaw(query);
  }

  async executeRaw(query: SqlQuery): Promise<number> {
    this.#requireOpen();
    const changed = await this.#connection.executeRaw(query);
    if (query.sql === 'COMMIT' || query.sql === 'ROLLBACK') this.#ended = true;
    return changed;
  }

  async commit(): Promise<void> {
    await this.#close();
  }

  async rollback(): Promise<void> {
    await this.#close();
  }

  async createSavepoint(name: string): Promise<void> {
    await this.executeRaw(statement(`SAVEPOINT ${name}`));
  }

  async rollbackToSavepoint(name: string): Promise<void> {
    await this.executeRaw(statement(`ROLLBACK TO ${name}`));
  }

  async releaseSavepoint(name: string): Promise<void> {
    await this.executeRaw(statement(`RELEASE SAVEPOINT ${name}`));
  }

  // A call of several statements may go on after its transaction timed out: the rest must not run on its own.
  #requireOpen(): void {
    if (this.#ended || this.#closed) {
      throw new DriverAdapterError({ kind: 'TransactionAlreadyClosed', cause: 'The transaction is already closed.' });
    }
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      // Prisma sends no ROLLBACK after a COMMIT that failed.
      if (!this.#ended) await this.#connection.executeRaw(statement('ROLLBACK'));
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full.
    } finally {
      this.#pass();
    }
  }
}

/** The connection: one statement, or one transaction, at a time. */
class QueueingAdapter implements SqlDriverAdapter {
  readonly provider = 'sqlite';
  readonly adapterName: string;
  readonly #connection: SqlDriverAdapter;
  readonly #turn = new Turn();

  constructor(connection: SqlDriverAdapter) {
    this.#connection = connection;
    this.adapterName = connection.adapterName;
  }

  queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    return this.#alone(() => this.#connection.queryRaw(query));
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.#alone(() => this.#connection.executeRaw(query));
  }

  executeScript(script: string): Promise<void> {
    return this.#alone(() => this.#connection.executeScript(script));
  }

  async startTransaction(isolationLevel?: IsolationLevel): Promise<Transaction> {
    if (isolationLevel !== undefined && isolationLevel !== 'SERIALIZABLE') {
      throw new DriverAdapterError({ kind: 'InvalidIsolationLevel', level: isolationLevel });
    }
    await this.#turn.take();
    try {
      // IMMEDIATE takes the write lock now: one taken later fails when another process has written since the first read.
      await whileBusy(() => this.#connection.executeRaw(statement('BEGIN IMMEDIATE')));
    } catch (error) {
      this.#turn.pass();
      throw error;
    }
    return new ExclusiveTransaction(this.#connection, () => this.#turn.pass());
  }

  dispose(): Promise<void> {
    return this.#connection.dispose();
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    await this.#turn.take();
    try {
      return await whileBusy(work);
    } finally {
      this.#turn.pass();
    }
  }
}

/**
 * The adapter factory to give to PrismaClient.
 *
 * Two things follow from there being one connection: calling the outer client inside a transaction waits for itself until
 * the transaction times out (P2028), and whatever a transaction awaits, everybody awaits. So hashing, signing and the
 * network stay outside.
 * @param path the file's absolute path; it must exist
 */
export function sqliteAdapterFactory(path: string): SqlDriverAdapterFactory {
  const stock = new PrismaBetterSqlite3(
    { url: path, timeout: busyTimeoutMilliseconds },
    { timestampFormat: 'iso8601' },
  );
  return {
    provider: 'sqlite',
    adapterName: stock.adapterName,
    async connect() {
      const connection = await stock.connect();
      try {
        for (const pragma of pragmas) {
          await whileBusy(() => connection.executeScript(`PRAGMA ${pragma}`));
        }
      } catch (error) {
        await connection.dispose();
        throw error;
      }
      return new QueueingAdapter(connection);
    },
  };
}
