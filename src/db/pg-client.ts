// A connection to PostgreSQL of one's own, without Prisma: for work that must know its transaction, such as migrations.
import type { Client } from 'pg';

/**
 * Connects. End the connection afterwards.
 * @param applicationName what `pg_stat_activity` calls it
 */
export async function connectToPostgresql(url: string, applicationName: string): Promise<Client> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, application_name: applicationName });
  // A connection that breaks while idle says so by an event, which ends the process when nobody listens; the next query
  // fails anyway.
  client.on('error', () => {});
  await client.connect();
  return client;
}
