// `accounts`, what concerns redirects: what an account's clients may use beside https, allowed and taken back.
import type { Command } from 'commander';
import { allowRedirects, disallowRedirects } from '../accounts/service.js';
import { operatorActor } from '../audit/service.js';
import type { Db } from '../db/client.js';
import type { Deps } from '../deps.js';
import { inputError } from '../lib/errors.js';
import { kindOfId } from '../lib/ids.js';
import {
  faultOfOrigin,
  faultOfRedirectScheme,
  faultOfRedirectUri,
  type RedirectUriRules,
} from '../lib/redirect-uri.js';
import { splitWords } from '../lib/scope.js';
import { inTermsOf } from './failure.js';
import { findOnlyAccount } from './find.js';
import { withJson } from './options.js';
import { type Report, table } from './output.js';
import { withDeps } from './run.js';

/** Reads an account, which may be left out, and schemes. @param what to do with them, for the message that none is there */
async function readWords(deps: Deps, words: readonly string[], what: string) {
  const [first = '', ...others] = words;
  const isAccount = kindOfId(first) === 'account' || (others.length > 0 && faultOfRedirectScheme(first) !== null);
  const accountId = isAccount ? first : await findOnlyAccount(deps.db, 'before the schemes');
  const schemes = isAccount ? others : words;
  if (schemes.length === 0) {
    const message = `Say what to ${what}: loopback, localhost or a scheme.`;
    throw inputError('REQUIRED', message, 'schemes');
  }
  return { accountId, schemes };
}

/** Says of a fault which of the words has it. */
const inWords = (schemes: readonly string[]) =>
  inTermsOf(Object.fromEntries(schemes.map((scheme, index) => [`schemes.${index}`, scheme])));

function sentence(accountId: string, allowed: readonly string[]): string {
  const may = `Clients of ${accountId} may redirect to https`;
  return allowed.length === 0 ? `${may} alone.` : `${may} and: ${allowed.join(' ')}`;
}

async function allow(deps: Deps, words: readonly string[]): Promise<Report> {
  const { accountId, schemes } = await readWords(deps, words, 'allow');
  const allowedRedirectSchemes = await allowRedirects(deps, operatorActor, accountId, schemes).catch(inWords(schemes));
  return {
    text: sentence(accountId, allowedRedirectSchemes),
    json: { account: { id: accountId }, allowedRedirectSchemes },
  };
}

/** What is registered with schemes that were taken back. Nothing but its registration asked whether it is allowed. */
async function stillRegistered(db: Db, accountId: string, left: readonly string[], taken: readonly string[]) {
  const clients = await db.oAuthClient.findMany({
    where: { accountId },
    orderBy: { id: 'asc' },
    include: { redirectUris: { orderBy: { position: 'asc' } } },
  });
  return clients.flatMap(({ clientId, type, redirectUris, postLogoutRedirectUris, allowedOrigins }) => {
    const rules = (allowedSchemes: readonly string[]) => ({ clientType: type, allowedSchemes, accountId });
    const isRefusedNow = (fault: (uri: string, rules: RedirectUriRules) => string | null) => (uri: string) =>
      fault(uri, rules(left)) !== null && fault(uri, rules([...left, ...taken])) === null;
    const uris = [...redirectUris.map(({ uri }) => uri), ...splitWords(postLogoutRedirectUris)];
    const refused = [
      ...uris.filter(isRefusedNow(faultOfRedirectUri)),
      ...splitWords(allowedOrigins).filter(isRefusedNow(faultOfOrigin)),
    ];
    return refused.map((uri) => ({ clientId, uri }));
  });
}

async function disallow(deps: Deps, words: readonly string[]): Promise<Report> {
  const { accountId, schemes } = await readWords(deps, words, 'take back');
  const allowedRedirectSchemes = await disallowRedirects(deps, operatorActor, accountId, schemes).catch(
    inWords(schemes),
  );
  const registered = await stillRegistered(deps.db, accountId, allowedRedirectSchemes, schemes);
  const rows = registered.map(({ clientId, uri }) => [clientId, uri]);
  const text = [
    sentence(accountId, allowedRedirectSchemes),
    ...(rows.length === 0
      ? []
      : [
          '',
          'These are registered already and go on working, until an admin of the account takes them out of the client or deletes it:',
          '',
          table(['CLIENT_ID', 'ADDRESS'], rows, ''),
        ]),
  ].join('\n');
  return { text, json: { account: { id: accountId }, allowedRedirectSchemes, stillRegistered: registered } };
}

const account =
  "the account's id, as the API's error message and `accounts list` show it; it can be left out while there is only one";

/** Adds the commands to `accounts`. */
export function addRedirects(accounts: Command): void {
  withJson(accounts.command('allow-redirects'))
    .description("Allow an account's clients to redirect to something other than https.")
    .usage('[options] [account] <scheme...>')
    .argument(
      '<words...>',
      `${account}. Then loopback (http on 127.0.0.1 and [::1]), localhost (http on localhost), or a private-use scheme with a dot`,
    )
    .addHelpText(
      'after',
      `
Examples:
  npm run cli -- accounts allow-redirects loopback
  npm run cli -- accounts allow-redirects acc_01JX5Z8Q0V7R3M2K9T4W6Y1B0C loopback
  npm run cli -- accounts allow-redirects acc_01JX5Z8Q0V7R3M2K9T4W6Y1B0C localhost com.example.app`,
    )
    .action((words: string[], options: { json?: boolean }) => withDeps(options, (deps) => allow(deps, words)));

  withJson(accounts.command('disallow-redirects'))
    .description(
      'Take back what was allowed: nothing new can be registered with it. What is registered goes on working, and is listed.',
    )
    .usage('[options] [account] <scheme...>')
    .argument('<words...>', `${account}. Then what to take back, as \`accounts list\` shows it`)
    .addHelpText(
      'after',
      `
Examples:
  npm run cli -- accounts disallow-redirects loopback
  npm run cli -- accounts disallow-redirects acc_01JX5Z8Q0V7R3M2K9T4W6Y1B0C localhost com.example.app`,
    )
    .action((words: string[], options: { json?: boolean }) => withDeps(options, (deps) => disallow(deps, words)));
}
