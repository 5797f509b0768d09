// Runs one command of the operator's command line and ends the process by itself, with an exit code that means something.
import { endOnOutputFailure, reportFailure } from './failure.js';
import { createProgram } from './program.js';

endOnOutputFailure();
try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = reportFailure(error);
}
