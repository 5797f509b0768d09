// Roles, what each may do, and how a token's role caps its member's: the one table of rights.

export const roles = ['READER', 'WRITER', 'ADMIN', 'OWNER'] as const;
export type Role = (typeof roles)[number];

/** The roles that a token can carry: OWNER stays with the person. */
export const tokenRoles = ['READER', 'WRITER', 'ADMIN'] as const;

export const permissions = [
  'ACCOUNT_WRITE',
  'MEMBER_READ',
  'MEMBER_WRITE',
  'OAUTH_CLIENT_READ',
  'OAUTH_CLIENT_WRITE',
  'API_RESOURCE_READ',
  'API_RESOURCE_WRITE',
  'API_TOKEN_READ_ALL',
  'API_TOKEN_WRITE',
  'AUDIT_LOG_READ',
] as const;
export type Permission = (typeof permissions)[number];

const permissionsOfMembers: readonly Permission[] = ['MEMBER_READ', 'API_TOKEN_WRITE'];

const permissionsByRole: Record<Role, readonly Permission[]> = {
  READER: permissionsOfMembers,
  WRITER: permissionsOfMembers,
  ADMIN: permissions,
  OWNER: permissions,
};

/** What a role may do. */
export function permissionsOf(role: Role): readonly Permission[] {
  return permissionsByRole[role];
}

/** The lesser of two roles: a token never lets its member do more than the role they have now. */
export function lesserRole(left: Role, right: Role): Role {
  return roles.indexOf(left) <= roles.indexOf(right) ? left : right;
}

/** Says whether `role` is no more than `limit`. */
export function isWithinRole(role: Role, limit: Role): boolean {
  return roles.indexOf(role) <= roles.indexOf(limit);
}

/**
 * The role that an OAuth access token's scopes stand for at the GraphQL API.
 * @returns null when none of reader, writer and admin was granted
 */
export function roleOfScopes(scopes: readonly string[]): Role | null {
  if (scopes.includes('admin')) return 'ADMIN';
  if (scopes.includes('writer')) return 'WRITER';
  return scopes.includes('reader') ? 'READER' : null;
}
