// `members`: created in an account, given a new password, described by claims. Their address and their data are in member-data.ts.
import { type Command, InvalidArgumentError } from 'commander';
import { operatorActor } from '../audit/service.js';
import type { Deps } from '../deps.js';
import type { Role } from '../lib/roles.js';
import { memberClaimNames, setMemberClaims } from '../members/claims.js';
import { createMember, setPassword } from '../members/service.js';
import { inTermsOf } from './failure.js';
import { findMember, findOnlyAccount } from './find.js';
import { addEmailAndData } from './member-data.js';
import { parseRole, withJson, withPasswordStdin } from './options.js';
import { facts, type Report, shownOnce } from './output.js';
import { type ChosenPassword, choosePassword } from './password.js';
import { withDeps } from './run.js';

interface CreateOptions {
  readonly account?: string;
  readonly email: string;
  readonly role: Role;
  readonly name?: string;
  readonly unverified?: boolean;
  readonly passwordStdin?: boolean;
  readonly json?: boolean;
}

interface SetPasswordOptions {
  readonly email: string;
  readonly passwordStdin?: boolean;
  readonly json?: boolean;
}

interface SetClaimsOptions {
  readonly email: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly json?: boolean;
}

async function create(deps: Deps, options: CreateOptions, chosen: ChosenPassword): Promise<Report> {
  const accountId = options.account ?? (await findOnlyAccount(deps.db));
  const { email, role, name = null } = options;
  const { password } = chosen;
  const isEmailVerified = !options.unverified;
  const given = { email, role, name, password, isEmailVerified };
  const member = await createMember(deps, operatorActor, accountId, given).catch(
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

/** Reads a JSON object. @throws InvalidArgumentError for anything else */
function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new InvalidArgumentError('It must be a JSON object, such as \'{"given_name":"Grace"}\'.');
}

async function changeClaims(deps: Deps, { email, claims }: SetClaimsOptions): Promise<Report> {
  const member = await findMember(deps.db, email);
  const now = await setMemberClaims(deps, operatorActor, member.email, claims).catch(inTermsOf({ claims: '--claims' }));
  const pairs = Object.entries(now).map(
    ([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)] as const,
  );
  const sentence = `Set the claims of ${member.email}. Apps are told those that their scopes open.`;
  return {
    text: facts(sentence, pairs.length === 0 ? [['Claims', 'none']] : pairs),
    json: { member: { id: member.id, email: member.email }, claims: now },
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
    .option(
      '--unverified',
      'do not vouch for the address: they are asked to prove it, and apps are told that it is not',
    )
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

  withJson(members.command('set-claims'))
    .description(
      'Set what apps are told of a member beside name and e-mail address: the standard claims of OpenID Connect.',
    )
    .requiredOption('--email <address>', 'the e-mail address that they sign in with')
    .requiredOption(
      '--claims <json>',
      'a JSON object of claims; null takes one away, what is not named stays',
      parseObject,
    )
    .addHelpText(
      'after',
      `
Claims: ${memberClaimNames.join(', ')}.

Examples:
  npm run cli -- members set-claims --email grace@example.com --claims '{"given_name":"Grace","locale":"en-US"}'
  npm run cli -- members set-claims --email grace@example.com --claims '{"address":{"country":"US"},"phone_number":null}'`,
    )
    .action((options: SetClaimsOptions) => withDeps(options, (deps) => changeClaims(deps, options)));

  addEmailAndData(members);
}
