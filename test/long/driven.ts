// The benchmark's driver and the people it drives, for long tests that must ask faster than a test can. Not beside the rest of what
// tests use of bench/ (test/bench/typed.ts): it ends the process by itself when it is stopped.
// @ts-expect-error plain JavaScript, without declarations
import * as driver from '../../bench/driver/process.mjs';
// @ts-expect-error plain JavaScript, without declarations
import * as seeding from '../../bench/seeding/latchkey.mjs';
// @ts-expect-error plain JavaScript, without declarations
import * as servers from '../../bench/servers/latchkey.mjs';

const dist = new URL('../../dist/', import.meta.url);

/** People who are signed in and have allowed a client each. */
export interface Driven {
  readonly users: readonly { readonly clientId: string; readonly clientSecret: string; readonly cookie: string }[];
  readonly apiToken: string;
}

/** Fills an empty database. @param environment the service's settings */
export const seedDriven = (environment: Readonly<Record<string, string>>, users: number): Promise<Driven> =>
  seeding.seedLatchkey(environment, { rows: 10, users, idToken: 'RS256' }, dist);

interface Driver {
  run(job: { mode: string; target: unknown; seconds: number; warmUpSeconds: number }): Promise<{ cycles: number }>;
  stop(): Promise<void>;
}

/** Starts the driver, in a process of its own. */
export const startDriver = driver.startDriver as () => Driver;

/** The service as the driver is told of it. */
export const targetOf = servers.targetOf as (origin: string, driven: Driven) => unknown;
