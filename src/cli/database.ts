// `database`: everything that is stored, copied to another database.
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { readPostgresqlUrl } from '../config/database-url.js';
import type { CopiedTables } from '../db/copy/copy.js';
import { describeDatabase, providerOf, secretFileOf } from '../db/url.js';
import { withJson } from './options.js';
import { print, type Report } from './output.js';
import { commandConfig } from './run.js';

interface CopyArguments {
  readonly to: string;
  readonly from?: string;
  readonly whileRunning?: boolean;
  readonly json?: boolean;
}

const count = (rows: number) => rows.toLocaleString('en-GB');

function showProgress(table: string, rows: number, done: boolean): void {
  if (rows > 0) process.stdout.write(done ? `${table}: ${count(rows)}\n` : `${table}: ${count(rows)} so far\n`);
}

/** The file whose content LATCHKEY_SECRET must be from now on; null where the operator keeps the secret. */
function secretToCarry(from: string): string | null {
  if ((process.env.LATCHKEY_SECRET ?? '') !== '' || providerOf(from) !== 'sqlite') return null;
  const file = secretFileOf(from);
  return existsSync(file) ? file : null;
}

/** The URL to set, as far as a terminal may show it. A driver takes a password from the parameters too. */
function withoutPassword(url: string): string {
  const readable = readPostgresqlUrl(url) as URL;
  readable.password = '';
  if (readable.searchParams.has('password')) readable.searchParams.delete('password');
  return readable.href;
}

function reportOf(from: string, to: string, tables: CopiedTables): Report {
  const rows = Object.values(tables).reduce((sum, one) => sum + one, 0);
  const secretFile = secretToCarry(from);
  const target = describeDatabase(to);
  const secret =
    secretFile === null
      ? 'Keep LATCHKEY_SECRET as it is: what is stored can be read with the same secret only.'
      : `Set LATCHKEY_SECRET to the content of ${secretFile}: what is stored can be read with this secret only.`;
  const next = [
    secret,
    providerOf(to) === 'sqlite'
      ? `Set DATABASE_URL=${target}, and start Latchkey.`
      : `Set DATABASE_URL=${withoutPassword(to)}, with the password if it has one, and start Latchkey.`,
    'Keep the old database, stopped, until you have seen the new one work.',
  ];
  const text = [
    `Copied ${count(rows)} rows and compared every one of them.`,
    '',
    'Next:',
    ...next.map((step, index) => `  ${index + 1}. ${step}`),
  ].join('\n');
  return { text, json: { from: describeDatabase(from), to: target, rows, tables, secretFile } };
}

async function copy(options: CopyArguments): Promise<void> {
  const { to } = options;
  const from = options.from ?? commandConfig().databaseUrl;
  const { copyDatabase } = await import('../db/copy/copy.js');
  const onProgress = options.json ? undefined : showProgress;
  const tables = await copyDatabase(from, to, { whileRunning: options.whileRunning, onProgress });
  print(reportOf(from, to, tables), options.json);
}

/** Adds `database`. */
export function addDatabase(program: Command): void {
  const database = program.command('database').description('The database as a whole.');

  withJson(database.command('copy'))
    .description(
      'Copy everything to an empty database, from SQLite to PostgreSQL, back, or to another of the same kind. Stop Latchkey first. Nothing is kept when it fails; the source is only read.',
    )
    .requiredOption('--to <url>', 'the empty database: file:… for SQLite, made when missing, or postgresql://…')
    .option('--from <url>', 'the database to copy; without it, the one that DATABASE_URL names')
    .option('--while-running', 'copy although Latchkey runs, for a rehearsal: later writes are left behind')
    .addHelpText(
      'after',
      `
Everybody on this computer can read a command's arguments. A password of PostgreSQL is better left out of the URL and set as
PGPASSWORD, or kept in ~/.pgpass.

Examples:
  npm run cli -- database copy --to postgresql://latchkey@db.example.com/latchkey
  npm run cli -- database copy --from postgresql://latchkey@db.example.com/latchkey --to file:./data/latchkey.db
  npm run --silent cli -- database copy --to file:./rehearsal.db --while-running --json`,
    )
    .action((options: CopyArguments) => copy(options));
}
