// Lets the event loop come round while there is more to do than it can: of what has come only so much begins in one turn of it, the
// rest waits in line for the next. Node accepts one connection a turn, so that turns of a second would let nobody in who is new,
// whoever watches over the process included, and timers would be late.
import { performance } from 'node:perf_hooks';

type Found = 'its turn' | 'too long';

interface Waiting {
  readonly until: number;
  resolve(found: Found): void;
}

export interface Turns {
  /** Whether it is this request's turn, when it is. @param longest milliseconds in line after which nobody works on it */
  wait(longest: number): Found | Promise<Found>;
  /** To call when a connection was accepted: where one came more may be waiting. */
  accepted(): void;
}

const millisecondsOfTurn = 10;
const millisecondsWhileAccepting = 1;

// How much of what was known stays with each turn: what a request costs is known after some ten turns.
const kept = 0.9;

/** @returns whom to ask before a request is worked on */
export function turns(): Turns {
  const line: Waiting[] = [];
  let begun = 0;
  let milliseconds = millisecondsOfTurn;
  let turnEnds = false;
  // What requests cost the thread: all that it has done, by how many have begun.
  let { active } = performance.eventLoopUtilization();
  let worked = 1;
  let of = 1;

  function hasRoom(): boolean {
    return begun === 0 || begun * worked < milliseconds * of;
  }
  function begin(): void {
    begun += 1;
    endTurnSoon();
  }
  function endTurnSoon(): void {
    if (!turnEnds) setImmediate(endTurn);
    turnEnds = true;
  }

  function endTurn(): void {
    const before = active;
    ({ active } = performance.eventLoopUtilization());
    worked = worked * kept + active - before;
    of = of * kept + begun;
    begun = 0;
    turnEnds = false;
    let next = 0;
    const now = performance.now();
    for (const { until, resolve } of line) {
      if (until < now) resolve('too long');
      else if (hasRoom()) {
        begin();
        resolve('its turn');
      } else break;
      next += 1;
    }
    line.splice(0, next);
    milliseconds = millisecondsOfTurn;
    if (line.length > 0) endTurnSoon();
  }

  return {
    wait(longest) {
      if (line.length === 0 && hasRoom()) {
        begin();
        return 'its turn';
      }
      endTurnSoon();
      return new Promise((resolve) => line.push({ until: performance.now() + longest, resolve }));
    },
    accepted() {
      milliseconds = millisecondsWhileAccepting;
    },
  };
}
