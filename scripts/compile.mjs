// Compiles src to dist, in a process of its own: what compiles would stay in the memory of the service that is started next.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './processes.mjs';
import { PreparationError, sayIfSlow } from './progress.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Compiles everything anew.
 * @returns {Promise<void>} rejects with a PreparationError that carries the compiler's findings
 */
export async function compile() {
  const compiling = run(process.execPath, [join(root, 'scripts/bundle.mjs')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { code, output } = await sayIfSlow('Compiling…', compiling);
  if (code !== 0) {
    throw new PreparationError(`${output.trim()}\nCompiling failed; nothing was started.`, code);
  }
}
