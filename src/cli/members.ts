// `members`: created in an account, given a new password.
import type { Command } from 'commander';
import { operatorActor } from '../audit/service.js';
import type { Deps } from '../deps.js';
import type { Role } from '../lib/roles.js';
import { createMember, setPassword } from '../members/service.js';
import { inTermsOf } from './failure.js';
import { findMember, findOnlyAccount } from './find.js';
import { parseRole, withJson, withPasswordStdin } from './options.js';
import { facts, type Report, shownOnce } from './output.js';
import { type ChosenPassword, choosePassword } from './password.js';
import { withDeps } from './run.js';

interface CreateOptions {
  readonly account?: string;
  readonly email: string;
  readonly role: Role;
  readonly name?: string;
  readonly passwordStdin?: boolean;
  readonly json?: boolean;
}

interface SetPasswordOptions {
  readonly email: string;
  readonly passwordStdin?: boolean;
  readonly json?: boolean;
}

async function create(deps: Deps, options: CreateOptions, chosen: ChosenPassword): Promise<Report> {
  const accountId = options.account ?? (await findOnlyAccount(deps.db));
  const { email, role, name = null } = options;
  const { password } = chosen;
  const member = await createMember(deps, operatorActor, accountId, { email, role, name, password }).catch(
    inTermsOf({ email: '--email', name: '--name' }),
  );
  return {
    text: facts(`Created the member ${member.email}.`, [
      ['Member', member.id],
      ['Account', accountId],
      ['Role', member.role],
      ['Password', chosen.generated === null ? 'as given' : shownOnce(chosen.generated)],
    ]),
    json: {
      member: { id: member.id, accountId, email: member.email, name: member.name, role: member.role },
      password: chosen.generated,
    },
  };
}

async function changePassword(deps: Deps, options: SetPasswordOptions, chosen: ChosenPassword): Promise<Report> {
  const { id, email } = await findMember(deps.db, options.email);
  await setPassword(deps, operatorActor, email, chosen.password);
  const sentence = `Set the password of ${email}. They are signed out everywhere, apps included; API tokens stay.`;
  return {
    text: chosen.generated === null ? sentence : facts(sentence, [['Password', shownOnce(chosen.generated)]]),
    json: { member: { id, email }, password: chosen.generated },
  };
}

/** Adds `members`. */
export function addMembers(program: Command): void {
  const members = program.command('members').description('People, who sign in and belong to one account each.');

  withJson(withPasswordStdin(members.command('create')))
    .description('Create a member, who can sign in at once.')
    .requiredOption('--email <address>', 'the e-mail address that they sign in with')
    .requiredOption('--role <role>', 'reader, writer or admin', parseRole)
    .option('--account <id>', "the account's id; may be left out while there is only one account")
    .option('--name <name>', 'their name')
    .addHelpText(
      'after',
      `
Examples:
  npm run cli -- members create --email grace@example.com --role admin --name "Grace Hopper"
  npm run cli -- members create --account acc_01JX5Z8Q0V7R3M2K9T4W6Y1B0C --email alan@example.com --role reader`,
    )
    .action(async (options: CreateOptions) => {
      const chosen = await choosePassword(options);
      await withDeps(options, (deps) => create(deps, options, chosen));
    });

  withJson(withPasswordStdin(members.command('set-password')))
    .description("Set a member's password. Ends all their sessions and revokes the tokens that apps hold for them.")
    .requiredOption('--email <address>', 'the e-mail address that they sign in with')
    .addHelpText(
      'after',
      `
Examples:
  npm run cli -- members set-password --email grace@example.com
  pass show latchkey | npm run cli -- members set-password --email grace@example.com --password-stdin`,
    )
    .action(async (options: SetPasswordOptions) => {
      const chosen = await choosePassword(options);
      await withDeps(options, (deps) => changePassword(deps, options, chosen));
    });
}
