// Finding a client of an account as a caller names it, for those who change it.
import type { Db, Tx } from '../db/client.js';
import { inputError } from '../lib/errors.js';
import { type ClientReference, whereNamed } from './reference.js';

/**
 * Finds a client with its redirect URIs.
 * @throws InputError REQUIRED when nothing is named; NOT_FOUND, alike for unknown and foreign ones
 */
export async function findOwnClient(db: Db | Tx, accountId: string, reference: ClientReference) {
  const named = whereNamed(reference);
  if (named === null) {
    throw inputError('REQUIRED', 'Name the client by id or by clientId.', 'id');
  }
  const client = await db.oAuthClient.findFirst({
    where: { accountId, ...named },
    include: { redirectUris: { orderBy: { position: 'asc' } } },
  });
  if (!client) {
    const message =
      'id' in named && 'clientId' in named
        ? 'No OAuth client in this account has both this id and this clientId. One of them is enough.'
        : 'There is no such OAuth client in this account.';
    throw inputError('NOT_FOUND', message, 'id' in named ? 'id' : 'clientId');
  }
  return client;
}

export type OwnClient = Awaited<ReturnType<typeof findOwnClient>>;
