// `sessions`: everybody's, ended.
import type { Command } from 'commander';
import { operatorActor } from '../audit/service.js';
import type { Deps } from '../deps.js';
import { endAllSignIns } from '../sessions/end-all.js';
import { withJson } from './options.js';
import type { Report } from './output.js';
import { withDeps } from './run.js';

async function endAll(deps: Deps): Promise<Report> {
  const members = await endAllSignIns(deps, operatorActor);
  return {
    text: `Signed out ${members === 1 ? 'one member' : `${members} members`} everywhere, and ended the tokens that apps held for them.`,
    json: { members },
  };
}

/** Adds `sessions`. */
export function addSessions(program: Command): void {
  const sessions = program.command('sessions').description('What people are signed in to.');

  withJson(sessions.command('end-all'))
    .description(
      "End every session of every member and every token that came of a sign-in, as after a restore or a theft. Apps with a backchannelLogoutUri are told. API tokens, passwords and clients' own tokens stay.",
    )
    .addHelpText('after', '\nExamples:\n  npm run cli -- sessions end-all')
    .action((options: { json?: boolean }) => withDeps(options, endAll));
}
