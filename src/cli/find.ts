// What an operator names on the command line, found across all accounts.
import type { Db } from '../db/client.js';
import { emailKey } from '../lib/email.js';
import { type InputError, inputError } from '../lib/errors.js';

/** The error for a thing that does not exist; failure.ts adds where to look. */
export function notFound(message: string, path: 'account' | 'email'): InputError {
  return inputError('NOT_FOUND', message, path);
}

/** A member by e-mail address, in whatever spelling. @throws InputError NOT_FOUND */
export async function findMember(db: Db, email: string) {
  const member = await db.member.findUnique({ where: { emailKey: emailKey(email) } });
  if (!member) throw notFound(`There is no member ${email}.`, 'email');
  return member;
}

/**
 * The id of the only account, for a command that was given none.
 * @param how to name one, should there be several
 * @throws InputError when there is none, or more than one to choose from
 */
export async function findOnlyAccount(db: Db, how = 'with --account <id>'): Promise<string> {
  const [first, ...others] = await db.account.findMany({ select: { id: true }, take: 2 });
  if (first && others.length === 0) return first.id;
  const message = first
    ? `There is more than one account: name one ${how}. List them: npm run cli -- accounts list`
    : 'There is no account yet. Create one: npm run cli -- accounts create --name <name> --owner-email <address>';
  throw inputError('REQUIRED', message, 'account');
}
