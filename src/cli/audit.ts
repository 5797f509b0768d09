// `audit`: the audit log of all accounts, exported.
import { type Command, InvalidArgumentError } from 'commander';
import { type AuditAction, auditActions } from '../audit/actions.js';
import { entriesOldestFirst } from '../audit/export.js';
import type { Deps } from '../deps.js';
import { notFound } from './find.js';
import { parseMoment } from './options.js';
import { printPart } from './output.js';
import { withDeps } from './run.js';

interface ExportOptions {
  readonly account?: string;
  readonly after?: Date;
  readonly before?: Date;
  readonly action?: readonly AuditAction[];
}

/** Adds an action, in upper or lower case, to those given before. @throws InvalidArgumentError for any other word */
function collectAction(text: string, given: readonly AuditAction[] = []): AuditAction[] {
  const name = text.toUpperCase();
  if (!Object.hasOwn(auditActions, name)) {
    throw new InvalidArgumentError(`It must be one of ${Object.keys(auditActions).join(', ')}.`);
  }
  return [...given, name as AuditAction];
}

async function exportEntries({ db }: Deps, { account, after, before, action }: ExportOptions): Promise<undefined> {
  if (account !== undefined && (await db.account.count({ where: { id: account } })) === 0) {
    throw notFound(`There is no account ${account}.`, 'account');
  }
  for await (const entries of entriesOldestFirst(db, account ?? null, { after, before, actions: action })) {
    const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`);
    if (!(await printPart(lines.join('')))) return;
  }
}

/** Adds `audit`. */
export function addAudit(program: Command): void {
  const audit = program.command('audit').description('What happened, and who did it.');

  audit
    .command('export')
    .description(
      "Print the audit log as lines of JSON, the oldest first, with the GraphQL API's names. Never holds a secret.",
    )
    .option('--account <id>', 'only entries of this account; without it, those of all accounts and of none')
    .option(
      '--after <time>',
      'only entries of this moment and later: a day, in UTC, or a moment with its offset',
      parseMoment,
    )
    .option('--before <time>', 'only entries earlier than this moment', parseMoment)
    .option('--action <action>', 'only entries of this action; may be given several times', collectAction)
    .addHelpText(
      'after',
      `
Examples:
  npm run --silent cli -- audit export > audit.jsonl
  npm run --silent cli -- audit export --after 2026-06-01 --before 2026-06-02 | gzip > audit-2026-06-01.jsonl.gz
  npm run --silent cli -- audit export --account acc_01JX5Z8Q0V7R3M2K9T4W6Y1B0C --action SIGNED_IN --action SIGN_IN_REFUSED \\
    --after 2026-06-01T12:00:00Z | jq -r .actorLabel`,
    )
    .action((options: ExportOptions) => withDeps({}, (deps) => exportEntries(deps, options)));
}
