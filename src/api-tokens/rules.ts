// What may be asked of API tokens, and by whom: pure rules.
import type { Actor } from '../audit/service.js';
import type { InputIssue } from '../lib/errors.js';
import { isWithinRole, permissionsOf, type Role } from '../lib/roles.js';
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
const longestOverlapSeconds = 90 * 86_400;

/** Says what is wrong with when a token shall expire. */
function faultsOfExpiry(expiresAt: Date | null | undefined, now: Date): InputIssue[] {
  if (!expiresAt || (expiresAt > now && expiresAt.getTime() <= latestExpiry)) return [];
  const message = 'expiresAt must be in the future, before the year 10000.';
  return [{ code: 'INVALID', message, path: ['expiresAt'] }];
}

/** Everything that is wrong with a new token. */
export function faultsOfNewToken(input: NewApiToken, manager: TokenManager, now: Date): InputIssue[] {
  const issues: InputIssue[] = faultsOfName(input.name, ['name']);
  if (input.role === 'OWNER') {
    const message = 'A token cannot be OWNER. Choose ADMIN, WRITER or READER.';
    issues.push({ code: 'INVALID', message, path: ['role'] });
  } else if (!isWithinRole(input.role, manager.role)) {
    const message = `A token can have at most your own role, ${manager.role}.`;
    issues.push({ code: 'NOT_ALLOWED', message, path: ['role'] });
  }
  if (input.isService && !managesAll(manager)) {
    const message = 'Only an OWNER or ADMIN can create a service token.';
    issues.push({ code: 'NOT_ALLOWED', message, path: ['isService'] });
  }
  return [...issues, ...faultsOfExpiry(input.expiresAt, now)];
}

/** How a token is to be replaced. */
export interface TokenRotation {
  /** 0 ends the old one at once. */
  readonly previousTokenExpiresInSeconds: number;
  readonly expiresAt?: Date | null;
}

/** Everything that is wrong with a rotation. */
export function faultsOfRotation(rotation: TokenRotation, now: Date): InputIssue[] {
  const { previousTokenExpiresInSeconds: overlap } = rotation;
  const issues = faultsOfExpiry(rotation.expiresAt, now);
  if (overlap < 0 || overlap > longestOverlapSeconds) {
    const message = `previousTokenExpiresInSeconds must be from 0 to ${longestOverlapSeconds} (90 days).`;
    issues.push({ code: 'INVALID', message, path: ['previousTokenExpiresInSeconds'] });
  }
  return issues;
}

/** Whether all tokens of the account are theirs to see and to end. */
export function managesAll({ role }: { readonly role: Role }): boolean {
  return permissionsOf(role).includes('API_TOKEN_READ_ALL');
}
