// Starts other programs for the scripts here, so that stopping a script stops what it started.
import { spawn } from 'node:child_process';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Does work that must not be broken off half-way. A signal that arrives meanwhile takes effect when the work is done.
 * @param {() => Promise<void>} work
 * @returns {Promise<number | undefined>} the exit code that the signal asks for, if there was one
 */
export async function uninterrupted(work) {
  let exitCode;
  const remember = (signal) => {
    exitCode = exitCodeOf(signal);
  };
  for (const signal of signals) {
    process.on(signal, remember);
  }
  try {
    await work();
  } finally {
    for (const signal of signals) {
      process.off(signal, remember);
    }
  }
  return exitCode;
}

/**
 * Runs a program to its end. A signal to this process goes on to the program, and this process outlives it: nobody
 * may find a lock free, or a terminal idle, while the program still writes.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<{ code: number, output: string }>} the exit code (128 + n after signal n) and what was piped
 */
export function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options);
    const output = [];
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));
    let stoppedBy;
    const passOn = (signal) => {
      stoppedBy = signal;
      child.kill(signal);
    };
    for (const signal of signals) {
      process.on(signal, passOn);
    }
    const finish = () => {
      for (const signal of signals) {
        process.off(signal, passOn);
      }
    };
    child.on('error', (error) => {
      finish();
      reject(error);
    });
    child.on('close', (code, signal) => {
      finish();
      const endedBy = stoppedBy ?? signal;
      resolve({ code: endedBy ? exitCodeOf(endedBy) : code, output: Buffer.concat(output).toString() });
    });
  });
}

function exitCodeOf(signal) {
  return 128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 0);
}
