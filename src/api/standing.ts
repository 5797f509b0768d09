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
  | { readonly kind: 'accessToken'; readonly familyId: string; readonly jti: string };

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
      if (!family || faultOfFamily(family, now) !== null) return null;
      if (await db.revokedAccessToken.findUnique({ where: { jti } })) return null;
      const role = roleOfScopes(grantedScopes(family));
      return role && lesserRole(role, family.consent.member.role);
    }
  }
}

/** Writes what is there already, so that whoever would end the member or the credential waits for this transaction. */
async function lock(tx: Tx, { credential, memberId }: Recognised): Promise<boolean> {
  // The member first, as do those who suspend and remove.
  const member = await tx.member.updateMany({ where: { id: memberId, status: 'ACTIVE' }, data: { status: 'ACTIVE' } });
  const row = () => {
    const living = { revokedAt: null };
    switch (credential.kind) {
      case 'session':
        return tx.session.updateMany({ where: { id: credential.id, endedAt: null }, data: { endedAt: null } });
      case 'apiToken':
        return tx.apiToken.updateMany({ where: { id: credential.id, ...living }, data: living });
      case 'accessToken':
        return tx.tokenFamily.updateMany({ where: { id: credential.familyId, ...living }, data: living });
    }
  };
  return member.count === 1 && (await row()).count === 1;
}

/**
 * Sees that a caller may still do what it could when it was recognised.
 * @param tx the transaction that stores what it asked for: until its end nobody can take that away
 * @throws GraphQLError UNAUTHENTICATED when its credential has ended, or gives it less
 */
export async function requireStanding(
  deps: Pick<Deps, 'db' | 'clock'>,
  recognised: Recognised,
  tx?: Tx,
): Promise<void> {
  const isLocked = tx === undefined || (await lock(tx, recognised));
  const role = isLocked ? await roleNow(tx ?? deps.db, recognised.credential, deps.clock()) : null;
  if (role !== null && isWithinRole(recognised.role, role)) return;
  const message =
    'What this request was sent with has ended since it began, or may do less. Nothing was changed by this field.';
  throw apiError('UNAUTHENTICATED', message);
}
