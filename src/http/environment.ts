// What every request carries through Hono: its id, where it comes from, and the log that names it.
import type { Logger } from 'pino';

/** The variables of a request's context. */
export interface Environment {
  Variables: {
    /** Names the request in the log and on error pages. */
    requestId: string;
    ipAddress: string | null;
    log: Logger;
    /** What was noted for the answer's headers, by names in lower case, and an answer that has it all: answers.ts. */
    headers?: Record<string, string>;
    complete?: Response;
    /** For the line in the log, as soon as they are known: the row ids of the client and the member, the GraphQL operation's name. */
    clientId?: string;
    memberId?: string;
    operation?: string;
    /** At the protocol endpoints: the client that calls, as soon as it is known; cors.ts asks which pages may read the answer. */
    client?: { readonly allowedOrigins: string };
  };
}
