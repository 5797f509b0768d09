// Whether this process can serve: the database answers, the signing keys sign, and all migrations have run. What is wrong goes
// to the log; whoever asks is told the names of the checks only.
import type { Logger } from 'pino';
import { type Db, providerOfDatabase } from '../db/client.js';
import {
  type AppliedRow,
  appliedMigrationsSql,
  asApplied,
  migrationsFolder,
  planMigrations,
  readMigrations,
} from '../db/migrations/plan.js';
import type { Keys, Readiness, ReadinessCheck } from '../deps.js';
import { signingAlgorithms } from '../keys/rotate.js';
import { inTime } from '../lib/in-time.js';

/** How long a check may take. Probes that give up by themselves do so after a second as a rule. */
const mostMilliseconds = 1_000;
const rememberedMilliseconds = 1_000;

type Checks = Readonly<Record<ReadinessCheck, 'ok' | 'failed'>>;

/** Builds it over what is to be looked at. */
export function createReadiness(deps: { readonly db: Db; readonly keys: Keys; readonly log: Logger }): Readiness {
  const { db, keys, log } = deps;
  const migrations = readMigrations(migrationsFolder(providerOfDatabase(db)));
  const work: Record<ReadinessCheck, () => Promise<unknown>> = {
    database: () => db.$queryRaw`SELECT 1`,
    signingKeys: () => Promise.all(signingAlgorithms.map((algorithm) => keys.sign(algorithm, 'JWT', {}))),
    async migrations() {
      const rows = await db.$queryRawUnsafe<AppliedRow[]>(appliedMigrationsSql());
      const { pending } = planMigrations(migrations, asApplied(rows));
      if (pending.length > 0) throw new Error(`migrations have not run: ${pending.map(({ name }) => name).join(', ')}`);
    },
  };
  // What hangs is not begun again and again.
  const underWay = new Map<ReadinessCheck, Promise<unknown>>();
  const names = Object.keys(work) as ReadinessCheck[];
  let last: { readonly checks: Checks; readonly at: number } | undefined;
  let looking: Promise<Checks> | undefined;
  let ended = false;

  function perform(name: ReadinessCheck): Promise<unknown> {
    const performing = underWay.get(name) ?? work[name]().finally(() => underWay.delete(name));
    underWay.set(name, performing);
    return performing;
  }

  async function outcomeOf(name: ReadinessCheck): Promise<readonly [ReadinessCheck, 'ok' | 'failed']> {
    try {
      await inTime(perform(name), mostMilliseconds);
      if (last?.checks[name] === 'failed') log.info({ check: name }, 'a check of readiness is good again');
      return [name, 'ok'];
    } catch (error) {
      // Once, however long it lasts and however often it is asked for.
      if (last?.checks[name] !== 'failed') log.error({ check: name, err: error }, 'a check of readiness failed');
      return [name, 'failed'];
    }
  }

  async function lookAtAll(): Promise<Checks> {
    const checks = Object.fromEntries(await Promise.all(names.map(outcomeOf))) as Checks;
    last = { checks, at: performance.now() };
    return checks;
  }

  async function checksNow(): Promise<Checks> {
    if (last && performance.now() - last.at < rememberedMilliseconds) return last.checks;
    looking ??= lookAtAll().finally(() => {
      looking = undefined;
    });
    return looking;
  }

  return {
    async look() {
      if (ended) return { status: 'stopping', checks: {} };
      const checks = await checksNow();
      if (ended) return { status: 'stopping', checks: {} };
      return { status: names.every((name) => checks[name] === 'ok') ? 'ok' : 'failed', checks };
    },
    end() {
      ended = true;
    },
  };
}
