// How a command that failed ends: what standard error says, and the exit code. The words for what an operator can mend are
// operator-message.ts's; here is added what only the command line knows.
import { CommanderError } from 'commander';
import { isRetryable, isUnavailable } from '../db/client.js';
import { databaseMessage } from '../db/cures.js';
import { causeOf } from '../db/errors.js';
import { InputError, type InputIssue } from '../lib/errors.js';
import { operatorMessage } from '../operator-message.js';

const inputAtFault = 1;
const notUnderstood = 2;
const unexpected = 3;

/** For every --help. */
export const exitCodes = `
Exit codes:
  0  done
  1  not done: the input, the configuration or the database is at fault, and the message says what to do
  2  not done: the command line was not understood
  3  an unexpected failure`;

/** Where to look when something named does not exist, by what an issue's path begins with. */
const whereToLook: Readonly<Record<string, string>> = {
  account: 'List them: npm run cli -- accounts list',
  clientId: 'List them: npm run cli -- clients list',
  email: 'Check the address, or create the member: npm run cli -- members create --email <address> --role <role>',
};

function lineOf(issue: InputIssue): string {
  const hint = issue.code === 'NOT_FOUND' ? whereToLook[issue.path[0] ?? ''] : undefined;
  return hint === undefined ? issue.message : `${issue.message} ${hint}`;
}

/** Whether the database failed when the work was under way: through Prisma, or with what is seen of an open connection alone. */
function isInTheMiddle(error: unknown): boolean {
  return isUnavailable(error) && (causeOf(error) !== undefined || databaseMessage(error) === null);
}

/** The fault in words, and the code to end with. */
function describeFailure(error: unknown): { message: string; exitCode: number } {
  if (error instanceof InputError) return { message: error.issues.map(lineOf).join('\n'), exitCode: inputAtFault };
  const message = operatorMessage(error);
  if (message !== null) {
    if (!isInTheMiddle(error)) return { message, exitCode: inputAtFault };
    const look = isRetryable(error) ? '' : '\nLook whether it was done, and try again.';
    return { message: `${message}${look}`, exitCode: unexpected };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message: `Something unexpected went wrong:\n${stack}`, exitCode: unexpected };
}

/** Says on standard error why a command failed. @returns the exit code */
export function reportFailure(error: unknown): number {
  // Commander has said it already; asking for help is no failure.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : notUnderstood;
  const { message, exitCode } = describeFailure(error);
  process.stderr.write(`${message}\n`);
  return exitCode;
}

/** Ends quietly when the reader has seen enough (`| head`), and with an exit code when output is lost in another way. */
export function endOnOutputFailure(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return;
      process.exitCode = unexpected;
      if (stream === process.stdout) process.stderr.write(`The output could not be written: ${error.message}\n`);
    });
  }
}

/**
 * For `catch`: says which option or argument each issue is about.
 * @param names by what an issue's path is or begins with, such as `email` or `schemes.0`; issues of others stay as they are
 */
export function inTermsOf(names: Readonly<Record<string, string>>): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      error.issues.map((issue) => {
        const name = names[issue.path.join('.')] ?? names[issue.path[0] ?? ''];
        return name === undefined ? issue : { ...issue, message: `${name}: ${issue.message}` };
      }),
    );
  };
}
