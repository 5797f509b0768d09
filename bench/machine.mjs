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

/**
 * @typedef {'server' | 'others' | 'anywhere'} Place the one core of the server that is measured; all other cores, for the driver and
 *   PostgreSQL; all cores, for a server of several processes
 */

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
  if (!canPin || place === 'anywhere') return [command, args];
  return ['taskset', ['--cpu-list', coresOf(place), command, ...args]];
}

/**
 * How the processes are spread over the cores, as a sentence for the report.
 * @param {boolean} [withWorkers] the servers are several processes each
 */
export function describePinning(withWorkers = false) {
  if (!canPin) {
    return 'Nothing was pinned to a core, since this machine has no `taskset` or only one core: ratios between a server and its peer hold, absolute numbers mean little.';
  }
  if (withWorkers) {
    return `The servers' processes ran on all cores; PostgreSQL and the driver on ${lastCore === 1 ? 'core' : 'cores'} ${coresOf('others')} of them.`;
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
function cpuSeconds(pid, withEndedChildren = false) {
  try {
    // utime and stime, then cutime and cstime.
    const ticks = statOf(pid).slice(11, withEndedChildren ? 15 : 13);
    return ticks.reduce((sum, each) => sum + Number(each), 0) / ticksPerSecond;
  } catch {
    return null;
  }
}

/** The processes that a process has started and that live. */
function childrenOf(pid) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((other) => {
      try {
        return Number(statOf(other)[1]) === pid;
      } catch {
        // It has ended since the folder was read.
        return false;
      }
    });
}

/**
 * The same of a process and all its children, living or not: PostgreSQL has a process for each connection, Latchkey one for each
 * worker.
 * @param {number} pid
 */
export function cpuSecondsWithChildren(pid) {
  const own = cpuSeconds(pid, true);
  if (own === null) return null;
  return childrenOf(pid).reduce((sum, child) => sum + (cpuSeconds(child) ?? 0), own);
}

/** @param {number} pid */
function residentBytesAlone(pid) {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}

/**
 * The memory that a process and its children hold (their resident sets).
 * @param {number} pid
 * @returns {number | null} bytes
 */
export function residentBytes(pid) {
  const own = residentBytesAlone(pid);
  return own === null ? null : childrenOf(pid).reduce((sum, child) => sum + (residentBytesAlone(child) ?? 0), own);
}
