// API tokens for the GraphQL API: created and shown once, found by hash, capped live by their owner's role, revoked.
import { recordAudit, transactionOf } from '../audit/service.js';
import { inTransaction, type Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import type { Remember } from '../idempotency/service.js';
import { sha256 } from '../lib/crypto.js';
import { ForbiddenError, InputError, type InputIssue, inputError } from '../lib/errors.js';
import { kindOfId } from '../lib/ids.js';
import { isWithinRole, type Role } from '../lib/roles.js';
import { later } from '../lib/seconds.js';
import { createToken, hintOf, isToken } from '../lib/secret-format.js';
import {
  faultsOfNewToken,
  faultsOfRotation,
  managesAll,
  type NewApiToken,
  type TokenManager,
  type TokenRotation,
} from './rules.js';

type ServiceDeps = Pick<Deps, 'db' | 'clock' | 'newId' | 'randomBytes'>;

/** What a token is beside its own random bits. */
interface TokenRow {
  readonly id: string;
  readonly accountId: string;
  readonly ownerId: string;
  readonly name: string;
  readonly role: Role;
  readonly isService: boolean;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

function insert(tx: Tx, token: string, row: TokenRow) {
  return tx.apiToken.create({
    data: { ...row, tokenHash: sha256(token), hint: hintOf(token) },
  });
}

/**
 * Creates a token of the manager's.
 * @returns the row and the token in clear, to be shown this once
 * @throws InputError with everything that is wrong
 */
export async function createApiToken(
  deps: ServiceDeps,
  manager: TokenManager,
  input: NewApiToken,
  remember: Remember = async () => {},
) {
  const now = deps.clock();
  const issues = faultsOfNewToken(input, manager, now);
  if (issues.length > 0) throw new InputError(issues);
  const token = createToken('lkt', deps.randomBytes);
  const apiToken = await transactionOf(deps, manager.actor, async (tx) => {
    const created = await insert(tx, token, {
      id: deps.newId('apiToken'),
      accountId: manager.accountId,
      ownerId: manager.memberId,
      name: input.name.trim(),
      role: input.role,
      isService: input.isService ?? false,
      createdAt: now,
      expiresAt: input.expiresAt ?? null,
    });
    await remember(tx, created.id);
    await recordAudit(tx, deps, manager.actor, {
      action: 'API_TOKEN_CREATED',
      accountId: manager.accountId,
      targetId: created.id,
      targetLabel: created.name,
      changes: [
        { field: 'role', before: null, after: created.role },
        { field: 'isService', before: null, after: String(created.isService) },
        { field: 'expiresAt', before: null, after: created.expiresAt?.toISOString() ?? null },
      ],
    });
    return created;
  });
  return { apiToken, token };
}

/** What a creation or rotation made, found again for the same idempotency key; null when it was revoked since. */
export async function findCreatedToken(deps: Pick<Deps, 'db'>, manager: TokenManager, id: string) {
  const where = { id, accountId: manager.accountId, revokedAt: null };
  return { apiToken: await deps.db.apiToken.findUnique({ where }), token: null };
}

const notFound = () => {
  const message = 'There is no such API token, or it was revoked already.';
  return inputError('NOT_FOUND', message, 'id');
};

const ownerLeft = () => {
  const message = "The token's owner left at this moment. Look whether it passed to somebody else.";
  return inputError('CONFLICT', message, 'id');
};

/** A living token that the manager may end. @throws InputError NOT_FOUND, alike for unknown, foreign and revoked ones */
async function findManaged(deps: Pick<Deps, 'db'>, manager: TokenManager, id: string) {
  if (kindOfId(id) !== 'apiToken') throw notFound();
  const token = await deps.db.apiToken.findFirst({ where: { id, accountId: manager.accountId, revokedAt: null } });
  if (!token || (token.ownerId !== manager.memberId && !managesAll(manager))) throw notFound();
  // One's own can always be ended, also by a member who has lost the role that it was made with.
  if (token.ownerId !== manager.memberId && !isWithinRole(token.role, manager.role)) {
    throw new ForbiddenError(`This token has the role ${token.role}, which is more than yours.`);
  }
  return token;
}

function rotatedBefore(successorId: string): InputIssue {
  const message = `This token was rotated before, into ${successorId}. Rotate that one.`;
  return { code: 'NOT_ALLOWED', message, path: ['id'] };
}

/**
 * Replaces a token by a new one with the same name, role and owner, while the old one works on for the overlap: one's own,
 * or a service token of the account for an OWNER or ADMIN. A personal token of somebody else is never rotated, since whoever
 * held the new one would act as that person.
 * @returns the new row and the new token in clear, to be shown this once
 * @throws InputError NOT_FOUND as for `revokeApiToken`, NOT_ALLOWED, INVALID with everything that is wrong; CONFLICT when its owner
 *   leaves at this moment
 */
export async function rotateApiToken(
  deps: ServiceDeps,
  manager: TokenManager,
  id: string,
  rotation: TokenRotation,
  remember: Remember = async () => {},
) {
  const now = deps.clock();
  const old = await findManaged(deps, manager, id);
  const issues = faultsOfRotation(rotation, now);
  if (old.expiresAt !== null && old.expiresAt <= now) {
    const message = 'This token has expired. Create a new one.';
    issues.push({ code: 'NOT_ALLOWED', message, path: ['id'] });
  }
  if (old.replacedById !== null) issues.push(rotatedBefore(old.replacedById));
  if (!old.isService && old.ownerId !== manager.memberId) {
    const message = 'Only its owner can rotate a personal token. You can revoke it.';
    issues.push({ code: 'NOT_ALLOWED', message, path: ['id'] });
  }
  if (!isWithinRole(old.role, manager.role)) {
    const message = `This token has the role ${old.role}, and a new one can have at most your own, ${manager.role}. Create another.`;
    issues.push({ code: 'NOT_ALLOWED', message, path: ['id'] });
  }
  if (issues.length > 0) throw new InputError(issues);
  const token = createToken('lkt', deps.randomBytes);
  const overlap = rotation.previousTokenExpiresInSeconds;
  const end = later(now, overlap);
  const apiToken = await inTransaction(deps.db, async (tx) => {
    // The owner first, as whoever removes them does: in another order each could wait for the other.
    await tx.member.updateMany({ where: { id: old.ownerId }, data: { id: old.ownerId } });
    // Of two rotations at once only one finds the old token as it was.
    const newId = deps.newId('apiToken');
    const { count } = await tx.apiToken.updateMany({
      where: { id, ownerId: old.ownerId, revokedAt: null, replacedById: null },
      data: {
        replacedById: newId,
        ...(overlap === 0
          ? { revokedAt: now }
          : { expiresAt: old.expiresAt !== null && old.expiresAt < end ? old.expiresAt : end }),
      },
    });
    if (count === 0) {
      const meanwhile = await tx.apiToken.findUnique({ where: { id } });
      if (meanwhile?.ownerId !== old.ownerId) throw ownerLeft();
      throw meanwhile.replacedById === null ? notFound() : new InputError([rotatedBefore(meanwhile.replacedById)]);
    }
    const { accountId, ownerId, name, role, isService } = old;
    const expiresAt = rotation.expiresAt ?? null;
    const created = await insert(tx, token, {
      id: newId,
      accountId,
      ownerId,
      name,
      role,
      isService,
      createdAt: now,
      expiresAt,
    });
    await remember(tx, created.id);
    await recordAudit(tx, deps, manager.actor, {
      action: 'API_TOKEN_ROTATED',
      accountId: manager.accountId,
      targetId: created.id,
      targetLabel: name,
      changes: [
        { field: 'id', before: id, after: created.id },
        { field: 'previousTokenExpiresInSeconds', before: null, after: String(overlap) },
        { field: 'expiresAt', before: null, after: expiresAt?.toISOString() ?? null },
      ],
    });
    return created;
  });
  return { apiToken, token };
}

/**
 * Revokes a token: one's own, or any of the account's for an OWNER or ADMIN. It fails at its very next use.
 * @throws InputError NOT_FOUND, alike for unknown, foreign and revoked ones; ForbiddenError for a colleague's
 */
export async function revokeApiToken(
  deps: Pick<Deps, 'db' | 'clock' | 'newId'>,
  manager: TokenManager,
  id: string,
): Promise<void> {
  const token = await findManaged(deps, manager, id);
  await inTransaction(deps.db, async (tx) => {
    const { count } = await tx.apiToken.updateMany({
      where: { id, revokedAt: null },
      data: { revokedAt: deps.clock() },
    });
    if (count === 0) throw notFound();
    await recordAudit(tx, deps, manager.actor, { action: 'API_TOKEN_REVOKED', targetId: id, targetLabel: token.name });
  });
}

/** Whether a token counts: not revoked, not expired, and its owner active, and there: as for a session's member. */
export function isLivingToken(
  token: {
    readonly revokedAt: Date | null;
    readonly expiresAt: Date | null;
    readonly owner: { readonly status: string } | null;
  },
  now: Date,
): boolean {
  if (token.revokedAt !== null || token.owner?.status !== 'ACTIVE') return false;
  return token.expiresAt === null || token.expiresAt > now;
}

/** Finds a living token with its owner, who must be active. @returns null alike for unknown, expired and revoked ones */
export async function findApiToken(deps: Pick<Deps, 'hotPaths' | 'clock' | 'lastUsed'>, token: string) {
  if (!isToken('lkt', token)) return null;
  const found = await deps.hotPaths.apiToken(sha256(token));
  if (!found || !isLivingToken(found, deps.clock())) return null;
  deps.lastUsed.touch('apiToken', found.id);
  return found;
}
