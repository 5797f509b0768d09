// Runs one command: node dist/main.js <command>. What was asked for goes to standard output, all else to standard error.
// Exit codes: 0 done, 1 not done, 2 not understood.
import { audit } from './commands/audit.js';
import { list } from './commands/list.js';
import { register } from './commands/register.js';
import { rename } from './commands/rename.js';
import { rotate } from './commands/rotate.js';
import { disable, enable } from './commands/standing.js';
import { ConfigurationError, configurationFrom } from './configuration.js';
import { explain, isFailure } from './failures.js';
import { connect, type Latchkey } from './latchkey.js';
import { UsageError, usage } from './usage.js';

const commands: Record<string, (latchkey: Latchkey, args: string[]) => Promise<void>> = {
  list,
  register,
  rotate,
  rename,
  disable,
  enable,
  audit,
};

function isUsageError(error: unknown): error is Error {
  // node:util's parseArgs throws errors of its own for options that it does not know.
  return (
    error instanceof UsageError ||
    (error instanceof TypeError && 'code' in error && /^ERR_PARSE_ARGS_/.test(String(error.code)))
  );
}

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
try {
  if (command) await command(connect(configurationFrom(process.env)), args);
  else if (['help', '--help', '-h'].includes(name)) process.stdout.write(usage);
  else throw new UsageError(name === '' ? 'Which command?' : `There is no command ${name}.`);
} catch (error) {
  if (isFailure(error)) {
    console.error(explain(error));
    process.exitCode = 1;
  } else if (error instanceof ConfigurationError) {
    console.error(error.message);
    process.exitCode = 1;
  } else if (isUsageError(error)) {
    console.error(`${error.message}\nnode dist/main.js help lists the commands.`);
    process.exitCode = 2;
  } else {
    throw error;
  }
}
