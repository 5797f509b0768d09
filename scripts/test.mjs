// What `npm test` and `npm run test:long`, `test:browser` and `test:postgresql` run, on a fresh clone as well. Compiles too, since
// some tests start the compiled service and the command line, and installs the libraries that test/partner-apps sign in
// with. Further arguments go to vitest: npm test -- test/http --reporter=verbose.
import { fileURLToPath } from 'node:url';
import { prepare } from './prepare.mjs';
import { run } from './processes.mjs';

let suite = 'default';
const args = process.argv.slice(2);
if (args[0] === '--suite') {
  suite = args[1];
  args.splice(0, 2);
}

await prepare({ build: true, partnerApps: true });
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const { code } = await run(process.execPath, [vitest, 'run', ...args], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...process.env, TEST_SUITE: suite },
  stdio: 'inherit',
});
process.exitCode = code;
