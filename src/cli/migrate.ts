// `migrate`: the database brought to this program's version, without starting anything else.
import type { Command } from 'commander';
import { withJson } from './options.js';
import { print } from './output.js';
import { commandConfig } from './run.js';

/** Adds `migrate`. */
export function addMigrate(program: Command): void {
  withJson(program.command('migrate'))
    .description('Run the migrations that the database lacks. Every start does this by itself.')
    .addHelpText(
      'after',
      `
Examples:
  npm run cli -- migrate
  DATABASE_URL=postgresql://latchkey@db.example.com/latchkey npm run cli -- migrate`,
    )
    .action(async (options: { json?: boolean }) => {
      const { migrate } = await import('../db/migrations/migrate.js');
      const { applied } = await migrate(commandConfig().databaseUrl, {
        warn: (message) => void process.stderr.write(`Warning: ${message}.\n`),
      });
      const text =
        applied.length === 0
          ? 'The database is up to date.'
          : ['Applied:', ...applied.map((name) => `  ${name}`)].join('\n');
      print({ text, json: { applied } }, options.json);
    });
}
