// Compiles src to dist, and keeps dist an image of src: files that are no TypeScript are copied, leftovers removed.
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './processes.mjs';
import { PreparationError, sayIfSlow } from './progress.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Compiles what changed since the last time.
 * @returns {Promise<void>} rejects with a PreparationError that carries the compiler's findings
 */
export async function compile() {
  const sources = filesBelow(join(root, 'src')).filter((path) => !path.endsWith('.d.ts'));
  const outputs = new Set(sources.map((path) => path.replace(/\.tsx?$/, '.js')));
  // The compiler emits what changed since its last run; it does not notice that an output was deleted.
  if ([...outputs].some((path) => !existsSync(join(root, 'dist', path)))) {
    rmSync(join(root, 'dist/.tsbuildinfo'), { force: true });
  }
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const compiling = run(process.execPath, [compiler, '--project', 'tsconfig.build.json'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { code, output } = await sayIfSlow('Compiling…', compiling);
  if (code !== 0) {
    throw new PreparationError(`${output.trim()}\nCompiling failed; nothing was started.`, code);
  }
  for (const path of sources.filter((source) => !/\.tsx?$/.test(source))) {
    cpSync(join(root, 'src', path), join(root, 'dist', path));
  }
  for (const path of filesBelow(join(root, 'dist'))) {
    if (!path.startsWith('.') && !outputs.has(path.replace(/\.map$/, ''))) {
      rmSync(join(root, 'dist', path));
    }
  }
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)));
}
