// What work in the background says of its failures: each fault of ours with its stack, and that the database cannot be used once
// a minute at most, since such work tries again every few seconds.
import type { Logger } from 'pino';
import { isUnavailable, reasonOf } from './unavailable.js';

const everyMilliseconds = 60_000;

/** Logs a failure. @param message what could not be done */
export type FaultLog = (error: unknown, message: string) => void;

/** Builds the log of one kind of background work. */
export function createFaultLog(log: Pick<Logger, 'error' | 'warn'>): FaultLog {
  let saidAt = Number.NEGATIVE_INFINITY;
  let unsaid = 0;
  return (error, message) => {
    if (!isUnavailable(error)) return log.error({ err: error }, message);
    const now = performance.now();
    if (now - saidAt < everyMilliseconds) {
      unsaid += 1;
      return;
    }
    log.warn({ reason: reasonOf(error), ...(unsaid > 0 ? { timesBefore: unsaid } : {}) }, message);
    saidAt = now;
    unsaid = 0;
  };
}
