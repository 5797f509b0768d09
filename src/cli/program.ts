// Which commands there are. Each noun's are in its own file; running them is main.ts's part.
import { Command } from 'commander';
import { addAccounts } from './accounts.js';
import { addApiTokens } from './api-tokens.js';
import { addAudit } from './audit.js';
import { addBackup } from './backup.js';
import { addClients } from './clients.js';
import { addConformance } from './conformance.js';
import { addDatabase } from './database.js';
import { exitCodes } from './failure.js';
import { addKeys } from './keys.js';
import { addMembers } from './members.js';
import { addMigrate } from './migrate.js';
import { addSchema } from './schema.js';
import { addServe } from './serve.js';
import { addSessions } from './sessions.js';

const description = 'Runs Latchkey and manages what only its operator may. Safe beside a running server.';

const notes = `
The database and everything else is configured by the same environment variables as the server's; the README lists them.
In scripts, keep npm's own lines out of the output: npm run --silent cli -- clients list --json

Examples:
  npm run cli -- accounts create --name "Example Ltd" --owner-email ada@example.com
  npm run cli -- api-tokens create --member ada@example.com --role admin --name deployment
  npm run cli -- clients list`;

/** Builds the command line. Parsing rejects with a CommanderError for help and for what is not understood. */
export function createProgram(): Command {
  const program = new Command()
    .name('npm run cli --')
    .description(description)
    .showHelpAfterError('(add --help for examples)')
    // Commander would end the process, perhaps before everything is written.
    .exitOverride()
    .addHelpText('after', notes)
    .addHelpText('afterAll', exitCodes);
  addServe(program);
  addMigrate(program);
  addDatabase(program);
  addBackup(program);
  addAccounts(program);
  addMembers(program);
  addApiTokens(program);
  addClients(program);
  addSessions(program);
  addKeys(program);
  addAudit(program);
  addSchema(program);
  addConformance(program);
  return program;
}
