// Runs one of our programs by its path below src, without extension: node scripts/run.mjs cli/main clients list --json.
// Prepares the checkout first; nothing but the program itself writes to standard output.
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { prepare } from './prepare.mjs';

const [entry, ...args] = process.argv.slice(2);
if (!entry) {
  process.stderr.write(
    'Usage: node scripts/run.mjs <program> [arguments], for example: node scripts/run.mjs cli/main --help\n',
  );
  process.exit(2);
}
await prepare({ build: true });
const program = fileURLToPath(new URL(`../dist/${entry}.js`, import.meta.url));
if (!existsSync(program)) {
  process.stderr.write(`There is no program "${entry}": src/${entry}.ts does not exist.\n`);
  process.exit(2);
}
// The program sees the arguments as if node had been started with it.
process.argv = [process.execPath, program, ...args];
await import(pathToFileURL(program).href);
