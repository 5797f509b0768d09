// Runs a command's work on the real dependencies, prints what it reports, and lets go of everything, so that the process
// ends by itself.
import { type Config, loadConfig } from '../config.js';
import type { Deps } from '../deps.js';
import { print, type Report } from './output.js';

/** The settings for a command: the server's, but quiet unless the operator asked for a log. */
export function commandConfig(): Config {
  const config = loadConfig(process.env);
  return process.env.LATCHKEY_LOG_LEVEL ? config : { ...config, logLevel: 'warn' };
}

/**
 * Opens and migrates the database, does the work and prints its report.
 * @throws what the work throws, and what composing throws for the operator
 */
export async function withDeps(
  options: { readonly json?: boolean },
  work: (deps: Deps) => Promise<Report>,
): Promise<void> {
  // Loaded here: help and mistakes should not wait for the database's client.
  const { compose } = await import('../compose.js');
  const { deps, close } = await compose(commandConfig());
  try {
    // Printed before anything else can fail: the report may hold what is shown only once.
    print(await work(deps), options.json);
  } finally {
    await close();
  }
}
