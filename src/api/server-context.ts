// What the endpoint gives to each request beside what the schema needs.
import type { Logger } from 'pino';
import type { GraphQLContext } from '../graphql/context-type.js';

/** What Yoga hands on to resolvers and plugins. */
export interface ServerContext extends GraphQLContext {
  readonly log: Logger;
  readonly requestId: string;
  /** The client's address, as far as proxies are trusted. */
  readonly ipAddress: string | null;
  /** Told the name of the operation that is about to run, for the log. */
  onOperation(name: string): void;
}
