// `accounts`: created with their owner, listed, renamed, given another owner. What they may redirect to is redirects.ts's.
import type { Command } from 'commander';
import { renameAccount } from '../accounts/rename.js';
import { createAccount } from '../accounts/service.js';
import { operatorActor } from '../audit/service.js';
import type { Deps } from '../deps.js';
import { inputError } from '../lib/errors.js';
import { kindOfId } from '../lib/ids.js';
import { splitWords } from '../lib/scope.js';
import { setOwner } from '../members/ownership.js';
import { inTermsOf } from './failure.js';
import { findMember, findOnlyAccount } from './find.js';
import { withJson, withPasswordStdin } from './options.js';
import { facts, formatDate, type Report, shownOnce, table } from './output.js';
import { type ChosenPassword, choosePassword } from './password.js';
import { addRedirects } from './redirects.js';
import { withDeps } from './run.js';

interface CreateOptions {
  readonly name: string;
  readonly ownerEmail: string;
  readonly ownerName?: string;
  readonly passwordStdin?: boolean;
  readonly json?: boolean;
}

async function create(deps: Deps, options: CreateOptions, chosen: ChosenPassword): Promise<Report> {
  const { account, owner } = await createAccount(deps, operatorActor, {
    name: options.name,
    owner: { email: options.ownerEmail, name: options.ownerName ?? null, password: chosen.password },
  }).catch(
    inTermsOf({
      name: '--name',
      'owner.email': '--owner-email',
      'owner.name': '--owner-name',
    }),
  );
  return {
    text: facts(`Created the account ${account.name}.`, [
      ['Account', account.id],
      ['Owner', `${owner.email} (${owner.id})`],
      ['Password', chosen.generated === null ? 'as given' : shownOnce(chosen.generated)],
    ]),
    json: {
      account: { id: account.id, name: account.name },
      owner: { id: owner.id, email: owner.email, name: owner.name },
      password: chosen.generated,
    },
  };
}

async function list(deps: Deps): Promise<Report> {
  const rows = await deps.db.account.findMany({
    orderBy: { id: 'asc' },
    include: { members: { where: { role: 'OWNER' }, select: { email: true } } },
  });
  const accounts = rows.map(({ id, name, createdAt, members, redirectSchemes }) => ({
    id,
    name,
    ownerEmail: members[0]?.email ?? null,
    allowedRedirectSchemes: splitWords(redirectSchemes),
    createdAt,
  }));
  return {
    text: table(
      ['ACCOUNT', 'NAME', 'OWNER', 'REDIRECTS BESIDE HTTPS', 'CREATED'],
      accounts.map((account) => [
        account.id,
        account.name,
        account.ownerEmail ?? '-',
        account.allowedRedirectSchemes.join(' ') || '-',
        formatDate(account.createdAt),
      ]),
      'There is no account yet.',
    ),
    json: accounts,
  };
}

async function rename(deps: Deps, given: readonly string[]): Promise<Report> {
  const name = given.at(-1) ?? '';
  if (kindOfId(name) === 'account') {
    throw inputError('REQUIRED', 'Say what to call it: the name stands last.', 'name');
  }
  const accountId = given.length > 1 ? String(given[0]) : await findOnlyAccount(deps.db, 'before the name');
  const { account } = await renameAccount(deps, operatorActor, accountId, name);
  return {
    text: `The account ${account.id} is called ${account.name}.`,
    json: { account: { id: account.id, name: account.name } },
  };
}

async function makeOwner(deps: Deps, { email }: { readonly email: string }): Promise<Report> {
  const member = await findMember(deps.db, email);
  await setOwner(deps, operatorActor, member.id).catch(inTermsOf({ memberId: '--email' }));
  return {
    text: `${member.email} owns the account ${member.accountId}. Whoever owned it before is an admin of it.`,
    json: { account: { id: member.accountId, owner: { id: member.id, email: member.email } } },
  };
}

/** Adds `accounts`. */
export function addAccounts(program: Command): void {
  const accounts = program.command('accounts').description('Companies or teams: each has members and OAuth clients.');

  withJson(withPasswordStdin(accounts.command('create')))
    .description('Create an account and its owner.')
    .requiredOption('--name <name>', "the account's name")
    .requiredOption('--owner-email <address>', 'the e-mail address that its owner signs in with')
    .option('--owner-name <name>', "the owner's name")
    .addHelpText(
      'after',
      `
Examples:
  npm run cli -- accounts create --name "Example Ltd" --owner-email ada@example.com --owner-name "Ada King"
  pass show latchkey | npm run --silent cli -- accounts create --name Example --owner-email ada@example.com \\
    --password-stdin --json`,
    )
    .action(async (options: CreateOptions) => {
      const chosen = await choosePassword(options);
      await withDeps({ ...options, mayCreate: true }, (deps) => create(deps, options, chosen));
    });

  withJson(accounts.command('list'))
    .description('List all accounts, the oldest first.')
    .addHelpText('after', '\nExamples:\n  npm run cli -- accounts list\n  npm run --silent cli -- accounts list --json')
    .action((options: { json?: boolean }) => withDeps(options, list));

  withJson(accounts.command('rename'))
    .description('Give an account another name, which people read on consent pages and in messages.')
    .usage('[options] [account] <name>')
    .argument(
      '<words...>',
      "the account's id, as `accounts list` shows it; it can be left out while there is only one. Then the name, in quotes",
    )
    .addHelpText(
      'after',
      `
Examples:
  npm run cli -- accounts rename "Example Ltd"
  npm run cli -- accounts rename acc_01JX5Z8Q0V7R3M2K9T4W6Y1B0C "Example Ltd"`,
    )
    .action((words: string[], options: { json?: boolean }) => withDeps(options, (deps) => rename(deps, words)));

  withJson(accounts.command('set-owner'))
    .description('Hand an account on to another of its members, as when nobody can reach the owner any more.')
    .requiredOption(
      '--email <address>',
      'the e-mail address of the member who shall own the account that they belong to',
    )
    .addHelpText('after', '\nExamples:\n  npm run cli -- accounts set-owner --email grace@example.com')
    .action((options: { email: string; json?: boolean }) => withDeps(options, (deps) => makeOwner(deps, options)));

  addRedirects(accounts);
}
