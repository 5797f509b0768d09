// Whether a client works: disabled and enabled, all its tokens revoked, verified by an operator, deleted.
import { type AccountActor, type Actor, recordAudit } from '../audit/service.js';
import { countLivingOfClient, revokeEverythingOfClient } from '../consents/families.js';
import { inTransaction, type Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { inputError } from '../lib/errors.js';
import { livingAfter } from '../lib/living.js';
import { findOwnClient } from './find.js';
import type { ClientReference } from './reference.js';

type ServiceDeps = Pick<Deps, 'db' | 'clock' | 'newId'>;

/**
 * Disables a client, which from then on signs nobody in and gets no token, while those that it has are refused; or enables it
 * again, with all of them as far as they have not expired. Doing what is done already changes nothing.
 * @throws InputError NOT_FOUND
 */
export async function setOAuthClientDisabled(
  deps: ServiceDeps,
  actor: AccountActor,
  reference: ClientReference,
  disabled: boolean,
) {
  const client = await findOwnClient(deps.db, actor.accountId, reference);
  const now = deps.clock();
  return inTransaction(deps.db, async (tx) => {
    const { count } = await tx.oAuthClient.updateMany({
      where: { id: client.id, disabledAt: disabled ? null : { not: null } },
      data: { disabledAt: disabled ? now : null, updatedAt: now },
    });
    if (count === 1) {
      await recordAudit(tx, deps, actor, {
        action: disabled ? 'OAUTH_CLIENT_DISABLED' : 'OAUTH_CLIENT_ENABLED',
        targetId: client.id,
        targetLabel: client.name,
      });
    }
    return findOwnClient(tx, actor.accountId, { id: client.id });
  });
}

/**
 * Ends every token, code and consent of a client at once. The client itself works on: people are asked for consent anew.
 * @returns the client, and how many members' consents ended
 * @throws InputError NOT_FOUND
 */
export async function revokeOAuthClientTokens(deps: ServiceDeps, actor: AccountActor, reference: ClientReference) {
  const client = await findOwnClient(deps.db, actor.accountId, reference);
  const now = deps.clock();
  const revoke = async (tx: Tx) => {
    const { count } = await tx.oAuthClient.updateMany({
      where: { id: client.id },
      data: { tokenEpoch: { increment: 1 }, updatedAt: now },
    });
    if (count === 0) await findOwnClient(tx, actor.accountId, { id: client.id });
    const { consents, families } = await revokeEverythingOfClient(tx, client.id, now);
    // What a member allowed of a request that still waits was allowed before this.
    await tx.authorizationRequest.updateMany({ where: { clientId: client.id }, data: { consentedById: null } });
    await recordAudit(tx, deps, actor, {
      action: 'OAUTH_CLIENT_TOKENS_REVOKED',
      targetId: client.id,
      targetLabel: client.name,
      changes: [
        { field: 'revokedConsents', before: null, after: String(consents) },
        { field: 'revokedSignIns', before: null, after: String(families) },
      ],
    });
    const oauthClient = await tx.oAuthClient.findUniqueOrThrow({ where: { id: client.id } });
    return { oauthClient, revokedConsentCount: consents };
  };
  return inTransaction(deps.db, revoke);
}

/** What went with a client that was deleted. */
export interface DeletedClient {
  readonly id: string;
  readonly revokedSecretCount: number;
  readonly revokedConsentCount: number;
  readonly endedSignInCount: number;
}

/**
 * Deletes a client with its secrets, consents and tokens, all of which fail at once.
 * @throws InputError NOT_FOUND
 */
export async function deleteOAuthClient(
  deps: ServiceDeps,
  actor: AccountActor,
  reference: ClientReference,
): Promise<DeletedClient> {
  const client = await findOwnClient(deps.db, actor.accountId, reference);
  const now = deps.clock();
  // It may meet those who are getting tokens at this moment, each waiting for a row of the other.
  const remove = async (tx: Tx) => {
    const revokedSecretCount = await tx.oAuthClientSecret.count({
      where: { clientId: client.id, ...livingAfter(now) },
    });
    const { consents, families } = await countLivingOfClient(tx, client.id, now);
    const own = { id: client.id, accountId: actor.accountId };
    const { count } = await tx.oAuthClient.updateMany({ where: own, data: { updatedAt: now } });
    if (count === 0) await findOwnClient(tx, actor.accountId, { id: client.id });
    // In the order of everybody else: the client, what people allowed it, and requests that wait for that. By itself the database
    // would delete the requests first.
    await tx.consent.deleteMany({ where: { clientId: client.id } });
    await tx.oAuthClient.deleteMany({ where: own });
    await recordAudit(tx, deps, actor, {
      action: 'OAUTH_CLIENT_DELETED',
      targetId: client.id,
      targetLabel: client.name,
      changes: [
        { field: 'clientId', before: client.clientId, after: null },
        { field: 'revokedSecrets', before: null, after: String(revokedSecretCount) },
        { field: 'revokedConsents', before: null, after: String(consents) },
        { field: 'revokedSignIns', before: null, after: String(families) },
      ],
    });
    return { id: client.id, revokedSecretCount, revokedConsentCount: consents, endedSignInCount: families };
  };
  return inTransaction(deps.db, remove);
}

/**
 * Verifies a client, so that members of other accounts may sign in through it, or takes that back. The operator's alone.
 * @throws InputError NOT_FOUND
 */
export async function setOAuthClientVerified(
  deps: Pick<Deps, 'db' | 'clock' | 'newId'>,
  actor: Actor,
  clientId: string,
  verified: boolean,
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    // Written before it is read: of two commands at once one does it, and whoever deletes the client waits, or was quicker.
    const { count } = await tx.oAuthClient.updateMany({
      where: { clientId, verifiedAt: verified ? null : { not: null } },
      data: { verifiedAt: verified ? deps.clock() : null },
    });
    const client = await tx.oAuthClient.findUnique({ where: { clientId } });
    if (!client) throw inputError('NOT_FOUND', `There is no client ${clientId}.`, 'clientId');
    if (count === 0) return;
    await recordAudit(tx, deps, actor, {
      action: verified ? 'OAUTH_CLIENT_VERIFIED' : 'OAUTH_CLIENT_UNVERIFIED',
      accountId: client.accountId,
      targetId: client.id,
      targetLabel: client.name,
    });
  });
}
