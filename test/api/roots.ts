// The roots of a walk: every query with ids of all accounts wherever it takes one, and every mutation that does something for a
// caller.
import type { TestApp } from '../support/app.js';
import { rootFields, withUnique } from './authorization-table.js';
import { type CallerName, groupOf } from './callers.js';
import type { Furnished } from './furnished.js';
import type { targetsOf } from './targets.js';
import type { Root } from './walk.js';

const quoted = (ids: readonly string[]) => ids.map((id) => JSON.stringify(id)).join(', ');

const mostTogether = 3;

/** In groups that have something of the beginning and of the end of the list in each, so of both accounts. */
function groupsOf(ids: readonly string[]): string[][] {
  const count = Math.ceil(ids.length / mostTogether);
  return Array.from({ length: count }, (_, group) => ids.filter((_id, index) => index % count === group));
}

/** Every field of Query, with the first id of each type of each account by itself and all of them together. */
export async function queriesFor(app: TestApp, ...furnished: readonly Furnished[]): Promise<Root[]> {
  const clientIds = furnished.flatMap(({ OAuthClient = [] }) => OAuthClient);
  const clients = await app.db.oAuthClient.findMany({ where: { id: { in: clientIds } } });
  const types = [...new Set(furnished.flatMap((one) => Object.keys(one)))];
  const byId = types.flatMap((only) => {
    const ids = furnished.map((one) => one[only] ?? []);
    const single = ids.flatMap((all) => all.slice(0, 1)).map((id) => ({ only, call: `node(id: "${id}")` }));
    // As many at once as an operation may cost with everything that hangs on each.
    const together = groupsOf(ids.flat()).map((some) => ({ only, call: `nodes(ids: [${quoted(some)}])` }));
    return [...single, ...together];
  });
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
  return [...byId, ...calls.map((call) => ({ call }))].map(({ call, ...rest }) => ({
    ...rest,
    kind: 'query',
    field: call.replace(/\(.*/, ''),
    call: () => call,
  }));
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
