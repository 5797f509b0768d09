// Which tests a run holds and how they are run. One suite at a time, chosen by TEST_SUITE (scripts/test.mjs
// sets it): "default" is every test of `npm test`; "long" and "browser" are the folders kept out of it; "postgresql" is what
// may come out differently there. The database is no concern of this file: tests read TEST_DATABASE_URL themselves.
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const second = 1000;

const elsewhere = ['test/browser/**', 'test/long/**'];

// What may come out differently on PostgreSQL: statements of our own, locks and races, order and comparison of texts, many processes.
// The rest goes through Prisma, whose tests they would be. `npm test` with TEST_DATABASE_URL runs everything there.
const differentOnPostgresql = [
  'test/maintenance.test.ts',
  'test/{db,keys,races}/**/*.test.ts',
  // How workers begin and end, in workers.test.ts beside it, is a matter of processes, and of a minute and a half.
  'test/processes/{limits,races}.test.ts',
  'test/**/statements.test.ts',
  'test/api/{members,row-budget,viewer-and-nodes}.test.ts',
  'test/api-tokens/list.test.ts',
  'test/audit/{query,retention}.test.ts',
  'test/cli/database-copy.test.ts',
  'test/clients/{create,cursors,delete,filters,filters-of-time,list,order,pages,rotation}.test.ts',
  'test/consents/connected-apps.test.ts',
  'test/http/{counters,hostile-texts,sessions}.test.ts',
  'test/idempotency/*.test.ts',
  'test/members/{deletion,list,standing}.test.ts',
  'test/oauth/{authorize-prompt,authorize-response,canary,client-secrets,end-session,introspection}.test.ts',
  'test/oauth/{introspection-by-an-api,introspection-ends,private-key-jwt-single-use,resource-indicators}.test.ts',
  'test/oauth/{revocation,revocation-faults,token-code,token-refresh,userinfo,waiting-request}.test.ts',
  'test/operations/backup.test.ts',
];

// What takes longest. On SQLite that is nothing but work, which does not mind that CI checks typed clients beside it.
const longest = /test\/(processes\/races|api\/(visibility|authorization|other-account))\.test\.ts$/;

/** Begins with what takes longest, so that it is not still running, alone, when all the rest is done. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => longest.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

const suites = {
  // On two cores: a good part of them waits for a timer, a disk or a process, and one more works meanwhile.
  default: { include: ['test/**/*.test.{ts,tsx}'], exclude: elsewhere, workers: 3, timeout: 20 * second },
  postgresql: {
    include: differentOnPostgresql,
    // Dates of keys and secrets, which go through Prisma alone.
    exclude: [...elsewhere, 'test/db/migration-drift.test.ts', 'test/keys/{changing-the-secret,clocks}.test.ts'],
    // The server works beside them.
    workers: 2,
    timeout: 20 * second,
  },
  // A browser and the servers it visits are processes of their own; beside a second test file they would starve.
  long: { include: ['test/long/**/*.test.{ts,tsx}'], exclude: [], workers: 1, timeout: 600 * second },
  browser: { include: ['test/browser/**/*.test.{ts,tsx}'], exclude: [], workers: 1, timeout: 120 * second },
};

const suiteName = process.env.TEST_SUITE ?? 'default';
if (!Object.hasOwn(suites, suiteName)) {
  throw new Error(`TEST_SUITE is "${suiteName}"; it must be one of ${Object.keys(suites).join(', ')}.`);
}
const suite = suites[suiteName as keyof typeof suites];

export default defineConfig({
  // The package has an ES module and a CommonJS build: unless all take the same one, each knows only its own GraphQLError.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
  test: {
    include: suite.include,
    exclude: ['node_modules/**', 'dist/**', ...suite.exclude],
    environment: 'node',
    // There may be nothing yet that takes minutes; the other suites are never empty.
    passWithNoTests: suiteName === 'long',
    env: { NODE_ENV: 'test' },
    // Processes rather than threads: argon2 and better-sqlite3 are native, and some tests send signals.
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    // The modules are loaded once for each worker, not for each file: loading them would take as long as the tests.
    isolate: false,
    maxWorkers: suite.workers,
    testTimeout: suite.timeout,
    hookTimeout: Math.max(suite.timeout, 60 * second),
    // Transformed modules survive from one run to the next, which takes a good part off every start of a test file.
    experimental: { fsModuleCache: true },
  },
});
