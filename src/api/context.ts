// Recognises who calls the GraphQL API: by an API token, an OAuth access token, or the browser's session. An Authorization
// header always wins: then the cookie is not looked at.
import type { Context } from 'hono';
import { findApiToken } from '../api-tokens/service.js';
import type { Actor } from '../audit/service.js';
import type { Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import type { Caller } from '../graphql/context-type.js';
import type { ErrorCode } from '../graphql/errors.js';
import { type Browser, originForAudit } from '../http/browser.js';
import { originOfRequest } from '../http/csrf.js';
import type { Environment } from '../http/environment.js';
import { parseBearerToken } from '../lib/authorization-header.js';
import { lesserRole, permissionsOf, roleOfScopes } from '../lib/roles.js';
import { actorOfMember } from '../members/service.js';
import { verifyAccessToken } from '../oauth/access-token.js';
import { actorOfClient } from '../oauth/client-authentication.js';
import { type Recognised, requireStanding } from './standing.js';

/** Why a caller is turned away before anything is executed. */
export class CallerRefused extends Error {
  readonly status: 401 | 403;
  readonly code: 'UNAUTHENTICATED' | 'FORBIDDEN';
  /** For WWW-Authenticate (RFC 6750 section 3). */
  readonly challenge: string | undefined;
  /** Who it is, for the audit log; null when that is not known. */
  readonly actor: Actor | null;

  constructor(status: 401 | 403, message: string, challenge?: string, actor: Actor | null = null) {
    super(message);
    this.name = 'CallerRefused';
    this.status = status;
    this.code = status === 401 ? 'UNAUTHENTICATED' : 'FORBIDDEN';
    this.challenge = challenge;
    this.actor = actor;
  }
}

/** The body of an answer that says no before anything is executed, in the shape of a GraphQL result. */
export function refusal(code: ErrorCode, message: string) {
  return { errors: [{ message, extensions: { code } }] };
}

function standing(deps: Deps, recognised: Recognised) {
  return (tx?: Tx) => requireStanding(deps, recognised, tx);
}

const invalidToken = 'The token is not valid: it may have expired, or been revoked.';

async function callerOfApiToken(deps: Deps, c: Context<Environment>, token: string): Promise<Caller> {
  const found = await findApiToken(deps, token);
  if (!found) throw new CallerRefused(401, invalidToken, 'Bearer realm="Latchkey", error="invalid_token"');
  const role = lesserRole(found.role, found.owner.role);
  const actor = actorOfMember(found.owner, originForAudit(c));
  const stand = standing(deps, { credential: { kind: 'apiToken', id: found.id }, memberId: found.ownerId, role });
  return {
    via: 'apiToken',
    accountId: found.accountId,
    memberId: found.ownerId,
    apiTokenId: found.id,
    session: null,
    oauthClientId: null,
    role,
    scopes: [],
    permissions: permissionsOf(role),
    actor: { ...actor, kind: 'API_TOKEN', id: found.id, label: found.name, hold: stand },
    requireStanding: stand,
  };
}

async function callerOfAccessToken(deps: Deps, c: Context<Environment>, token: string): Promise<Caller> {
  const access = await verifyAccessToken(deps, token);
  if (!access) throw new CallerRefused(401, invalidToken, 'Bearer realm="Latchkey", error="invalid_token"');
  if (access.kind === 'client') {
    const message = 'A client-credentials token acts for no member. Use an API token: createApiToken makes one.';
    const client = await deps.db.oAuthClient.findUnique({ where: { clientId: access.clientId } });
    throw new CallerRefused(403, message, undefined, client && actorOfClient(c, client));
  }
  const { client, member } = access.family.consent;
  const actor = { ...actorOfMember(member, originForAudit(c)), viaClientId: client.id };
  // An API holds the tokens that it is sent. One that is also for us is for userinfo alone.
  const tokenRole = access.api === null ? roleOfScopes(access.scopes) : null;
  if (tokenRole === null) {
    const message = 'The access token needs the scope reader, writer or admin.';
    const challenge = 'Bearer realm="Latchkey", error="insufficient_scope", scope="reader"';
    throw new CallerRefused(403, message, challenge, actor);
  }
  const role = lesserRole(tokenRole, member.role);
  const credential = {
    kind: 'accessToken',
    clientId: client.id,
    familyId: access.family.id,
    jti: access.jti,
  } as const;
  const stand = standing(deps, { credential, memberId: member.id, role });
  return {
    via: 'oauth',
    accountId: member.accountId,
    memberId: member.id,
    apiTokenId: null,
    session: null,
    oauthClientId: client.id,
    role,
    scopes: access.scopes,
    permissions: permissionsOf(role),
    actor: { ...actor, hold: stand },
    requireStanding: stand,
  };
}

async function callerOfSession(deps: Deps, browser: Browser, c: Context<Environment>): Promise<Caller | null> {
  if (browser.cookies.sessionSecret(c) === null) return null;
  if (originOfRequest(c, deps.config.issuer) !== 'ours') {
    const message =
      `A request with the session cookie must come from a page of ${deps.config.issuer}. ` +
      'Elsewhere, leave the cookie out and send an API token: Authorization: Bearer lkt_…';
    throw new CallerRefused(403, message);
  }
  const session = await browser.session(c);
  if (!session) return null;
  const { member } = session;
  deps.lastUsed.touch('member', member.id);
  const credential = { kind: 'session', id: session.id } as const;
  const stand = standing(deps, { credential, memberId: member.id, role: member.role });
  return {
    via: 'session',
    accountId: member.accountId,
    memberId: member.id,
    apiTokenId: null,
    session: { id: session.id, authenticatedAt: session.authenticatedAt },
    oauthClientId: null,
    role: member.role,
    scopes: [],
    permissions: permissionsOf(member.role),
    actor: { ...actorOfMember(member, originForAudit(c)), hold: stand },
    requireStanding: stand,
  };
}

/**
 * Says who calls.
 * @returns null for an anonymous caller
 * @throws CallerRefused for a credential that is not valid, or not for here
 */
export async function recogniseCaller(deps: Deps, browser: Browser, c: Context<Environment>): Promise<Caller | null> {
  const header = c.req.header('authorization');
  if (header === undefined) return callerOfSession(deps, browser, c);
  const token = parseBearerToken(header);
  if (token === null || token === 'malformed') {
    throw new CallerRefused(
      401,
      'The Authorization header must be: Bearer, then the token.',
      'Bearer realm="Latchkey"',
    );
  }
  return token.startsWith('lkt_') ? callerOfApiToken(deps, c, token) : callerOfAccessToken(deps, c, token);
}
