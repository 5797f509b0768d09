// Work on many rows in small statements, so that nobody else waits long for a lock, and the backlog of a long standstill goes
// over several runs. What is worked on, and when, is told by whoever calls.
import { setTimeout as pause } from 'node:timers/promises';
import { retrying } from './errors.js';

/** A statement deletes this many, which holds SQLite's lock for some hundredths of a second. */
const batchSize = 500;
/** The rest waits for the next run. More than is written in a minute by what a busy server does. */
const mostBatches = 200;
/** Lets others have their turn. */
const breathMilliseconds = 10;

/**
 * Repeats a step until it finds fewer rows than it may take, 200 times at most. Several processes may do so at once: where
 * they get into each other's way, the step is tried again.
 * @param step deals with so many rows at most, and never with the same ones again
 * @returns how many there were
 */
export async function inBatches(step: (most: number) => Promise<{ readonly count: number }>): Promise<number> {
  let done = 0;
  for (let batch = 0; batch < mostBatches; batch += 1) {
    if (batch > 0) await pause(breathMilliseconds);
    const { count } = await retrying(() => step(batchSize));
    done += count;
    if (count < batchSize) break;
  }
  return done;
}
