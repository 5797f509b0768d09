// The service's log: lines of JSON on standard error. What goes into a line is decided where it is written; how an error is
// written is decided here, since errors carry more than anybody should read.
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';

/** How far down a chain of causes to go. */
const mostCauses = 3;

/** Where Prisma keeps the database's own words, of which its message is but a summary. */
interface DatabaseMeta {
  readonly driverAdapterError?: { readonly cause?: { readonly originalMessage?: unknown } };
}

/**
 * What of an error is logged. Not its other properties: those of the database's and the mail's libraries hold values that were
 * written, and answers of servers.
 */
function describeError(error: unknown, causes = mostCauses): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, message, stack, cause } = error;
  const { code, meta } = error as { code?: unknown; meta?: DatabaseMeta };
  const said = meta?.driverAdapterError?.cause?.originalMessage;
  return {
    type: name,
    message,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(typeof said === 'string' ? { database: said } : {}),
    ...(cause instanceof Error && causes > 0 ? { cause: describeError(cause, causes - 1) } : {}),
    stack,
  };
}

/**
 * Standard error as the log's destination. Lines are written some at a time, within a fifth of a second: a write each would cost a
 * busy process a tenth of its time. A write has whole lines, and no more than a pipe takes in one piece: what several processes
 * write at once is not mixed up. None is left when the process ends, unless it is killed.
 */
export function openStandardError(): DestinationStream {
  const destination = pino.destination({ dest: 2, minLength: 3072, maxWrite: 4096, periodicFlush: 200, sync: true });
  process.once('exit', () => destination.flushSync());
  return destination;
}

/** Writes the time into a line as pino's isoTime does; one text for all lines of a millisecond, of which a busy process has several. */
function createTimestamp(): () => string {
  let writtenFor = Number.NaN;
  let text = '';
  return () => {
    const now = Date.now();
    if (now === writtenFor) return text;
    writtenFor = now;
    text = `,"time":"${new Date(now).toISOString()}"`;
    return text;
  };
}

/**
 * Opens the log.
 * @param destination standard error, unless a test says otherwise
 * @param base what stands in every line
 */
export function createLog(
  level: NonNullable<LoggerOptions['level']>,
  destination: DestinationStream,
  base: { readonly pid: number } | null = null,
): Logger {
  return pino(
    {
      level,
      base,
      timestamp: createTimestamp(),
      serializers: { err: (error: unknown) => describeError(error) },
    },
    destination,
  );
}
