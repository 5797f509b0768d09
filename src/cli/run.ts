// Runs a command's work on the real dependencies, prints what it reports, and lets go of everything, so that the process
// ends by itself.
import { existsSync } from 'node:fs';
import { type Config, ConfigError, loadConfig } from '../config.js';
import { providerOf, sqlitePath } from '../db/url.js';
import type { Deps } from '../deps.js';
import { print, type Report } from './output.js';

/** The settings for a command: the server's, but quiet unless the operator asked for a log. */
export function commandConfig(): Config {
  const config = loadConfig(process.env);
  return process.env.LATCHKEY_LOG_LEVEL ? config : { ...config, logLevel: 'warn' };
}

/**
 * A command that only looks or changes would find nothing in a database that it made itself, and a wrong DATABASE_URL must not
 * fill or migrate somebody's.
 * @throws ConfigError, MigrationError
 */
async function requireDatabase({ databaseUrl }: Config): Promise<void> {
  if (providerOf(databaseUrl) === 'sqlite' && !existsSync(sqlitePath(databaseUrl))) {
    throw new ConfigError([
      `DATABASE_URL: there is no database at ${sqlitePath(databaseUrl)}. Check the path; npm start makes one, as accounts create does`,
    ]);
  }
  const { requireMigrated } = await import('../db/migrations/migrate.js');
  await requireMigrated(databaseUrl);
}

/**
 * Opens the database, does the work and prints its report.
 * @param options `mayCreate` for a command that may begin a new database; it migrates one, too
 * @param work gives nothing when it has printed by itself
 * @throws what the work throws, and what composing throws for the operator
 */
export async function withDeps(
  options: { readonly json?: boolean; readonly mayCreate?: boolean },
  work: (deps: Deps) => Promise<Report | undefined>,
): Promise<void> {
  // Loaded here: help and mistakes should not wait for the database's client.
  const config = commandConfig();
  if (!options.mayCreate) await requireDatabase(config);
  const { compose } = await import('../compose.js');
  const { deps, close } = await compose(config);
  try {
    const report = await work(deps);
    // Printed before anything else can fail: the report may hold what is shown only once.
    if (report) print(report, options.json);
  } finally {
    await close();
  }
}
