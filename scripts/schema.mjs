// Prints the GraphQL schema into schema.graphql; with --check, fails when the committed file says something else.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { prepare } from './prepare.mjs';
import { run } from './processes.mjs';

const file = new URL('../schema.graphql', import.meta.url);
const commandLine = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

await prepare({ build: true });
const { code, output } = await run(process.execPath, [commandLine, 'schema', 'print'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
if (code !== 0) {
  process.exitCode = code;
} else if (!process.argv.includes('--check')) {
  writeFileSync(file, output);
} else if (!existsSync(file) || output !== readFileSync(file, 'utf8')) {
  process.stderr.write('schema.graphql is not what the code says: run "npm run schema" and commit the result.\n');
  process.exitCode = 1;
}
