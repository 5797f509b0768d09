// Clients that a program of ours needs the secret of: the demo's and the conformance suite's.
import type { AccountActor } from './audit/service.js';
import type { GivenMetadata } from './clients/metadata.js';
import { createOAuthClient } from './clients/service.js';
import { deleteOAuthClient } from './clients/standing.js';
import type { Deps } from './deps.js';

export type SeedDeps = Pick<
  Deps,
  | 'config'
  | 'db'
  | 'clock'
  | 'newId'
  | 'randomBytes'
  | 'hasher'
  | 'outbound'
  | 'logoutCourier'
  | 'mailCourier'
  | 'secretKeys'
>;

/** A client with the secret that was made just now. */
export interface SeededClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * Makes a confidential client anew, in place of those of its name that the account has: the secret of the last one was shown
 * then, and is kept nowhere in clear.
 */
export async function remakeClient(
  deps: SeedDeps,
  owner: AccountActor,
  client: GivenMetadata & { readonly name: string },
): Promise<SeededClient> {
  const where = { accountId: owner.accountId, name: client.name };
  const known = await deps.db.oAuthClient.findMany({ where, select: { id: true } });
  for (const { id } of known) await deleteOAuthClient(deps, owner, { id });
  const { oauthClient, clientSecret } = await createOAuthClient(deps, owner, client);
  if (clientSecret === null) throw new Error(`The client ${client.name} has no secret.`);
  return { clientId: oauthClient.clientId, clientSecret };
}
