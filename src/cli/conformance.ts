// `conformance`: what the OpenID Foundation's suite needs to test this installation.
import { open, rename, rm } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { seedConformance } from '../conformance/seed.js';
import { type SuiteParts, suiteConfig } from '../conformance/suite-config.js';
import type { Deps } from '../deps.js';
import { inputError } from '../lib/errors.js';
import { parseUrl } from '../lib/url.js';
import { withJson } from './options.js';
import { facts, type Report } from './output.js';
import { withDeps } from './run.js';

interface SeedOptions {
  readonly suite: string;
  readonly alias: string;
  readonly out: string;
  readonly json?: boolean;
}

/** Reads the suite's origin. @throws InvalidArgumentError for anything but an https origin */
function parseSuite(text: string): string {
  if (text.startsWith('https://') && parseUrl(text)?.origin === text) return text;
  throw new InvalidArgumentError('It must be an https origin, such as https://localhost.emobix.co.uk:8443.');
}

function parseAlias(text: string): string {
  if (/^[A-Za-z0-9._-]{1,60}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be 1 to 60 letters, digits, dots, dashes or underscores.');
}

async function seed(deps: Deps, { suite, alias, out }: SeedOptions): Promise<Report> {
  // A new file with secrets, for whoever runs this alone; opened before anything is made, which nobody could be told of otherwise.
  const fresh = `${out}.new`;
  await rm(fresh, { force: true });
  const file = await open(fresh, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw inputError('INVALID', `--out: ${error.message}`, 'out');
  });
  let parts: SuiteParts;
  try {
    parts = await seedConformance(deps, { suite, alias });
    await file.writeFile(`${JSON.stringify(suiteConfig(parts), null, 2)}\n`);
  } finally {
    await file.close();
  }
  await rename(fresh, out);
  return {
    text: facts(
      'Made the clients and the person that the conformance suite tests with. Their secrets are in the file.',
      [
        ['File', out],
        ['Issuer', parts.issuer],
        ['Suite', `${suite}/test/a/${alias}`],
        ['Signs in as', parts.person.email],
      ],
    ),
    json: { file: out, issuer: parts.issuer, suite, alias, email: parts.person.email },
  };
}

/** Adds `conformance`. */
export function addConformance(program: Command): void {
  const conformance = program.command('conformance').description("The OpenID Foundation's conformance suite.");

  withJson(conformance.command('seed'))
    .description(
      'Make an account, a person and static clients for the conformance suite, and write the file that it reads. Run again, it makes new secrets.',
    )
    .option('--suite <origin>', 'where the suite runs', parseSuite, 'https://localhost.emobix.co.uk:8443')
    .option('--alias <alias>', 'the alias of the test plan, a part of its addresses', parseAlias, 'latchkey')
    .option('--out <file>', 'the file to write, with secrets in it', 'conformance.json')
    .addHelpText(
      'after',
      `
Examples:
  npm run conformance:seed
  npm run cli -- conformance seed
  npm run cli -- conformance seed --suite https://www.certification.openid.net --alias my-latchkey --out plan.json`,
    )
    .action((options: SeedOptions) => withDeps({ ...options, mayCreate: true }, (deps) => seed(deps, options)));
}
