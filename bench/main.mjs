// `npm run bench`: Latchkey on both databases against oidc-provider on PostgreSQL, as real processes under the same load in turn.
// Prints tables; progress goes to standard error. How it is measured is written in docs/performance.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { prepare } from '../scripts/prepare.mjs';
import { temporaryFolder } from './leaving.mjs';
import { help, readOptions } from './options.mjs';

async function bench() {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return process.stdout.write(help);
  await prepare({ build: true, bench: true });
  // Only now, since they import what has just been installed.
  const { describeMachine, describePinning, loadAverage } = await import('./machine.mjs');
  const { measureAtSize, measureDriver } = await import('./measure.mjs');
  const { report } = await import('./report.mjs');
  const { startDriver } = await import('./driver/process.mjs');
  const { startPostgresql } = await import('./servers/postgresql.mjs');

  const load = loadAverage();
  const folder = temporaryFolder();
  const driver = startDriver();
  let postgresql;
  try {
    const ofDriver = await measureDriver({ options, folder, driver });
    postgresql = await startPostgresql(folder, options.port + 9, options.embedded);
    const sizes = [];
    for (const rows of options.rows) sizes.push(await measureAtSize({ options, rows, folder, postgresql, driver }));
    const run = {
      date: new Date().toISOString().slice(0, 10),
      machine: describeMachine(),
      pinning: describePinning(options.workers !== null),
      load,
      versions: versions(),
      postgresql: `${postgresql.version} ${postgresql.source}`,
      options: {
        seconds: options.seconds,
        warmUpSeconds: options.warmUpSeconds,
        rounds: options.rounds,
        users: options.users,
        idToken: options.idToken,
      },
      driver: ofDriver,
      sizes,
    };
    if (options.json) writeFileSync(options.json, `${JSON.stringify(run, null, 2)}\n`);
    process.stdout.write(`${report(run, options.modes)}\n`);
  } finally {
    await driver.stop();
    await postgresql?.stop();
  }
}

function versions() {
  const versionOf = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version;
  return {
    latchkey: versionOf('../package.json'),
    'oidc-provider': versionOf('node_modules/oidc-provider/package.json'),
  };
}

await bench().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
