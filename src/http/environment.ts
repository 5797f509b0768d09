// What every request carries through Hono: its id, where it comes from, and the log that names it.
import type { Logger } from 'pino';

/** The variables of a request's context. */
export interface Environment {
  Variables: {
    /** Names the request in the log and on error pages. */
    requestId: string;
    ipAddress: string | null;
    log: Logger;
  };
}
