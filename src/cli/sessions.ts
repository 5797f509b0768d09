// `sessions`: everybody's, ended, with the links by which others could begin.
import type { Command } from 'commander';
import { operatorActor } from '../audit/service.js';
import type { Deps } from '../deps.js';
import { endLinksOfEverybody } from '../members/one-time-links.js';
import { endAllSignIns } from '../sessions/end-all.js';
import { withJson } from './options.js';
import type { Report } from './output.js';
import { withDeps } from './run.js';

async function endAll(deps: Deps): Promise<Report> {
  // Before the sessions: none is to be begun by a link meanwhile.
  const links = await endLinksOfEverybody(deps);
  const members = await endAllSignIns(deps, operatorActor);
  const people = members === 1 ? 'one member' : `${members} members`;
  const sent = links === 1 ? 'one link that was sent' : `${links} links that were sent`;
  return {
    text: `Signed out ${people} everywhere, and ended the tokens that apps held for them and ${sent} by e-mail.`,
    json: { members, links },
  };
}

/** Adds `sessions`. */
export function addSessions(program: Command): void {
  const sessions = program.command('sessions').description('What people are signed in to.');

  withJson(sessions.command('end-all'))
    .description(
      "End every session of every member and every token that came of a sign-in, and every link to set a password or to prove an address, as after a restore or a theft. Apps with a backchannelLogoutUri are told. API tokens, passwords and clients' own tokens stay.",
    )
    .addHelpText('after', '\nExamples:\n  npm run cli -- sessions end-all')
    .action((options: { json?: boolean }) => withDeps(options, endAll));
}
