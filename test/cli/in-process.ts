// Runs commands in the test's own process, for tests of what they do: starting a process takes ten times as long as most of
// them. How commands are started, end and share their streams is tested with command-line.ts's processes.
import { Readable } from 'node:stream';
import { reportFailure } from '../../src/cli/failure.js';
import { createProgram } from '../../src/cli/program.js';
import { type CommandOptions, type Ended, environmentFor, printingJson } from './command-line.js';

/** Puts what a stream is given into a text, until it is released. */
function capture(stream: NodeJS.WriteStream) {
  const { write } = stream;
  const captured = {
    text: '',
    release() {
      stream.write = write;
    },
  };
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    captured.text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    const done = rest.at(-1);
    if (typeof done === 'function') done();
    return true;
  };
  return captured;
}

async function runAlone(databaseUrl: string, args: readonly string[], options: CommandOptions): Promise<Ended> {
  const { env, exitCode } = process;
  const stdin = Object.getOwnPropertyDescriptor(process, 'stdin') as PropertyDescriptor;
  const exitListeners = new Set(process.listeners('exit'));
  const input = options.input === undefined ? [] : [Buffer.from(options.input)];
  process.env = environmentFor(databaseUrl, options.environment);
  Object.defineProperty(process, 'stdin', { configurable: true, value: Readable.from(input, { objectMode: false }) });
  const [stdout, stderr] = [capture(process.stdout), capture(process.stderr)];
  process.exitCode = undefined;
  try {
    await createProgram().parseAsync(['node', 'cli', ...args]);
  } catch (error) {
    process.exitCode = reportFailure(error);
  } finally {
    stdout.release();
    stderr.release();
    process.env = env;
    Object.defineProperty(process, 'stdin', stdin);
    // What is to be done when the process ends, such as to write the log, is done by now.
    for (const listener of process.listeners('exit'))
      if (!exitListeners.has(listener)) process.removeListener('exit', listener);
  }
  const ended = Number(process.exitCode ?? 0);
  process.exitCode = exitCode;
  return { exitCode: ended, stdout: stdout.text, stderr: stderr.text };
}

let before: Promise<unknown> = Promise.resolve();

/** Runs a command to its end, after those that were begun before it: they share the process's streams and environment. */
export function run(databaseUrl: string, args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  const ended = before.then(() => runAlone(databaseUrl, args, options));
  before = ended.catch(() => {});
  return ended;
}

/** Runs a command with --json that must succeed and say nothing else. @returns what it printed, which is one line */
export const runJson = printingJson(run);
