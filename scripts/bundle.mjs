// What compile.mjs runs: our programs, each with what it takes from packages in the same few files, since hundreds of small ones
// took longer to find and open than all of them take to run. Types are for `npm run typecheck`.
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

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

/** Deletes what an earlier run has left. @param {Set<string>} written paths below dist @param {string} folder below dist */
function removeLeftovers(written, folder = '') {
  for (const entry of readdirSync(join(root, 'dist', folder), { withFileTypes: true })) {
    const path = `${folder}${entry.name}`;
    // What begins with a dot is the lock's.
    if (written.has(path) || path.startsWith('.')) {
      continue;
    }
    if (entry.isDirectory() && [...written].some((file) => file.startsWith(`${path}/`))) {
      removeLeftovers(written, `${path}/`);
    } else {
      rmSync(join(root, 'dist', path), { recursive: true, force: true });
    }
  }
}

try {
  const { output } = await build({
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
  removeLeftovers(new Set(output.map(({ fileName }) => fileName)));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
