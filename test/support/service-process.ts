// The compiled service as a process of its own, which a test may kill: listening, with what it logs kept.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ownerPassword } from './app.js';

const program = join(import.meta.dirname, '../../dist/main.js');

export interface ServiceProcess {
  readonly issuer: string;
  /** What it logged, a line each. */
  readonly logged: string[];
  /** Whether it still runs. */
  isAlive(): boolean;
  /** Kills it at once, as `kill -9` does. */
  kill(): Promise<void>;
  /** Stops it as an operator does. @returns its exit code */
  stop(): Promise<number | null>;
}

function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return once(child, 'exit').then(([code]) => code as number | null);
}

/**
 * Starts the service, and resolves when it listens. Its owner is owner@example.com with `ownerPassword`.
 * @param environment settings beside those
 */
export async function startServiceProcess(
  port: number,
  databaseUrl: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [program], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      LATCHKEY_OWNER_PASSWORD: ownerPassword,
      LATCHKEY_SECRET: 'a secret for tests of more than 32 bytes',
      LATCHKEY_LOG_LEVEL: 'warn',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const logged: string[] = [];
  let rest = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    logged.push(...lines);
  });
  const exit = exitOf(child);
  let welcome = '';
  for await (const chunk of child.stdout) {
    welcome += String(chunk);
    if (welcome.includes('is running')) break;
  }
  if (!welcome.includes('is running')) throw new Error(`The service did not start: ${await exit} ${logged.join('\n')}`);
  child.stdout.resume();
  return {
    issuer: `http://localhost:${port}`,
    logged,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
    async stop() {
      child.kill('SIGTERM');
      return exit;
    },
  };
}
