// Accounts: created with their owner, and what redirect schemes an operator allows them beside https.
import { type Actor, recordAudit } from '../audit/service.js';
import { inTransaction, type Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { InputError, type InputIssue, inputError } from '../lib/errors.js';
import { faultOfRedirectScheme } from '../lib/redirect-uri.js';
import { splitWords } from '../lib/scope.js';
import { faultsOfName } from '../lib/text-rules.js';
import { emailTaken, faultsOfMember, type NewMember, prepareMember } from '../members/service.js';

export interface NewAccount {
  readonly name: string;
  readonly owner: Omit<NewMember, 'role'>;
}

/** What is wrong with a new account and its owner, as far as that can be said without a database. */
export async function faultsOfAccount({ name, owner }: NewAccount): Promise<InputIssue[]> {
  const ofOwner = await faultsOfMember({ ...owner, role: 'OWNER' });
  return [...faultsOfName(name, ['name']), ...ofOwner.map((issue) => ({ ...issue, path: ['owner', ...issue.path] }))];
}

/**
 * Checks and hashes what a new account needs and returns the write, to be run inside a transaction.
 * @throws InputError with everything that is wrong
 */
export async function prepareAccount(deps: Pick<Deps, 'clock' | 'newId' | 'hasher'>, account: NewAccount) {
  const issues = await faultsOfAccount(account);
  if (issues.length > 0) throw new InputError(issues);
  const insertOwner = await prepareMember(deps, { ...account.owner, role: 'OWNER' });
  return async function insert(tx: Tx, actor: Actor) {
    const name = account.name.trim();
    const created = await tx.account.create({ data: { id: deps.newId('account'), name, createdAt: deps.clock() } });
    const target = { accountId: created.id, targetId: created.id, targetLabel: name };
    await recordAudit(tx, deps, actor, { action: 'ACCOUNT_CREATED', ...target });
    return { account: created, owner: await insertOwner(tx, actor, created.id) };
  };
}

/**
 * Creates an account and its owner.
 * @throws InputError with everything that is wrong
 */
export async function createAccount(
  deps: Pick<Deps, 'db' | 'clock' | 'newId' | 'hasher'>,
  actor: Actor,
  account: NewAccount,
) {
  const insert = await prepareAccount(deps, account);
  try {
    return await inTransaction(deps.db, (tx) => insert(tx, actor));
  } catch (error) {
    throw emailTaken(error, ['owner', 'email']);
  }
}

/**
 * Allows an account's clients to redirect to something other than https. The operator's alone.
 * @param schemes `loopback`, `localhost`, or private-use schemes with a dot
 * @returns everything that the account may use now
 * @throws InputError for an unknown account or a scheme that is never allowed
 */
export async function allowRedirects(
  deps: Pick<Deps, 'db' | 'clock' | 'newId'>,
  actor: Actor,
  accountId: string,
  schemes: readonly string[],
): Promise<string[]> {
  const issues = schemes.flatMap((scheme, index) => {
    const message = faultOfRedirectScheme(scheme);
    return message === null ? [] : [{ code: 'INVALID', message, path: ['schemes', String(index)] } as const];
  });
  if (issues.length > 0) throw new InputError(issues);
  return changeRedirects(deps, actor, accountId, (before) => [...new Set([...before, ...schemes])].sort());
}

/**
 * Takes back what an account's clients were allowed. What is registered with it goes on working.
 * @returns everything that the account may use now
 * @throws InputError for an unknown account, and for a scheme that it does not have: a mistake would go unseen
 */
export async function disallowRedirects(
  deps: Pick<Deps, 'db' | 'clock' | 'newId'>,
  actor: Actor,
  accountId: string,
  schemes: readonly string[],
): Promise<string[]> {
  return changeRedirects(deps, actor, accountId, (before) => {
    const has = before.length === 0 ? 'https alone' : `${before.join(' ')} beside https`;
    const issues = schemes.flatMap((scheme, index) => {
      const message = `It is not allowed for this account, which may use ${has}.`;
      return before.includes(scheme) ? [] : [{ code: 'INVALID', message, path: ['schemes', String(index)] } as const];
    });
    if (issues.length > 0) throw new InputError(issues);
    return before.filter((scheme) => !schemes.includes(scheme));
  });
}

/** @param change says what the account may use then @throws InputError for an unknown account, and what `change` throws */
async function changeRedirects(
  deps: Pick<Deps, 'db' | 'clock' | 'newId'>,
  actor: Actor,
  accountId: string,
  change: (before: readonly string[]) => string[],
): Promise<string[]> {
  return inTransaction(deps.db, async (tx) => {
    const account = await tx.account.findUnique({ where: { id: accountId } });
    if (!account) throw inputError('NOT_FOUND', `There is no account ${accountId}.`, 'account');
    const before = splitWords(account.redirectSchemes);
    const after = change(before);
    if (after.length === before.length) return before;
    const { count } = await tx.account.updateMany({
      where: { id: accountId, redirectSchemes: account.redirectSchemes },
      data: { redirectSchemes: after.join(' ') },
    });
    if (count === 0) {
      throw inputError(
        'CONFLICT',
        'Somebody changed what is allowed at this moment. Run the command again.',
        'account',
      );
    }
    await recordAudit(tx, deps, actor, {
      action: 'ACCOUNT_REDIRECTS_ALLOWED',
      accountId,
      targetId: accountId,
      targetLabel: account.name,
      changes: [{ field: 'allowedRedirectSchemes', before: before.join(' ') || null, after: after.join(' ') || null }],
    });
    return after;
  });
}
