// Tokens that a client gives back: what ends with each, and the record of it. How one is presented and by whom is
// oauth/revoke.ts.
import { type Actor, type AuditChange, recordAudit } from '../audit/service.js';
import { inTransaction, isUniqueViolation, type Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { revokeFamily } from './families.js';

type RevocationDeps = Pick<Deps, 'db' | 'clock' | 'newId'>;

interface Holder {
  readonly id: string;
  readonly name: string;
}

function recordRevocation(tx: Tx, deps: RevocationDeps, actor: Actor, client: Holder, changes: AuditChange[]) {
  return recordAudit(tx, deps, actor, {
    action: 'TOKENS_REVOKED',
    targetId: client.id,
    targetLabel: client.name,
    changes,
  });
}

/**
 * Ends a sign-in whose refresh token is given back: its other refresh tokens and its access tokens end with it (RFC 7009
 * section 2.1). A second time changes nothing and is not recorded.
 */
export async function revokeSignIn(
  deps: RevocationDeps,
  actor: Actor,
  client: Holder,
  family: { readonly id: string; readonly expiresAt: Date },
): Promise<void> {
  const now = deps.clock();
  if (family.expiresAt <= now) return;
  await inTransaction(deps.db, async (tx) => {
    if (!(await revokeFamily(tx, family.id, now))) return;
    await recordRevocation(tx, deps, actor, client, [{ field: 'revokedSignIns', before: null, after: '1' }]);
  });
}

/**
 * Ends one access token and nothing else. RFC 7009 section 2.1 leaves open whether its refresh token ends too: here it does
 * not, since every API that an access token is sent to holds it, and for a client without a secret nothing more is needed to
 * give it back. Such an API could sign the person out. A second time changes nothing and is not recorded.
 * @param token.expiresAt until then it has to be remembered
 */
export async function revokeAccessToken(
  deps: RevocationDeps,
  actor: Actor,
  client: Holder,
  token: { readonly jti: string; readonly expiresAt: Date },
): Promise<void> {
  const { jti, expiresAt } = token;
  try {
    await inTransaction(deps.db, async (tx) => {
      await tx.revokedAccessToken.create({ data: { jti, expiresAt } });
      await recordRevocation(tx, deps, actor, client, [{ field: 'revokedAccessTokens', before: null, after: '1' }]);
    });
  } catch (error) {
    if (!isUniqueViolation(error, 'jti')) throw error;
  }
}
