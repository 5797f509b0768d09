// Waiting for SQLite's write lock while another process holds it, without blocking this one's event loop.
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Milliseconds that SQLite itself waits for a lock, which blocks the whole process: enough for another process's commit,
 * short enough to go unnoticed. Longer waits are `whileBusy`'s.
 */
export const busyTimeoutMilliseconds = 50;

const patienceMilliseconds = 10_000;

/** Says whether SQLite refused for want of a lock. Takes errors of the driver and of Prisma's adapter. */
export function isBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && code.startsWith('SQLITE_BUSY')) return true;
  const cause = error.cause as { originalCode?: unknown } | undefined;
  return typeof cause?.originalCode === 'string' && cause.originalCode.startsWith('SQLITE_BUSY');
}

/** Waits before the next attempt: at random, so that processes that wait for one another do not keep meeting. */
export async function busyPause(): Promise<void> {
  await pause(20 + Math.random() * 40);
}

/**
 * Does the work, again and again while SQLite says that it is busy. A statement refused so has changed nothing.
 * @param work one statement, or one that opens a transaction; never a part of a transaction
 * @param patience milliseconds after which the refusal is passed on
 */
export async function whileBusy<T>(work: () => T | Promise<T>, patience = patienceMilliseconds): Promise<T> {
  const deadline = Date.now() + patience;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || Date.now() >= deadline) throw error;
    }
    await busyPause();
  }
}
