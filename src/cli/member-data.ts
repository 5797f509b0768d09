// `members`, what concerns a person's own: another e-mail address, and an export of all that is kept about them.
import type { Command } from 'commander';
import { operatorActor } from '../audit/service.js';
import type { Deps } from '../deps.js';
import { setEmail } from '../members/email.js';
import { exportAsText } from '../members/export.js';
import { inTermsOf } from './failure.js';
import { findMember } from './find.js';
import { withJson } from './options.js';
import { printPart, type Report } from './output.js';
import { withDeps } from './run.js';

interface SetEmailOptions {
  readonly email: string;
  readonly newEmail: string;
  readonly unverified?: boolean;
  readonly json?: boolean;
}

interface ExportOptions {
  readonly email: string;
  readonly auditLogBefore?: string;
}

async function changeEmail(deps: Deps, { email, newEmail, unverified = false }: SetEmailOptions): Promise<Report> {
  const before = await findMember(deps.db, email);
  const member = await setEmail(deps, operatorActor, before.id, newEmail, !unverified).catch(
    inTermsOf({ newEmail: '--new-email', email: '--email' }),
  );
  const how = unverified ? 'They are asked to prove that it is theirs.' : 'It counts as verified.';
  return {
    text: `${before.email} signs in with ${member.email} from now on, and was signed out everywhere. ${how} Both addresses are told.`,
    json: { member: { id: member.id, email: member.email, emailVerified: member.emailVerifiedAt !== null } },
  };
}

async function exportData(deps: Deps, { email, auditLogBefore }: ExportOptions): Promise<undefined> {
  const member = await findMember(deps.db, email);
  const text = await exportAsText(deps, operatorActor, member, auditLogBefore ?? null).catch(
    inTermsOf({ auditLogBefore: '--audit-log-before' }),
  );
  await printPart(text);
}

/** Adds the commands to `members`. */
export function addEmailAndData(members: Command): void {
  withJson(members.command('set-email'))
    .description('Give a member another e-mail address, without a link to it. Ends all their sessions.')
    .requiredOption('--email <address>', 'the e-mail address that they sign in with')
    .requiredOption('--new-email <address>', 'the one that they sign in with from then on')
    .option(
      '--unverified',
      'do not vouch for the address: they are asked to prove it, and apps are told that it is not',
    )
    .addHelpText(
      'after',
      `
Examples:
  npm run cli -- members set-email --email grace@example.com --new-email grace.hopper@example.com`,
    )
    .action((options: SetEmailOptions) => withDeps(options, (deps) => changeEmail(deps, options)));

  members
    .command('export')
    .description(
      'Print all that is kept about a member as one JSON document: the same that they can download themselves. Never holds a secret.',
    )
    .requiredOption('--email <address>', 'the e-mail address that they sign in with')
    .option('--audit-log-before <id>', 'only older entries of the audit log than this one, where an export was cut')
    .addHelpText(
      'after',
      `
Examples:
  npm run --silent cli -- members export --email grace@example.com > grace.json`,
    )
    .action((options: ExportOptions) => withDeps({}, (deps) => exportData(deps, options)));
}
