// Writes everything that is generated and not committed: both Prisma clients, their joined schemas and the Pothos types.
// Needs node_modules and no network; prints only when something fails, and does nothing when nothing changed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const stampFile = join(root, 'src/db/generated/stamp');
const results = [
  'src/db/generated/sqlite/client.ts',
  'src/db/generated/postgresql/client.ts',
  'src/graphql/generated/pothos-types.ts',
];

/** The databases that the models are generated for. */
export const providers = ['sqlite', 'postgresql'];

/**
 * The whole schema of one provider: its datasource and generators, then the shared models.
 * @param {string} provider `sqlite` or `postgresql`
 * @returns {string} the text of schema.prisma
 */
export function joinedSchema(provider) {
  const read = (file) => readFileSync(join(root, 'prisma', file), 'utf8');
  return `// Written by scripts/generate.mjs: edit base.prisma or ../models.prisma instead.\n\n${read(`${provider}/base.prisma`)}\n${read('models.prisma')}`;
}

// The tools' versions are part of the stamp: an upgrade may generate other code from the same models.
function stamp() {
  const hash = createHash('sha256');
  for (const provider of providers) {
    hash.update(joinedSchema(provider));
  }
  for (const name of ['prisma', '@prisma/client', '@pothos/plugin-prisma']) {
    hash.update(readFileSync(join(root, 'node_modules', name, 'package.json')));
  }
  hash.update(readFileSync(fileURLToPath(import.meta.url)));
  return hash.digest('hex');
}

function prismaGenerate(provider) {
  const cli = require.resolve('prisma/build/index.js');
  const child = spawn(process.execPath, [cli, 'generate', '--no-hints', `--schema=prisma/${provider}/schema.prisma`], {
    cwd: root,
    env: {
      ...process.env,
      // Prisma starts the Pothos generator by name, which npm puts on the path only inside an npm script.
      PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
      NO_COLOR: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) {
        resolve();
      } else {
        reject(new Error(`prisma generate failed for ${provider} (exit code ${code}):\n${output.trim()}`));
      }
    });
  });
}

/**
 * Generates what is missing or out of date.
 * @param {{ force?: boolean }} [options] force: generate even when nothing changed
 * @returns {Promise<void>} rejects with Prisma's own output when a generator fails
 */
export async function generate({ force = false } = {}) {
  const wanted = stamp();
  const complete = results.every((file) => existsSync(join(root, file)));
  if (!force && complete && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) {
    return;
  }
  rmSync(stampFile, { force: true });
  for (const provider of providers) {
    writeFileSync(join(root, 'prisma', provider, 'schema.prisma'), joinedSchema(provider));
  }
  await Promise.all(providers.map(prismaGenerate));
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, wanted);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  generate({ force: process.argv.includes('--force') }).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
