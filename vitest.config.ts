// Which tests a run holds and how they are run. One suite at a time, chosen by TEST_SUITE (scripts/test.mjs
// sets it): "default" is every test of `npm test`; "long" and "browser" are the folders kept out of it; "postgresql" is what
// may come out differently there. The database is no concern of this file: tests read TEST_DATABASE_URL themselves.
import { defineConfig } from 'vitest/config';

const second = 1000;

const elsewhere = ['test/browser/**', 'test/long/**'];

// What says nothing about PostgreSQL that it does not say on SQLite, and takes long or never opens the service's database: walks
// over the rules of the schema, what has a PostgreSQL of its own anyhow, the outer side of HTTP, commands, pages, documents.
const sameEverywhere = [
  'test/api/{authorization,no-secret-reachable,other-account,privilege-check,visibility}.test.ts',
  'test/{architecture,bench,conformance,docs,lib,pages}/**',
  'test/cli/{clients-and-keys,endings,first-steps,help,logout-tokens,mails}.test.ts',
  'test/db/migration-drift.test.ts',
  'test/faults/{postgresql,sqlite}.test.ts',
  'test/http/{outbound,outbound-answers,redis,slow-requests}.test.ts',
  'test/oauth/backchannel-logout-calls.test.ts',
];

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
