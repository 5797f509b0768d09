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
import { busyPause, busyTimeoutMilliseconds, isBusy, whileBusy } from './busy.js';
import { keepStatements } from './kept-statements.js';

// How long a statement or transaction waits in all: for those before it, and for a lock that another process holds.
const patienceMilliseconds = 8_000;

// After these SQLite has rolled the transaction back by itself, or may have: disk full, disk failing, out of memory.
const undoing = /^SQLITE_(?:FULL|IOERR|NOMEM|CORRUPT)/;

/** What every connection that writes is told. */
export const durability: readonly string[] = [
  // Every commit reaches the disk before it is acknowledged; NORMAL loses the latest ones when the power fails.
  'synchronous = FULL',
  'foreign_keys = ON',
];

const pragmas = ['journal_mode = WAL', ...durability, `busy_timeout = ${busyTimeoutMilliseconds}`];

function statement(sql: string): SqlQuery {
  return { sql, args: [], argTypes: [] };
}

/** What whoever waited too long is told: as Prisma's adapter says that the database is locked. */
function tooLong(): DriverAdapterError {
  return new DriverAdapterError({
    kind: 'SocketTimeout',
    originalCode: 'SQLITE_BUSY',
    originalMessage: 'no turn in time',
  });
}

/** The right to use the connection, handed on in the order of asking. */
class Turn {
  #taken = false;
  readonly #waiting = new Set<() => void>();

  /** @param deadline in milliseconds, as of Date.now @throws DriverAdapterError after it */
  async take(deadline: number): Promise<void> {
    if (this.#taken) {
      await new Promise<void>((resolve, reject) => {
        const mine = () => {
          clearTimeout(impatience);
          resolve();
        };
        const impatience = setTimeout(() => {
          this.#waiting.delete(mine);
          reject(tooLong());
        }, deadline - Date.now());
        this.#waiting.add(mine);
      });
    }
    this.#taken = true;
  }

  // Stays taken when somebody waits: nobody can come between one holder and the next.
  pass(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#taken = false;
      return;
    }
    this.#waiting.delete(next);
    next();
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
  #undone = false;

  constructor(connection: SqlDriverAdapter, pass: () => void) {
    this.#connection = connection;
    this.#pass = pass;
    this.adapterName = connection.adapterName;
  }

  async queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    this.#requireOpen();
    return this.#noticing(this.#connection.queryRaw(query));
  }

  async executeRaw(query: SqlQuery): Promise<number> {
    if (this.#undone && query.sql === 'ROLLBACK') {
      this.#ended = true;
      return 0;
    }
    this.#requireOpen();
    const changed = await this.#noticing(this.#connection.executeRaw(query));
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

  /** Rolls back at once what SQLite may have rolled back: what else the transaction asks for must not run on its own. */
  async #noticing<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      const { originalCode } = (error as DriverAdapterError).cause ?? {};
      if (undoing.test(originalCode ?? '')) {
        this.#undone = true;
        await this.#connection.executeRaw(statement('ROLLBACK')).catch(() => {});
      }
      throw error;
    }
  }

  // A call of several statements may go on after its transaction timed out: the rest must not run on its own.
  #requireOpen(): void {
    if (this.#ended || this.#closed || this.#undone) {
      throw new DriverAdapterError({ kind: 'TransactionAlreadyClosed', cause: 'The transaction is already closed.' });
    }
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      // Prisma sends no ROLLBACK after a COMMIT that failed.
      if (!this.#ended && !this.#undone) await this.#connection.executeRaw(statement('ROLLBACK'));
    } catch {
      // SQLite has rolled back by itself.
    } finally {
      this.#pass();
    }
  }
}

/** The connection: one statement, or one transaction, at a time. */
export class QueueingAdapter implements SqlDriverAdapter {
  readonly provider = 'sqlite';
  readonly adapterName: string;
  readonly #connection: SqlDriverAdapter;
  readonly #turn = new Turn();
  #lockedUntil = 0;

  constructor(connection: SqlDriverAdapter) {
    this.#connection = connection;
    this.adapterName = connection.adapterName;
  }

  queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    // What Prisma reads begins so; what writes and gives rows back does not.
    return this.#alone(query.sql.startsWith('SELECT') ? 'reading' : 'writing', () => this.#connection.queryRaw(query));
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.#alone('writing', () => this.#connection.executeRaw(query));
  }

  executeScript(script: string): Promise<void> {
    return this.#alone('writing', () => this.#connection.executeScript(script));
  }

  async startTransaction(isolationLevel?: IsolationLevel): Promise<Transaction> {
    if (isolationLevel !== undefined && isolationLevel !== 'SERIALIZABLE') {
      throw new DriverAdapterError({ kind: 'InvalidIsolationLevel', level: isolationLevel });
    }
    // IMMEDIATE takes the write lock now: one taken later fails when another process has written since the first read.
    await this.#inTurn('writing', () => this.#connection.executeRaw(statement('BEGIN IMMEDIATE')));
    return new ExclusiveTransaction(this.#connection, () => this.#turn.pass());
  }

  dispose(): Promise<void> {
    return this.#connection.dispose();
  }

  /** Does what another connection of this process writes, at once when its turn has come: no transaction is open here then. */
  alone<T>(work: () => T): Promise<T> {
    return this.#alone('writing', async () => work());
  }

  async #alone<T>(kind: 'reading' | 'writing', work: () => Promise<T>): Promise<T> {
    const result = await this.#inTurn(kind, work);
    this.#turn.pass();
    return result;
  }

  /**
   * Does the work in its turn, and keeps the turn. While another process holds the write lock, others have the connection:
   * readers, whom it does not concern, and of the writers one at a time, since asking SQLite blocks the whole process.
   */
  async #inTurn<T>(kind: 'reading' | 'writing', work: () => Promise<T>): Promise<T> {
    const deadline = Date.now() + patienceMilliseconds;
    for (;;) {
      await this.#turn.take(deadline);
      try {
        if (kind === 'reading' || Date.now() >= this.#lockedUntil) return await work();
        this.#turn.pass();
      } catch (error) {
        this.#turn.pass();
        if (!isBusy(error) || Date.now() >= deadline) throw error;
        this.#lockedUntil = Date.now() + busyTimeoutMilliseconds;
      }
      if (Date.now() >= deadline) throw tooLong();
      await busyPause();
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
export function sqliteAdapterFactory(path: string): SqlDriverAdapterFactory & { connect(): Promise<QueueingAdapter> } {
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
      keepStatements(connection);
      return new QueueingAdapter(connection);
    },
  };
}
