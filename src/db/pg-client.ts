// A connection to PostgreSQL of one's own, without Prisma: for work that must know its transaction, such as migrations.
import type { Client, QueryResultRow } from 'pg';
import { answerTimeoutMilliseconds, connectionPatienceMilliseconds } from './patience.js';
import { isConnectionLoss, isNoAnswer, reasonOf } from './unavailable.js';

/** The server let nobody in, or gave no answer before anything was done. Its `cause` is what the driver said. */
export class NotReachedError extends Error {
  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
    this.name = 'NotReachedError';
  }
}

/**
 * Connects. End the connection afterwards.
 * @param applicationName what `pg_stat_activity` calls it
 * @throws NotReachedError
 */
export async function connectToPostgresql(url: string, applicationName: string): Promise<Client> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: connectionPatienceMilliseconds,
  });
  // A connection that breaks while idle says so by an event, which ends the process when nobody listens; the next query
  // fails anyway.
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    // The driver leaves it open when it is its own end that cannot go on, as without a password, and the process would not end.
    client.connection.stream.destroy();
    throw new NotReachedError(error);
  }
  return client;
}

/**
 * Asks, before anything is changed, for what a server that is there answers at once.
 * @throws NotReachedError when no answer comes; what the server says otherwise
 */
export async function ask<Row extends QueryResultRow>(client: Client, text: string): Promise<Row[]> {
  const query = { text, query_timeout: answerTimeoutMilliseconds };
  try {
    return (await client.query<Row>(query)).rows;
  } catch (error) {
    throw isConnectionLoss(error) || isNoAnswer(error) ? new NotReachedError(error) : error;
  }
}
