// API tokens for the GraphQL API: created and shown once, found by hash, capped live by their owner's role, revoked.
import { type Actor, recordAudit } from '../audit/service.js';
import type { Deps } from '../deps.js';
import { sha256 } from '../lib/crypto.js';
import { ForbiddenError, InputError, type InputIssue } from '../lib/errors.js';
import { kindOfId } from '../lib/ids.js';
import { isWithinRole, permissionsOf, type Role } from '../lib/roles.js';
import { createToken, hintOf, isToken } from '../lib/secret-format.js';
import { faultsOfName } from '../lib/text-rules.js';

/** Who manages tokens, and with which rights now. */
export interface TokenManager {
  readonly actor: Actor;
  readonly accountId: string;
  readonly memberId: string;
  readonly role: Role;
}

export interface NewApiToken {
  readonly name: string;
  readonly role: Role;
  readonly isService?: boolean;
  readonly expiresAt?: Date | null;
}

const latestExpiry = Date.UTC(9999, 11, 31);

function faultsOf(input: NewApiToken, manager: TokenManager, now: Date): InputIssue[] {
  const issues: InputIssue[] = faultsOfName(input.name, ['name']);
  if (input.role === 'OWNER') {
    issues.push({
      code: 'INVALID',
      message: 'A token cannot be OWNER. Choose ADMIN, WRITER or READER.',
      path: ['role'],
    });
  } else if (!isWithinRole(input.role, manager.role)) {
    const message = `A token can have at most your own role, ${manager.role}.`;
    issues.push({ code: 'NOT_ALLOWED', message, path: ['role'] });
  }
  if (input.isService && !permissionsOf(manager.role).includes('API_TOKEN_READ_ALL')) {
    issues.push({
      code: 'NOT_ALLOWED',
      message: 'Only an OWNER or ADMIN can create a service token.',
      path: ['isService'],
    });
  }
  if (input.expiresAt && (input.expiresAt <= now || input.expiresAt.getTime() > latestExpiry)) {
    issues.push({
      code: 'INVALID',
      message: 'expiresAt must be in the future, before the year 10000.',
      path: ['expiresAt'],
    });
  }
  return issues;
}

/**
 * Creates a token of the manager's.
 * @returns the row and the token in clear, to be shown this once
 * @throws InputError with everything that is wrong
 */
export async function createApiToken(
  deps: Pick<Deps, 'db' | 'clock' | 'newId' | 'randomBytes'>,
  manager: TokenManager,
  input: NewApiToken,
) {
  const now = deps.clock();
  const issues = faultsOf(input, manager, now);
  if (issues.length > 0) throw new InputError(issues);
  const token = createToken('lkt', deps.randomBytes);
  const apiToken = await deps.db.$transaction(async (tx) => {
    const created = await tx.apiToken.create({
      data: {
        id: deps.newId('apiToken'),
        accountId: manager.accountId,
        ownerId: manager.memberId,
        name: input.name.trim(),
        role: input.role,
        isService: input.isService ?? false,
        tokenHash: sha256(token),
        hint: hintOf(token),
        createdAt: now,
        expiresAt: input.expiresAt ?? null,
      },
    });
    await recordAudit(tx, deps, manager.actor, {
      action: 'API_TOKEN_CREATED',
      accountId: manager.accountId,
      targetId: created.id,
      targetLabel: created.name,
      changes: [{ field: 'role', before: null, after: created.role }],
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
  const token =
    kindOfId(id) === 'apiToken'
      ? await deps.db.apiToken.findFirst({ where: { id, accountId: manager.accountId, revokedAt: null } })
      : null;
  const seesAll = permissionsOf(manager.role).includes('API_TOKEN_READ_ALL');
  const notFound = () =>
    new InputError([
      { code: 'NOT_FOUND', message: 'There is no such API token, or it was revoked already.', path: ['id'] },
    ]);
  if (!token || (token.ownerId !== manager.memberId && !seesAll)) throw notFound();
  // One's own can always be ended, also by a member who has lost the role that it was made with.
  if (token.ownerId !== manager.memberId && !isWithinRole(token.role, manager.role)) {
    throw new ForbiddenError(`This token has the role ${token.role}, which is more than yours.`);
  }
  await deps.db.$transaction(async (tx) => {
    const { count } = await tx.apiToken.updateMany({
      where: { id, revokedAt: null },
      data: { revokedAt: deps.clock() },
    });
    if (count === 0) throw notFound();
    await recordAudit(tx, deps, manager.actor, { action: 'API_TOKEN_REVOKED', targetId: id, targetLabel: token.name });
  });
}

/** Finds a living token with its owner, who must be active. @returns null alike for unknown, expired and revoked ones */
export async function findApiToken(deps: Pick<Deps, 'db' | 'clock' | 'lastUsed'>, token: string) {
  if (!isToken('lkt', token)) return null;
  const found = await deps.db.apiToken.findUnique({ where: { tokenHash: sha256(token) }, include: { owner: true } });
  if (!found || found.revokedAt !== null || found.owner.status !== 'ACTIVE') return null;
  if (found.expiresAt !== null && found.expiresAt <= deps.clock()) return null;
  deps.lastUsed.touch('apiToken', found.id);
  return found;
}
