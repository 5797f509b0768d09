// What must hold before the demo changes anything: the database is its own, and its ports are free.
import { createServer } from 'node:net';
import { ConfigError } from '../config.js';
import { type Db, openDatabase } from '../db/client.js';
import { emailKey } from '../lib/email.js';
import { acme, globex } from './people.js';

/** The names of accounts that the demo did not make: their owner is none of its own. */
export async function foreignAccounts(db: Db): Promise<string[]> {
  const ownOwners = [acme, globex].map(({ owner }) => emailKey(owner.email));
  const accounts = await db.account.findMany({
    where: { members: { none: { role: 'OWNER', emailKey: { in: ownOwners } } } },
    // Only what every version of the database has: this runs before any migration.
    select: { name: true },
  });
  return accounts.map(({ name }) => name);
}

/**
 * Makes sure that the database is empty or the demo's, without migrating it.
 * @throws ConfigError when it has accounts that the demo did not make
 */
export async function requireOwnDatabase(url: string): Promise<void> {
  const { db, close } = await openDatabase(url, { poolSize: 1 });
  try {
    const foreign = await foreignAccounts(db).catch((error: unknown) => {
      // P2021: the table does not exist, so nobody has used this database yet.
      if ((error as { code?: unknown }).code === 'P2021') return [];
      throw error;
    });
    if (foreign.length === 0) return;
    const names = foreign
      .slice(0, 3)
      .map((name) => `"${name}"`)
      .join(', ');
    throw new ConfigError([
      `DATABASE_URL names a database with accounts that the demo did not make (${names}). Leave it out, and the demo uses ./data/demo.db.`,
    ]);
  } finally {
    await close();
  }
}

/**
 * Makes sure that nothing listens on a port yet.
 * @param variable the one that chooses the port
 * @throws ConfigError naming the port and the variable
 */
export async function requireFreePort(port: number, variable: 'PORT' | 'PARTNER_PORT'): Promise<void> {
  const server = createServer();
  const code = await new Promise<string | undefined>((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    server.listen(port, '127.0.0.1', () => resolve(undefined));
  });
  if (code === 'EADDRINUSE') {
    throw new ConfigError([
      `${variable}: port ${port} is in use. Stop what uses it, or choose another: ${variable}=${port + 10} npm run demo`,
    ]);
  }
  await new Promise((resolve) => server.close(resolve));
}
