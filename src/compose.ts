// Makes the real dependencies from the configuration: the database, migrated; secrets; keys; the log.
import type { Logger } from 'pino';
import { createLastUsed } from './audit/last-used.js';
import type { Config } from './config.js';
import { createFaultLog, type Db, openDatabase } from './db/client.js';
import { migrate } from './db/migrations/migrate.js';
import { providerOf } from './db/url.js';
import type { Deps } from './deps.js';
import { databaseLimiters, insuredCounters, type LimiterFor, plainCounters } from './http/counters.js';
import { createOutbound } from './http/outbound.js';
import { createReadiness } from './http/readiness.js';
import { createBudget, createRequestLimits } from './http/request-limits.js';
import { createSharedCounting } from './http/shared-counting.js';
import { createThrottles } from './http/throttle.js';
import { createKeys } from './keys/service.js';
import { createHasher, productionHashParameters } from './lib/hasher.js';
import { createIdMaker } from './lib/ids.js';
import { createRandomBytes } from './lib/random.js';
import { createSecretKeys } from './lib/secret-keys.js';
import { createLog, openStandardError } from './log.js';
import { createMailCourier } from './mail/courier.js';
import { createMailTransport } from './mail/transport.js';
import { createLogoutCourier } from './oauth/logout-courier.js';
import { secretsOf } from './secrets.js';

/** The dependencies, and how to let go of them. */
export interface Composition {
  readonly deps: Deps;
  /** Writes what is pending and closes the database. */
  close(): Promise<void>;
}

/** Where all processes count together: in Redis when there is one, else in the database. */
async function openLimiters(config: Config, db: Db, log: Logger): Promise<{ limiterFor: LimiterFor; close(): void }> {
  if (config.redisUrl === null) return { limiterFor: databaseLimiters(db), close() {} };
  const { redisLimiters } = await import('./http/redis-counters.js');
  return redisLimiters(config.redisUrl, log);
}

/** libuv's threads, less two for files and DNS. */
function hashConcurrency(): number {
  const threads = Number(process.env.UV_THREADPOOL_SIZE) || 4;
  return Math.max(1, threads - 2);
}

/**
 * Opens and migrates the database and builds everything on it.
 * @throws MigrationError, DatabaseUrlError, SecretError, SigningKeyError, each with a message for the operator
 */
export async function compose(config: Config): Promise<Composition> {
  // Of several processes that write to one place, which one.
  const base = config.workers > 1 ? { pid: process.pid } : null;
  const log = createLog(config.logLevel, openStandardError(), base);
  const secretKeys = createSecretKeys(await secretsOf(config));
  const { applied } = await migrate(config.databaseUrl, { warn: (message) => log.warn(message) });
  if (applied.length > 0) log.info({ migrations: applied }, 'migrated the database');
  const { db, hotPaths, close } = await openDatabase(config.databaseUrl, { poolSize: config.databasePool });
  const clock = () => new Date();
  const randomBytes = createRandomBytes();
  const logFault = createFaultLog(log);
  const together = await openLimiters(config, db, log);
  // On SQLite one process serves.
  const mayBeSeveral = providerOf(config.databaseUrl) === 'postgresql';
  const sharing = createSharedCounting(mayBeSeveral ? plainCounters(together.limiterFor) : null, () =>
    clock().getTime(),
  );
  const lastUsed = createLastUsed(db, clock, (error) => logFault(error, 'last uses were not written'));
  const keys = createKeys({ db, hotPaths, clock, secretKeys, config, log });
  const parts = {
    config,
    db,
    hotPaths,
    clock,
    randomBytes,
    newId: createIdMaker(Date.now, randomBytes),
    hasher: createHasher(productionHashParameters, hashConcurrency()),
    throttles: createThrottles(insuredCounters(together.limiterFor, log)),
    requestLimits: createRequestLimits(config.rateLimitFactor, clock, sharing),
    budget: createBudget(config.graphqlPointsPerMinute, clock, sharing),
    secretKeys,
    keys,
    lastUsed,
    outbound: createOutbound(config),
    readiness: createReadiness({ db, keys, log }),
    log,
  };
  const deps: Deps = {
    ...parts,
    logoutCourier: createLogoutCourier(parts),
    mailCourier: createMailCourier(parts, createMailTransport(config, log)),
  };
  const release = async () => {
    await Promise.all([lastUsed.flush(), sharing.stop()]);
    together.close();
    await close();
  };
  try {
    await keys.reload();
  } catch (error) {
    together.close();
    await close();
    throw error;
  }
  return { deps, close: release };
}
