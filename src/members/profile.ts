// What members change of themselves.
import { type Actor, changesBetween, recordAudit } from '../audit/service.js';
import { inTransaction } from '../db/client.js';
import type { Deps } from '../deps.js';
import { InputError, inputError } from '../lib/errors.js';
import { faultsOfName } from '../lib/text-rules.js';
import { holdMember } from './hold.js';
import { searchTextsOf } from './service.js';

/**
 * Sets a member's name.
 * @param given empty for none
 * @throws InputError with what is wrong with it, or NOT_FOUND when the member was removed meanwhile
 */
export async function setMemberName(
  deps: Pick<Deps, 'db' | 'clock' | 'newId'>,
  actor: Actor,
  memberId: string,
  given: string,
): Promise<void> {
  const name = given.trim() || null;
  const issues = name === null ? [] : faultsOfName(name, ['name']);
  if (issues.length > 0) throw new InputError(issues);
  await inTransaction(deps.db, async (tx) => {
    // Held, since what they are found by is made of their address as well.
    const before = await holdMember(tx, { id: memberId });
    if (before === null) throw inputError('NOT_FOUND', 'This member was removed meanwhile.', 'name');
    const changes = changesBetween({ name: before.name }, { name });
    if (changes.length === 0) return;
    const texts = searchTextsOf({ email: before.email, name });
    await tx.member.update({ where: { id: memberId }, data: { name, ...texts, updatedAt: deps.clock() } });
    await recordAudit(tx, deps, actor, {
      action: 'MEMBER_UPDATED',
      accountId: before.accountId,
      targetId: memberId,
      targetLabel: before.email,
      changes,
    });
  });
}
