// Compiles src to dist: our programs, each with what it takes from packages in the same few files, since hundreds of small ones
// took longer to find and open than all of them take to run. Types are for `npm run typecheck`.
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PreparationError, sayIfSlow } from './progress.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

// By their paths below src, where others find them below dist.
const programs = ['main', 'cli/main', 'demo'];

// What benchmarks call to fill a database as the service would.
const services = [
  'compose',
  'config',
  'config/settings',
  'bootstrap',
  'lib/ids',
  'api-tokens/service',
  'clients/service',
  'members/service',
];

// Packages that stay outside.
const outside = [
  // They find files of their own beside them: native code, WebAssembly.
  'argon2',
  'better-sqlite3',
  /^@prisma\/client/,
  // Loaded long after the start if at all. Compiling anew must not take them from a service that runs.
  'nodemailer',
  '@zxcvbn-ts/language-common',
  // What `pg` takes instead of its own code where somebody has installed it.
  'pg-native',
];

/**
 * Compiles everything anew.
 * @returns {Promise<void>} rejects with a PreparationError that carries the compiler's findings
 */
export async function compile() {
  // Not before: it may only just have been installed.
  const { build } = await import('rolldown');
  const building = build({
    cwd: root,
    input: Object.fromEntries([...programs, ...services].map((path) => [path, `src/${path}.ts`])),
    platform: 'node',
    external: outside,
    tsconfig: 'tsconfig.json',
    logLevel: 'silent',
    output: {
      dir: 'dist',
      format: 'esm',
      sourcemap: true,
      // All in one folder, by their content: a service that runs never loads a part of another version.
      chunkFileNames: '[name]-[hash].js',
    },
  });
  let written;
  try {
    ({ output: written } = await sayIfSlow('Compiling…', building));
  } catch (error) {
    throw new PreparationError(`${error.message}\nCompiling failed; nothing was started.`);
  }
  removeLeftovers(new Set(written.map(({ fileName }) => fileName)));
}

/** @param {Set<string>} written paths below dist */
function removeLeftovers(written) {
  for (const path of readdirSync(join(root, 'dist'), { recursive: true })) {
    const isFolder = [...written].some((file) => file.startsWith(`${path}/`));
    if (!path.startsWith('.') && !written.has(path) && !isFolder) {
      rmSync(join(root, 'dist', path), { recursive: true, force: true });
    }
  }
}
