// Which core runs what, and what a process has used of it. Where `taskset` and /proc are missing, nothing is pinned or counted
// and the report says so.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';

const ticksPerSecond = 100;
const hasTaskset = commandWorks('taskset', ['--version']);
const lastCore = availableParallelism() - 1;

/** Whether processes can be held on a core of their own here. */
const canPin = hasTaskset && lastCore > 0;

/** @typedef {'server' | 'others'} Place the one core of the server that is measured; all other cores, for the driver and PostgreSQL */

function coresOf(place) {
  return place === 'server' ? String(lastCore) : lastCore === 1 ? '0' : `0-${lastCore - 1}`;
}

function commandWorks(command, args) {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * A command line that runs a program on its cores alone.
 * @param {Place} place
 * @param {string} command
 * @param {string[]} args
 * @returns {[string, string[]]}
 */
export function pinned(place, command, args) {
  return canPin ? ['taskset', ['--cpu-list', coresOf(place), command, ...args]] : [command, args];
}

/** How the processes are spread over the cores, as a sentence for the report. */
export function describePinning() {
  if (!canPin) {
    return 'Nothing was pinned to a core, since this machine has no `taskset` or only one core: ratios between a server and its peer hold, absolute numbers mean little.';
  }
  return `Each server ran alone on core ${lastCore} (\`taskset --cpu-list ${coresOf('server')}\`); PostgreSQL and the driver shared ${lastCore === 1 ? 'core' : 'cores'} ${coresOf('others')}.`;
}

/** The machine in a line. */
export function describeMachine() {
  const model = cpus()[0]?.model.trim() || process.arch;
  return `${availableParallelism()} × ${model}, ${Math.round(totalmem() / 1024 ** 3)} GB of memory, Node ${process.versions.node}, ${process.platform}`;
}

/** How many processes wanted a core in the last minute; none of them ours before the run began. */
export function loadAverage() {
  return existsSync('/proc/loadavg') ? Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]) : null;
}

/** The fields of /proc/…/stat after the name, which may itself have spaces and brackets. */
function statOf(pid) {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
}

/**
 * Processor time that a process has used, all its threads together.
 * @param {number} pid
 * @param {boolean} [withEndedChildren] also what those of its children used that have ended
 * @returns {number | null} seconds; null where /proc is missing or the process is gone
 */
export function cpuSeconds(pid, withEndedChildren = false) {
  try {
    // utime and stime, then cutime and cstime.
    const ticks = statOf(pid).slice(11, withEndedChildren ? 15 : 13);
    return ticks.reduce((sum, each) => sum + Number(each), 0) / ticksPerSecond;
  } catch {
    return null;
  }
}

/**
 * The same of a process and all its children, living or not: PostgreSQL has a process for each connection.
 * @param {number} pid
 */
export function cpuSecondsWithChildren(pid) {
  const own = cpuSeconds(pid, true);
  if (own === null) return null;
  let sum = own;
  for (const name of readdirSync('/proc').filter((text) => /^\d+$/.test(text))) {
    try {
      if (Number(statOf(name)[1]) === pid) sum += cpuSeconds(Number(name)) ?? 0;
    } catch {
      // It has ended since the folder was read.
    }
  }
  return sum;
}

/**
 * The memory that a process holds (its resident set).
 * @param {number} pid
 * @returns {number | null} bytes
 */
export function residentBytes(pid) {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}
