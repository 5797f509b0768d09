// `npm run bench:profile -- <mode>`: drives Latchkey as the benchmark does, records its main thread, and prints where the time went.
//
//   npm run bench:profile -- userinfo
//   npm run bench:profile -- code-flow --database sqlite --seconds 10 --keep /tmp/code-flow.cpuprofile
import { once } from 'node:events';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare } from '../../scripts/prepare.mjs';
import { temporaryFolder } from '../leaving.mjs';
import { comparedModes } from '../modes/index.mjs';
import { inSources } from './sources.mjs';
import { summarizeProfile } from './summary.mjs';

const most = 25;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    database: { type: 'string', default: 'postgresql' },
    seconds: { type: 'string', default: '10' },
    'warm-up': { type: 'string', default: '5' },
    rows: { type: 'string', default: '1000' },
    'id-token': { type: 'string', default: 'RS256' },
    users: { type: 'string', default: '32' },
    port: { type: 'string', default: '4790' },
    keep: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});

const help = `npm run bench:profile -- <mode> [options]

  --database postgresql   or sqlite
  --seconds 10            how long it is recorded
  --warm-up 5             how long it is driven before
  --rows 1000             how many clients, members and tokens there are
  --id-token RS256        how ID tokens are signed: RS256 or ES256
  --users 32              how many requests are under way at once
  --keep file             keeps the recording, for a viewer of .cpuprofile files
  --port 4790             the first of the ports that it takes

Modes: ${comparedModes.map(({ name }) => name).join(', ')}
`;

/** @param {string} title @param {import('./summary.mjs').Share[]} shares */
function print(title, shares) {
  console.log(`\n${title}`);
  for (const { name, share } of shares.slice(0, most)) {
    console.log(`${(share * 100).toFixed(1).padStart(6)} %  ${name}`);
  }
}

async function profile(mode) {
  await prepare({ build: true, bench: true });
  const { startDriver } = await import('../driver/process.mjs');
  const { measureOnce } = await import('../measure.mjs');
  const { prepareLatchkey } = await import('../servers/latchkey.mjs');
  const { startPostgresql } = await import('../servers/postgresql.mjs');
  const folder = temporaryFolder();
  const port = Number(values.port);
  const onSqlite = values.database === 'sqlite';
  const driver = startDriver();
  let postgresql;
  let server;
  try {
    if (!onSqlite) postgresql = await startPostgresql(folder, port + 9);
    const databaseUrl = postgresql ? await postgresql.createDatabase('bench_profile') : `file:${folder}/profile.db`;
    const numbers = { rows: Number(values.rows), users: Number(values.users), idToken: values['id-token'] };
    const side = await prepareLatchkey({
      name: 'profile',
      databaseUrl,
      folder,
      port: port + 1,
      ...numbers,
      profiled: true,
    });
    server = await side.start();
    const { child } = server;
    const file = join(folder, `${mode}.cpuprofile`);
    const onPhase = (phase) => child.send(phase === 'measuring' ? 'begin' : { file });
    const written = once(child, 'message');
    const job = {
      mode,
      target: side.target,
      seconds: Number(values.seconds),
      warmUpSeconds: Number(values['warm-up']),
    };
    const measured = await measureOnce({ driver, server, databasePid: postgresql?.pid ?? null }, job, onPhase);
    await written;
    if (values.keep) copyFileSync(file, values.keep);
    return { measured, summary: summarizeProfile(inSources(JSON.parse(readFileSync(file, 'utf8')))) };
  } finally {
    await driver.stop();
    await server?.stop();
    await postgresql?.dropDatabase('bench_profile');
    await postgresql?.stop();
  }
}

if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}
const names = comparedModes.map(({ name }) => name);
const [mode = ''] = positionals;
if (!names.includes(mode) || !['postgresql', 'sqlite'].includes(values.database)) {
  console.error(`Usage: npm run bench:profile -- <mode> [--database postgresql|sqlite]. Modes: ${names.join(', ')}.`);
  process.exit(2);
}
const { measured, summary } = await profile(mode);
const { packages, functions, ours, busyShare } = summary;
console.log(
  `${mode} on ${values.database}: ${measured.perSecond.toFixed(0)} a second under the profiler, ${measured.serverMicroseconds?.toFixed(0) ?? '?'} µs of processor time each; the main thread was busy ${(busyShare * 100).toFixed(0)} % of the time. Shares are of its busy time.`,
);
print('By package, with what it has Node do:', packages);
print('By function, what runs in it alone:', functions);
print('Our own functions, with what they call before they wait:', ours);
