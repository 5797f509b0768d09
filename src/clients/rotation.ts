// Secrets without downtime: a new one while the old ones live on for a while, and the end of one.
import { type AccountActor, recordAudit, transactionOf } from '../audit/service.js';
import { inTransaction, type Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import type { Remember } from '../idempotency/service.js';
import { InputError, type InputIssue, inputError } from '../lib/errors.js';
import { kindOfId } from '../lib/ids.js';
import { livingAfter } from '../lib/living.js';
import { later } from '../lib/seconds.js';
import { findOwnClient } from './find.js';
import type { ClientReference } from './reference.js';
import { createSecret } from './secrets.js';

/** How many living secrets a client can have. */
export const mostSecrets = 5;

const daySeconds = 86_400;
const longestOverlapSeconds = 90 * daySeconds;
const longestLifeSeconds = 10 * 365 * daySeconds;

type ServiceDeps = Pick<Deps, 'db' | 'clock' | 'newId' | 'randomBytes' | 'hasher'>;

export interface Rotation {
  /** 0 ends the old secrets at once. */
  readonly previousSecretsExpireInSeconds: number;
  /** Never expires when absent. */
  readonly expiresInSeconds?: number | null | undefined;
}

function faultsOfRotation({ previousSecretsExpireInSeconds: overlap, expiresInSeconds: life }: Rotation): InputIssue[] {
  const issues: InputIssue[] = [];
  if (overlap < 0 || overlap > longestOverlapSeconds) {
    const message = `previousSecretsExpireInSeconds must be from 0 to ${longestOverlapSeconds} (90 days).`;
    issues.push({ code: 'INVALID', message, path: ['previousSecretsExpireInSeconds'] });
  }
  if (life != null && (life < 60 || life > longestLifeSeconds)) {
    const message = `expiresInSeconds must be from 60 to ${longestLifeSeconds} (10 years); leave it out for a secret that never expires.`;
    issues.push({ code: 'INVALID', message, path: ['expiresInSeconds'] });
  }
  return issues;
}

async function endPrevious(tx: Tx, clientId: string, now: Date, overlapSeconds: number): Promise<number> {
  const previous = { clientId, ...livingAfter(now) };
  if (overlapSeconds === 0) {
    return (await tx.oAuthClientSecret.updateMany({ where: previous, data: { revokedAt: now } })).count;
  }
  const end = later(now, overlapSeconds);
  // Sooner, never later: one that ends before keeps its end.
  const lasting = { clientId, ...livingAfter(end) };
  return (await tx.oAuthClientSecret.updateMany({ where: lasting, data: { expiresAt: end } })).count;
}

/**
 * Gives a client a new secret. The old ones work on for the overlap, or until their own end where that is sooner.
 * @returns the client, the new secret's row, and the secret in clear, to be shown this once
 * @throws InputError NOT_FOUND, NOT_ALLOWED for a client that has no secret, LIMIT_EXCEEDED with five living ones, INVALID
 */
export async function rotateOAuthClientSecret(
  deps: ServiceDeps,
  actor: AccountActor,
  reference: ClientReference,
  rotation: Rotation,
  remember: Remember,
) {
  const client = await findOwnClient(deps.db, actor.accountId, reference);
  const issues = faultsOfRotation(rotation);
  if (!client.tokenEndpointAuthMethod.startsWith('CLIENT_SECRET')) {
    const message = `This client's tokenEndpointAuthMethod is ${client.tokenEndpointAuthMethod}, which uses no secret. Change the method first.`;
    issues.push({ code: 'NOT_ALLOWED', message, path: ['id'] });
  }
  if (issues.length > 0) throw new InputError(issues);
  const made = await createSecret(deps, actor.ipAddress ?? '');
  const now = deps.clock();
  const { previousSecretsExpireInSeconds: overlap, expiresInSeconds: life } = rotation;
  return transactionOf(deps, actor, async (tx) => {
    // First a write to the client's row, so that rotations come one after the other and each counts what is there.
    const { count } = await tx.oAuthClient.updateMany({
      where: { id: client.id, accountId: actor.accountId },
      data: { updatedAt: now },
    });
    if (count === 0) await findOwnClient(tx, actor.accountId, { id: client.id });
    const ended = await endPrevious(tx, client.id, now, overlap);
    if ((await tx.oAuthClientSecret.count({ where: { clientId: client.id, ...livingAfter(now) } })) >= mostSecrets) {
      const message = `A client can have ${mostSecrets} living secrets. Revoke one first, or end them all with previousSecretsExpireInSeconds: 0.`;
      throw inputError('LIMIT_EXCEEDED', message, 'id');
    }
    const secret = await tx.oAuthClientSecret.create({
      data: {
        id: deps.newId('clientSecret'),
        clientId: client.id,
        ...made.row,
        createdById: actor.memberId,
        createdAt: now,
        expiresAt: life == null ? null : later(now, life),
      },
    });
    await remember(tx, secret.id);
    await recordAudit(tx, deps, actor, {
      action: 'OAUTH_CLIENT_SECRET_ROTATED',
      targetId: client.id,
      targetLabel: client.name,
      changes: [
        { field: 'secret', before: null, after: secret.id },
        { field: 'secretExpiresAt', before: null, after: secret.expiresAt?.toISOString() ?? null },
        ...(ended === 0 ? [] : [{ field: 'previousSecretsExpireInSeconds', before: null, after: String(overlap) }]),
      ],
    });
    const oauthClient = await tx.oAuthClient.findUniqueOrThrow({ where: { id: client.id } });
    return { oauthClient, secret, clientSecret: made.clear };
  });
}

/** What a rotation made, found again for the same idempotency key; null parts for what is gone since. */
export async function findRotated(deps: Pick<Deps, 'db'>, accountId: string, secretId: string) {
  const found = await deps.db.oAuthClientSecret.findFirst({
    where: { id: secretId, client: { accountId } },
    include: { client: true },
  });
  if (!found) return { oauthClient: null, secret: null, clientSecret: null };
  const { client, ...secret } = found;
  return { oauthClient: client, secret: secret.revokedAt === null ? secret : null, clientSecret: null };
}

/**
 * Ends a secret, which fails at the very next request, in every process.
 * @returns the client that it was of
 * @throws InputError NOT_FOUND, alike for unknown, foreign and revoked ones
 */
export async function revokeOAuthClientSecret(
  deps: Pick<Deps, 'db' | 'clock' | 'newId'>,
  actor: AccountActor,
  secretId: string,
) {
  const notFound = () => {
    const message = 'There is no such secret in this account, or it was revoked already.';
    return inputError('NOT_FOUND', message, 'secretId');
  };
  if (kindOfId(secretId) !== 'clientSecret') throw notFound();
  return inTransaction(deps.db, async (tx) => {
    const { count } = await tx.oAuthClientSecret.updateMany({
      where: { id: secretId, revokedAt: null, client: { accountId: actor.accountId } },
      data: { revokedAt: deps.clock() },
    });
    if (count === 0) throw notFound();
    const { client } = await tx.oAuthClientSecret.findUniqueOrThrow({
      where: { id: secretId },
      include: { client: true },
    });
    await recordAudit(tx, deps, actor, {
      action: 'OAUTH_CLIENT_SECRET_REVOKED',
      targetId: client.id,
      targetLabel: client.name,
      changes: [{ field: 'secret', before: secretId, after: null }],
    });
    return client;
  });
}
