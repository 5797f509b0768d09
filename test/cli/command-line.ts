// Runs the compiled command line as a process of its own, as an operator does, on a test's database.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Db } from '../../src/db/client.js';

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** The secret of createTestApp, so that both read the same signing keys. */
const secret = 'a secret for tests of more than 32 bytes';

/** Milliseconds for a test that runs several commands: each is a process, and the processors are shared with other tests. */
export const patience = 60_000;

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Beside DATABASE_URL and LATCHKEY_SECRET. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What is piped in. Standard input is closed after it unless `leaveOpen`. */
  readonly input?: string;
  readonly leaveOpen?: boolean;
}

/** The environment of a command. */
export function environmentFor(databaseUrl: string, more: CommandOptions['environment']): NodeJS.ProcessEnv {
  // Neither what the tests' caller has set for a service of their own, nor vitest's NODE_ENV.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(LATCHKEY_|TEST_)|^(PORT|HOST|NODE_ENV|NODE_OPTIONS)$/.test(name),
  );
  return { ...Object.fromEntries(inherited), DATABASE_URL: databaseUrl, LATCHKEY_SECRET: secret, ...more };
}

/** Starts a command and leaves it running. */
export function start(
  databaseUrl: string,
  args: readonly string[],
  options: CommandOptions = {},
): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [program, ...args], {
    env: environmentFor(databaseUrl, options.environment),
    stdio: 'pipe',
  });
  child.stdout.setEncoding('utf8');
  child.stderr.setEncoding('utf8');
  // A command that reads nothing may end before it is written to.
  child.stdin.on('error', () => {});
  return child;
}

/** Runs a command to its end. */
export async function run(databaseUrl: string, args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  const child = start(databaseUrl, args, options);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.on('data', (text: string) => {
    stderr += text;
  });
  if (options.input !== undefined) child.stdin.write(options.input);
  if (!options.leaveOpen) child.stdin.end();
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { exitCode, stdout, stderr };
}

/**
 * Makes of how commands are run how those with --json are, which must succeed and say nothing else.
 * @returns what gives what such a command printed, which is one line
 */
export function printingJson(runCommand: typeof run) {
  return async (databaseUrl: string, args: readonly string[], options: CommandOptions = {}) => {
    const { exitCode, stdout, stderr } = await runCommand(databaseUrl, [...args, '--json'], options);
    if (exitCode !== 0 || stderr !== '' || !/^[^\n]+\n$/.test(stdout)) {
      throw new Error(
        `${args.join(' ')} ended with ${exitCode}, printed ${JSON.stringify(stdout)} and said: ${stderr}`,
      );
    }
    return JSON.parse(stdout);
  };
}

export const runJson = printingJson(run);

/** The audit log as it stands, oldest first. */
export function auditLog(db: Db) {
  return db.auditLogEntry.findMany({ orderBy: { id: 'asc' } });
}

/** What the operator did, in the words of the audit log. */
export async function operatorActions(db: Db): Promise<string[]> {
  const entries = await auditLog(db);
  return entries.filter((entry) => entry.actorKind === 'OPERATOR').map((entry) => entry.action);
}
