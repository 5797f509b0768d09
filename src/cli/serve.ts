// `serve`: the service itself, as `npm start` runs it.
import type { Command } from 'commander';

/** Adds `serve`. */
export function addServe(program: Command): void {
  program
    .command('serve')
    .description('Start the service: migrate the database, prepare an empty one, listen until SIGINT or SIGTERM.')
    .addHelpText(
      'after',
      `
Examples:
  npm run cli -- serve
  PORT=8080 LATCHKEY_ISSUER=https://id.example.com npm run cli -- serve`,
    )
    .action(async () => {
      const { runService } = await import('../serve.js');
      await runService();
    });
}
