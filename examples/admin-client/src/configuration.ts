// The program's settings: which Latchkey it talks to, and as whom. Both come from the environment.

export interface Configuration {
  readonly endpoint: string;
  readonly token: string;
}

/** A setting is missing or wrong; the message names them all. */
export class ConfigurationError extends Error {}

/**
 * Reads the settings.
 * @throws ConfigurationError with everything that is wrong
 */
export function configurationFrom(environment: NodeJS.ProcessEnv): Configuration {
  const address = environment.LATCHKEY_URL || 'http://localhost:4000';
  const token = environment.LATCHKEY_TOKEN ?? '';
  const faults: string[] = [];
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    faults.push("LATCHKEY_URL must be Latchkey's address, such as https://id.example.com.");
  }
  // An access token would do as well, as long as it has the scope admin; those are ten minutes old at most.
  if (token === '') {
    faults.push('LATCHKEY_TOKEN is missing: npm run cli -- api-tokens create --help says how to get one.');
  }
  if (faults.length > 0) throw new ConfigurationError(faults.join('\n'));
  return { endpoint: new URL('/graphql', address).href, token };
}
