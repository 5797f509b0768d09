// `keys`: the keys that sign tokens, rotated.
import type { Command } from 'commander';
import { operatorActor } from '../audit/service.js';
import type { Deps } from '../deps.js';
import { rotateSigningKeys } from '../keys/rotate.js';
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

/** Adds `keys`. */
export function addKeys(program: Command): void {
  const keys = program.command('keys').description('The keys that sign ID tokens and access tokens.');

  withJson(keys.command('rotate'))
    .description(
      'Make new signing keys. They are published at once and sign some minutes later, when everybody knows them; the old ones stay published until the last token that they signed has expired. Where no key signs yet, the new ones sign at once.',
    )
    .addHelpText('after', '\nExamples:\n  npm run cli -- keys rotate\n  npm run --silent cli -- keys rotate --json')
    .action((options: { json?: boolean }) => withDeps(options, rotate));
}
