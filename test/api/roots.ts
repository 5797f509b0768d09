// The roots of a walk: every query with ids of all accounts wherever it takes one, and every mutation that does something for a
// caller.
import type { TestApp } from '../support/app.js';
import { rootFields, withUnique } from './authorization-table.js';
import { type CallerName, groupOf } from './callers.js';
import type { Furnished } from './furnished.js';
import type { targetsOf } from './targets.js';
import type { Root } from './walk.js';

const quoted = (ids: readonly string[]) => ids.map((id) => JSON.stringify(id)).join(', ');

/** Several things at once, and in two halves, each with something of both accounts: what is of one stands together. */
function nodesOf(only: string, ids: readonly string[]): Root {
  const half = (rest: number) => ids.filter((_id, index) => index % 2 === rest);
  return {
    kind: 'query',
    field: 'nodes',
    only,
    call: () => `nodes(ids: [${quoted(ids)}])`,
    ...(ids.length > 1 ? { halves: [nodesOf(only, half(0)), nodesOf(only, half(1))] } : {}),
  };
}

/**
 * Every field of Query, with all ids of a type together, and for a glance the first one of each account by itself: what is found
 * is looked at in the same way however many there are.
 */
export async function queriesFor(app: TestApp, ...furnished: readonly Furnished[]): Promise<Root[]> {
  const clientIds = furnished.flatMap(({ OAuthClient = [] }) => OAuthClient);
  const clients = await app.db.oAuthClient.findMany({ where: { id: { in: clientIds } } });
  const types = [...new Set(furnished.flatMap((one) => Object.keys(one)))];
  const byId = types.flatMap((only) => {
    const ids = furnished.map((one) => one[only] ?? []);
    return ids.flatMap((all) => all.slice(0, 1)).map((id) => ({ only, call: `node(id: "${id}")`, isGlance: true }));
  });
  const together = types.map((only) =>
    nodesOf(
      only,
      furnished.flatMap((one) => one[only] ?? []),
    ),
  );
  const calls = [
    'viewer',
    'account',
    'scopes',
    'rateLimit',
    'members(first: 3)',
    'members(last: 3)',
    'apiTokens(first: 3)',
    'oauthClients(first: 3)',
    'apiResources(first: 3)',
    'auditLog(first: 3)',
    ...clients.map(({ id }) => `oauthClient(id: "${id}")`),
    ...clients.map(({ clientId }) => `oauthClient(clientId: "${clientId}")`),
  ];
  const single = [...byId, ...calls.map((call) => ({ call }))].map(
    ({ call, ...rest }): Root => ({ ...rest, kind: 'query', field: call.replace(/\(.*/, ''), call: () => call }),
  );
  return [...single, ...together];
}

/** Every field of Mutation that does something for this caller, each time to something new. */
export function mutationsFor(caller: CallerName, makeTarget: Awaited<ReturnType<typeof targetsOf>>): Root[] {
  return Object.entries(rootFields)
    .filter(([name, { expected }]) => name.startsWith('Mutation.') && expected[groupOf[caller]] === 'OK')
    .map(([name, { call, target }]) => ({
      kind: 'mutation',
      field: name.replace('Mutation.', ''),
      call: async () => (target ? call.replace('$id', quoted([(await makeTarget[target]()).id])) : withUnique(call)),
    }));
}
