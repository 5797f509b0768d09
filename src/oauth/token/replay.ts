// What happens when a client presents again what gives tokens only once: somebody else may hold a copy, so the whole family
// ends (RFC 9700 sections 4.5.3 and 4.14.2).
import { recordAudit } from '../../audit/service.js';
import { revokeFamily } from '../../consents/families.js';
import { inTransaction } from '../../db/client.js';
import type { Deps } from '../../deps.js';
import type { TokenRequest } from './grant.js';

/** Revokes the family and records it, once. */
export async function revokeAfterReplay(deps: Deps, familyId: string, { actor, client }: TokenRequest): Promise<void> {
  const now = deps.clock();
  await inTransaction(deps.db, async (tx) => {
    if (!(await revokeFamily(tx, familyId, now))) return;
    const target = { targetId: client.id, targetLabel: client.name };
    await recordAudit(tx, deps, actor(), { action: 'TOKENS_REVOKED_AFTER_REPLAY', ...target });
  });
}
