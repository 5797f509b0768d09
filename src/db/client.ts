// Opens the database that a URL names, and does the few things that services should not have to know to differ between SQLite and
// PostgreSQL. What a connection is made of is parts.ts's; creating the tables is migrations/'s; what faults mean is errors.ts's.
import { isRetryable, retrying } from './errors.js';
import type { Prisma, PrismaClient } from './generated/sqlite/client.js';
import type { HotPaths } from './hot/paths.js';
import { type OnQuery, postgresqlParts, sqliteParts } from './parts.js';
import { type Provider, providerOf } from './url.js';

/**
 * The database. Typed as the SQLite client on either provider: what that allows, PostgreSQL's allows too.
 *
 * Never call it inside one of its own transactions (use the `tx` given there), and never await hashing, signing or the
 * network inside a transaction: on SQLite everybody else waits.
 */
export type Db = PrismaClient;

/** The database inside a transaction. A `Db` may be passed where a `Tx` is asked for. */
export type Tx = Prisma.TransactionClient;

/** What rows of a list must be. */
export type OAuthClientWhere = Prisma.OAuthClientWhereInput;
export type MemberWhere = Prisma.MemberWhereInput;
export type AuditLogEntryWhere = Prisma.AuditLogEntryWhereInput;

// Services find whatever they need of this folder here.
export { isNotFound, isOrphan, isRetryable, isUniqueViolation, retrying } from './errors.js';
export { createFaultLog } from './fault-log.js';
export type { HotPaths } from './hot/paths.js';
export type { AccessTokenRows, CallerKey, Found, IntrospectedRows } from './hot/reads.js';
export type {
  ClientWithRedirectUris,
  ClientWithSecret,
  CodeWithFamily,
  FamilyWithParties,
  ProtocolApi,
  RefreshTokenWithFamily,
} from './hot/rows.js';
export { literally } from './like.js';
export { asUnavailable, isUnavailable, reasonOf } from './unavailable.js';
export type { Provider } from './url.js';

export interface OpenOptions {
  /** Called with each SQL statement as Prisma sends it, COMMIT and ROLLBACK included, BEGIN not. */
  readonly onQuery?: OnQuery;
  /** The most PostgreSQL connections that this process opens; 10 by default (LATCHKEY_DATABASE_POOL). SQLite has one always. */
  readonly poolSize?: number;
}

export interface OpenedDatabase {
  readonly db: Db;
  /** Statements past Prisma's engine, over the same connections. */
  readonly hotPaths: HotPaths;
  readonly provider: Provider;
  /** Rolls back what is open and disconnects. May be called again. */
  close(): Promise<void>;
}

const providers = new WeakMap<Db, Provider>();

// How long a transaction may wait for its turn, and then take. Prisma's 2 and 5 seconds are too near to what a burst of
// transactions costs on one SQLite connection.
const transactionOptions = { maxWait: 10_000, timeout: 10_000 };
const exclusiveOptions = { maxWait: 30_000, timeout: 30_000 };

/**
 * Connects to a database whose tables exist already (see `migrate`). Loads only the client that is needed.
 * @param url `file:…` for SQLite: the file, and its folder, are made when missing; `postgresql://…` for PostgreSQL
 * @throws DatabaseUrlError for any other URL; the driver's own error when the SQLite file cannot be opened. PostgreSQL is
 *   connected to by the first statement, which fails when it cannot be
 */
export async function openDatabase(url: string, options: OpenOptions = {}): Promise<OpenedDatabase> {
  const provider = providerOf(url);
  const { Client, factory, openHotPaths } =
    provider === 'sqlite' ? await sqliteParts(url) : await postgresqlParts(url, options.poolSize ?? 10);
  // The default format reads our source files to illustrate each error.
  const settings = { adapter: factory, transactionOptions, errorFormat: 'minimal' } as const;
  let db: Db;
  if (options.onQuery) {
    const { onQuery } = options;
    const logging = new Client({ ...settings, log: [{ emit: 'event', level: 'query' }] });
    logging.$on('query', (event) => onQuery(event.query));
    db = logging as Db;
  } else {
    db = new Client(settings);
  }
  providers.set(db, provider);
  try {
    await db.$connect();
    const hot = openHotPaths(options.onQuery);
    const close = async () => {
      hot.close();
      await db.$disconnect();
    };
    return { db, hotPaths: hot.hotPaths, provider, close };
  } catch (error) {
    await db.$disconnect();
    throw error;
  }
}

/**
 * Which database this is, for the rare statement that differs.
 * @throws Error for a client that `openDatabase` did not make
 */
export function providerOfDatabase(db: Db): Provider {
  const provider = providers.get(db);
  if (!provider) throw new Error('This database was not opened by openDatabase.');
  return provider;
}

/**
 * Runs a transaction, and again when the database gave it up since another one was in its way. Every transaction of a service, save
 * those that are run alone: also one that locks its rows in the order of all others meets statements that lock many in an order of
 * their own.
 * @param work has no effects outside the database
 * @param mayPass which failures another attempt may well not meet
 */
export function inTransaction<T>(
  db: Db,
  work: (tx: Tx) => Promise<T>,
  mayPass: (error: unknown) => boolean = isRetryable,
): Promise<T> {
  return retrying(() => db.$transaction(work), 5, mayPass);
}

/**
 * Runs one transaction that no other process, nor this one, runs at the same time under this name. Within it each
 * statement sees what the previous holder committed. On SQLite it excludes every other write as well.
 * @param name what is done alone, such as `signing-keys`
 * @param work everything in it is undone when it rejects; keep it short, as in any transaction
 * @throws what `work` throws; P2028 when its turn does not come, or it is not done, in 30 seconds
 */
export async function exclusively<T>(db: Db, name: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  const provider = providerOfDatabase(db);
  return db.$transaction(async (tx) => {
    // On SQLite a transaction is alone from its BEGIN on. executeRaw, since Prisma cannot read a result of type void.
    if (provider === 'postgresql') {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`latchkey/${name}`}::text, 0))`;
    }
    return work(tx);
  }, exclusiveOptions);
}
