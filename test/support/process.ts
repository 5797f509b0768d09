// The compiled service as a process of its own, as an operator runs it: for what only a whole process has, such as signals.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ownerPassword } from './app.js';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

const running = new Set<ChildProcess>();
// Covers tests that never came to their end.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** The service as it starts. */
export function spawnService(environment: Readonly<Record<string, string>>) {
  if (!existsSync(main)) throw new Error('dist/main.js is missing: npm test compiles it, as does npm run build.');
  const others = Object.entries(process.env).filter(([name]) => !/^(LATCHKEY_|VITEST|NODE_|DATABASE_URL)/.test(name));
  const child = spawn(process.execPath, [main], {
    env: {
      ...Object.fromEntries(others),
      LATCHKEY_OWNER_PASSWORD: ownerPassword,
      LATCHKEY_SECRET: 'a secret for tests of more than 32 bytes',
      ...environment,
    },
  });
  running.add(child);
  const printed = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed.text += String(chunk)));
  const exited = once(child, 'exit').finally(() => running.delete(child)) as Promise<[number | null, string | null]>;
  return {
    child,
    /** All that it has printed, on both streams. */
    printed,
    /** Its exit code and the signal that ended it. */
    exited,
    /** Resolves when it says that it runs. */
    async ready() {
      await new Promise<void>((resolve, reject) => {
        child.stdout.on('data', () => printed.text.includes('GraphiQL') && resolve());
        void exited.then((how) => reject(new Error(`The service ended with ${how}: ${printed.text}`)));
      });
    },
  };
}
