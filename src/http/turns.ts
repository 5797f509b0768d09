// Lets the event loop come round while there is more to do than it can: of what has come only so much begins in one turn of it, the
// rest waits in line for the next. Node accepts one connection a turn, and reads from whoever has been answered again in the same
// one, so that without this turns of seconds would let nobody in who is new, and timers would be late.
import { performance } from 'node:perf_hooks';

type Found = 'its turn' | 'too long';

interface Waiting {
  readonly until: number;
  then(found: Found): void;
}

export interface Turns {
  /**
   * Calls when it is this request's turn, which may be at once.
   * @param longest milliseconds in line after which it is too long
   */
  wait(longest: number, then: (found: Found) => void): void;
  /** How many wait. */
  waiting(): number;
  /** Refuses a request by this, at the end of a turn. */
  refuse(answer: () => void): void;
  /** To call when a request is worked on that need not wait. */
  passed(): void;
  /** To call when a connection was accepted: where one came more may be waiting. */
  accepted(): void;
}

const millisecondsOfTurn = 10;
const millisecondsWhileAccepting = 3;

// How much of what was known stays with each turn: what there is to do costs so much as it did in the last ten or so.
const kept = 0.9;

/** @returns whom to ask before a request is worked on, or refused */
export function turns(): Turns {
  const line: Waiting[] = [];
  const refusals: (() => void)[] = [];
  let slice = millisecondsOfTurn;
  let begun = 0;
  let others = 0;
  let turnEnds = false;
  // What one thing costs the thread: all that it has worked, by all that came, were it refused or a connection. So cheap things that
  // come in great number make what begins more, never less: at least a slice is left for it in each turn.
  let { active } = performance.eventLoopUtilization();
  let worked = 1;
  let of = 1;

  function endTurnSoon(): void {
    if (!turnEnds) setImmediate(endTurn);
    turnEnds = true;
  }
  function hasRoom(): boolean {
    return begun === 0 || begun * worked < slice * of;
  }
  function begin(): void {
    begun += 1;
    endTurnSoon();
  }
  function passed(): void {
    others += 1;
    endTurnSoon();
  }

  function learnCost(): void {
    const before = active;
    ({ active } = performance.eventLoopUtilization());
    worked = worked * kept + active - before;
    of = of * kept + begun + others;
  }
  function beginNext(now: number): void {
    const found: [Waiting, Found][] = [];
    for (const each of line) {
      if (each.until < now) found.push([each, 'too long']);
      else if (hasRoom()) {
        begin();
        found.push([each, 'its turn']);
      } else break;
    }
    line.splice(0, found.length);
    for (const [{ then }, what] of found) then(what);
  }
  function refuseNext(from: number): void {
    let next = 0;
    for (const answer of refusals) {
      if (performance.now() - from > millisecondsOfTurn) break;
      answer();
      next += 1;
    }
    refusals.splice(0, next);
  }
  function endTurn(): void {
    learnCost();
    begun = 0;
    others = 0;
    turnEnds = false;
    const now = performance.now();
    beginNext(now);
    refuseNext(now);
    slice = millisecondsOfTurn;
    if (line.length + refusals.length > 0) endTurnSoon();
  }

  return {
    wait(longest, then) {
      if (line.length === 0 && hasRoom()) {
        begin();
        then('its turn');
        return;
      }
      endTurnSoon();
      line.push({ until: performance.now() + longest, then });
    },
    waiting: () => line.length,
    refuse(answer) {
      refusals.push(answer);
      passed();
    },
    passed,
    accepted() {
      slice = millisecondsWhileAccepting;
      passed();
    },
  };
}
