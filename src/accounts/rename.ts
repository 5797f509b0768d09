// Another name for an account. People read it wherever an app asks them for something, so an operator's verification of the
// account's clients does not outlast it, unless the operator renames.
import { type Actor, recordAudit } from '../audit/service.js';
import { inTransaction, type Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { InputError, inputError } from '../lib/errors.js';
import { faultsOfName } from '../lib/text-rules.js';

type RenameDeps = Pick<Deps, 'db' | 'clock' | 'newId'>;

/** Takes back what was verified under another name. @returns how many clients that met */
async function unverifyClients(tx: Tx, deps: RenameDeps, actor: Actor, accountId: string): Promise<number> {
  const clients = await tx.oAuthClient.findMany({
    where: { accountId, verifiedAt: { not: null } },
    orderBy: { id: 'asc' },
    select: { id: true, name: true },
  });
  // All of them: also one that is verified at this very moment, for what the account was.
  await tx.oAuthClient.updateMany({ where: { accountId }, data: { verifiedAt: null } });
  for (const { id, name } of clients) {
    const target = { accountId, targetId: id, targetLabel: name };
    await recordAudit(tx, deps, actor, { action: 'OAUTH_CLIENT_UNVERIFIED', ...target });
  }
  return clients.length;
}

/**
 * Renames an account. The name that it has already changes nothing.
 * @param given with which spaces around it, does not matter
 * @returns the account, and how many of its clients lost their verification
 * @throws InputError with what is wrong with the name, or for an unknown account
 */
export async function renameAccount(deps: RenameDeps, actor: Actor, accountId: string, given: string) {
  const name = given.trim();
  const issues = faultsOfName(name, ['name']);
  if (issues.length > 0) throw new InputError(issues);
  return inTransaction(deps.db, async (tx) => {
    const before = await tx.account.findUnique({ where: { id: accountId } });
    if (!before) {
      const message = `There is no account ${accountId}.`;
      throw inputError('NOT_FOUND', message, 'account');
    }
    if (before.name === name) return { account: before, unverifiedClientCount: 0 };
    const account = await tx.account.update({ where: { id: accountId }, data: { name } });
    await recordAudit(tx, deps, actor, {
      action: 'ACCOUNT_UPDATED',
      accountId,
      targetId: accountId,
      targetLabel: name,
      changes: [{ field: 'name', before: before.name, after: name }],
    });
    const unverifiedClientCount = actor.kind === 'OPERATOR' ? 0 : await unverifyClients(tx, deps, actor, accountId);
    return { account, unverifiedClientCount };
  });
}
