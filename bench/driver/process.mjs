// The driver as seen from the main process: a process of its own beside the servers' core.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endWithUs } from '../leaving.mjs';
import { pinned } from '../machine.mjs';

const program = fileURLToPath(new URL('main.mjs', import.meta.url));

/** @typedef {import('./target.mjs').Job} Job */
/** @typedef {import('./target.mjs').Result} Result */

/** Starts the driver. */
export function startDriver() {
  const [command, args] = pinned('others', process.execPath, [program]);
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  endWithUs(child, 'SIGKILL');
  return {
    pid: /** @type {number} */ (child.pid),
    /**
     * Does a job.
     * @param {Job} job
     * @param {(phase: 'measuring' | 'over') => void} [onPhase] called when the warm-up ends and when the time is over
     * @returns {Promise<Result>}
     */
    run(job, onPhase = () => {}) {
      return new Promise((resolve, reject) => {
        const settle = () => {
          child.off('message', listen);
          child.off('exit', died);
        };
        const died = () => {
          settle();
          reject(new Error('The driver has died.'));
        };
        const listen = (message) => {
          if (message.phase) return onPhase(message.phase);
          settle();
          if (message.result) resolve(message.result);
          else reject(new Error(`${job.target.side}, ${job.mode}: ${message.failure}`));
        };
        child.on('message', listen);
        child.on('exit', died);
        child.send(job);
      });
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}
