// Starts a server that is to be measured as a process of its own on its core, and waits until it answers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { endWithUs } from '../leaving.mjs';
import { pinned } from '../machine.mjs';

const patienceMilliseconds = 120_000;

/**
 * @typedef {object} RunningServer
 * @property {number} pid
 * @property {string} origin
 * @property {number} startMilliseconds from the start of the process to its first answer
 * @property {import('node:child_process').ChildProcess} child
 * @property {() => Promise<void>} stop
 */

/**
 * Starts it and resolves at its first answer.
 * @param {object} what
 * @param {string[]} what.args for node
 * @param {NodeJS.ProcessEnv} what.environment the whole of it: nothing of the caller's own reaches the server
 * @param {string} what.origin
 * @param {string} what.path what is asked for until it answers 200
 * @param {string} what.logFile where its output goes, as an operator's would
 * @param {import('../machine.mjs').Place} [what.place] the cores that it may use
 * @param {boolean} [what.withChannel] an IPC channel, for what has to be told while it runs
 * @returns {Promise<RunningServer>}
 */
export async function startServer({ args, environment, origin, path, logFile, place = 'server', withChannel = false }) {
  const log = openSync(logFile, 'a');
  const [command, commandArgs] = pinned(place, process.execPath, args);
  const begun = performance.now();
  const child = spawn(command, commandArgs, {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...environment },
    stdio: withChannel ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
  });
  endWithUs(child, 'SIGKILL');
  let failure = null;
  child.on('error', (error) => {
    failure = error;
  });
  for (;;) {
    const answer = await fetch(origin + path).catch(() => null);
    if (answer?.status === 200) {
      await answer.arrayBuffer();
      break;
    }
    if (failure || child.exitCode !== null || performance.now() - begun > patienceMilliseconds) {
      child.kill('SIGKILL');
      throw new Error(
        `${args.join(' ')} did not start. ${failure ?? ''}\n${readFileSync(logFile, 'utf8').slice(-4000)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return {
    // taskset becomes the program that it starts, so this is node's own number.
    pid: /** @type {number} */ (child.pid),
    origin,
    startMilliseconds: performance.now() - begun,
    child,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const impatience = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await ended;
      clearTimeout(impatience);
    },
  };
}
