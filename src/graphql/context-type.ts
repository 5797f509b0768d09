// Who calls the GraphQL API, with what and with which rights now; and what every resolver is given.
import type { AccountActor } from '../audit/service.js';
import type { Deps } from '../deps.js';
import type { Permission, Role } from '../lib/roles.js';

/** A caller that was recognised. Rights are those of this moment: token ∩ member's role. */
export interface Caller {
  /** By which credential: the browser's session, an API token, or an OAuth access token. */
  readonly via: 'session' | 'apiToken' | 'oauth';
  readonly accountId: string;
  readonly memberId: string;
  readonly apiTokenId: string | null;
  /** The browser's session and when its person last signed in; null for other credentials. */
  readonly session: { readonly id: string; readonly authenticatedAt: Date } | null;
  /** The row id of the OAuth client whose token this is. */
  readonly oauthClientId: string | null;
  readonly role: Role;
  /** The OAuth access token's scopes; empty for other credentials. */
  readonly scopes: readonly string[];
  readonly permissions: readonly Permission[];
  readonly actor: AccountActor;
  /** Sees that the caller may still do what it could when it was recognised. @throws GraphQLError UNAUTHENTICATED */
  requireStanding(): Promise<void>;
}

/** What an operation cost its caller, and what is left for this minute. */
export interface Usage {
  /** Points. */
  readonly cost: number;
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: Date;
}

export interface GraphQLContext {
  readonly deps: Deps;
  /** Null for an anonymous caller, who may explore the schema and nothing else. */
  readonly caller: Caller | null;
  /** Filled in before the operation runs. */
  readonly spent: { usage: Usage | null };
}

/** Whether the caller may create what outlives it: never with an OAuth token, with an API token only of role ADMIN. */
export function mayManageCredentials(caller: Caller): boolean {
  return caller.via === 'session' || (caller.via === 'apiToken' && caller.role === 'ADMIN');
}

/** Whether the caller acts for a member by itself, and not through an app: an app does not see where else they are signed in. */
export function actsDirectly(caller: Caller): boolean {
  return caller.via !== 'oauth';
}

/** The account whose rows a caller with this permission may see; an id that no row has for everybody else. */
export function accountFor(context: GraphQLContext, permission: Permission | null): string {
  const { caller } = context;
  if (!caller || (permission !== null && !caller.permissions.includes(permission))) return '';
  return caller.accountId;
}

/** The caller of a field that its authScopes have let through. */
export function requireCaller(context: GraphQLContext): Caller {
  if (!context.caller) throw new Error('This field must have authScopes that need a caller.');
  return context.caller;
}
