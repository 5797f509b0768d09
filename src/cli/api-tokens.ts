// `api-tokens`: created for a member and shown once.
import type { Command } from 'commander';
import { createApiToken } from '../api-tokens/service.js';
import { operatorActor } from '../audit/service.js';
import type { Deps } from '../deps.js';
import { inputError } from '../lib/errors.js';
import { isWithinRole, type Role } from '../lib/roles.js';
import { inTermsOf } from './failure.js';
import { findMember } from './find.js';
import { parseDays, parseRole, withJson } from './options.js';
import { facts, formatDate, type Report, shownOnce } from './output.js';
import { withDeps } from './run.js';

interface CreateOptions {
  readonly member: string;
  readonly role: Role;
  readonly name: string;
  readonly expiresInDays?: number;
  readonly json?: boolean;
}

async function create(deps: Deps, options: CreateOptions): Promise<Report> {
  const member = await findMember(deps.db, options.member);
  if (!isWithinRole(options.role, member.role)) {
    // The service would say "your own role", which is not the operator's.
    const message = `--role: ${member.email} is ${member.role}; a token can have at most its member's role.`;
    throw inputError('NOT_ALLOWED', message, 'role');
  }
  const days = options.expiresInDays;
  const expiresAt = days === undefined ? null : new Date(deps.clock().getTime() + days * 24 * 3600 * 1000);
  const manager = { actor: operatorActor, accountId: member.accountId, memberId: member.id, role: member.role };
  const { name, role } = options;
  const { apiToken, token } = await createApiToken(deps, manager, { name, role, expiresAt }).catch(
    inTermsOf({ name: '--name', role: '--role' }),
  );
  return {
    text: facts(`Created the API token ${apiToken.name} for ${member.email}.`, [
      ['Token', shownOnce(token)],
      ['Role', apiToken.role],
      ['Expires', apiToken.expiresAt === null ? 'never' : formatDate(apiToken.expiresAt)],
      ['Use', `Authorization: Bearer <token>, at ${deps.config.issuer}/graphql`],
    ]),
    json: { token, id: apiToken.id, name: apiToken.name, role: apiToken.role, expiresAt: apiToken.expiresAt },
  };
}

/** Adds `api-tokens`. */
export function addApiTokens(program: Command): void {
  const apiTokens = program.command('api-tokens').description('Tokens that call the GraphQL API for a member.');

  withJson(apiTokens.command('create'))
    .description('Create a token with the rights of a member and print it, once.')
    .requiredOption('--member <address>', 'the e-mail address of the member whose rights it uses')
    .requiredOption(
      '--role <role>',
      "the most that it can do: reader, writer or admin, within the member's own",
      parseRole,
    )
    .requiredOption('--name <name>', 'what it is called in lists and in the audit log')
    .option('--expires-in-days <days>', 'when it stops working (never, when left out)', parseDays)
    .addHelpText(
      'after',
      `
Examples:
  npm run cli -- api-tokens create --member ada@example.com --role admin --name deployment
  npm run --silent cli -- api-tokens create --member ada@example.com --role reader --name report \\
    --expires-in-days 30 --json | jq -r .token`,
    )
    .action((options: CreateOptions) => withDeps(options, (deps) => create(deps, options)));
}
