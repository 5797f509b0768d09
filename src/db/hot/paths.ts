// The statements that are sent past Prisma's engine: through it, an answer of the token, userinfo or introspection endpoint cost
// ten times what signing it does (docs/performance.md). Alike on both databases (test/db/hot-paths.test.ts). All else goes
// through Prisma.
import type { Driver, Statements } from './driver.js';
import { createHotReads, type HotReads } from './reads.js';
import { createHotWrites, type HotWrites } from './writes.js';

export type HotPaths = HotReads & HotWrites;

/**
 * Builds the hot paths over a connected database.
 * @param reader what reads, where there is something better for it than the driver
 */
export function createHotPaths(driver: Driver, reader: Pick<Statements, 'query'> | null): HotPaths {
  return { ...createHotReads(reader ?? driver, driver.provider), ...createHotWrites(driver) };
}
