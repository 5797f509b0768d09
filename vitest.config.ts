// Which tests a run holds and how they are run. One suite at a time, chosen by TEST_SUITE (scripts/test.mjs
// sets it): "default" is every test of `npm test`; "long" and "browser" are the folders kept out of it; "postgresql" is what
// may come out differently there. The database is no concern of this file: tests read TEST_DATABASE_URL themselves.
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const second = 1000;

const elsewhere = ['test/browser/**', 'test/long/**'];

// What says little about PostgreSQL that it does not say on SQLite: walks over the rules of the schema, what has a PostgreSQL of
// its own anyhow, the outer side of HTTP, client libraries, commands, pages, documents. `npm test` with TEST_DATABASE_URL runs
// everything there, which takes as long again.
const sameEverywhere = [
  'test/api/{authorization,cors,credentials,examples,mass-assignment,no-secret-reachable,other-account}.test.ts',
  'test/api/{graphiql*,graphql-over-http,privilege-check,schema-*,secrets-shown-once,transport,visibility}.test.ts',
  'test/{architecture,bench,conformance,docs,interop,lib,my-account,pages,tls}/**',
  'test/{config,listening,secrets}.test.ts',
  'test/audit/export.test.ts',
  'test/cli/!(database-copy).test.ts',
  'test/db/migration-drift.test.ts',
  'test/faults/{postgresql,sqlite}.test.ts',
  'test/http/!(counters|hostile-texts|request-limits|sessions).test.ts',
  'test/mail/!(courier|new-sign-in).test.ts',
  'test/members/{email-change,export,password-reset-asking,verify-email}.test.ts',
  'test/clients/{client-keys,create-faults,logo,logo-url,metadata-faults}.test.ts',
  'test/oauth/authorize-{form-post,hints,parameters,pkce-and-scope,redirect-uri,response-modes}.test.ts',
  'test/oauth/{backchannel-logout-calls,backchannel-logout-retries,client-authentication,cors,discovery}.test.ts',
  'test/oauth/{forged-tokens,introspection-altered-tokens,revocation-client-authentication}.test.ts',
  'test/oauth/{private-key-jwt-keys,private-key-jwt-malformed,userinfo-sent-and-signed,userinfo-standard-claims}.test.ts',
  'test/operations/{canary,request-log,stopping}.test.ts',
];

// What takes longest, mostly by waiting for processes to start and end.
const longest =
  /test\/(processes\/workers|processes\/races|operations\/stopping|api\/visibility|faults\/postgresql)\.test\.ts$/;

/** Begins with what takes longest, so that it is not still running, alone, when all the rest is done. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => longest.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

const suites = {
  default: { include: ['test/**/*.test.{ts,tsx}'], exclude: elsewhere, timeout: 20 * second },
  postgresql: {
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: [...elsewhere, ...sameEverywhere],
    timeout: 20 * second,
  },
  long: { include: ['test/long/**/*.test.{ts,tsx}'], exclude: [], timeout: 600 * second },
  browser: { include: ['test/browser/**/*.test.{ts,tsx}'], exclude: [], timeout: 120 * second },
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
    // A browser and the servers it visits are processes of their own; beside a second test file they would starve.
    maxWorkers: suiteName === 'default' || suiteName === 'postgresql' ? 2 : 1,
    testTimeout: suite.timeout,
    hookTimeout: Math.max(suite.timeout, 60 * second),
    // Transformed modules survive from one run to the next, which takes a good part off every start of a test file.
    experimental: { fsModuleCache: true },
  },
});
