// `keys`: the keys that sign tokens, rotated.
import type { Command } from 'commander';
import { operatorActor } from '../audit/service.js';
import type { Deps } from '../deps.js';
import { jwksMaxAgeSeconds, replaceCompromisedSigningKeys, rotateSigningKeys } from '../keys/rotate.js';
import { withJson } from './options.js';
import { facts, formatDate, type Report } from './output.js';
import { withDeps } from './run.js';

async function rotate(deps: Deps): Promise<Report> {
  const { kids, activeAt } = await rotateSigningKeys(deps, operatorActor);
  return {
    text: facts('Made new signing keys. Running servers pick them up by themselves; nobody is signed out.', [
      ...kids.map((kid) => ['Key', kid] as const),
      ['Signing from', formatDate(activeAt)],
    ]),
    json: { kids, activeAt },
  };
}

async function replaceCompromised(deps: Deps): Promise<Report> {
  const { kids, activeAt, compromisedKids } = await replaceCompromisedSigningKeys(deps, operatorActor);
  const told = `Ended all signing keys and made new ones. Running servers follow with their next request; who checks our tokens by
themselves may hold the old keys for another ${jwksMaxAgeSeconds / 60} minutes. Access tokens and ID tokens of the old keys are refused;
apps get new ones with their refresh tokens, and nobody is signed out.`;
  return {
    text: facts(told, [
      ...compromisedKids.map((kid) => ['Ended', kid] as const),
      ...kids.map((kid) => ['Key', kid] as const),
      ['Signing from', formatDate(activeAt)],
    ]),
    json: { kids, activeAt, compromisedKids },
  };
}

/** Adds `keys`. */
export function addKeys(program: Command): void {
  const keys = program.command('keys').description('The keys that sign ID tokens and access tokens.');

  withJson(keys.command('rotate'))
    .description(
      'Make new signing keys. They are published at once and sign some minutes later, when everybody knows them; the old ones stay published until the last token that they signed has expired. Where no key signs yet, the new ones sign at once.',
    )
    .option('--compromised', 'end all present keys at once, since somebody else may hold them')
    .addHelpText(
      'after',
      `
The new keys are encrypted under the first secret in LATCHKEY_SECRET, which all running servers must have in theirs. To change
it, start them with LATCHKEY_SECRET=new,old (if there are several, with old,new before that), rotate with the same list, and start
them with the new one alone when the new keys sign: docs/operations.md, "Changing the secret".

With --compromised nothing that the present keys signed is taken any more, and the new ones sign at once. If LATCHKEY_SECRET
may be known too, change it in the same way, with --compromised.

Examples:
  npm run cli -- keys rotate
  npm run cli -- keys rotate --compromised
  npm run --silent cli -- keys rotate --json`,
    )
    .action((options: { json?: boolean; compromised?: boolean }) =>
      withDeps(options, options.compromised ? replaceCompromised : rotate),
    );
}
