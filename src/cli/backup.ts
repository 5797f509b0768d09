// `backup` and `restore`: of a SQLite database. PostgreSQL's own tools do it there.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ConfigError } from '../config.js';
import { providerOf, sqlitePath } from '../db/url.js';
import { withJson } from './options.js';
import { facts, print } from './output.js';
import { commandConfig } from './run.js';

/** The file that DATABASE_URL names. @throws ConfigError on PostgreSQL */
function sqliteFile(tool: 'pg_dump' | 'pg_restore'): string {
  const { databaseUrl } = commandConfig();
  if (providerOf(databaseUrl) === 'sqlite') return sqlitePath(databaseUrl);
  throw new ConfigError([`DATABASE_URL names PostgreSQL: use ${tool}, as docs/operations.md shows`]);
}

const secretNotice =
  'Keep the secret as well, apart from the back-up: LATCHKEY_SECRET or, without it, the file latchkey.secret beside the database. Without it the signing keys in a back-up cannot be read, and with both somebody else could sign tokens.';

/** A path as the operator wrote it, from where they stand: `npm run` works in Latchkey's folder, and says where it was called. */
function fromWhereTheyStand(name: string): string {
  const { INIT_CWD: calledIn, npm_lifecycle_event: script } = process.env;
  return script === 'cli' && calledIn ? resolve(calledIn, name) : resolve(name);
}

async function makeBackup(name: string, asJson: boolean | undefined): Promise<void> {
  const database = sqliteFile('pg_dump');
  if (!existsSync(database)) throw new ConfigError([`DATABASE_URL: there is no database at ${database}`]);
  const { backUp } = await import('../db/backup.js');
  const file = fromWhereTheyStand(name);
  await backUp(database, file);
  print(
    { text: `Backed up ${database} to ${file}, and checked that it is whole.\n\n${secretNotice}`, json: { file } },
    asJson,
  );
}

async function putBack(name: string, options: { readonly force?: boolean; readonly json?: boolean }): Promise<void> {
  const database = sqliteFile('pg_restore');
  if (existsSync(database) && !options.force) {
    throw new ConfigError([
      `there is a database at ${database} already; --force puts the back-up in its place and keeps it beside`,
    ]);
  }
  const { restore } = await import('../db/backup.js');
  const kept = await restore(fromWhereTheyStand(name), database, new Date());
  const text = facts(`Restored ${database}.`, [
    ...(kept === null ? [] : [['Kept', kept] as const]),
    [
      'Secret',
      'the one that it had when the back-up was made: LATCHKEY_SECRET, or latchkey.secret beside the database',
    ],
    ['First', 'npm run cli -- migrate, which does nothing unless the back-up is of an older version'],
    ['Then', 'npm run cli -- sessions end-all, since what ended or was used after the back-up lives again'],
    ['Last', 'start Latchkey'],
  ]);
  print({ text, json: { database, kept } }, options.json);
}

/** Adds `backup` and `restore`. */
export function addBackup(program: Command): void {
  withJson(program.command('backup'))
    .description('Back up the SQLite database to a file that does not exist yet, also while the server runs.')
    .argument('<file>', 'where to, in a folder that exists; only this user can read it')
    .addHelpText(
      'after',
      `
${secretNotice}

Examples:
  npm run cli -- backup /var/backups/latchkey-2026-06-01.db`,
    )
    .action((file: string, options: { json?: boolean }) => makeBackup(file, options.json));

  withJson(program.command('restore'))
    .description('Put a back-up in the place of the SQLite database. Latchkey must be stopped.')
    .argument('<file>', 'the back-up, which stays as it is')
    .option('--force', 'also where there is a database already, which is kept beside')
    .addHelpText('after', '\nExamples:\n  npm run cli -- restore --force /var/backups/latchkey-2026-06-01.db')
    .action((file: string, options: { force?: boolean; json?: boolean }) => putBack(file, options));
}
