// Where a new password comes from: standard input or chance, never an argument, which other users of the computer can see.
import { randomBytes } from 'node:crypto';
import { generatePassword } from '../bootstrap.js';
import { type InputError, inputError } from '../lib/errors.js';

/** A password to set. `generated` is what has to be shown: null when the operator chose it. */
export interface ChosenPassword {
  readonly password: string;
  readonly generated: string | null;
}

const mostBytes = 64 * 1024;

function unusable(message: string): InputError {
  return inputError('INVALID', `--password-stdin: ${message}`, 'password');
}

/** The first line of standard input, without its line end. Whatever follows is not waited for. */
async function readFirstLine(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('Type the password and press Enter (it is visible as you type):\n');
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (chunk.includes(0x0a) || length > mostBytes) break;
  }
  const bytes = Buffer.concat(chunks);
  const end = bytes.indexOf(0x0a);
  try {
    const line = new TextDecoder('utf-8', { fatal: true }).decode(end < 0 ? bytes : bytes.subarray(0, end));
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  } catch {
    throw unusable('The first line of standard input is not UTF-8.');
  }
}

/**
 * The password that a command is to set. Call it before the database is opened: whoever types takes their time.
 * @throws InputError when it was to be read and there is none
 */
export async function choosePassword(options: { readonly passwordStdin?: boolean }): Promise<ChosenPassword> {
  if (!options.passwordStdin) {
    const password = generatePassword(randomBytes);
    return { password, generated: password };
  }
  const password = await readFirstLine();
  if (password === '') throw unusable('The first line of standard input is empty.');
  return { password, generated: null };
}
