// Counting in the memory of this process, so that no answer waits for it, and telling the other processes, once a second, of
// whoever comes to a part of what is allowed. What they counted is added to what is counted here.
import { type Count, createWindowCounter } from '../lib/window-counter.js';
import type { Counter, Counters, Rule } from './counters.js';

/** Counts under keys without waiting. */
export interface SharedCounter {
  /** @returns how much that makes, here and elsewhere, and when counting begins anew */
  add(key: string, points: number): Count;
}

export interface SharedCounting {
  counter(rule: Rule): SharedCounter;
  /** Tells nothing more, and waits for what is being told. */
  stop(): Promise<void>;
}

// Whoever comes to less is nobody's concern, and most never cost a statement. So much may each process allow before it is told.
const worthTelling = 1 / 20;

/** What is known of a key's window that all processes share. */
interface Window {
  readonly endsAt: number;
  /** Counted here and told. */
  readonly told: number;
  readonly elsewhere: number;
}

/** One rule's counter, and how it is told. */
function createSharedCounter(
  { points: limit, seconds }: Rule,
  together: Counter,
  now: () => number,
  onUntold: () => void,
) {
  const here = createWindowCounter(seconds, now);
  const windows = new Map<string, Window>();
  let untold = new Map<string, number>();

  return {
    add(key: string, points: number): Count {
      const count = here.add(key, points);
      const threshold = limit * worthTelling;
      if (count.points >= threshold) {
        // All that was counted before it was worth telling, and from then on what is new.
        const news = count.points - points < threshold ? count.points : points;
        untold.set(key, (untold.get(key) ?? 0) + news);
        onUntold();
      }
      const window = windows.get(key);
      if (window === undefined || window.elsewhere === 0 || window.endsAt <= Date.now()) return count;
      return { points: count.points + window.elsewhere, endsAt: Math.max(count.endsAt, window.endsAt) };
    },
    async tell(): Promise<void> {
      const news = untold;
      untold = new Map();
      for (const [key, { endsAt }] of windows) if (endsAt <= Date.now()) windows.delete(key);
      for (const [key, points] of news) {
        const count = await together.add(key, points);
        const known = windows.get(key);
        // One that has begun since ends a whole window later.
        const isKnown = known !== undefined && count.endsAt < known.endsAt + seconds * 500;
        const told = points + (isKnown ? known.told : 0);
        windows.set(key, { endsAt: count.endsAt, told, elsewhere: Math.max(0, count.points - told) });
      }
    },
  };
}

/**
 * Builds counters that the processes share.
 * @param counters where processes count together; null where there is one process
 * @param now the time in milliseconds since 1970
 * @param everyMilliseconds how long what is worth telling waits for more
 */
export function createSharedCounting(
  counters: Counters | null,
  now: () => number,
  everyMilliseconds = 1000,
): SharedCounting {
  const all: { tell(): Promise<void> }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let telling = Promise.resolve();
  let isStopped = false;

  async function tellAll(): Promise<void> {
    for (const each of all) await each.tell();
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
    stop() {
      isStopped = true;
      clearTimeout(timer);
      return telling;
    },
  };
}
