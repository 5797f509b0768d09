// Whether a caller that was recognised when its request came still stands when something is changed. A request may wait long for a
// hash or for somebody's server, and do many things: what ended meanwhile must have no part in what is stored (decision 6).
import { isLivingToken } from '../api-tokens/service.js';
import { faultOfFamily, grantedScopes } from '../consents/families.js';
import type { Db, Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { apiError } from '../graphql/errors.js';
import { isWithinRole, lesserRole, type Role, roleOfScopes } from '../lib/roles.js';
import { isLiving } from '../sessions/service.js';

/** What a caller was recognised by: a row, which may end. */
export type Credential =
  | { readonly kind: 'session' | 'apiToken'; readonly id: string }
  | { readonly kind: 'accessToken'; readonly clientId: string; readonly familyId: string; readonly jti: string };

/** A caller's credential, the member that it acts for, and the role that it had by it. */
export interface Recognised {
  readonly credential: Credential;
  readonly memberId: string;
  readonly role: Role;
}

/** The role that the credential gives by now; null when it has ended. */
async function roleNow(db: Db | Tx, credential: Credential, now: Date): Promise<Role | null> {
  switch (credential.kind) {
    case 'session': {
      const { id } = credential;
      const session = await db.session.findUnique({ where: { id }, include: { member: true } });
      return session && isLiving(session, now) ? session.member.role : null;
    }
    case 'apiToken': {
      const { id } = credential;
      const token = await db.apiToken.findUnique({ where: { id }, include: { owner: true } });
      return token && isLivingToken(token, now) ? lesserRole(token.role, token.owner.role) : null;
    }
    case 'accessToken': {
      const { familyId: id, jti } = credential;
      const family = await db.tokenFamily.findUnique({
        where: { id },
        include: { consent: { include: { client: true, member: true } } },
      });
      // Each is read in a statement of its own: what was deleted meanwhile is missing.
      if (!family?.consent?.client || !family.consent.member || faultOfFamily(family, now) !== null) return null;
      if (await db.revokedAccessToken.findUnique({ where: { jti } })) return null;
      const role = roleOfScopes(grantedScopes(family));
      return role && lesserRole(role, family.consent.member.role);
    }
  }
}

/** Writes what is there already, so that whoever would end the member or the credential waits for this transaction. */
async function lock(tx: Tx, { credential, memberId }: Recognised): Promise<boolean> {
  // The member first, then the client, then what they have: in this order everybody locks who locks several of them.
  const active = { status: 'ACTIVE' } as const;
  const member = await tx.member.updateMany({ where: { id: memberId, ...active }, data: active });
  if (member.count === 0) return false;
  const living = { revokedAt: null };
  switch (credential.kind) {
    case 'session': {
      const lasting = { endedAt: null };
      return (await tx.session.updateMany({ where: { id: credential.id, ...lasting }, data: lasting })).count === 1;
    }
    case 'apiToken':
      return (await tx.apiToken.updateMany({ where: { id: credential.id, ...living }, data: living })).count === 1;
    case 'accessToken': {
      const enabled = { disabledAt: null };
      const client = await tx.oAuthClient.updateMany({ where: { id: credential.clientId, ...enabled }, data: enabled });
      const family = { id: credential.familyId, ...living };
      return client.count === 1 && (await tx.tokenFamily.updateMany({ where: family, data: living })).count === 1;
    }
  }
}

/**
 * Sees that a caller may still do what it could when it was recognised.
 * @param tx the transaction that stores what it asked for: until its end nobody can take that away, but for a single access token,
 *   whose revocation changes no row that could be held
 * @throws GraphQLError UNAUTHENTICATED when its credential has ended, FORBIDDEN when it gives less than it did
 */
export async function requireStanding(
  deps: Pick<Deps, 'db' | 'clock'>,
  recognised: Recognised,
  tx?: Tx,
): Promise<void> {
  const isLocked = tx === undefined || (await lock(tx, recognised));
  const role = isLocked ? await roleNow(tx ?? deps.db, recognised.credential, deps.clock()) : null;
  if (role === null) {
    throw apiError(
      'UNAUTHENTICATED',
      'What this request was sent with ended while it was under way. This was not done.',
    );
  }
  if (!isWithinRole(recognised.role, role)) {
    const message = `The role of this caller fell to ${role} while the request was under way. This was not done: send it again.`;
    throw apiError('FORBIDDEN', message);
  }
}
