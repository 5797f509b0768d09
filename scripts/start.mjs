// What `npm start` runs, on a fresh clone as well: prepares the checkout, then becomes the service. The service runs in
// this very process, so that signals reach it and nothing stands between it and the terminal.
import { fileURLToPath } from 'node:url';
import { prepare } from './prepare.mjs';

await prepare({ build: true });
const main = new URL('../dist/main.js', import.meta.url);
process.argv[1] = fileURLToPath(main);
await import(main.href);
