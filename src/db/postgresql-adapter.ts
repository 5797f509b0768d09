// Prisma's adapter for PostgreSQL over a pool that nobody waits for without end. A server that is away, slow or full makes a
// request fail within seconds and leaves no connection behind that is out of step. What such failures mean is unavailable.ts's.
import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import type {
  IsolationLevel,
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  Transaction,
} from '@prisma/driver-adapter-utils';
import { LRUCache } from 'lru-cache';
import pg from 'pg';
import { answerTimeoutMilliseconds, connectionPatienceMilliseconds } from './patience.js';
import { isConnectionLoss } from './unavailable.js';
import { isBehindPooler } from './url.js';

// What the server may take for a statement, waiting for others' locks included. Then it cancels it, and nothing of it is done.
const statementTimeoutMilliseconds = 5_000;

// A process that is cut off in the middle of a transaction keeps its locks no longer than that.
const idleInTransactionMilliseconds = 15_000;

const statementNames = new LRUCache<string, string>({ max: 1_000 });

// PostgreSQL parses and plans a named statement once for each connection. Behind a pooler the connection is another each time.
function statementName({ sql }: SqlQuery): string {
  const known = statementNames.get(sql);
  if (known !== undefined) return known;
  const name = createHash('sha256').update(sql).digest('base64url').slice(0, 32);
  statementNames.set(sql, name);
  return name;
}

/** Does again, once, what met a connection that was dead already. Only for what changes nothing. */
async function onceAgain<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isConnectionLoss(error)) throw error;
  }
  return work();
}

/** A transaction that, once no answer came, sends nothing more: not even ROLLBACK, which would wait as long again. */
function hangingUp(transaction: Transaction): Transaction {
  let isLost = false;
  const noticing = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      isLost ||= isConnectionLoss(error) || (error instanceof Error && error.message === 'Query read timeout');
      throw error;
    }
  };
  return {
    provider: transaction.provider,
    adapterName: transaction.adapterName,
    options: transaction.options,
    queryRaw: (query) => noticing(transaction.queryRaw(query)),
    executeRaw: async (query) => (isLost && query.sql === 'ROLLBACK' ? 0 : noticing(transaction.executeRaw(query))),
    commit: () => transaction.commit(),
    rollback: () => transaction.rollback(),
    createSavepoint: async (name) => transaction.createSavepoint?.(name),
    rollbackToSavepoint: async (name) => transaction.rollbackToSavepoint?.(name),
    releaseSavepoint: async (name) => transaction.releaseSavepoint?.(name),
  };
}

/** The pool: repeats what changes nothing when its connection had died unnoticed, as after a restart of the server. */
class PatientAdapter implements SqlDriverAdapter {
  readonly provider = 'postgres';
  readonly adapterName: string;
  readonly #pool: SqlDriverAdapter;

  constructor(pool: SqlDriverAdapter) {
    this.#pool = pool;
    this.adapterName = pool.adapterName;
  }

  queryRaw(query: SqlQuery) {
    const ask = () => this.#pool.queryRaw(query);
    // Never a write: its answer alone may have been lost.
    return query.sql.startsWith('SELECT') ? onceAgain(ask) : ask();
  }

  executeRaw(query: SqlQuery) {
    return this.#pool.executeRaw(query);
  }

  executeScript(script: string) {
    return this.#pool.executeScript(script);
  }

  async startTransaction(isolationLevel?: IsolationLevel) {
    return hangingUp(await onceAgain(() => this.#pool.startTransaction(isolationLevel)));
  }

  getConnectionInfo() {
    return this.#pool.getConnectionInfo?.() ?? { supportsRelationJoins: true };
  }

  dispose() {
    return this.#pool.dispose();
  }
}

/** The pool waits for it, and gives the connection to nobody when it fails. */
async function limitConnection(client: pg.ClientBase): Promise<void> {
  await client.query(
    `SET statement_timeout = ${statementTimeoutMilliseconds}; ` +
      `SET idle_in_transaction_session_timeout = ${idleInTransactionMilliseconds}`,
  );
}

function createPool(url: string, size: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    connectionTimeoutMillis: connectionPatienceMilliseconds,
    query_timeout: answerTimeoutMilliseconds,
    keepAlive: true,
    application_name: 'latchkey',
    // Whoever sets limits in the URL keeps theirs. Behind a pooler they would stay with a connection that is then somebody else's.
    ...(isBehindPooler(url) || /[?&](?:statement_timeout|options)=/.test(url) ? {} : { onConnect: limitConnection }),
  });
  // One that is given back in the middle of a transaction, or of a statement in one, must meet nobody else. Ended, it leaves the pool.
  pool.on('release', (_error, client) => {
    if (client.getTransactionStatus() !== 'I') void client.end().catch(() => {});
  });
  return pool;
}

/**
 * The adapter factory to give to PrismaClient.
 * @param size the most connections that this process opens
 */
export function postgresqlAdapterFactory(url: string, size: number): SqlDriverAdapterFactory {
  const stock = new PrismaPg(createPool(url, size), {
    ...(isBehindPooler(url) ? {} : { statementNameGenerator: statementName }),
    disposeExternalPool: true,
  });
  return {
    provider: 'postgres',
    adapterName: stock.adapterName,
    connect: async () => new PatientAdapter(await stock.connect()),
  };
}
