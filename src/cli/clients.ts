// `clients`: listed across all accounts, verified by the operator.
import type { Command } from 'commander';
import { operatorActor } from '../audit/service.js';
import { setOAuthClientVerified } from '../clients/standing.js';
import type { Db } from '../db/client.js';
import type { Deps } from '../deps.js';
import { notFound } from './find.js';
import { withJson } from './options.js';
import { formatDate, type Report, table } from './output.js';
import { withDeps } from './run.js';

const columns = {
  id: true,
  clientId: true,
  name: true,
  type: true,
  accountId: true,
  verifiedAt: true,
  disabledAt: true,
  createdAt: true,
} as const;

async function requireAccount(db: Db, id: string): Promise<void> {
  if ((await db.account.count({ where: { id } })) === 0) throw notFound(`There is no account ${id}.`, 'account');
}

async function list(deps: Deps, accountId: string | undefined): Promise<Report> {
  if (accountId !== undefined) await requireAccount(deps.db, accountId);
  const clients = await deps.db.oAuthClient.findMany({
    ...(accountId === undefined ? {} : { where: { accountId } }),
    orderBy: { id: 'asc' },
    select: columns,
  });
  return {
    text: table(
      ['CLIENT_ID', 'NAME', 'TYPE', 'ACCOUNT', 'VERIFIED', 'DISABLED'],
      clients.map((client) => [
        client.clientId,
        client.name,
        client.type,
        client.accountId,
        client.verifiedAt === null ? 'no' : formatDate(client.verifiedAt),
        client.disabledAt === null ? 'no' : formatDate(client.disabledAt),
      ]),
      'There is no client yet.',
    ),
    json: clients,
  };
}

async function setVerified(deps: Deps, clientId: string, verified: boolean): Promise<Report> {
  await setOAuthClientVerified(deps, operatorActor, clientId, verified);
  const client = await deps.db.oAuthClient.findUniqueOrThrow({ where: { clientId }, select: columns });
  return {
    text: verified
      ? `${client.name} is verified: members of other accounts may sign in through it.`
      : `${client.name} is not verified: only members of its own account may sign in through it.`,
    json: client,
  };
}

/** Adds `clients`. */
export function addClients(program: Command): void {
  const clients = program.command('clients').description('Applications that accounts registered.');

  withJson(clients.command('list'))
    .description('List the OAuth clients of all accounts, the oldest first.')
    .option('--account <id>', 'only those of this account')
    .addHelpText(
      'after',
      `
Examples:
  npm run cli -- clients list
  npm run --silent cli -- clients list --json | jq -r '.[] | select(.verifiedAt == null) | .clientId'`,
    )
    .action((options: { account?: string; json?: boolean }) =>
      withDeps(options, (deps) => list(deps, options.account)),
    );

  for (const [name, verified, description] of [
    ['verify', true, 'Let members of other accounts sign in through a client.'],
    ['unverify', false, 'Let only members of its own account sign in through a client, effective at once.'],
  ] as const) {
    withJson(clients.command(name))
      .description(description)
      .argument('<client_id>', "the client's OAuth client_id, as `clients list` shows it")
      .addHelpText('after', `\nExamples:\n  npm run cli -- clients ${name} 5f0c7d1e9a3b48627c1d0e9f8a7b6c5d`)
      .action((clientId: string, options: { json?: boolean }) =>
        withDeps(options, (deps) => setVerified(deps, clientId, verified)),
      );
  }
}
