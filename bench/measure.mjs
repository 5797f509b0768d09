// All measurements at one size of the databases: every mode, round after round, one side after the other. While one side is driven
// the others stand idle.
import { median } from './driver/statistics.mjs';
import { cpuSecondsWithChildren, residentBytes } from './machine.mjs';
import { prepareBare } from './servers/bare.mjs';
import { prepareLatchkey } from './servers/latchkey.mjs';
import { prepareOidcProvider } from './servers/oidc-provider.mjs';
import { workersSide } from './sides.mjs';

/** @typedef {import('./options.mjs').Options} Options */
/** @typedef {import('./driver/target.mjs').Result} DriverResult */

/**
 * @typedef {object} Measurement
 * @property {string} mode
 * @property {string} side
 * @property {number} round
 * @property {number} perSecond
 * @property {DriverResult['milliseconds']} milliseconds
 * @property {number | null} serverCpu how busy the server's process was: 1 is one core
 * @property {number | null} serverMicroseconds processor time of the server for a cycle
 * @property {number | null} databaseCpu how busy PostgreSQL was
 * @property {number} driverCpu
 * @property {number | null} mostBytes the most memory that the server held meanwhile
 */

/**
 * @typedef {object} SideReport
 * @property {string} side
 * @property {string} database
 * @property {number} seedSeconds
 * @property {number} startMilliseconds
 * @property {number | null} idleBytes
 */

const idleMilliseconds = 3000;

/** @param {string} text */
function say(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * @param {object} context
 * @param {Options} context.options
 * @param {number} context.rows
 * @param {string} context.folder
 * @param {import('./servers/postgresql.mjs').DatabaseServer} context.postgresql
 */
async function prepareSides({ options, rows, folder, postgresql }) {
  const onPostgresql = async (name, rest) =>
    prepareLatchkey({
      ...rest,
      name,
      databaseUrl: await postgresql.createDatabase(`bench_${name.replaceAll('-', '_')}`),
    });
  const onSqlite = (name, rest) => prepareLatchkey({ ...rest, name, databaseUrl: `file:${folder}/${name}-${rows}.db` });
  const workers = (options.workers ?? []).map((count) => [
    workersSide(count),
    (shared) => onPostgresql(workersSide(count), { ...shared, workers: count }),
  ]);
  const makers = {
    ...Object.fromEntries(workers),
    latchkey: (shared) => onPostgresql('latchkey', shared),
    'oidc-provider': (shared) => prepareOidcProvider({ ...shared, postgresql }),
    'latchkey-sqlite': (shared) => onSqlite('latchkey-sqlite', shared),
    'latchkey-before': (shared) => onPostgresql('latchkey-before', { ...shared, checkout: options.before }),
    'latchkey-sqlite-before': (shared) => onSqlite('latchkey-sqlite-before', { ...shared, checkout: options.before }),
  };
  const sides = [];
  for (const [index, name] of options.sides.entries()) {
    const begun = performance.now();
    const { users, idToken } = options;
    const side = await makers[name]({ folder, port: options.port + 1 + index, rows, users, idToken });
    const seedSeconds = (performance.now() - begun) / 1000;
    say(`  ${name}: ${rows} clients, members and tokens in ${seedSeconds.toFixed(1)} s`);
    sides.push({ ...side, seedSeconds });
  }
  return sides;
}

/** Starts a side several times, and leaves it running the last time. */
async function startSide(side, starts) {
  const times = [];
  let server = await side.start();
  for (let count = 1; ; count += 1) {
    times.push(server.startMilliseconds);
    if (count === starts) break;
    await server.stop();
    server = await side.start();
  }
  return { server, startMilliseconds: median(times) };
}

/**
 * @param {object} parts
 * @param {ReturnType<typeof import('./driver/process.mjs').startDriver>} parts.driver
 * @param {import('./servers/process.mjs').RunningServer} parts.server
 * @param {number | null} parts.databasePid
 * @param {import('./driver/target.mjs').Job} job
 * @param {(phase: 'measuring' | 'over') => void} [onPhase] called when the warm-up ends and when the time is over
 */
export async function measureOnce({ driver, server, databasePid }, job, onPhase = () => {}) {
  const counters = () => ({
    server: cpuSecondsWithChildren(server.pid),
    database: databasePid === null ? null : cpuSecondsWithChildren(databasePid),
  });
  let before = counters();
  let after = before;
  let mostBytes = residentBytes(server.pid);
  const sampling = setInterval(() => {
    mostBytes = Math.max(mostBytes ?? 0, residentBytes(server.pid) ?? 0) || null;
  }, 200);
  try {
    const result = await driver.run(job, (phase) => {
      if (phase === 'measuring') before = counters();
      else after = counters();
      onPhase(phase);
    });
    const used = (name) =>
      before[name] === null || after[name] === null ? null : Number(after[name]) - Number(before[name]);
    const share = (seconds) => (seconds === null ? null : seconds / result.seconds);
    const serverSeconds = used('server');
    return {
      perSecond: result.perSecond,
      milliseconds: result.milliseconds,
      serverCpu: share(serverSeconds),
      serverMicroseconds: serverSeconds === null ? null : (serverSeconds * 1_000_000) / result.cycles,
      databaseCpu: share(used('database')),
      driverCpu: result.driverCpuSeconds / result.seconds,
      mostBytes,
    };
  } finally {
    clearInterval(sampling);
  }
}

/**
 * How fast the driver is against a server that only answers.
 * @param {{ options: Options, folder: string, driver: ReturnType<typeof import('./driver/process.mjs').startDriver> }} context
 */
export async function measureDriver({ options, folder, driver }) {
  const bare = prepareBare({ folder, port: options.port, users: options.users });
  const server = await bare.start();
  try {
    const { seconds, warmUpSeconds } = options;
    const job = { mode: 'constant', target: bare.target, seconds, warmUpSeconds };
    return await measureOnce({ driver, server, databasePid: null }, job);
  } finally {
    await server.stop();
  }
}

/**
 * @param {object} context
 * @param {Options} context.options
 * @param {number} context.rows
 * @param {string} context.folder
 * @param {import('./servers/postgresql.mjs').DatabaseServer} context.postgresql
 * @param {ReturnType<typeof import('./driver/process.mjs').startDriver>} context.driver
 * @returns {Promise<{ rows: number, sides: SideReport[], measurements: Measurement[] }>}
 */
export async function measureAtSize({ options, rows, folder, postgresql, driver }) {
  say(`With ${rows} rows of each kind:`);
  const sides = await prepareSides({ options, rows, folder, postgresql });
  const running = [];
  try {
    for (const side of sides) running.push({ ...side, ...(await startSide(side, options.rounds)) });
    await new Promise((resolve) => setTimeout(resolve, idleMilliseconds));
    const reports = running.map(({ name, database, seedSeconds, startMilliseconds, server }) => ({
      side: name,
      database,
      seedSeconds,
      startMilliseconds,
      idleBytes: residentBytes(server.pid),
    }));
    /** @type {Measurement[]} */
    const measurements = [];
    for (const mode of options.modes) {
      for (let round = 1; round <= options.rounds; round += 1) {
        for (const { name, target, server, database } of running) {
          if (name === 'oidc-provider' && !mode.hasPeer) continue;
          await postgresql.checkpoint();
          const { seconds } = options;
          const warmUpSeconds = round === 1 ? options.firstWarmUpSeconds : options.warmUpSeconds;
          const job = { mode: mode.name, target, seconds, warmUpSeconds };
          const databasePid = database === 'PostgreSQL' ? postgresql.pid : null;
          const measured = await measureOnce({ driver, server, databasePid }, job);
          measurements.push({ mode: mode.name, side: name, round, ...measured });
          say(`  ${mode.name.padEnd(24)} ${name.padEnd(22)} ${measured.perSecond.toFixed(0).padStart(7)} /s`);
        }
      }
    }
    return { rows, sides: reports, measurements };
  } finally {
    for (const { server } of running) await server.stop();
    for (const name of options.sides) await postgresql.dropDatabase(`bench_${name.replaceAll('-', '_')}`);
  }
}
