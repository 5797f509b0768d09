// How long the GraphQL lists take when an account is large: 100,000 clients, 10,000 tokens, 1,000 members and 1,000,000 audit
// entries, asked for over HTTP from a server of its own, one request at a time.
//
//   npm run bench:lists                        on a fresh SQLite file
//   DATABASE_URL=postgresql://… npm run bench:lists    on an empty PostgreSQL database
//   npm run bench:lists -- --clients 1000 --audit 10000 --rounds 50 --only clients
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare } from '../scripts/prepare.mjs';
import { seed } from './seed.mjs';

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '100000' },
    tokens: { type: 'string', default: '10000' },
    members: { type: 'string', default: '1000' },
    audit: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '30' },
    port: { type: 'string', default: '4790' },
    only: { type: 'string', default: '' },
  },
});
const { only, port, ...numbers } = values;
const size = Object.fromEntries(Object.entries(numbers).map(([name, text]) => [name, Number(text)]));

await prepare({ build: true });
const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
const environment = {
  DATABASE_URL: process.env.DATABASE_URL ?? `file:${join(folder, 'bench.db')}`,
  LATCHKEY_SECRET: 'a secret for benchmarks of more than 32 bytes',
  LATCHKEY_OWNER_PASSWORD: 'a long owner password',
  LATCHKEY_LOG_LEVEL: 'error',
  PORT: port,
};

const fields = '{ id clientId name type redirectUris scopes createdAt lastUsedAt disabledAt }';
const everything =
  '{ id clientId name redirectUris logoImageUrl secrets { id hint createdBy { name } } createdBy { name } account { name } }';
const entry = '{ id action actorLabel occurredAt changes { field } actor { ... on Member { name } } target { id } }';

/** What is measured: a name, the list's field, and its arguments. */
function lists({ member, busyMember, client, middle, middleOfAudit }) {
  const clients = (args, selection = fields) =>
    `oauthClients${args} { nodes ${selection} pageInfo { endCursor startCursor } }`;
  const audit = (args) => `auditLog${args} { nodes ${entry} pageInfo { endCursor startCursor } }`;
  return [
    ['clients', clients('(first: 20)')],
    ['clients, with total', 'oauthClients(first: 20) { totalCount nodes { id name } }'],
    ['clients, 100 with everything nested', clients('(first: 100)', everything)],
    ['clients, from the end', clients('(last: 20)')],
    ['clients by name', clients('(first: 20, orderBy: { field: NAME, direction: ASC })')],
    ['clients by last use', clients('(first: 20, orderBy: { field: LAST_USED_AT })')],
    ['clients by last use, the least first', clients('(first: 20, orderBy: { field: LAST_USED_AT, direction: ASC })')],
    ['clients: search, common word', clients('(first: 20, filter: { search: "billing" })')],
    ['clients: search, rare word', clients('(first: 20, filter: { search: "rarely" })')],
    ['clients: search, no match', clients('(first: 20, filter: { search: "nothing has this" })')],
    [
      'clients: search, rare word, by name',
      clients('(first: 20, filter: { search: "rarely" }, orderBy: { field: NAME })'),
    ],
    [
      'clients: search, common word, with total',
      'oauthClients(first: 20, filter: { search: "billing" }) { totalCount nodes { id } }',
    ],
    ['clients: type', clients('(first: 20, filter: { type: PUBLIC })')],
    ['clients: grant type', clients('(first: 20, filter: { grantType: CLIENT_CREDENTIALS })')],
    ['clients: disabled', clients('(first: 20, filter: { disabled: true })')],
    ['clients: disabled, by name', clients('(first: 20, filter: { disabled: true }, orderBy: { field: NAME })')],
    ['clients: verified', clients('(first: 20, filter: { verified: true })')],
    ['clients: verified and disabled, none', clients('(first: 20, filter: { verified: true, disabled: true })')],
    ['clients: created by', clients(`(first: 20, filter: { createdById: "${busyMember}" })`)],
    [
      'clients: created by a busy member, by name',
      clients(`(first: 20, filter: { createdById: "${member}" }, orderBy: { field: NAME })`),
    ],
    ['clients: created before', clients(`(first: 20, filter: { createdBefore: "${middle}" })`)],
    [
      'clients: created after, oldest first',
      clients(`(first: 20, filter: { createdAfter: "${middle}" }, orderBy: { field: CREATED_AT, direction: ASC })`),
    ],
    ['API tokens', 'apiTokens(first: 20) { totalCount nodes { id name owner { name } } }'],
    ['API tokens of a member', `apiTokens(first: 20, filter: { ownerId: "${member}" }) { nodes { id name } }`],
    ['members', 'members(first: 20) { totalCount nodes { id name } }'],
    ['audit log', audit('(first: 20)')],
    ['audit log, 100', audit('(first: 100)')],
    ['audit log: common action', audit('(first: 20, filter: { actions: [SIGNED_IN] })')],
    ['audit log: rare action', audit('(first: 20, filter: { actions: [OAUTH_CLIENT_DELETED] })')],
    ['audit log: action that never was', audit('(first: 20, filter: { actions: [SIGNING_KEY_ROTATED] })')],
    [
      'audit log: rare and common actions',
      audit('(first: 20, filter: { actions: [OAUTH_CLIENT_DELETED, SIGNED_IN, SIGNING_KEY_ROTATED] })'),
    ],
    ['audit log: actor', audit(`(first: 20, filter: { actorId: "${member}" })`)],
    ['audit log: target', audit(`(first: 20, filter: { targetId: "${client}" })`)],
    [
      'audit log: actor and rare action',
      audit(`(first: 20, filter: { actorId: "${member}", actions: [OAUTH_CLIENT_CREATED] })`),
    ],
    ['audit log: before the middle', audit(`(first: 20, filter: { before: "${middleOfAudit}" })`)],
    [
      'audit log: common action before the middle',
      audit(`(first: 20, filter: { before: "${middleOfAudit}", actions: [SIGNED_IN] })`),
    ],
  ];
}

async function ask(token, query) {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(`${query}: ${JSON.stringify(errors)}`);
  return data;
}

/** The same list as it goes on after its first page, where it has more than one. */
async function nextPage(token, field) {
  const data = await ask(token, `{ ${field} }`);
  const [list] = Object.values(data);
  const cursor = list.pageInfo && (field.includes('last: ') ? list.pageInfo.startCursor : list.pageInfo.endCursor);
  if (!cursor) return null;
  const [size_, direction] = field.includes('last: ') ? ['last: ', 'before'] : ['first: ', 'after'];
  return field.replace(size_, `${direction}: "${cursor}", ${size_}`);
}

async function measure(token, field) {
  await ask(token, `{ ${field} }`);
  const times = [];
  for (let round = 0; round < size.rounds; round += 1) {
    const before = performance.now();
    await ask(token, `{ ${field} }`);
    times.push(performance.now() - before);
  }
  times.sort((left, right) => left - right);
  return { median: times[Math.floor(times.length / 2)], slowest: times.at(-1) };
}

let server;
try {
  const seeding = performance.now();
  const ids = await seed(environment, size);
  console.log(
    `Seeded in ${((performance.now() - seeding) / 1000).toFixed(0)} s: ${size.clients} clients, ${size.tokens} tokens, ${size.members} members, ${size.audit} audit entries.\n`,
  );
  server = spawn(process.execPath, ['dist/main.js'], { env: { ...process.env, ...environment }, stdio: 'ignore' });
  for (let attempt = 0; ; attempt += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null);
    if (answer?.ok) break;
    if (attempt > 100) throw new Error('The server did not start.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  console.log(`${'median'.padStart(9)} ${'slowest'.padStart(9)}  list`);
  let worst = 0;
  for (const [name, field] of lists(ids).filter(([title]) => title.includes(only))) {
    const pages = [[name, field]];
    const next = await nextPage(ids.token, field);
    if (next) pages.push([`${name}, the next page`, next]);
    for (const [title, query] of pages) {
      const { median, slowest } = await measure(ids.token, query);
      worst = Math.max(worst, median);
      console.log(`${median.toFixed(1).padStart(6)} ms ${slowest.toFixed(1).padStart(6)} ms  ${title}`);
    }
  }
  console.log(`\nThe slowest median is ${worst.toFixed(1)} ms.`);
} finally {
  if (server) {
    server.kill();
    await once(server, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
}
