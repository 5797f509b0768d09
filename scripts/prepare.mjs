// Makes a checkout ready to run: dependencies installed, code generated, dist compiled, for tests the partner apps'
// libraries installed, and for benchmarks the peer; each only when it is out of date. Plain Node without dependencies, since
// nothing is installed yet when it first runs. What it has to say goes to standard error, so that a command's own output stays
// parseable.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { withLock } from './checkout-lock.mjs';
import { compile } from './compile.mjs';
import { compare, fingerprint } from './fingerprint.mjs';
import { installBench, installDependencies, installPartnerApps } from './install-dependencies.mjs';
import { uninterrupted } from './processes.mjs';
import { PreparationError, say, sayIfSlow } from './progress.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stampFile = join(root, 'node_modules/.cache/latchkey/prepared.json');
const lockFolder = join(root, 'dist/.prepare.lock');

// In this order. `files` decide whether a step is out of date, together with `result`, which must exist. What installs
// writes one of its own `files`.
const steps = [
  {
    name: 'installed',
    files: {
      root,
      paths: ['package-lock.json', 'node_modules/.package-lock.json'],
      // Native modules are compiled for one version of Node's binary interface.
      salt: `${process.platform} ${process.arch} ${process.versions.modules}`,
    },
    result: 'node_modules/.package-lock.json',
    installs: true,
    perform: installDependencies,
  },
  {
    name: 'generated',
    files: {
      root,
      paths: ['prisma', 'scripts/generate.mjs', 'package-lock.json'],
      accept: (path) => !path.startsWith('prisma/') || (path.endsWith('.prisma') && basename(path) !== 'schema.prisma'),
    },
    result: 'src/db/generated',
    perform: generate,
  },
  {
    name: 'built',
    files: {
      root,
      paths: ['src', 'tsconfig.json', 'scripts/bundle.mjs', 'package-lock.json'],
    },
    result: 'dist/main.js',
    perform: compile,
  },
  {
    name: 'partnerApps',
    files: {
      root,
      paths: ['test/partner-apps/package-lock.json', 'test/partner-apps/node_modules/.package-lock.json'],
    },
    result: 'test/partner-apps/node_modules/.package-lock.json',
    installs: true,
    perform: installPartnerApps,
  },
  {
    name: 'bench',
    files: {
      root,
      paths: ['bench/package-lock.json', 'bench/node_modules/.package-lock.json'],
    },
    result: 'bench/node_modules/.package-lock.json',
    installs: true,
    perform: installBench,
  },
];

/**
 * Installs, generates and compiles whatever is missing or out of date; costs a few milliseconds when nothing is.
 * Ends the process with a message when that is impossible.
 * @param {{ build: boolean, partnerApps?: boolean, bench?: boolean }} options build: compile src to dist as well;
 *   partnerApps: install the client libraries of test/partner-apps as well; bench: install what bench/ needs as well
 * @returns {Promise<void>}
 */
export async function prepare({ build, partnerApps = false, bench = false }) {
  const left = new Set(
    Object.entries({ built: build, partnerApps, bench }).flatMap(([name, on]) => (on ? [] : [name])),
  );
  const wanted = steps.filter(({ name }) => !left.has(name));
  try {
    requireSupportedNode();
    if (allCurrent(wanted)) {
      return;
    }
    mkdirSync(dirname(lockFolder), { recursive: true });
    await withLock(
      lockFolder,
      () => say('Another process is preparing this checkout; waiting for it…'),
      () => bringUpToDate(wanted),
    );
  } catch (error) {
    say(error instanceof PreparationError ? error.message : `Preparing this checkout failed: ${error.stack}`);
    process.exit(error.exitCode ?? 1);
  }
}

function requireSupportedNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [major, minor] = engines.node.replace('>=', '').split('.').map(Number);
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
  if (ownMajor < major || (ownMajor === major && ownMinor < minor)) {
    throw new PreparationError(
      `Latchkey needs Node ${major}.${minor} or newer; this is Node ${process.versions.node}. Node 22 or 24 is recommended: https://nodejs.org`,
    );
  }
}

function allCurrent(wanted) {
  const stamp = readStamp();
  let touched = false;
  for (const step of wanted) {
    const state = existsSync(join(root, step.result)) ? compare(step.files, stamp[step.name]) : 'changed';
    if (state === 'changed') {
      return false;
    }
    touched ||= state === 'touched';
  }
  if (touched) {
    refreshTimes(wanted, stamp);
  }
  return true;
}

// Saves the next start from reading every file again. A checkout that this user may not write to does without.
function refreshTimes(wanted, stamp) {
  try {
    for (const step of wanted) {
      stamp[step.name] = fingerprint(step.files);
    }
    writeStamp(stamp);
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) {
      throw error;
    }
  }
}

// Everything is compared again under the lock: whoever held it before may have done the work.
async function bringUpToDate(wanted) {
  for (const step of wanted) {
    const stamp = readStamp();
    if (existsSync(join(root, step.result)) && compare(step.files, stamp[step.name]) !== 'changed') {
      continue;
    }
    // No stamp while the step is under way, so that neither a failure nor a kill leaves one behind.
    delete stamp[step.name];
    writeStamp(stamp);
    // Taken before the work: an edit made meanwhile must count as a change next time.
    const before = fingerprint(step.files);
    const stopped = await uninterrupted(step.perform);
    if (stopped) {
      throw new PreparationError('Stopped.', stopped);
    }
    // Installing the project empties the folder that the stamp is in.
    writeStamp({ ...readStamp(), [step.name]: step.installs ? fingerprint(step.files) : before });
  }
}

// Knows by itself what is out of date, and imports nothing that has to be installed.
async function generate() {
  const generator = await import('./generate.mjs');
  try {
    await sayIfSlow('Generating the database clients…', generator.generate());
  } catch (error) {
    throw new PreparationError(error.message);
  }
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {};
  }
}

// Renamed into place, since others read it without the lock.
function writeStamp(stamp) {
  mkdirSync(dirname(stampFile), { recursive: true });
  const draft = `${stampFile}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(stamp));
  renameSync(draft, stampFile);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await prepare({ build: !process.argv.includes('--no-build') });
}
