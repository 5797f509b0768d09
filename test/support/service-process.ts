// The compiled service as a process of its own, as an operator runs it: for what only a whole process has, such as signals, and
// which a test may kill. What it prints and logs is kept.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ownerPassword } from './app.js';

const compiled = join(import.meta.dirname, '../../dist/main.js');

const running = new Set<ServiceProcess>();
// Covers tests that never came to their end.
process.once('exit', () => {
  for (const { child } of running) child.kill('SIGKILL');
});

export interface ServiceProcess {
  readonly issuer: string;
  readonly child: ChildProcessWithoutNullStreams;
  /** All that it has printed, on both streams. */
  readonly printed: { readonly text: string };
  /** What it logged, a line each. */
  readonly logged: string[];
  /** Its exit code and the signal that ended it. */
  readonly exited: Promise<[number | null, string | null]>;
  /** Resolves when it says that it runs; rejects with what it printed when it ends before. */
  ready(): Promise<void>;
  /** Whether it still runs. */
  isAlive(): boolean;
  /** Kills it at once, as `kill -9` does. */
  kill(): Promise<void>;
  /** Stops it as an operator does. @returns its exit code */
  stop(): Promise<number | null>;
}

/**
 * The service as it starts. Its owner is owner@example.com with `ownerPassword`.
 * @param environment settings beside those; an empty one is as good as none
 * @param program the compiled file to run, when it is not this checkout's
 */
export function spawnService(environment: Readonly<Record<string, string>>, program = compiled): ServiceProcess {
  if (!existsSync(program)) throw new Error(`${program} is missing: npm test compiles it, as does npm run build.`);
  const others = Object.entries(process.env).filter(([name]) => !/^(LATCHKEY_|VITEST|NODE_|DATABASE_URL)/.test(name));
  const child = spawn(process.execPath, [program], {
    env: {
      ...Object.fromEntries(others),
      LATCHKEY_OWNER_PASSWORD: ownerPassword,
      LATCHKEY_SECRET: 'a secret for tests of more than 32 bytes',
      ...environment,
    },
  });
  const printed = { text: '' };
  const logged: string[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed.text += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    printed.text += chunk;
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    logged.push(...lines);
  });
  const exited = once(child, 'exit') as ServiceProcess['exited'];
  const service: ServiceProcess = {
    issuer: environment.LATCHKEY_ISSUER ?? `http://localhost:${environment.PORT}`,
    child,
    printed,
    logged,
    exited,
    async ready() {
      await new Promise<void>((resolve, reject) => {
        child.stdout.on('data', () => printed.text.includes('GraphiQL') && resolve());
        void exited.then((how) => reject(new Error(`The service ended with ${how}: ${printed.text}`)));
      });
    },
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      child.kill('SIGTERM');
      const [code] = await exited;
      return code;
    },
  };
  running.add(service);
  void exited.finally(() => running.delete(service));
  return service;
}

/**
 * Starts the service as in production, and resolves when it listens.
 * @param environment settings beside those
 */
export async function startServiceProcess(
  port: number,
  databaseUrl: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServiceProcess> {
  const service = spawnService({
    NODE_ENV: 'production',
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    LATCHKEY_LOG_LEVEL: 'warn',
    ...environment,
  });
  await service.ready();
  return service;
}
