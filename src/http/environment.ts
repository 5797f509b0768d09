// What every request carries through Hono: its id, where it comes from, and the log that names it.
import type { Logger } from 'pino';

/** The variables of a request's context. */
export interface Environment {
  Variables: {
    /** Names the request in the log and on error pages. */
    requestId: string;
    ipAddress: string | null;
    log: Logger;
    /** At the protocol endpoints: the client that calls, as soon as it is known; cors.ts asks which pages may read the answer. */
    client?: { readonly allowedOrigins: string };
  };
}
