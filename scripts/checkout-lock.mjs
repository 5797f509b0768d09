// A lock on this checkout, held by at most one process while it installs, generates or compiles.
// The lock is a folder holding one file named after its owner. It is taken by renaming a folder that already holds
// that file, which the file system refuses while another owner's file is there: there is no moment at which the lock
// is taken and has no owner. It lies in dist, since `npm ci` empties node_modules.
import { randomUUID } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const heartbeatSeconds = 5;
const abandonedAfterSeconds = 60;
const pollMilliseconds = 150;

/**
 * Waits for the lock, does the work and gives the lock back, whether or not the work succeeds.
 * @template T
 * @param {string} folder the lock; its parent is made when missing
 * @param {() => void} onWait called once when somebody else holds the lock
 * @param {() => Promise<T>} work must leave the event loop free, or the lock looks abandoned
 * @returns {Promise<T>}
 */
export async function withLock(folder, onWait, work) {
  const owner = randomUUID();
  let told = false;
  while (!tryToTake(folder, owner)) {
    if (removeAbandoned(folder)) {
      continue;
    }
    if (!told) {
      told = true;
      onWait();
    }
    await sleep(pollMilliseconds);
  }
  const heartbeat = setInterval(() => touch(join(folder, owner)), heartbeatSeconds * 1000);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    release(folder, owner);
  }
}

function tryToTake(folder, owner) {
  const candidate = `${folder}.${owner}`;
  mkdirSync(candidate, { recursive: true });
  writeFileSync(join(candidate, owner), JSON.stringify({ pid: process.pid, host: hostname() }));
  try {
    renameSync(candidate, folder);
    return true;
  } catch (error) {
    rmSync(candidate, { recursive: true, force: true });
    // Which of these a taken lock gives depends on the operating system; EPERM and EACCES are Windows'.
    const taken = ['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES'].includes(error.code) && statOrNothing(folder);
    if (taken) {
      return false;
    }
    throw error;
  }
}

function release(folder, owner) {
  rmSync(join(folder, owner), { force: true });
  try {
    rmdirSync(folder);
  } catch {
    // Somebody else has taken the lock in the meantime.
  }
}

// Removes the owner's file of a holder that died, by its exact name: if two processes notice at once, the slower one
// cannot take away the lock that the faster one has just got.
function removeAbandoned(folder) {
  let owners;
  try {
    owners = readdirSync(folder);
  } catch {
    return true;
  }
  const abandoned = owners.filter((owner) => isAbandoned(join(folder, owner)));
  if (abandoned.length < owners.length) {
    return false;
  }
  for (const owner of abandoned) {
    rmSync(join(folder, owner), { force: true });
  }
  try {
    rmdirSync(folder);
  } catch {
    // Taken again already; the next attempt will find out.
  }
  return true;
}

function isAbandoned(file) {
  const found = statOrNothing(file);
  if (!found) {
    return true;
  }
  if (Date.now() - found.mtimeMs > abandonedAfterSeconds * 1000) {
    return true;
  }
  try {
    const { pid, host } = JSON.parse(readFileSync(file, 'utf8'));
    return host === hostname() && !isRunning(pid);
  } catch {
    return false;
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

function touch(file) {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // The lock was taken for abandoned; the work goes on, and release() will leave the new owner's lock alone.
  }
}

function statOrNothing(path) {
  return statSync(path, { throwIfNoEntry: false });
}
