// Counting in the memory of this process, so that no answer waits for it, and telling the other processes, once a second, of
// whoever comes to a part of what is allowed. What they counted is added to what is counted here. It is a guard against floods and
// no more exact than that takes: what cannot be told is counted here alone.
import { inTime } from '../lib/in-time.js';
import { type Count, createWindowCounter } from '../lib/window-counter.js';
import type { Counter, Counters, Rule } from './counters.js';

/** Counts under keys without waiting. */
export interface SharedCounter {
  /** @returns how much that makes, here and elsewhere, and when there is room again for whoever has too much */
  add(key: string, points: number): Count;
}

export interface SharedCounting {
  counter(rule: Rule): SharedCounter;
  /** Tells nothing more, and waits a moment for what is being told. */
  stop(): Promise<void>;
}

// Whoever comes to less is nobody's concern, and most never cost a statement. So much may each process allow before it is told.
const worthTelling = { share: 1 / 20, least: 5 };
// Of one limit, in one second: somebody with many addresses must neither fill our memory nor keep the database busy.
const mostTold = 500;
const mostKnown = 10_000;
const longestStopMilliseconds = 1000;

/** What is known of a key's window that all processes share. */
interface Window {
  readonly endsAt: number;
  /** Counted here and told. */
  readonly told: number;
  readonly elsewhere: number;
}

/** The first moment at which what is left of both is less than the limit. */
function roomAgainAt(here: Count, window: Window, limit: number): number {
  const ends = [...(window.elsewhere < limit ? [here.endsAt] : []), ...(here.points < limit ? [window.endsAt] : [])];
  return ends.length > 0 ? Math.min(...ends) : Math.max(here.endsAt, window.endsAt);
}

/** One rule's counter, and how it is told. */
function createSharedCounter(
  { points: limit, seconds }: Rule,
  together: Counter,
  now: () => number,
  onUntold: () => void,
) {
  const here = createWindowCounter(seconds, now);
  const threshold = Math.max(worthTelling.least, limit * worthTelling.share);
  const windows = new Map<string, Window>();
  let untold = new Map<string, Count>();

  function countedElsewhere(key: string): Window | null {
    const window = windows.get(key);
    return window && window.elsewhere > 0 && window.endsAt > Date.now() ? window : null;
  }

  function note(key: string, points: number, endsAt: number): void {
    const before = untold.get(key)?.points ?? 0;
    if (before === 0 && untold.size >= mostTold) return;
    untold.set(key, { points: before + points, endsAt });
    onUntold();
  }

  /** Tells of one key, and learns what all have counted. @throws what the store does */
  async function tellOf(key: string, points: number): Promise<void> {
    const count = await together.add(key, points);
    const known = windows.get(key);
    // One that has begun since ends a whole window later.
    const isKnown = known !== undefined && count.endsAt < known.endsAt + seconds * 500;
    const told = points + (isKnown ? known.told : 0);
    windows.delete(key);
    if (windows.size >= mostKnown) windows.delete(windows.keys().next().value as string);
    windows.set(key, { endsAt: count.endsAt, told, elsewhere: Math.max(0, count.points - told) });
  }

  return {
    add(key: string, points: number): Count {
      const count = here.add(key, points);
      const window = countedElsewhere(key);
      const all = count.points + (window?.elsewhere ?? 0);
      // All that was counted before it was worth telling, and from then on what is new. What is refused, the others refuse as well.
      const before = count.points - points;
      if (count.points >= threshold && all - points <= limit) {
        note(key, before < threshold ? count.points : points, count.endsAt);
      }
      return window ? { points: all, endsAt: roomAgainAt(count, window, limit) } : count;
    },
    /** @param goOn asked before each; once it says no, nothing more is told */
    async tell(goOn: () => boolean): Promise<void> {
      const news = untold;
      untold = new Map();
      for (const [key, { endsAt }] of windows) if (endsAt <= Date.now()) windows.delete(key);
      let isAnswered = true;
      for (const [key, { points, endsAt }] of news) {
        if (!goOn()) return;
        // In the next window it would count for what it is not.
        if (endsAt <= now()) continue;
        isAnswered &&= await tellOf(key, points).then(
          () => true,
          () => false,
        );
        if (!isAnswered) note(key, points, endsAt);
      }
    },
  };
}

/**
 * Builds counters that the processes share.
 * @param counters where processes count together, which fail when their store does; null where there is one process
 * @param now the time in milliseconds since 1970
 * @param everyMilliseconds how long what is worth telling waits for more
 */
export function createSharedCounting(
  counters: Counters | null,
  now: () => number,
  everyMilliseconds = 1000,
): SharedCounting {
  const all: { tell(goOn: () => boolean): Promise<void> }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let telling = Promise.resolve();
  let isStopped = false;

  async function tellAll(): Promise<void> {
    for (const each of all) await each.tell(() => !isStopped);
  }

  function tellSoon(): void {
    if (isStopped) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      telling = telling.then(tellAll);
    }, everyMilliseconds).unref();
  }

  return {
    counter(rule) {
      if (counters === null) return createWindowCounter(rule.seconds, now);
      const counter = createSharedCounter(rule, counters(rule), now, tellSoon);
      all.push(counter);
      return counter;
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await inTime(telling, longestStopMilliseconds).catch(() => {});
    },
  };
}
